"""The analyser: the same tokens for a document and for what somebody types."""

from hypothesis import given

from search import analysis, pinyin
from tests.search.strategies import anything


def test_chinese_becomes_characters_and_bigrams_and_the_rest_words() -> None:
    assert analysis.tokens("A级景区 wifi") == ["a", "级", "景", "区", "级景", "景区", "wifi"]


def test_width_case_and_traditional_characters_do_not_matter() -> None:
    assert analysis.tokens("ＩＣ卡 電話號碼") == analysis.tokens("ic卡 电话号码")


def test_an_underscore_parts_the_words_of_a_field_name() -> None:
    assert analysis.tokens("ENT_NAME") == ["ent", "name"]


def test_a_rare_character_outside_the_basic_plane_is_a_character() -> None:
    assert analysis.tokens("𠮷田") == ["𠮷", "田", "𠮷田"]


def test_half_a_code_is_among_the_codes_of_an_entry() -> None:
    assert "307001" in analysis.codes("307001150300/000004")


def test_titles_that_differ_in_width_and_blanks_are_exactly_equal() -> None:
    assert analysis.exact("婚姻登记 信息（２０２４）") == analysis.exact("婚姻登记信息(2024)")
    assert analysis.exact("婚姻登记") != analysis.exact("婚姻登记信息")


@given(anything)
def test_no_token_holds_a_blank_or_is_longer_than_an_engine_takes(text: str) -> None:
    for token in analysis.tokens(text):
        assert token.split() == [token]
        assert len(token) <= analysis.LONGEST_WORD
        token.encode()


@given(anything)
def test_runs_point_at_the_characters_they_come_from(text: str) -> None:
    for run in analysis.runs(text):
        assert len(run.spots) == len(run.text)
        for character, spot in zip(run.text, run.spots, strict=True):
            assert character in analysis.fold(text[spot])


@given(anything)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert analysis.exact(analysis.fold(text)) == analysis.exact(text)


def test_typed_pinyin_is_read_in_all_its_shortest_ways() -> None:
    assert pinyin.spelled("hunyin") == (("hun", "yin"),)
    assert set(pinyin.spelled("fangan")) == {("fang", "an"), ("fan", "gan")}
    assert pinyin.spelled("yljg") == ()


def test_a_homophone_has_the_pairs_of_the_word_it_was_meant_to_be() -> None:
    assert pinyin.title_pairs("公基金") == pinyin.title_pairs("公积金") == ["gong'ji", "ji'jin"]


def test_initials_of_a_title_hold_every_stretch_of_two_to_six() -> None:
    assert {"yl", "yljg", "jg"} <= set(pinyin.title_initials("医疗机构"))
