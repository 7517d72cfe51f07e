"""A plan is checked before anything runs, proposed from what is known, and never contradicts."""

import re
from dataclasses import dataclass

import polars as pl
import pytest

from anonymization import Refused, apply, check_plan, detect, fit, propose, reasons
from anonymization.plan import choice_of, choices, digest, fitting, met, params, techniques, terms
from anonymization.proposal import reason_of
from anonymization.techniques import Release, treatment
from tests.anonymization.conftest import DECIDED, answering, line, people_plan, refused, replan


@dataclass(frozen=True)
class Item:
    name: str
    kind: str | None = None
    quasi: bool = False
    item: str | None = None
    day: bool = False


def codes(plan: object, columns: list[str] | None = None) -> list[tuple[str, str | None]]:
    return [(fault.code, fault.column) for fault in check_plan(plan, columns)]


def test_a_sound_plan_has_no_faults():
    columns = [one["name"] for one in people_plan()["columns"]]
    assert codes(people_plan(), columns) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (line("姓名", "dance"), "NO_SUCH_TECHNIQUE"),
        (line("姓名", "keep", "direct"), "DIRECT_KEPT"),
        (line("姓名", "mask", "direct", stile="name"), "NO_SUCH_PARAMETER"),
        (line("姓名", "mask", "direct", style="face"), "BAD_PARAMETER"),
        (line("姓名", "encrypt", "direct"), "ENCRYPTED_IN_RELEASE"),
        (line("姓名", "round"), "BAD_PARAMETER"),
        (line("姓名", "round", step=0), "BAD_PARAMETER"),
        (line("姓名", "round", step=True), "BAD_PARAMETER"),
        (line("姓名", "limit"), "BAD_PARAMETER"),
        (line("姓名", "limit", low=5, high=1), "BAD_PARAMETER"),
        (line("姓名", "generalize", hierarchy="date", to="street"), "BAD_PARAMETER"),
        (line("姓名", "generalize", hierarchy="map"), "BAD_PARAMETER"),
        (line("姓名", "generalize", hierarchy="amount", cuts=[3, 1]), "BAD_PARAMETER"),
        (line("姓名", "fpe", "direct"), "BAD_PARAMETER"),
        (line("姓名", "fpe", "direct", format="name"), "BAD_PARAMETER"),
        (line("姓名", "noise", scale=1, bound=0), "BAD_PARAMETER"),
        (line("性别", "suppress"), "SET_NAMES_NO_COLUMN"),
    ],
)
def test_a_fault_names_its_column(changed, code):
    assert codes(replan(people_plan(), changed)) == [(code, changed["name"])]


def test_masking_is_no_treatment_for_open_data():
    plan = replan(people_plan(profile="open", k=20), line("姓名", "mask", "direct", style="name"))
    assert codes(plan) == [("MASK_IN_OPEN", "姓名")]


def test_what_can_be_undone_is_no_treatment_for_open_data():
    plan = people_plan(profile="open", k=20)
    changed = line("公民身份号码", "fpe", "direct", format="id")
    assert codes(replan(plan, changed)) == [("ENCRYPTED_IN_RELEASE", "公民身份号码")]
    assert codes(replan(people_plan(), changed)) == []


def test_k_is_never_below_that_of_the_profile():
    assert codes(people_plan(profile="open", k=5)) == [("K_BELOW_PROFILE", None)]


RAW = {
    "profile": "lawful_raw",
    "basis": "某条例第十条",
    "consents": "乌政数〔2026〕1号",
    "transit": "tlcp",
    "posts": "窗口核验岗",
    "destroy_by": "2999-12-31",
}


def test_raw_sharing_wants_basis_consents_encryption_posts_and_an_end():
    plan = people_plan(**RAW, k=1)
    assert codes(plan) == []
    for name in RAW.keys() - {"profile"}:
        bare = {key: value for key, value in plan.items() if key != name}
        (fault,) = check_plan(bare)
        assert (fault.code, fault.column) == ("TERM_MISSING", None)
        assert terms()[name]["zh"] in fault.zh


@pytest.mark.parametrize(
    ("day", "code"),
    [("2020-01-01", "DATE_NOT_AHEAD"), ("2999-02-30", "NO_DATE"), ("2027-13-45", "NO_DATE")],
)
def test_data_are_never_shared_beyond_their_date_of_destruction(day, code):
    assert codes(people_plan(**RAW | {"destroy_by": day})) == [(code, None)]


