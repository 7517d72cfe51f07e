"""Each technique on its own: what it hides, what it cannot read, what stays joinable."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymization import restore, treat
from anonymization.identifiers import CITIZEN_CHECKS, CITIZEN_WEIGHTS
from anonymization.plan import choices
from anonymization.techniques import WHOLE, Groups, Release, expression, treatment
from tests.anonymization.conftest import answering, line, refused

KEY = b"k" * 32
OF = Release("r", KEY, KEY)


def treated(values: list[Any], technique: str, of: Release = OF, **params: object) -> list[Any]:
    treat = treatment(line("列", technique, **params), of)
    assert treat is not None
    return treat(pl.DataFrame({"列": values}, schema={"列": pl.String}), 0).to_list()


def test_one_person_written_in_two_ways_is_one_pseudonym():
    first, second, other, blank = treated(
        ["15030219900101001x", " １５０３０２１９９００１０１００１Ｘ", "150302199001010021", " "],
        "pseudonym",
    )
    assert first == second != other
    assert blank is None
    assert len(first) == 32


def test_another_key_another_release_and_another_domain_give_other_pseudonyms():
    releases = [OF, Release("r", b"j" * 32, KEY), Release("s", KEY, KEY)]
    made = {treated(["1"], "pseudonym", one)[0] for one in releases}
    made.add(treated(["1"], "pseudonym", domain="other")[0])
    assert len(made) == 4


def test_a_shift_keeps_the_intervals_of_one_person():
    frame = pl.DataFrame({"人": ["甲", "甲", "乙"], "列": ["2020-01-01", "2020-03-01", "bad"]})
    treat = treatment(line("列", "shift", days=90, subject="人"), OF)
    assert treat is not None
    first, second, unread = treat(frame, 0).str.to_date(strict=False)
    assert (second - first).days == 60
    assert str(first) != "2020-01-01"
    assert unread is None


def test_noise_is_centred_on_the_value():
    made = treated(["1000"] * 4000, "noise", scale=10)
    assert abs(sum(made) / 4000 - 1000) < 2
    assert len(set(made)) > 20


def test_a_group_of_the_column_holds_at_least_its_size():
    values = [str(n * n) for n in range(101)]
    groups = Groups(line("列", "microaggregate", size=10), pl.Series([float(v) for v in values]))
    made = groups.treat(pl.DataFrame({"列": values}), 0)
    assert min(made.value_counts()["count"]) >= 10
    assert abs(made.sum() - sum(map(float, values))) < 101


def test_top_and_bottom_are_cut():
    assert treated(["1", "50", "999", "x"], "limit", low=10, high=100) == [10, 50, 100, None]


def test_a_text_loses_numbers_in_every_disguise():
    texts = [
        "电话 138 0473 0012",
        "电话１３８０４７３００１２",
        "证件150302 19900101 001X号",
        "住海勃湾区新华街道丽景苑3号楼2单元501室",
        "联系人：张小明，已核实",
    ]
    whole = "".join(treated(texts, "redact"))
    for secret in ("0012", "００１２", "001X", "501", "张小明"):
        assert secret not in whole
    assert "已核实" in whole


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("申请人王小明住院", "申请人【姓名】住院"),
        ("患者刘洋主诉头痛", "患者【姓名】主诉头痛"),
        ("其母李秀英患糖尿病", "其母【姓名】患糖尿病"),
        ("阿拉坦乌拉来电反映漏水", "【姓名】来电反映漏水"),
        ("已转张三", "已转【姓名】"),
        ("转李建国处理。找王芳核实", "转【姓名】处理。找【姓名】核实"),
        ("请联系欧阳明。转张三找李四", "请联系【姓名】。转【姓名】找【姓名】"),
        ("交给高建国签收", "交给【姓名】签收"),
        ("由巴特尔负责", "由【姓名】负责"),
    ],
)
def test_a_text_loses_a_name_and_nothing_beside_it(said, left):
    assert treated([said], "redact") == [left]


@pytest.mark.parametrize(
    "said",
    [
        *("已转正", "转账失败", "转院治疗", "转高新区处理", "转林业局办理", "交安全科", "交金融办"),
        *(
            "请于明天来",
            "请马上处理",
            "请陈明理由",
            "由王家庄社区负责",
            "由苏木负责",
            "联系方式不变",
        ),
        *("找平了", "由于建军路施工", "交付清单", "转文明办处理", "交通局", "转任务", "请严格落实"),
        *("请安排处理", "找孙子帮忙", "转白天处理", "由海勃湾区负责", "转成功后回复", "请何时来"),
    ],
)
def test_what_is_done_with_a_matter_names_nobody_by_itself(said):
    assert treated([said], "redact") == [said]


SIMPLE = [row for row in choices().values() if row["technique"] not in {"keep", "suppress", *WHOLE}]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.sampled_from(SIMPLE))
def test_every_technique_takes_any_text(values, row):
    made = treated(values, row["technique"], **row["params"])
    assert len(made) == len(values)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=48, max_codepoint=0x9FFF), min_size=6, max_size=30))
def test_no_mask_shows_a_value_it_should_hide(value):
    for style in ("name", "id", "mobile", "bank", "email", "plate", "address"):
        shown = treated([value], "mask", style=style)[0]
        assert shown is None or value not in shown


# --- what keeps its shape ---------------------------------------------------------------------


def valid(number: str) -> bool:
    total = sum(int(one) * weight for one, weight in zip(number[:17], CITIZEN_WEIGHTS, strict=True))
    return CITIZEN_CHECKS[total % 11] == number[17]


def test_an_encrypted_citizen_number_keeps_shape_and_check_digit(people):
    numbers = people["公民身份号码"].to_list()
    kept = treated(numbers, "fpe", format="id", check="keep")
    void = treated(numbers, "fpe", format="id")
    assert all(valid(one) for one in kept)
    assert not any(valid(one) for one in void)
    assert len(set(kept)) == len(set(void)) == len(set(numbers))
    assert not set(kept) & set(numbers)


def test_a_wrong_check_digit_comes_back_as_wrong_as_it_was():
    numbers = ["150302199001010014", "150302199001010015", "15030219900101001X"]
    for check in ("void", "keep"):
        plan = answering(line("列", "fpe", format="id", check=check))
        made = treat(plan, pl.DataFrame({"列": numbers}), KEY)
        assert restore(plan, made, KEY)["列"].to_list() == numbers


FORMATS = {"id": "[0-9]{17}[0-9X]|[0-9]{15}", "mobile": "1[0-9]{10}", "number": "[0-9]{6,32}"}
SHAPED = st.sampled_from([*FORMATS, "letters"]).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.lists(st.from_regex(FORMATS.get(name, "[0-9A-Z]{4,20}"), fullmatch=True), min_size=1),
        st.sampled_from(["void", "keep"]),
        st.binary(min_size=32, max_size=32),
    )
)


@given(SHAPED)
def test_what_is_encrypted_in_its_format_is_read_again_with_the_key(drawn):
    name, values, check, key = drawn
    values = [one for one in values if one.isascii()]
    plan = answering(line("列", "fpe", format=name, check=check))
    made = treat(plan, pl.DataFrame({"列": values}, schema={"列": pl.String}), key)
    assert made["列"].null_count() == 0
    assert made["列"].str.len_chars().to_list() == [len(one) for one in values]
    assert restore(plan, made, key)["列"].to_list() == values


def test_values_that_repeat_are_treated_as_those_that_do_not(people):
    numbers = [*people["公民身份号码"].head(50), None]
    for technique, params in (
        ("fpe", {"format": "id"}),
        ("generalize", {"hierarchy": "region", "to": "city"}),
        ("mask", {"style": "id"}),
    ):
        alone = treated(numbers, technique, **params)
        assert treated(numbers * 100, technique, **params) == alone * 100


def test_a_void_mobile_number_is_nobodys_and_what_has_no_shape_is_blanked():
    made = treated(
        ["13804730012", "１３８０４７３００１２", "0473-2012345", "x"], "fpe", format="mobile"
    )
    assert made[0] == made[1]
    assert made[0].startswith("2")
    assert made[2:] == [None, None]
    assert treated(["12345"], "fpe", format="number") == [None]


def test_encryption_gives_equal_values_one_cipher_text_and_comes_back():
    plan = answering(line("列", "encrypt"))
    frame = pl.DataFrame({"列": ["张小明", "李白", "张小明", None]})
    made = treat(plan, frame, KEY)
    assert made["列"].n_unique() == 3
    assert restore(plan, made, KEY).equals(frame)


def test_a_wrong_key_and_an_altered_cipher_text_are_told():
    plan = answering(line("列", "encrypt"))
    made = treat(plan, pl.DataFrame({"列": ["张小明"]}), KEY)
    refused("KEY_WRONG", lambda: restore(plan, made, b"j" * 32))
    altered = pl.DataFrame({"列": ["A" + made["列"][0][1:]]})
    refused("KEY_WRONG", lambda: restore(plan, altered, KEY))
    refused("KEY_WRONG", lambda: restore(plan, made, KEY, key_id="0" * 16))
    kept = answering(line("列"))
    refused("NOTHING_TO_RESTORE", lambda: restore(kept, made, KEY))


# --- what is made up, moved, bounded ----------------------------------------------------------


def test_a_made_up_citizen_number_is_valid_and_of_nobody_alive(people):
    made = treated(people["公民身份号码"].to_list(), "substitute", **{"with": "id"})
    assert all(valid(one) for one in made)
    assert {one[6:8] for one in made} == {"18"}
    assert max(int(one[6:10]) for one in made) <= 1850
    assert len(set(made)) == people["公民身份号码"].n_unique()


def test_a_made_up_mobile_number_and_mail_are_not_in_use():
    mobiles = treated([f"1380473{n:04d}" for n in range(500)], "substitute", **{"with": "mobile"})
    assert {one[:2] for one in mobiles} == {"10", "11", "12"}
    assert all(len(one) == 11 for one in mobiles)
    mails = treated(["a@b.cn", "c@d.cn"], "substitute", **{"with": "email"})
    assert all(one.endswith("@example.cn") for one in mails)


def test_made_up_values_join_within_a_domain_of_one_release_only():
    given = {"with": "address", "domain": "住址"}
    first = treated(["海勃湾区1号", "海勃湾区2号"], "substitute", **given)
    assert treated(["海勃湾区2号"], "substitute", **given) == first[1:]
    other = Release("s", KEY, KEY)
    assert treated(["海勃湾区1号", "海勃湾区2号"], "substitute", other, **given) != first


def test_a_shuffle_moves_every_value_and_loses_none():
    plan = answering(line("列", "shuffle"))
    values = [str(n) for n in range(500)]
    made = treat(plan, pl.DataFrame({"列": values}), KEY)["列"].to_list()
    assert sorted(made) == sorted(values)
    assert all(a != b for a, b in zip(made, values, strict=True))


def test_noise_stays_within_its_bound():
    made = treated(["1000"] * 4000, "noise", scale=50, bound=60)
    assert min(made) == 940
    assert max(made) == 1060
    assert treated(["1000"] * 4000, "noise", scale=50, bound=60) == made


BEGINNINGS = {
    "address": [
        *("内蒙古自治区", "乌海市", "北京市", "海勃湾区", "阿拉善盟", "阿拉善左旗"),
        *("自治州", "地区", "广西壮族", "省", "特别行政区", "市", "区", "县", "旗", "盟", "街道"),
        *("镇", "甲", "12号", " ", "\n", "\u3000"),
    ],
    "date": [
        *("1990", "2011", "3", "0", "1", "12", "05", "-", "/", ".", "年", "月", "日"),
        *(" ", "１", "９", "00:00:00", "\u0301", "\u20e3"),
    ],
    "name": ["欧阳", "欧", "阳", "李", "·", " ", "a", "\u0301", "司马", "光"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("of", "how"),
    [
        *(("address", line("x", "generalize", hierarchy="address", to=to))
          for to in ("province", "city", "district", "street")),
        ("address", line("x", "mask", style="address")),
        *(("date", line("x", "generalize", hierarchy="date", to=to))
          for to in ("month", "quarter", "year", "decade")),
        ("name", line("x", "mask", style="name")),
    ],
)  # fmt: skip
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_done_once_for_each_beginning_is_what_is_done_value_by_value(of, how, data):
    parts = st.lists(st.sampled_from(BEGINNINGS[of]), max_size=8).map("".join)
    treat = treatment(how, OF)
    assert treat is not None
    # What one batch has taught is used by the next.
    for texts in data.draw(st.lists(st.lists(parts | st.none(), min_size=1), min_size=1)):
        # Values that repeat go by their beginnings, those of a short column one by one.
        many = pl.Series("x", texts * 400, dtype=pl.String).to_frame()
        expected = many.head(len(texts)).select(expression(how)).to_series()
        assert treat(many, 0).to_list() == expected.to_list() * 400


@pytest.mark.parametrize(
    "how",
    [
        line("x", "generalize", hierarchy="occupation"),
        line("x", "generalize", hierarchy="date", to="year"),
        line("x", "mask", style="address"),
        line("x", "mask", style="custom", head=1, tail=1),
        line("x", "fpe", format="number"),
    ],
)
def test_what_batches_before_have_taught_changes_no_value_of_the_next(how):
    taught, alone = treatment(how, OF), pl.DataFrame({"x": ["教师", None, "", " 1990-05-06 "]})
    assert taught is not None
    # More values than are remembered, larger ones than are, none at all, and all of them again.
    for part in (
        alone,
        pl.DataFrame({"x": [f"{n // 3}" for n in range(60_000)]}),
        pl.DataFrame({"x": [f"1990-{n % 12 + 1:02}-0{n % 9}" for n in range(60_000)]}),
        pl.DataFrame(
            {
                "x": [str(n % 3) * 7_000 for n in range(5_000)]
                + [str(n) * 7_000 for n in range(900)] * 6
            }
        ),
        pl.DataFrame({"x": [None] * 5000}, schema={"x": pl.String}),
        alone,
        pl.concat([alone] * 2000),
    ):
        few = part.unique(maintain_order=True).head(4000)
        fresh = treatment(how, OF)
        assert fresh is not None
        wanted = dict(zip(few["x"], fresh(few, 0), strict=True))
        found = part.with_columns(y=taught(part, 0)).join(few, on="x", nulls_equal=True)
        assert all(wanted[old] == new for old, new in found.unique().rows())


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt8, pl.Float64, pl.Float32, pl.String])
@pytest.mark.parametrize(
    "how", [line("x", "round", step=0.5), line("x", "round", step=10), line("x", "limit", low=3)]
)
def test_a_number_is_treated_alike_whatever_type_it_stands_in(kind, how):
    texts = pl.Series("x", ["0", "7", None, "12", "250"])
    wanted = texts.to_frame().select(expression(how)).to_series()
    treat = treatment(how, OF)
    assert treat is not None
    assert treat(texts.cast(kind).to_frame(), 0).equals(wanted)
