"""Releases of a fourteenth hand, which has read neither the gate nor its earlier flaws.

What they hide is brought back here by plain means, and no gate is asked.
"""

import hashlib
import json
import re
import uuid
import zlib
from collections import Counter
from itertools import combinations

import polars as pl
import pytest

from tests.anonymization import fourteenth, fourteenth_sound
from tests.anonymization.eighth_people import Person, Release, crowd
from tests.anonymization.eleventh_people import compositions
from tests.anonymization.fourteenth_groups import CALLINGS, helped, voters
from tests.anonymization.fourteenth_people import (
    DIGITS,
    NUMERALS,
    geohash,
    said_home,
    told_by_geohash,
    told_by_ulid,
)
from tests.anonymization.judging import made, released_again
from tests.anonymization.sixth_people import luhn, mod11
from tests.anonymization.thirteenth_people import group_of, romanized


def the(front: str) -> Release:
    return next(one for one in made(fourteenth.flawed) if one.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def town(front: str, count: int, low: int = 18, high: int = 80) -> tuple[Person, ...]:
    """Of whom a release was made."""
    return crowd(count, the(front).title, low, high)


def test_there_are_as_many_as_were_ordered():
    for make, count in ((fourteenth.flawed, 30), (fourteenth_sound.sound, 25)):
        cases = made(make)
        assert len({one.title for one in cases}) == len(cases) == count
    sizes = [one.frame.height for one in made(fourteenth.flawed)]
    assert min(sizes) >= 20
    assert max(sizes) <= 3_000


def test_each_flaw_has_codes_and_columns_that_are_there():
    for case in made(fourteenth.flawed):
        assert case.codes, case.title
        assert case.columns, case.title
        assert set().union(*case.columns) <= set(case.frame.columns), case.title


# --- masks ---------------------------------------------------------------------------------------


def test_the_day_of_retirement_is_the_birthday_under_the_stars():
    paid = {p.ident for p in town("pension", 1500, 20, 54)}
    frame = the("pension").frame
    right = 0
    for sex, mask, last in frame.select("性别", "证件号码", "原法定退休日期").rows():
        year, month, day = last.split("-")
        born = f"{int(year) - (60 if sex == '男' else 55)}{month}{day}"
        right += mask[:6] + born + mask[-4:] in paid
    # Born on a leap day, one is a day off.
    assert right >= frame.height - 5


def test_segment_and_ends_are_the_whole_telephone():
    phones = {p.phone for p in town("heating complaints", 2000)}
    frame = the("heating complaints").frame
    whole = {front + mask[7:] for mask, front in frame.select("联系电话", "归属号段").rows()}
    assert whole <= phones


def test_the_check_digit_leaves_one_month_or_two():
    numbers = {p.ident for p in town("mortgages", 800)}
    for mask in values("mortgages", "权利人证件号"):
        tried = [mask.replace("**", f"{month:02}") for month in range(1, 13)]
        left = [one for one in tried if mod11(one[:17]) == one[17]]
        assert 1 <= len(left) <= 2
        assert numbers & set(left)


# --- digests and encodings -----------------------------------------------------------------------


def every_telephone(people: tuple[Person, ...]) -> list[str]:
    """All numbers of the segments that the city has."""
    fronts = {p.phone[:7] for p in people}
    assert len(fronts) == 7
    return [f"{front}{end:04}" for front in fronts for end in range(10**4)]


def test_checksums_and_uuids_of_all_telephones_are_reckoned_at_once():
    met = {f"{zlib.crc32(one.encode()):08x}" for one in every_telephone(town("parking", 2500))}
    assert len(met) > 69_000
    assert set(values("parking", "车主标识")) <= met
    met = {
        str(uuid.uuid5(uuid.NAMESPACE_DNS, one))
        for one in every_telephone(town("library cards", 900))
    }
    assert set(values("library cards", "读者UUID")) <= met


def test_digests_of_names_that_people_have_are_in_braces():
    names = {p.name for p in crowd(20_000, "fourteenth any town")}
    met = {hashlib.md5(one.encode(), usedforsecurity=False).hexdigest().upper() for one in names}
    marks = [one.strip("{}").replace("-", "") for one in values("psychological", "来访者GUID")]
    assert sum(one in met for one in marks) > 0.99 * len(marks)


def test_members_are_telephones_to_base_thirty_six():
    phones = {p.phone for p in town("shopping", 1500)}
    assert {str(int(one, len(DIGITS))) for one in values("shopping", "会员号")} <= phones


# --- what was left over --------------------------------------------------------------------------


def test_whoever_reads_the_answer_reads_name_and_telephone():
    asked = {(p.name, p.phone) for p in town("provident", 1200)}
    for text in values("provident", "返回报文"):
        data = json.loads(text)["data"]
        assert (data["xm"], str(data["lxfs"])) in asked


def test_who_did_not_come_is_named():
    names = {p.name for p in town("judgements", 1500)}
    named = [re.search("传唤，被告(.+?)无正当", one) for one in values("judgements", "裁判要旨")]
    found = [one[1] for one in named if one]
    assert len(found) > 40
    assert set(found) <= names


def test_notes_tell_homes():
    homes = {said_home(p) for p in town("electricity", 1100)}
    told = [one.split("，")[-1] for one in values("electricity", "抄表备注") if "单元" in one]
    assert len(told) > 150
    assert set(told) <= homes
    assert all(set(one[-4:]) & set(NUMERALS) for one in told)


def test_telegrams_hold_accounts_with_right_check_digits():
    cards = {p.card for p in town("tax refunds", 600)}
    for text in values("tax refunds", "清算报文"):
        assert text[16:35] in cards
        assert luhn(text[16:34]) == text[16:35]


def test_pictures_are_called_after_people():
    imaged = {(romanized(p.name), f"{p.born:%Y%m%d}") for p in town("tomography", 1300)}
    for path in values("tomography", "影像路径"):
        *name, born = path.split("/")[-1].removesuffix(".dcm").split("_")
        assert (", ".join(name).upper(), born) in imaged


def test_the_poor_are_named_and_no_two_alike():
    names = values("relief in the name", "姓名")
    assert sorted(names) == sorted(p.name for p in group_of(the("relief in").title, 120, 30, 80))


# --- groups and counts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("examination", ["班级", "身高（厘米）", "体重（公斤）"]),
        ("income tax", ["年度应纳税额"]),
        ("subsidies", ["供热面积", "本季用热"]),
        ("addiction", ["性别", "出生年月", "所在街道"]),
        ("ambulances", ["位置网格"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > 0.9 * the(front).frame.height


def test_two_ways_that_were_seen_are_one_card():
    frame = the("bus cards").frame
    seen = pl.concat_str("乘车日期", "上车站")
    ways = frame.group_by("卡代码").agg(seen.unique().sort().alias("ways"))["ways"].to_list()
    pairs = pl.Series([f"{a} {b}" for one in ways for a, b in combinations(one, 2)])
    assert pairs.is_unique().sum() > 0.99 * len(pairs)


def test_three_are_left_over_in_one_group_alone():
    case = the("public rental")
    groups = case.frame.group_by(case.claim["quasi_identifiers"]).len()
    assert groups.filter(pl.col("len") < case.claim["k"]).rows() == [
        ("男", "卡布其街道", "60—98岁", 3)
    ]


def test_one_group_has_tuberculosis_whatever_the_code():
    frame = the("outpatients").frame
    told_of = pl.col("诊断编码").str.starts_with("A1")
    groups = frame.group_by("性别", "旗区", "年龄组").agg(told_of.mean().alias("share"), pl.len())
    assert groups.filter(pl.col("share") > 0).select("share").rows() == [(1.0,)]
    assert groups["len"].min() >= 10


def test_relapses_lie_together_in_one_group():
    frame = the("rehabilitation").frame
    share = (pl.col("评估结论") == "复吸").mean()
    overall = frame.select(share).item()
    groups = frame.group_by("性别", "旗区", "年龄组").agg(share.alias("share"), pl.len())
    apart = groups.filter((pl.col("share") - overall).abs() > 0.3)
    assert apart.height == 1
    assert apart["share"].item() > 0.9
    assert apart["len"].item() >= 40


def test_sums_bring_back_what_is_hidden():
    frame = the("relief by town").frame
    _, hidden = helped()
    assert len(hidden) >= 4
    for (street, kind), many in hidden.items():
        rows = dict(frame.filter(pl.col("街道（镇）") == street).select("救助类别", "人数").rows())
        assert rows.pop(kind) == "<10"
        total = int(rows.pop("小计"))
        assert total - sum(map(int, rows.values())) == many < 10


def test_one_or_two_have_come_since_last_month():
    case = the("syphilis")
    (last,) = case.others["earlier"]
    come = case.frame["累计报告人数"] - last["累计报告人数"]
    assert (come <= 2).sum() == 10
    assert come.filter(come > 2).min() >= 20


# --- hours, places, joins ------------------------------------------------------------------------


def test_identifiers_tell_the_second_of_the_application():
    marks = values("divorces", "事项标识")
    came = [told_by_ulid(one) for one in marks]
    assert {one.year for one in came} == {2025}
    # In universal time; the counters open at half past eight in the east.
    assert all(0 <= one.hour < 10 for one in came)
    assert len({one.replace(microsecond=0) for one in came}) > 0.99 * len(marks)


def test_squares_are_a_few_metres_of_the_city():
    for mark in values("ambulances", "位置网格"):
        south, west = told_by_geohash(mark)
        assert 39.6 < south < 39.75
        assert 106.7 < west < 106.9
        # Thirty metres to the north another square begins.
        assert geohash(south + 1e-6, west + 1e-6, 9) == mark
        assert geohash(south + 3e-4, west + 1e-6, 9) != mark


def test_codes_of_last_year_are_the_same_numbers():
    (last,) = the("community").others["earlier"]
    met = {int(one, 16) for one in last["pid"]} & set(values("community", "人员代码"))
    assert len(met) == 500


def test_meters_join_the_block_to_the_subsidy():
    case = the("subsidies")
    (last,) = case.others["earlier"]
    met = case.frame.join(last, on=["供热面积", "本季用热"])
    assert met.height == last.height == 700


def test_numbers_of_medals_name_the_veterans():
    case = the("veterans")
    (wall,) = case.others["auxiliary"]
    numbered = wall.with_columns(pl.col("纪念章编号").cast(pl.Int64).alias("章号"))
    assert numbered["纪念章编号"].str.starts_with("0").all()
    met = case.frame.join(numbered, on="章号")
    assert met.height == met["章号"].n_unique() == wall.height == 600


def test_the_roll_of_voters_names_most_patients():
    table, roll = voters()
    assert the("addiction").frame.equals(table)
    met = table.join(roll, on=["性别", "出生年月", "所在街道"])
    named = met.filter(pl.len().over("性别", "出生年月", "所在街道") == 1)
    assert named.height > 0.8 * table.height


# --- homes, callings, households -----------------------------------------------------------------


def test_thermostats_are_called_after_one_flat_each():
    homes = {p.door for p in crowd(64, "fourteenth thermostats", 30, 80)}
    names = values("smart", "温控器名称")
    assert len(set(names)) == len(names)
    for name in names:
        block, house, stair, flat, _ = name.split("_")
        assert (block, int(house.rstrip("#")), int(stair), flat) in homes


def test_eighteen_have_a_calling_of_their_own():
    counts = the("health insurance").frame["职业"].value_counts()
    assert set(counts.filter(pl.col("count") == 1)["职业"]) == set(CALLINGS)
    assert counts.filter(pl.col("count") > 1)["count"].min() >= 100


def test_large_households_are_like_no_other():
    families = compositions(the("poor households"))
    large = families.filter(pl.col("members").list.len() >= 5)
    assert large.height >= 60
    assert (large["alike"] == 1).mean() > 0.5


# --- what is sound -------------------------------------------------------------------------------


def of_people() -> list[Release]:
    return [one for one in made(fourteenth_sound.sound) if "quasi_identifiers" in one.claim]


def persons(case: Release) -> pl.DataFrame:
    """A row for each person, without the code."""
    marks = [one for one in case.frame.columns if one.endswith("代码")]
    frame = case.frame.unique(marks, maintain_order=True) if marks else case.frame
    return frame.drop(marks).select(pl.exclude("申请人电话"))


def test_sound_people_share_whole_rows_but_for_a_code_of_their_own():
    """Whatever is known of somebody, and not only what was declared, k people fit."""
    cases = of_people()
    assert len(cases) == 11
    for case in cases:
        frame = persons(case)
        assert frame.height >= 36, case.title
        assert case.claim["k"] >= 6, case.title
        assert frame.group_by(frame.columns).len()["len"].min() >= case.claim["k"], case.title


def test_no_sound_group_has_one_value_or_nearly_one_of_what_is_sensitive():
    for case in of_people():
        frame = persons(case)
        for told in case.claim["sensitive"]:
            counts = frame.group_by([*case.claim["quasi_identifiers"], told]).len()
            share = pl.col("len") / pl.col("len").sum().over(case.claim["quasi_identifiers"])
            assert counts.select(share.max()).item() < 0.9, case.title


def test_all_rows_of_a_sound_code_tell_the_same():
    case = next(one for one in of_people() if one.title.startswith("old people"))
    assert case.frame["老人代码"].n_unique() * 2 == case.frame.height
    assert case.frame.unique().height * 2 == case.frame.height


def test_sound_codes_are_in_no_earlier_release():
    codes = released_again(made(fourteenth_sound.sound))
    assert len(codes) == 2
    assert not any(codes)


def test_the_register_beside_sound_groups_fits_many_of_each():
    case = next(one for one in of_people() if one.others.get("auxiliary"))
    (roll,) = case.others["auxiliary"]
    shared = [one for one in roll.columns if one in case.frame.columns]
    assert shared == ["性别", "旗区"]
    assert case.frame.group_by(shared).len()["len"].min() >= case.claim["k"]


def test_sound_counts_are_large_and_so_is_what_came_since():
    looked_at = 0
    for case in made(fourteenth_sound.sound):
        for name in case.frame.select(pl.col("^(.*人数|户数)$")).columns:
            looked_at += 1
            assert case.frame[name].drop_nulls().min() >= 35, case.title
            for last in case.others.get("earlier", ()):
                assert (case.frame[name] - last[name]).abs().min() >= 40, case.title
    assert looked_at == 5


def test_where_a_sound_cell_is_left_out_no_sum_is_told():
    for case in made(fourteenth_sound.sound):
        if any(one.null_count() for one in case.frame):
            text = " ".join(str(one) for row in case.frame.rows() for one in row)
            assert not re.search("合计|小计|总计", text + "".join(case.frame.columns)), case.title


def test_two_digits_of_a_telephone_fit_many_of_the_city():
    """Of 560,000 people, in the smallest group and with these digits, there are dozens."""
    case = next(one for one in of_people() if "申请人电话" in one.frame.columns)
    assert case.frame["申请人电话"].str.contains(r"^\*{9}[0-9]{2}$").all()
    groups = case.frame.group_by(case.claim["quasi_identifiers"]).len()["len"]
    assert 560_000 * groups.min() / case.frame.height / 100 > 50


def test_no_sound_group_of_patients_is_far_from_all():
    """Half the sum of the differences of shares stays under the t that was claimed."""
    case = next(one for one in of_people() if "t" in one.claim)
    (told,) = case.claim["sensitive"]
    of_all = Counter(case.frame[told])
    for _, group in case.frame.group_by(case.claim["quasi_identifiers"]):
        own = Counter(group[told])
        apart = [own[one] / group.height - many / of_all.total() for one, many in of_all.items()]
        assert sum(map(abs, apart)) / 2 < case.claim["t"]


def test_sound_things_and_offices_hold_no_number_of_a_person():
    """No mobile; what looks like citizens' numbers passes the check no oftener than by chance."""
    for case in made(fourteenth_sound.sound):
        if "quasi_identifiers" in case.claim:
            continue
        for column in case.frame.cast(pl.String):
            text = " ".join(column.drop_nulls())
            assert not re.search(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", text), case.title
            alike = re.findall(r"(?<![0-9A-Z])[0-9]{17}[0-9X](?![0-9A-Z])", text)
            right = sum(mod11(one[:17]) == one[17] for one in alike)
            assert right <= len(alike) / 6, case.title


def test_people_are_named_in_sound_tables_by_law_alone():
    for case in made(fourteenth_sound.sound):
        for name in set(case.frame.columns) & {"负责人姓名", "法定代表人", "办公电话"}:
            assert case.claim["rules"][name].startswith("依法公开："), case.title