LIMITS = [("use", []), ("per_day", None), ("logged", False), ("watermark", False)]


@pytest.mark.parametrize(
    ("term", "value"),
    [("purpose", " "), ("purpose_code", ""), ("answer", None), ("per_call", None), *LIMITS],
)
def test_an_interface_states_its_purpose_and_its_limits(term, value):
    plan = answering(line("姓名", "mask", "direct", style="name"))
    assert codes(plan) == []
    changed = {key: one for key, one in (plan | {term: value}).items() if one is not None}
    assert codes(changed) == [("TERM_MISSING", None)]


def test_an_interface_gives_nothing_in_bulk():
    plan = answering(line("姓名", "mask", "direct"), per_call=11)
    assert codes(plan) == [("PLAN_SHAPE", None)]


def test_an_interface_returns_only_items_it_has_a_reason_for():
    bare = line("民族") | {"reason": " "}
    plan = answering(bare, line("姓名", "suppress"))
    assert codes(plan) == [("ITEM_WITHOUT_REASON", "民族")]


@pytest.mark.parametrize("profile", ["open", "statistical", "lawful_raw"])
def test_what_stays_readable_stays_for_a_reason_that_a_person_wrote(profile):
    """That it is no identifier says what it is, not why it is given out."""
    for said in ("", " ", "非个人标识，保留", "依法原样提供"):
        lines = [line("街道") | {"reason": said}, line("姓名", "suppress", "direct")]
        plan = people_plan(profile=profile, k=20, columns=lines, quasi_identifiers=[])
        terms = RAW if profile == "lawful_raw" else {}
        missing = [one for one in check_plan(terms | plan) if "REASON" in one.code]
        told = [(one.code, one.column, one.field) for one in missing]
        assert told == [("KEPT_WITHOUT_REASON", "街道", "reason")]
        assert check_plan(terms | plan, decided=False) == []
        assert check_plan(terms | plan | {"reason": "按街道统计"}) == []


def test_what_is_treated_may_rest_on_what_it_is_found_to_be():
    plan = people_plan(columns=[], quasi_identifiers=[])
    for reason, code in (
        ("", ["TREATED_WITHOUT_REASON"]),
        ("处理方式改为：取整", ["TREATED_WITHOUT_REASON"]),
        ("敏感属性，处理方式改为：取整", []),
        ("金额过细会突出个人", []),
    ):
        rounded = line("月收入", "round", "sensitive", step=100) | {"reason": reason}
        assert [one.code for one in check_plan(plan | {"columns": [rounded]})] == code


@pytest.mark.parametrize("profile", ["open", "statistical", "interface", "lawful_raw"])
def test_a_release_has_a_name_of_its_own_before_it_is_made(profile, people, tmp_path):
    plan = answering(line("街道"), **RAW) if profile == "lawful_raw" else answering(line("街道"))
    plan = {**plan, "profile": profile, "k": 20}
    assert codes(plan) == []
    for name in (None, "", "  "):
        unnamed = {key: one for key, one in (plan | {"release": name}).items() if one is not None}
        (fault,) = check_plan(unnamed)
        assert (fault.code, fault.field) == ("RELEASE_UNNAMED", "release")
        assert check_plan(unnamed, decided=False) == []
    people.write_csv(tmp_path / "in.csv")
    with pytest.raises(Refused, match="没有用过的批次名"):
        apply(people_plan(release=" "), tmp_path / "in.csv", tmp_path / "out.csv")


def test_two_hundred_columns_that_stay_are_one_fault_and_one_reason(tmp_path):
    names = [f"指标{n}" for n in range(200)]
    bare = [line(name) | {"reason": "非个人标识，保留"} for name in names]
    bare[7]["reason"] = "局长办公会定"
    plan = people_plan(columns=bare, quasi_identifiers=[])
    (fault,) = check_plan(plan)
    assert (fault.column, fault.field) == (None, "reason")
    assert "「指标0」「指标1」" in fault.zh
    assert "等共 199 列原样保留" in fault.zh
    assert "各项共同的理由" in fault.zh
    pl.DataFrame(dict.fromkeys(names, ["甲", "乙"] * 9)).write_csv(tmp_path / "in.csv")
    with pytest.raises(Refused, match="各项共同的理由"):
        apply(plan, tmp_path / "in.csv", tmp_path / "out.csv")
    plan["reason"] = "年报要用"
    report = apply(plan, tmp_path / "in.csv", tmp_path / "out.csv")
    said = [one["reason"] for one in report.facts["columns"][6:9]]
    assert said == ["年报要用", "局长办公会定", "年报要用"]


