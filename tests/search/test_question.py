"""Splitting a question: terms first, then question words, and always an end."""

import time
from collections import Counter

import pytest
from hypothesis import given

from search import analysis, question, synonyms
from search.plan import AllOf, AnyOf, BestOf, Fixed, Node, Term, plan
from search.question import LONGEST_TEXT, MOST_CLAUSES
from tests.search.strategies import anything


def required(text: str) -> list[str]:
    return [part.text for part in question.parts(text) if part.is_required]


def test_question_words_are_taken_out() -> None:
    assert required("我想查一下哪里可以挖沙") == ["挖沙"]


def test_a_term_of_the_dictionary_keeps_a_character_that_is_a_question_word() -> None:
    assert required("的士怎么收费的") == ["的士", "收费"]


def test_a_question_of_nothing_but_question_words_is_asked_as_it_is() -> None:
    assert required("哪里") == ["哪里"]


def test_weak_words_need_not_be_there_unless_they_stand_alone() -> None:
    assert required("殡仪馆信息") == ["殡仪馆"]
    assert required("信息") == ["信息"]


def test_a_latin_term_is_not_found_inside_a_longer_word() -> None:
    assert required("fetch") == ["fetch"]
    assert question.parts("etc")[0].variants


def test_a_single_character_is_a_term_only_where_it_stands_alone() -> None:
    assert question.parts("狗")[0].variants
    assert not question.parts("热狗屋")[0].variants


def size(node: Node) -> int:
    match node:
        case AnyOf(nodes) | AllOf(nodes) | BestOf(nodes):
            return sum(map(size, nodes))
        case Fixed(inner, _):
            return size(inner)
    return 1


@given(anything)
def test_every_text_has_a_bounded_plan(text: str) -> None:
    made = plan(text)
    assert (made.scored is None) == (made.full is None)
    assert sum(part.clauses for part in made.parts) <= MOST_CLAUSES + synonyms.LONGEST_TERM


@pytest.mark.parametrize(
    "text",
    ["公积金" * 3_000, "a" * 10_000, "\x00\ud800" * 500, '((("AND OR NOT*~^:', "😀" * 100, " " * 9],
)
def test_hostile_texts_make_small_plans_quickly(text: str) -> None:
    began = time.process_time()
    made = plan.__wrapped__(text)
    assert time.process_time() - began < 1
    assert made.scored is None or size(made.scored) < 2_000


def test_only_the_beginning_of_a_long_text_is_asked() -> None:
    assert not question.parts("," * LONGEST_TEXT + "公积金")


def test_every_group_of_the_dictionary_says_why_and_has_something_to_offer() -> None:
    groups = analysis.table("synonyms")["groups"]
    assert len(groups) > 300
    for group in groups:
        assert group["because"]
        around = len(group.get("related", ())) + len(group.get("broader", ()))
        assert len(group["terms"]) + around > 1
        assert len(set(group["terms"])) == len(group["terms"])
        assert max(map(len, group["terms"])) <= synonyms.LONGEST_TERM, group


def test_a_term_stands_in_two_groups_only_where_its_ambiguity_has_a_reason() -> None:
    table = analysis.table("synonyms")
    seen = Counter(synonyms.plain(term) for group in table["groups"] for term in group["terms"])
    marked = [term for row in table["ambiguous"] for term in row["terms"]]
    assert sorted(marked) == sorted(term for term, times in seen.items() if times > 1)
    assert all(row["because"] for row in table["ambiguous"])


def test_what_people_say_is_answered_by_what_offices_write_and_stands_for_none_of_it() -> None:
    terms = synonyms.delivered().terms
    assert "内涝" in terms["淹水"].same
    assert "淹水" not in terms.get("内涝", synonyms.Term()).same
    assert "公租房" in terms["便宜房子"].same


def test_every_word_people_say_has_a_reason_and_is_no_term_already() -> None:
    said = [word for group in synonyms.delivered().groups for word in group.said]
    groups = [group for group in synonyms.delivered().groups if not group.together]
    terms = {synonyms.plain(term) for group in groups for term in group.terms}
    rows = analysis.table("everyday")["groups"]
    assert len(said) == len(set(said)) > 500
    official = {plain for row in rows for plain in map(synonyms.plain, row["terms"])}
    assert not set(said) & (terms - official)
    assert all(row["because"] and row["said"] for row in rows)
    assert all(row["terms"] or row["related"] for row in rows)
    assert max(map(len, said)) <= synonyms.LONGEST_TERM


