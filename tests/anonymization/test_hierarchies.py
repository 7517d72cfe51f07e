"""Values are generalized by the national lists the library carries."""

import polars as pl
import pytest

from anonymization.hierarchies import generalized


def at(values: list[str | None], **given: object) -> list[str | None]:
    frame = pl.DataFrame({"列": values}, schema={"列": pl.String})
    return frame.select(generalized(pl.col("列"), given)).to_series().to_list()


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        ("province", ["内蒙古自治区", "海南省", "内蒙古自治区", "内蒙古自治区", "北京市"]),
        ("city", ["乌海市", None, "乌海市", "内蒙古自治区乌海市", "北京市"]),
        ("district", ["海南区", None, None, "内蒙古自治区乌海市海勃湾区", None]),
    ],
)
def test_a_district_of_this_city_is_no_province_of_the_same_name(to, wanted):
    names = ["海南区", "海南省", "乌海市", "内蒙古自治区乌海市海勃湾区", "北京市"]
    assert at(names, hierarchy="region", to=to) == wanted


def test_a_code_of_no_province_is_no_region():
    codes = ["150302", "990101", "150302001002", "460000"]
    assert at(codes, hierarchy="region", to="city") == ["150300", None, "150300", "460000"]


def test_a_trade_is_found_by_code_letter_and_name():
    trades = ["0610", "B06", "B", "煤炭开采和洗选业", "教育", "9799", "00", "杂项", None]
    sections = at(trades, hierarchy="industry", to="section")
    assert sections[:4] == ["B 采矿业"] * 4
    assert sections[4:] == ["P 教育", "T 国际组织", None, "其他行业", None]
    assert at(["0610", "教育"], hierarchy="industry", to="division") == ["B06", "P 教育"]


def test_every_division_of_the_trades_has_one_section():
    found = at([f"{n:02d}" for n in range(1, 98)], hierarchy="industry", to="section")
    assert None not in found
    assert len(set(found)) == 20


def test_ages_fall_into_the_bands_given():
    ages = ["0", "5", "6", "13", "14", "80", "131", "x"]
    made = at(ages, hierarchy="age", cuts=[6, 14, 80])
    assert made == ["0-5岁", "0-5岁", "6-13岁", "6-13岁", "14-79岁", "80岁以上", None, None]


def test_numbers_are_read_as_people_write_them_and_no_more_is_guessed():
    ages = ["23", "23岁", "２３周岁", " 23 岁 ", "约23", "20-30", "二十三", "150岁"]
    assert at(ages, hierarchy="age", width=10) == ["20-29岁"] * 4 + [None] * 4
    amounts = [
        "12,000",
        "1.2万元",
        "１２０００元",
        "￥12000",
        "人民币1.2万元整",
        "120百元",
        "0.00012亿",
    ]
    assert at(amounts, hierarchy="amount", width=1000) == ["12000~13000"] * 7
    assert at(["12000美元", "1万2千", "若干"], hierarchy="amount", width=1000) == [None] * 3


def test_dates_are_read_in_every_common_form():
    days = ["2024-03-05", "2024/3/5", "2024.03.05", "20240305", "2024年3月5日", "２０２４／３／５"]
    assert at(days, hierarchy="date", to="month") == ["2024-03"] * 6
    assert at(["去年三月", "24/3/5"], hierarchy="date", to="year") == [None] * 2


def test_amounts_fall_into_the_limits_given():
    made = at(["-1", "0", "999.9", "1,000", "x", None], hierarchy="amount", cuts=[0, 1000])
    assert made == ["0以下", "0~1000", "0~1000", "1000以上", None, None]


def test_a_decade_is_read_as_it_is_spoken():
    spoken = ["80后", "八零后", "1980年代", "八十年代", "1980s", "1988-02-14", "00后", "出生于1988"]
    wanted = [*["1980年代"] * 6, "2000年代", None]
    assert at(spoken, hierarchy="date", to="decade") == wanted


def test_a_month_that_there_is_not_is_no_month():
    days = [
        "1990-13-01",
        "19901301",
        "1990-12-01",
        "19901201",
        "1990年5月3日",
        "1990.05",
        "1990-123",
    ]
    wanted = [None, None, "1990-12", "1990-12", "1990-05", "1990-05", None]
    assert at(days, hierarchy="date", to="month") == wanted


def test_every_chapter_of_illnesses_is_known_by_its_codes():
    codes = ["U07.1", "J18.9", "Z00", "杂项"]
    found = at(codes, hierarchy="icd", to="chapter")
    assert None not in found[:3]
    assert len(set(found[:3])) == 3
    assert found[3] is None