@pytest.mark.parametrize("level", ["5", "6"])
def test_important_and_core_data_are_released_in_no_way(level):
    for technique in ("keep", "shuffle"):
        plan = people_plan(columns=[line("产量", technique) | {"level": level}])
        plan["quasi_identifiers"] = []
        assert codes(plan) == [("GRADE_FORBIDS", "产量")]
    assert codes(people_plan(columns=[line("产量", "suppress") | {"level": level}])) != []


@pytest.mark.parametrize(
    ("profile", "field"), [("open", "open_type"), ("statistical", "share_type")]
)
def test_what_the_catalogue_withholds_is_not_released_in_a_way_that_can_be_undone(profile, field):
    def found(**column: str) -> list[tuple[str, str | None]]:
        kept = line("姓氏") | {field: "3"} | column
        return codes({"profile": profile, "release": "1", "k": 20, "columns": [kept]})

    assert found() == [("TYPE_FORBIDS", "姓氏")]
    assert found(technique="shuffle") == []
    assert found(open_basis="某条例第十条") == []
    assert found(**{field: "2"}) == []


def test_columns_of_another_table_are_told_apart():
    columns = [one["name"] for one in people_plan()["columns"]][1:]
    assert codes(people_plan(), [*columns, "血型"]) == [
        ("COLUMN_NOT_PLANNED", "血型"),
        ("COLUMN_NOT_THERE", "姓名"),
    ]


def test_headers_are_met_however_they_are_written():
    plan = {"profile": "statistical", "columns": [line("姓名"), line("QQ号"), line("月收入(元)")]}
    files = [
        ["姓名", "QQ号", "月收入(元)"],
        [" 姓\u200b名\ufeff", "ｑq 号", "月收入（元）"],
        ["姓　名", "qq号\n", "月收入(元)"],
    ]
    for headers in files:
        assert met(plan, headers) == files[0]
    assert met(plan, ["姓", "名字"]) == ["姓", "名字"]
    assert met({"columns": 1}, ["姓名"]) == ["姓名"]


def test_two_headers_that_are_one_column_are_refused_with_both_told():
    plan = {"profile": "statistical", "columns": [line("姓名"), line("性别")]}
    said = refused("HEADER_ALIKE", lambda: met(plan, ["姓 名", "性别", "姓名"])).zh
    assert "第 1 列「姓 名」和第 3 列「姓名」" in said
    both = {"profile": "statistical", "columns": [line("QQ"), line("qq")]}
    assert met(both, ["qq", "QQ"]) == ["qq", "QQ"]
    assert "「QQ」又像「qq」" in refused("HEADER_ALIKE", lambda: met(both, ["QQ", "Qq"])).zh


@pytest.mark.parametrize(
    "plan", [None, [], {}, {"profile": "x", "columns": [1]}, people_plan(k="5")]
)
def test_what_is_no_plan_is_told_as_such(plan):
    assert {code for code, _ in codes(plan)} == {"PLAN_SHAPE"}


def test_every_fault_speaks_both_languages():
    for fault in check_plan(people_plan(k=0)) + check_plan(people_plan(profile="open")):
        assert fault.zh.endswith("。")
        assert fault.en.endswith(".")


@pytest.mark.parametrize("profile", ["open", "statistical", "interface"])
def test_what_is_proposed_has_no_faults_and_keeps_no_direct_identifier(profile):
    kinds = [
        "姓名",
        "公民身份号码",
        "手机号码",
        "家庭住址",
        "出生日期",
        "年龄",
        "职业",
        "收入",
        "IP地址",
    ]
    plan = propose([Item(kind, item=kind) for kind in kinds], profile)
    # What a service is for is never guessed.
    typed = {
        "purpose": "核验",
        "purpose_code": "1",
        "use": [one["name"] for one in plan["columns"]],
    }
    typed = typed if profile == "interface" else {}
    assert codes(plan | typed | DECIDED) == []
    kept = [one["role"] for one in plan["columns"] if one["technique"] == "keep"]
    assert "direct" not in kept