def test_what_is_said_in_several_words_is_answered_by_what_they_mean_together() -> None:
    (*_, meant) = question.parts("老人过八十岁有没有钱领")
    assert "高龄津贴" in meant.variants
    assert meant.is_required
    assert not any(part.is_required for part in question.parts("老人过八十岁有没有钱领")[:-1])
    assert "地质灾害隐患点" in question.parts("周围有没有会塌的山坡")[-1].near


def test_words_the_dictionary_knows_are_still_asked_for_beside_what_they_mean_together() -> None:
    asked = question.parts("失业了补助怎么办")
    assert [part.text for part in asked if part.is_required] == ["失业", "补助"]
    assert "失业保险金" in asked[-1].variants


def test_a_piece_of_a_term_tells_nothing_together_with_another_word() -> None:
    assert required("老人证 补贴") == ["老人证", "补贴"]
    assert not any("高龄津贴" in part.variants for part in question.parts("老人证 补贴"))


def test_a_place_typed_apart_stays_asked_for_beside_what_the_others_mean_together() -> None:
    assert "虚构镇" in required("虚构镇 山坡会塌")
    assert "虚构镇" not in required("虚构镇山坡会塌")


def test_what_is_said_together_leaves_what_is_part_of_it_out() -> None:
    (told,) = synonyms.delivered().together("外地看病医保报销")
    assert "异地就医" in told.term.same
    assert "费用结算" not in told.term.same


def test_things_told_by_words_of_their_own_are_each_asked_for() -> None:
    told = [part for part in question.parts("旁边要建的厂子环评批了没有") if part.is_told]
    assert [part.text for part in told if "规划" in part.variants] == ["旁边要建"]
    assert any("环境影响评价" in part.variants for part in told)
    assert not any({"规划", "环境影响评价"} <= {*part.variants} for part in told)
    assert all(part.is_required for part in told)


@pytest.mark.parametrize(
    ("asked", "is_either"),
    [
        ("公证处和公证员", True),
        ("福利彩票 体育彩票", True),
        ("注销企业或排污许可", True),
        ("公证处和律师", False),
        ("银川 公证处", False),
        ("公证处公证员", False),
    ],
)
def test_of_things_of_a_kind_either_will_do(asked: str, is_either: bool) -> None:
    needed = [part for part in question.parts(asked) if part.is_required]
    assert [part.is_instead for part in needed] == [False, is_either]


def test_things_of_a_kind_are_near_one_another_and_stand_for_none_of_them() -> None:
    terms = synonyms.delivered().terms
    assert "冰雹" in terms["台风"].related
    assert "冰雹" not in terms["台风"].same
    apart = [row for row in analysis.table("synonyms")["groups"] if row.get("apart")]
    assert len(apart) > 20
    assert all(len(row["terms"]) > 2 for row in apart)


def test_every_group_said_together_has_a_reason_and_several_things_of_its_own() -> None:
    table = analysis.table("together")
    assert len(table["groups"]) > 300
    seen = Counter(tuple(sorted(row["together"])) for row in table["groups"])
    assert max(seen.values()) == 1
    for group in synonyms.delivered().groups:
        if group.together:
            assert group.because
            assert group.terms
            assert len(group.together) > 1
            assert not set(group.terms) & set(group.related)
            words = [word for one in group.together for word in one]
            assert len(words) == len(set(words)), group
            assert max(len(word) for words in group.together for word in words) < 13


def test_the_kinds_of_words_said_together_are_all_used() -> None:
    table = analysis.table("together")
    used = {
        one[1:]
        for row in table["groups"]
        for thing in row["together"]
        for one in thing.split("|")
        if one[0] == "@"
    }
    assert used == set(table["kinds"])


def test_a_group_said_together_is_retired_like_any_other() -> None:
    words = synonyms.delivered()
    keys = [one.key for one in words.groups if one.together and "高龄津贴" in one.terms]
    without = words.extended((), keys)
    asked = question.parts("老人过八十岁有没有钱领", without)
    assert not any("高龄津贴" in part.variants for part in asked)


