"""Releases of a thirteenth hand, which has read neither the gate nor its earlier flaws.

What the part that was held at first hides is looked at in test_thirteenth_held.py.
"""

import hashlib
import re
from datetime import UTC, datetime
from math import sqrt
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from tests.anonymization import (
    thirteenth_held_sound,
    thirteenth_open,
    thirteenth_open_sound,
)
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made, released_again
from tests.anonymization.thirteenth_open import LANDMARKS, PITS, VILLAGES, paid, points
from tests.anonymization.thirteenth_people import NUMERALS, SPOKEN, STEMS, group_of, unzoned

SOUND = {"open": thirteenth_open_sound, "held": thirteenth_held_sound}
each_part = pytest.mark.parametrize("part", SOUND)


def of_people(part: str) -> list[Release]:
    return [one for one in made(SOUND[part].sound) if "quasi_identifiers" in one.claim]


def own_codes(case: Release) -> list[str]:
    """Columns that tell one person from the next and nothing else: drawn, or a shuffled number."""
    return [one for one in case.frame.columns if one.endswith("代码") or one == "序号"]


def persons(case: Release) -> pl.DataFrame:
    """A row for each person, without the code."""
    marks = own_codes(case)
    frame = case.frame.unique(marks, maintain_order=True) if marks else case.frame
    return frame.drop(marks)


@each_part
def test_its_people_share_whole_rows_but_for_a_code_of_their_own(part):
    """Whatever is known of somebody, and not only what was declared, k people fit."""
    cases = of_people(part)
    assert len(cases) >= 8
    for case in cases:
        frame = persons(case)
        assert case.claim["k"] >= 6, case.title
        assert frame.group_by(frame.columns).len()["len"].min() >= case.claim["k"], case.title


@each_part
def test_all_rows_of_a_person_tell_the_same(part):
    for case in of_people(part):
        marks = own_codes(case)
        if marks:
            told = case.frame.unique().group_by(marks).len()
            assert told["len"].max() == 1, case.title


@each_part
def test_no_group_of_its_people_has_one_value_of_what_is_sensitive(part):
    for case in of_people(part):
        groups = persons(case).group_by(case.claim["quasi_identifiers"])
        kinds = groups.agg(pl.col(case.claim["sensitive"]).n_unique())
        assert min(kinds.select(pl.col(case.claim["sensitive"]).min()).row(0)) >= 2, case.title


@each_part
def test_its_codes_of_people_are_in_no_earlier_release(part):
    codes = released_again(made(SOUND[part].sound))
    assert codes
    assert not any(codes)


COUNTED = "^(女|男|合计|调查人数|流感|手足口病|水痘|.*(人数|人次|件数))$"


@each_part
def test_its_sound_tables_have_no_small_cell_and_none_comes_of_taking_away(part):
    looked_at = 0
    for case in made(SOUND[part].sound):
        if "quasi_identifiers" in case.claim:
            continue
        counts = case.frame.select(pl.col(COUNTED))
        for n, one in enumerate(counts.columns):
            looked_at += 1
            assert counts[one].min() >= 20, case.title
            for other in counts.columns[:n]:
                apart = (counts[one] - counts[other]).abs()
                nested = (counts[one] >= counts[other]).all()
                assert not nested or apart.min() >= 20, case.title
        for last in case.others.get("earlier", ()):
            for one in set(counts.columns) & set(last.columns):
                assert (counts[one] - last[one]).abs().min() >= 20, case.title
    assert looked_at >= 5


def test_sums_that_are_told_hide_nothing():
    """Where a cell was left out, no sum is told from which it comes back."""
    for part in SOUND.values():
        for case in made(part.sound):
            hidden = [one.name for one in case.frame if one.null_count()]
            assert not hidden or "合计" not in case.frame.columns, case.title


# --- what may be read ----------------------------------------------------------------------------