def test_the_digest_is_of_the_meaning_not_the_order_of_the_keys():
    plan = people_plan()
    assert digest(plan) == digest(dict(reversed(plan.items())))
    assert digest(plan) != digest(plan | {"k": 6})


def test_every_choice_of_the_form_is_a_plan_without_faults_and_recognised_again():
    for one in choices().values():
        made = line("列", one["technique"], **one["params"])
        assert codes(answering(made, use=["列"])) == []
        assert choice_of(made) == one["id"]
    assert choice_of(line("列", "round", step=7)) is None


# What a key or the whole column decides cannot stand in a table of examples.
BY_KEY = {"pseudonym", "encrypt", "microaggregate-20", "shuffle", "remove"}


@pytest.mark.parametrize("choice", sorted(choices().keys() - BY_KEY))
def test_the_example_beside_a_choice_is_what_the_engine_does(choice):
    row = choices()[choice]
    before, after = row["example"]
    made = {"name": "列", "technique": row["technique"], "params": row["params"]}
    treat = treatment(made, Release("r", b"k" * 32, b"k" * 32))
    assert treat is not None
    found = treat(pl.DataFrame({"列": [before]}), 0)[0]
    assert str(found if found is not None else "") == after


def test_every_technique_says_what_it_does_in_both_languages():
    for row in techniques().values():
        for part in ("done", "remains"):
            assert row[part]["zh"]
            assert row[part]["en"]
        assert params({"technique": row["id"], "params": {}}) is not None


def test_a_proposed_plan_fits_its_table_after_fitting(people, key, tmp_path):
    people.write_csv(tmp_path / "in.csv")
    for profile in ("statistical", "open"):
        proposed = propose(detect(people), profile)
        fitted = fit(proposed, people) | DECIDED
        assert codes(fitted, people.columns) == []
        report = apply(fitted, tmp_path / "in.csv", tmp_path / f"{profile}.csv", key)
        assert report.passed, report.facts["findings"]
        assert report.facts["suppressed"]["share"] <= 0.05
        assert fit(fitted, people) == fitted


@pytest.mark.parametrize("profile", ["open", "statistical"])
def test_a_class_must_hold_two_values_of_what_is_sensitive_beside_what_is_known(profile):
    sex, ill, fee = Item("性别", item="性别"), Item("病种", item="疾病诊断"), Item("面积")
    assert propose([sex, ill], profile)["l"] == 2
    for none in ([ill], [sex, fee]):
        assert "l" not in propose(none, profile)
    assert "l" not in propose([sex, ill], "interface")
    (reason,) = (one["reason"] for one in propose([sex, ill])["columns"] if one["name"] == "病种")
    assert "看不出他的值" in reason


def test_a_proposed_plan_reaches_the_values_it_asks_for(tmp_path):
    told = [("男", "高血压"), ("男", "糖尿病"), ("女", "高血压")]
    people = pl.DataFrame(told * 40, schema=["性别", "病种"], orient="row")
    lonely = pl.DataFrame({"性别": ["不详"] * 6, "病种": ["肺炎"] * 6})
    people = pl.concat([people, pl.DataFrame({"性别": ["女"] * 9, "病种": ["肺炎"] * 9}), lonely])
    people.write_csv(tmp_path / "in.csv")
    plan = fit(propose(detect(people)), people) | DECIDED
    assert plan["l"] == 2
    report = apply(plan, tmp_path / "in.csv", tmp_path / "out.csv")
    assert report.passed, report.facts["findings"]
    assert report.facts["risk"]["l"] == 2
    assert report.facts["suppressed"]["records_touched"] == 6


@pytest.mark.parametrize("how", ["suppress", "recode"])
def test_a_run_whose_people_all_share_what_is_sensitive_says_so_and_what_to_do(tmp_path, how):
    people = pl.DataFrame({"性别": ["男", "女"] * 20, "病种": ["肺炎"] * 40})
    people.write_csv(tmp_path / "in.csv")
    plan = propose(detect(people)) | DECIDED | {"reach_k": how}
    report = apply(plan, tmp_path / "in.csv", tmp_path / "out.csv")
    (finding,) = report.facts["findings"]
    assert (finding["code"], finding["columns"]) == ("L_TOO_SMALL", ["病种"])
    assert "全表" in finding["detail"]
    assert "删除这一列" in finding["remedy"]
    assert not (tmp_path / "out.csv").exists()