def test_one_character_of_a_short_run_may_carry_its_meaning() -> None:
    (one, *_) = question.parts("塌了吗")
    assert one.text == "塌"
    assert "坍塌" in one.variants
    assert required("会展") == ["会展"]


def test_who_asks_where_or_how_many_prefers_titles_that_say_so_and_need_not_get_them() -> None:
    (where,) = (part for part in question.parts("公厕在哪里") if part.text == "在哪里")
    assert "点位" in where.related
    assert not where.is_required
    assert required("有多少学校") == ["学校"]


def test_words_of_a_data_element_asked_for_tell_of_nothing_together() -> None:
    asked = question.parts("含批复文号和总投资额的项目")
    assert not any(part.is_told for part in asked)


def test_a_list_need_not_be_called_one_beside_what_it_lists() -> None:
    assert required("公证员名单") == ["公证员"]
    assert required("名单") == ["名单"]
    assert "公证" not in question.parts("公证员名单")[0].variants


def test_a_question_of_which_nothing_is_known_is_not_understood() -> None:
    assert not question.understood("火星移民")
    assert question.understood("移民企业")
    assert question.understood("gongjijin")
    assert question.understood("残急人")


def test_three_characters_that_sound_like_a_term_ask_for_it_behind_themselves() -> None:
    (wrong,) = question.parts("残急人")
    assert wrong.is_alike
    assert not wrong.is_term
    assert "残疾人" in wrong.related
    assert not wrong.variants


def test_a_term_written_rightly_is_not_taken_for_another_that_sounds_like_it() -> None:
    terms = synonyms.delivered().terms
    for term in terms:
        if analysis.is_han(term):
            assert not any(part.is_alike for part in question.parts(term)), term


def test_a_city_has_a_name_of_more_than_one_character() -> None:
    assert required("护市执业") == ["护市执业"]
    assert required("乌海市企业") == ["乌海", "企业"]


def test_everyday_words_lead_to_what_offices_write() -> None:
    for said, written in (
        ("健康证", "从业人员健康证明"),
        ("坟地", "公墓"),
        ("政采", "政府采购"),
        ("转学", "学籍转移"),
        ("两补", "残疾人两项补贴"),
    ):
        assert written in synonyms.delivered().terms[said].same, said


def test_a_question_word_between_two_things_belongs_to_neither() -> None:
    assert required("谁家的车没登记") == ["车", "登记"]
    assert required("哪些房子是危房") == ["房子", "危房"]
    assert required("罚没船只") == ["罚没", "船只"]
    assert required("小学怎么报名") == ["小学", "报名"]


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("学校 -幼儿园", "幼儿园", "学校"),
        ("学校，不要幼儿园", "幼儿园", "学校"),
        ("停车场但不要收费的", "收费", "停车场"),
        ("除了公交以外的交通", "公交", "交通"),
        ("除了公交还有哪些交通线路", "公交", "还有哪些交通线路"),
    ],
)
def test_what_somebody_does_not_want_is_no_part_of_what_he_asks(
    text: str, word: str, rest: str
) -> None:
    (refusal,) = question.refusals(text)
    assert refusal.word == word
    assert question.without(text, refusal) == rest
    assert word not in required(text)


@pytest.mark.parametrize(
    "text",
    [
        "经开区-社会保障局申报创业补贴人员公示", "外部资源 - 四川", "固定资产投资（不含农户）",
        "4S-店", "2021 -2022", "-幼儿园", "要不要户口本", "不要钱的停车场", "非机动车", "非遗",
        "上学不要户口本可以吗", "水/电 缴费",
    ],
)  # fmt: skip
def test_a_hyphen_of_a_title_and_a_name_with_no_in_it_refuse_nothing(text: str) -> None:
    assert question.refusals(text) == ()


def test_a_wrong_sound_leads_where_the_word_meant_leads() -> None:
    (wrong,) = question.parts("智会城市")
    assert wrong.is_alike
    assert "城市大脑" in wrong.related


def test_a_broader_word_is_answered_by_the_narrower_and_not_the_other_way_round() -> None:
    terms = synonyms.delivered().terms
    assert "空气质量" in terms["空气"].same
    assert "空气" not in terms["空气质量"].same
    assert "空气" in terms["空气质量"].related


