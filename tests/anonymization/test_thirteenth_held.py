"""Whether the flaws of the thirteenth hand's held part are in its tables.

Apart from test_thirteenth_hand.py, as this told what was held until it was opened.
"""

import base64
import json
import re
from collections import Counter

import polars as pl
import pytest

from tests.anonymization import thirteenth_held
from tests.anonymization.eighth_people import TODAY, Release, crowd
from tests.anonymization.judging import made
from tests.anonymization.thirteenth_held import LIVE_IN, RIDES
from tests.anonymization.thirteenth_people import java_hash, romanized


def the(front: str) -> Release:
    return next(one for one in made(thirteenth_held.flawed) if one.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_there_are_twenty():
    assert len({one.title for one in made(thirteenth_held.flawed)}) == 20


def test_names_come_back_out_of_latin_letters():
    people = crowd(1500, the("English").title, 20, 59)
    names = Counter(romanized(name) for name in {p.name for p in people})
    spelt = values("English", "证书拼音")
    assert all(one in names for one in spelt)
    assert sum(names[one] == 1 for one in spelt) > 0.8 * len(spelt)


def test_addresses_of_mail_come_back_out_of_words():
    reached = {p.mail for p in crowd(1500, the("housing").title)}
    told = [
        f"{front}@{host}.{end}"
        for text in values("housing", "留言")
        for front, host, end in re.findall("([a-z0-9]+)艾特([a-z0-9]+)点([a-z]+)", text)
    ]
    assert len(told) > 900
    assert set(told) <= reached


def test_most_signs_have_the_name_of_the_owner():
    people = {p.name for p in crowd(900, the("disabled").title)}
    named = [
        name
        for sign in values("disabled", "店铺招牌")
        if (name := re.sub("^(海勃湾|乌达|海南)|(烟酒店|理发店|修车铺|早点铺|裁缝店)$", "", sign))
        in people
    ]
    assert len(named) > 0.6 * the("disabled").frame.height


def test_the_last_row_has_somebody_s_telephone():
    assert [one for one in values("cases", "统计单元") if re.search(r"1\d{10}", one)] == [
        values("cases", "统计单元")[-1]
    ]


def test_two_telephones_that_somebody_knows_give_all_others():
    riders = crowd(1500, the("electric").title)
    codes = set(values("electric", "车主编码"))
    own, friend = [p for p in riders if 3 * int(p.phone) + 20_250_101 in codes][:2]
    marks = [3 * int(p.phone) + 20_250_101 for p in (own, friend)]
    factor = (marks[0] - marks[1]) / (int(own.phone) - int(friend.phone))
    summand = marks[0] - factor * int(own.phone)
    phones = {int(p.phone) for p in riders}
    assert {round((one - summand) / factor) for one in codes} <= phones


def test_hashes_of_a_program_are_found_by_trying():
    people = crowd(1500, the("legal").title)
    marks = set(values("legal", "人员索引"))
    assert marks <= {java_hash(p.ident) for p in people}
    # Of whom place and day of birth are known, a thousand numbers are to be tried.
    (known,) = [p for p in people if java_hash(p.ident) in marks][:1]
    tried = [
        body + last
        for order in range(1000)
        for body in [f"{known.ident[:14]}{order:03}"]
        for last in "0123456789X"
        if java_hash(body + last) in marks and checked(body) == last
    ]
    assert known.ident in tried
    assert len(tried) < 5


def checked(body: str) -> str:
    """The sign that the standard wants after seventeen figures."""
    total = sum(int(one) * pow(2, 17 - at, 11) for at, one in enumerate(body))
    return "10X98765432"[total % 11]


def test_tokens_are_open_for_all_to_read():
    people = {(p.phone, p.name) for p in crowd(1500, the("the city").title)}
    for token in values("the city", "访问令牌"):
        middle = token.split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        assert (told["sub"], told["name"]) in people


def test_the_fraction_of_a_day_is_a_second_of_its_own():
    seconds = [round(86_400 * one) for one in values("methadone", "登记时刻")]
    assert len(set(seconds)) > 0.99 * len(seconds)


def test_months_to_go_are_months_of_birth():
    people = {(p.sex, p.born.year, p.born.month) for p in crowd(600, the("works").title, 25, 54)}
    for sex, left in the("works").frame.select("性别", "距退休月数").rows():
        month = 12 * (TODAY.year - (60 if sex == "男" else 55)) + TODAY.month - 1 + left
        assert (sex, month // 12, month % 12 + 1) in people


@pytest.mark.parametrize(
    ("front", "columns"),
    [
        ("works", ["性别", "旗区", "距退休月数"]),
        ("newborns", ["助产机构", "出生月份", "新生儿性别", "出生体重（克）"]),
        ("palace", ["所报课程"]),
        ("bus", [*RIDES[:2], "性别", "旗区", "年龄组"]),
        ("graveyard", ["墓区", "排", "位"]),
        ("schools", ["学校", "班级", "任教学科"]),
        ("cabs", ["卡号"]),
    ],
)
def test_most_are_alone_in_what_can_be_known_of_them(front, columns):
    alone = the(front).frame.filter(pl.len().over(columns) == 1)
    assert alone.height > the(front).frame.height / 2


def test_each_week_has_few_more_than_the_one_before():
    frame = the("HIV").frame
    more = frame.select(pl.col("累计确诊人数").diff().over("旗区")).to_series().drop_nulls()
    assert frame["累计确诊人数"].min() >= 60
    assert more.is_between(0, 3).all()
    assert (more == 1).sum() > 20


def test_the_sum_leaves_one_for_each_star():
    frame = the("relief").frame
    cells = [one for one in frame.columns if one.endswith("人）")]
    starred = 0
    for row in frame.select(*cells, "合计").rows():
        *told, total = row
        hidden = told.count("*")
        if hidden:
            starred += 1
            assert total - sum(int(one) for one in told if one != "*") == hidden
    assert starred >= 10


def test_a_district_has_incomes_within_two_hundredths():
    case = the("incomes")
    groups = case.frame.group_by(case.claim["quasi_identifiers"]).agg(
        pl.len(),
        pl.col("月收入").n_unique().alias("kinds"),
        (pl.col("月收入").max() / pl.col("月收入").min()).alias("spread"),
    )
    close = groups.filter(pl.col("spread") < 1.021)
    assert close.height == 2
    assert close["kinds"].min() >= case.claim["l"]
    assert groups["len"].min() >= case.claim["k"]


def test_a_group_of_twelve_rows_is_two_people():
    case = the("dialysis")
    groups = case.frame.group_by(case.claim["quasi_identifiers"]).agg(
        pl.len(), pl.col("就诊人代码").n_unique().alias("people")
    )
    assert groups["len"].min() >= case.claim["k"]
    assert groups["people"].min() == 2
    assert (groups["people"] < case.claim["k"]).sum() == 1


def test_weights_tell_the_community_and_few_of_one_are_alike():
    case = the("survey")
    weights = case.frame.group_by("抽样权重").len().rows()
    fits = [
        [one for one, people in LIVE_IN.items() if abs(people / asked - weight) < 0.0001]
        for weight, asked in weights
    ]
    assert all(fits)
    assert sum(len(one) == 1 for one in fits) > 0.8 * len(LIVE_IN)
    known = case.claim["quasi_identifiers"]
    assert case.frame.group_by(known).len()["len"].min() >= case.claim["k"]
    alike = case.frame.select(pl.len().over(*known, "抽样权重")).to_series()
    assert (alike < case.claim["k"]).mean() > 0.9
    assert (alike == 1).sum() > 40


def test_cards_in_cabs_name_the_driver():
    (wall,) = the("cabs").others["auxiliary"]
    met = wall.with_columns(
        pl.col("服务监督卡号").str.slice(5).str.to_integer().alias("卡号")
    ).join(the("cabs").frame, on="卡号")
    assert met.height == the("cabs").frame.height