def test_a_plan_is_fitted_without_what_all_of_the_table_share(tmp_path):
    rows = {"性别": ["男", "女"] * 20, "病种": ["肺炎"] * 40, "残疾类别": ["肢体", "视力"] * 20}
    people = (
        pl.DataFrame(rows)
        .sort("残疾类别", maintain_order=True)
        .with_columns(pl.Series("性别", ["男", "女"] * 20))
    )
    plan = fit(propose(detect(people)), people) | DECIDED
    (gone,) = [one for one in plan["columns"] if one["technique"] == "suppress"]
    assert gone["name"] == "病种"
    assert "资源说明" in gone["reason"]
    assert (plan["sensitive"], plan["l"]) == (["残疾类别"], 2)
    people.write_csv(tmp_path / "in.csv")
    assert apply(plan, tmp_path / "in.csv", tmp_path / "out.csv").passed
    alone = fit(propose(detect(people.drop("残疾类别"))), people.drop("残疾类别"))
    assert "l" not in alone


def test_numbers_of_rows_are_proposed_to_go_where_rows_stand_in_no_order():
    columns = [Item("序 号"), Item("案件编号"), Item("No.")]
    assert [one["technique"] for one in propose(columns)["columns"]] == [
        "suppress",
        "keep",
        "suppress",
    ]
    assert codes(propose(columns) | DECIDED) == []
    assert {one["technique"] for one in propose(columns, "interface")["columns"]} == {"keep"}


def test_a_plan_that_is_not_judged_by_k_is_left_as_it_is(people):
    proposed = propose(detect(people), "interface")
    assert fit(proposed, people) == proposed


def test_a_reason_written_here_is_written_anew_when_the_treatment_changes_and_a_typed_one_stays():
    gone = {"name": "街道", "technique": "keep", "role": "quasi", "params": {}}
    assert reason_of({**gone, "reason": "为达到 k，自动归得更粗：已删除"}) == "准标识符，由 k 控制"
    changed = {**gone, "technique": "suppress", "reason": "非个人标识，保留"}
    assert reason_of(changed) == "准标识符，处理方式改为：删除"
    assert reason_of({**changed, "role": "other"}) == "处理方式改为：删除"
    assert reason_of({**changed, "reason": "局长办公会定"}) == "局长办公会定"


@pytest.mark.parametrize("profile", ["open", "statistical", "interface", "lawful_raw"])
def test_every_reason_that_is_proposed_is_known_as_written_here(people, profile):
    for one in propose(detect(people), profile)["columns"]:
        assert reason_of({**one, "technique": "keep", "role": "other"}) == "非个人标识，保留"


@pytest.mark.parametrize("profile", ["open", "statistical", "interface", "lawful_raw"])
def test_what_the_program_notes_is_read_in_english_and_what_was_typed_stays(people, profile):
    for one in propose(detect(people), profile)["columns"]:
        for said in (one["reason"], reasons.changed({**one, "technique": "suppress"})):
            assert not re.search(r"[\u4e00-\u9fff]", reasons.told(said, "en")), said
            assert reasons.told(said) == said
    assert reasons.told("准标识符，处理方式改为：删除", "en").startswith("quasi-identifier, ")
    assert (
        reasons.told("局长办公会定，处理方式改为：删除", "en") == "局长办公会定，处理方式改为：删除"
    )


def test_the_choices_that_fit_a_column_are_those_for_any_and_those_of_its_kind():
    born = fitting({"name": "csrq", "kind": "出生日期"})
    assert {"keep", "remove", "pseudonym", "date-month", "date-year"} <= set(born)
    assert not {"mask-plate", "age-10", "occupation"} & set(born)
    assert len(fitting({"name": "c7", "kind": None})) < 6


def test_a_plan_without_l_fits_a_table_without_rows(people):
    plan = {**propose(detect(people)), "sensitive": [people.columns[0]]}
    plan.pop("l", None)
    assert fit(plan, people.clear()) == plan