def test_a_kind_of_gas_is_counted_for_gas_and_no_kind_for_another() -> None:
    terms = synonyms.delivered().terms
    assert {"天然气", "液化气", "煤气"} <= set(terms["燃气"].same)
    assert "燃气" in terms["煤气"].same
    assert not {"燃气", "液化气"} & set(terms["天然气"].same)
    assert "宗教" not in terms["宗教活动场所"].same


def test_an_english_word_stands_for_its_chinese_in_singular_and_plural() -> None:
    for asked in ("kindergarten", "kindergartens", "list of kindergartens"):
        wanted = [part for part in question.parts(asked) if part.is_required]
        assert [part.variants for part in wanted] == [("幼儿园",)], asked


def test_what_the_schema_says_in_both_languages_needs_no_dictionary() -> None:
    assert question.parts("vehicle identification number")[0].variants == ("车辆识别代号",)


def test_a_field_asked_for_must_stand_among_the_data_elements() -> None:
    found = question.parts("要有联系电话和地址字段的企业表")
    assert [(p.text, p.is_element) for p in found if p.is_required] == [
        ("联系电话", True), ("地址", True), ("企业", False),
    ]  # fmt: skip


def test_the_situation_told_before_a_question_need_not_be_there() -> None:
    assert required("买房想看看开发商有没有资质") == ["开发商", "资质"]
    assert required("买房") == ["买房"]


def test_a_verb_is_weak_only_where_it_stands_alone() -> None:
    assert required("查企业") == ["企业"]
    assert required("审查企业") == ["审查", "企业"]


def test_a_piece_of_a_longer_word_is_not_taken_for_what_it_sounds_like() -> None:
    assert "档案" in required("档案管理")
    assert required("物业公思") == ["物业公思"]


def test_what_is_wider_than_a_word_is_said_only_of_what_the_groups_would_count() -> None:
    delivered = synonyms.delivered()
    without = synonyms.Lexicon(delivered.groups, delivered.english)
    for word, others in analysis.table("wider")["words"].items():
        counted = {*without.terms[word].same, *without.terms[word].near}
        assert counted.issuperset(others), word


def test_what_is_wider_than_a_word_helps_the_order_and_is_counted_where_the_office_says_so() -> (
    None
):
    delivered = synonyms.delivered()
    term = delivered.terms["医院"]
    assert "医疗机构" not in term.same
    assert "医疗机构" in term.related
    group = synonyms.Group(("医院", "医疗机构"), because="问的人都这样说")
    assert "医疗机构" in delivered.extended([group]).terms["医院"].same


def test_a_lexicon_is_extended_and_groups_are_retired_by_their_key() -> None:
    own = synonyms.Group(("数字乌海", "城市大脑"), (), "市里的说法")
    wider = synonyms.delivered().extended([own])
    assert wider.terms["城市大脑"].same == ("数字乌海",)
    assert "城市大脑" not in synonyms.delivered().terms
    assert "城市大脑" not in wider.extended([], {own.key}).terms
    assert question.parts("城市大脑", wider)[0].variants == ("数字乌海",)


def test_a_synonym_works_both_ways() -> None:
    assert "最低生活保障" in synonyms.delivered().terms["低保"].same
    assert "低保" in synonyms.delivered().terms["最低生活保障"].same


@pytest.mark.parametrize("typed", ["xianxue", "xianxie"])
def test_a_word_is_heard_as_people_say_it_and_as_dictionaries_read_it(typed):
    (heard,) = question.parts(typed)
    assert heard.is_heard
    assert "献血" in heard.variants


def test_typed_pinyin_of_a_term_is_the_term_whatever_titles_call_it():
    (heard,) = question.parts("jiehunzheng")
    assert heard.is_heard
    assert heard.variants == ("结婚证",)
    assert "婚姻登记" in heard.near
    assert not any(part.is_heard for part in question.parts("hunyin dengji"))
    assert not any(part.is_heard for part in question.parts("jiehunzhengx"))


@pytest.mark.parametrize(
    "asked", ["哪些表里有执业证号", "什么数据含有执业证号", "哪些资源包含执业证号"]
)
def test_asking_which_tables_hold_something_asks_for_a_data_element(asked):
    (part,) = question.parts(asked)
    assert part.text == "执业证号"
    assert part.may_be_element
    assert not part.is_element


