"""Marks and reasons, computed from the text itself."""

from hypothesis import given

from search import Hit, Result, SearchDoc, Why, explained, marks, why
from tests.search import strategies as some


def marked(text: str, asked: str) -> list[str]:
    return [text[start:end] for start, end in marks(text, asked)]


def test_the_words_asked_for_are_marked_as_they_were_written() -> None:
    assert marked("全市ＩＣ卡与住房公积金网点", "ic卡 公积金") == ["ＩＣ卡", "住房公积金"]


def test_a_synonym_is_marked() -> None:
    assert marked("最低生活保障对象名册", "低保") == ["最低生活保障"]


def test_typed_pinyin_marks_the_characters_it_stands_for() -> None:
    assert marked("婚姻登记机构", "hunyin") == ["婚姻登记"]
    assert marked("乌兰木伦河流域图", "wulanmulun") == ["乌兰木伦"]


def test_question_words_are_not_marked() -> None:
    assert marked("哪里有殡仪馆", "哪里有殡仪馆") == ["殡仪馆"]


@given(some.anything, some.anything)
def test_marks_lie_in_the_text_in_order_and_apart(text: str, asked: str) -> None:
    last = -1
    for start, end in marks(text, asked):
        assert last < start < end <= len(text)
        last = end


def entry(**document: object) -> SearchDoc:
    return SearchDoc("k1", "1", "U1", 1, document, {"department_name": "市民政局"})


def test_a_hit_says_which_item_it_was_found_by() -> None:
    doc = entry(name="企业名录", items=[{"name": "联系电话"}, {"name": "住所"}])
    assert Why("items", "联系电话", "word") in why("联系电话", doc)


def test_a_hit_says_that_a_synonym_or_pinyin_led_to_it() -> None:
    doc = entry(name="最低生活保障对象")
    assert why("低保户", doc)[0] == Why("name", "最低生活保障对象", "synonym")
    assert why("shenghuo", doc)[0].reason == "pinyin"


def test_an_exact_title_is_called_exact() -> None:
    assert why("企业 名录", entry(name="企业名录"))[0].reason == "exact"


def test_hits_without_an_entry_stay_unexplained() -> None:
    result = Result((Hit("k1", 2.0), Hit("gone", 1.0)), 2)
    filled = explained(result, "企业", {"k1": entry(name="企业名录")})
    assert filled.hits[0].why
    assert filled.hits[1] == Hit("gone", 1.0)


def test_what_several_words_mean_together_is_a_reason_and_the_words_themselves_are_none() -> None:
    assert marks("高龄津贴发放信息", "老人能领什么钱") == ((0, 4),)
    assert not marks("个人能领证", "老人能领什么钱")