def the(front: str) -> Release:
    return next(one for one in made(thirteenth_open.flawed) if one.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_there_are_twenty_of_each_kind():
    for make in (thirteenth_open.flawed, *(one.sound for one in SOUND.values())):
        assert len(made(make)) == 20
        assert len({one.title for one in made(make)}) == 20


def test_names_come_back_out_of_the_code_table():
    signed_up = {p.name for p in crowd(900, the("examinations").title, 17, 20)}
    assert {unzoned(marks) for marks in values("examinations", "考生区位码")} <= signed_up


def test_telephones_come_back_out_of_words_and_addresses_of_pages():
    called = {p.phone for p in crowd(1500, the("hotline").title)}
    for text in values("hotline", "通话转写"):
        digits = "".join(
            str((SPOKEN if one in SPOKEN else NUMERALS).index(one))
            for one in re.findall(f"[{SPOKEN}一]{{11}}", text)[0]
        )
        assert digits in called
    asked = {(p.name, p.phone) for p in crowd(1500, the("hall").title)}
    for address in values("hall", "请求地址"):
        told = parse_qs(urlsplit(address).query)
        assert (told["xm"][0], told["lxdh"][0]) in asked


def test_half_of_the_fields_border_on_somebody_named():
    named = {p.name for p in group_of("plots of a village", 60, 30, 75)}
    neighbours = [
        re.findall("[东南西北]至(.+?)(?:，|$)", one) for one in values("contracted", "四至")
    ]
    assert sum(bool(named & set(one)) for one in neighbours) > len(neighbours) * 0.8


def test_numbers_come_back_out_of_stems_and_passwords():
    lodgers = {p.ident for p in crowd(1500, the("lodgers").title)}
    for mark in values("lodgers", "证件密文"):
        assert "".join(str(STEMS.index(one)) if one in STEMS else one for one in mark) in lodgers
    fronts = {p.phone[:7] for p in crowd(2_600, the("vaccination").title)}
    assert len(fronts) == 7
    tried = set()
    for front in fronts:
        for end in range(10**4):
            once = hashlib.sha1(f"{front}{end:04}".encode()).digest()
            tried.add("*" + hashlib.sha1(once).hexdigest().upper())
    assert set(values("vaccination", "手机密文")) <= tried


def test_a_key_of_the_database_tells_the_second_and_few_have_one():
    seconds = [datetime.fromtimestamp(int(one[:8], 16), UTC) for one in values("clinics", "_id")]
    assert {one.year for one in seconds} == {2025}
    assert all(one.hour < 10 for one in seconds)
    assert len(set(seconds)) > 0.99 * len(seconds)


def test_three_distances_are_a_point_on_the_map():
    frame = the("rents").frame
    (x1, y1), (x2, y2), (x3, y3) = LANDMARKS.values()
    for (*_, d1, d2, d3), home in zip(frame.rows(), points(frame.height), strict=True):
        # Two circles less the first leave two straight lines.
        a, b = 2 * (x2 - x1), 2 * (y2 - y1)
        c, d = 2 * (x3 - x1), 2 * (y3 - y1)
        e = d1**2 - d2**2 - x1**2 + x2**2 - y1**2 + y2**2
        f = d1**2 - d3**2 - x1**2 + x3**2 - y1**2 + y3**2
        x, y = (e * d - b * f) / (a * d - b * c), (a * f - c * e) / (a * d - b * c)
        assert sqrt((x - home[0]) ** 2 + (y - home[1]) ** 2) < 3


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("games", ["球队", "球衣号"]),
        ("matchmaking", ["性别", "旗区", "年龄组", "属相", "星座"]),
        ("weddings", ["街道", "男方年龄", "女方年龄"]),
        ("doctors", ["行政村"]),
        ("officials", ["笔试成绩"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > the(front).frame.height / 2


def test_each_village_has_one_doctor():
    assert sorted(values("doctors", "行政村")) == sorted(VILLAGES)


def test_scores_on_the_wall_name_who_was_refused():
    (wall,) = the("officials").others["auxiliary"]
    met = the("officials").frame.join(wall, left_on="笔试成绩", right_on="总成绩")
    refused = met.filter(pl.len().over("笔试成绩") == 1, pl.col("体检结论") == "不合格")
    assert refused.height > 15
    assert refused["姓名"].n_unique() == refused.height


def test_the_pay_of_each_head_comes_out_of_two_means():
    frame = the("public").frame
    for (_, many, with_head, without), (head, _) in zip(frame.rows(), paid(), strict=True):
        assert abs(many * with_head - (many - 1) * without - head) < 1


def test_in_four_teams_all_are_ill():
    frame = the("dust").frame
    healthy = frame["受检人数"] - frame["检出尘肺人数"]
    assert (healthy == 0).sum() == 4
    assert healthy.filter(healthy > 0).min() >= 20
    assert frame["班组"].to_list() == list(PITS)


def test_two_groups_have_one_illness_under_four_names():
    frame = the("illnesses").frame
    group = frame.filter(pl.col("旗区") == "海南区", pl.col("年龄组") == "18—39岁")
    assert group.height >= 20
    assert group["诊断"].n_unique() == 4
    assert group["诊断"].str.contains("艾滋|HIV|人类免疫缺陷|AIDS").all()


def test_three_are_left_over_where_everything_is_starred():
    case = the("released")
    groups = case.frame.group_by(case.claim["quasi_identifiers"]).len()
    assert groups.filter(pl.col("len") < case.claim["k"]).rows() == [("男", "*", "*", 3)]


def test_names_of_four_letters_are_left_whole():
    taken_in = {p.name for p in crowd(1500, the("homes").title, 60, 95)}
    whole = {one for one in values("homes", "入住人") if "*" not in one}
    assert len(whole) > 20
    assert whole <= taken_in
    assert {len(one) for one in whole} == {4}


def test_each_column_of_the_sheet_is_called_after_somebody():
    staff = {p.name for p in group_of("attendance", 24, 22, 58)}
    assert set(the("attendance").frame.columns) == staff | {"日期"}


def test_two_masks_of_one_telephone_are_the_telephone():
    phones = {p.phone for p in crowd(700, the("relief").title)}
    whole = the("relief").frame.group_by("对象代码").agg("联系电话")["联系电话"].to_list()
    for masks in whole:
        (front,), (end,) = (
            [one for one in masks if one.endswith("*") is last] for last in (True, False)
        )
        assert front[:7] + end[7:] in phones