@pytest.mark.parametrize("word", ["这一项", "这项", "这一栏", "这列", "字段", "信息项"])
def test_a_data_element_may_be_called_an_item_or_a_column(word):
    found = question.parts(f"有文物保护级别{word}的数据")
    assert "".join(part.text for part in found if part.is_element) == "文物保护级别"


def test_asking_what_use_data_has_asks_for_no_data_element():
    assert not any(part.may_be_element for part in question.parts("哪些数据有什么用"))


@pytest.mark.parametrize(
    ("asked", "element"),
    [
        ("哪些数据集有传真这个字段", "传真"),
        ("哪张表里能看到接种日期", "接种日期"),
        ("哪些数据记录了残疾等级", "残疾等级"),
    ],
)
def test_what_a_table_is_asked_to_hold_is_looked_for_among_its_elements(asked, element) -> None:
    found = question.parts(asked)
    assert "".join(part.text for part in found if part.is_required) == element
    assert all(part.may_be_element for part in found if part.is_required)


def test_words_of_pinyin_typed_apart_are_also_heard_together() -> None:
    scored = plan("sifa jianding").scored
    assert isinstance(scored, AnyOf)
    assert "fa'jian" in [node.token for node in scored.nodes if isinstance(node, Term)]


def test_typed_initials_of_a_term_are_the_term_where_no_title_is_called_so():
    (heard,) = question.parts("sbk")
    assert heard.is_heard
    assert "社会保障卡" in heard.near


def test_who_asks_what_it_costs_asks_for_prices_and_need_not_get_them():
    cost = next(part for part in question.parts("自来水一吨多少钱") if "多少钱" in part.text)
    assert not cost.is_required
    assert "价格" in cost.related


def test_a_term_with_a_dot_is_met_where_questions_are_cut():
    assert "细颗粒物" in question.parts("PM2.5")[0].variants


def test_a_character_left_over_between_terms_weighs_less_than_one_asked_alone():
    assert question.parts("葵")[0].weight == 1.0
    left = [part for part in question.parts("电梯葵失业") if part.text == "葵"]
    assert [part.weight for part in left] == [question.LONE]


def test_units_asked_for_by_what_they_hold_are_asked_for_their_elements():
    found = [part for part in question.parts("哪些单位有身份证号") if part.is_required]
    assert [(part.text, part.may_be_element) for part in found] == [("身份证号", True)]


def test_what_no_dictionary_knows_of_a_spoken_sentence_is_only_guessed() -> None:
    spoken = question.parts("请问水管炸裂哪个电话")
    assert [part.text for part in spoken if part.is_guess] == ["水管炸裂"]
    assert not any(part.is_guess for part in question.parts("不动产水管炸裂登记"))
    assert not any(part.is_guess for part in question.parts("水管炸裂 电话"))


@pytest.mark.parametrize("purpose", ["核对", "核实一下", "对比一下", "这会儿", "让不让"])
def test_what_a_question_is_for_and_when_it_is_asked_need_not_stand_in_an_entry(purpose) -> None:
    assert required(f"{purpose}不动产登记") == required("不动产登记")


def test_a_place_is_any_place_where_the_same_is_done() -> None:
    (place,) = question.parts("献血点")
    assert {stem for stem, _ in place.endings} >= {"献血", "采血"}
    assert all("屋" in others for _, others in place.endings)
    assert not question.parts("献血")[0].endings


def test_every_row_of_endings_adds_to_the_words_it_is_found_by() -> None:
    for row in analysis.table("questions")["endings"]:
        assert len(row["words"]) > 1
        assert set(row["after"]) & set(row["words"]), row


def test_for_whom_somebody_asks_is_not_needed_where_a_sentence_asks_for_more() -> None:
    asked = "小孩上公办幼儿园一个月要交多少钱"
    assert "公办幼儿园" in required(asked)
    assert "小孩" not in required(asked)
    assert required("小孩") == ["小孩"]


def test_a_piece_of_a_word_that_asks_for_a_price_counts_nothing() -> None:
    assert not any(part.is_told for part in question.parts("幼儿园多少钱"))
    assert any(part.is_told for part in question.parts("幼儿园有多少"))
