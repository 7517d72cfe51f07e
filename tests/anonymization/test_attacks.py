"""The gate: flawed releases are caught with cause and column named, sound ones pass."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from anonymization import treat, verify
from anonymization.crypto import Keyed
from tests.anonymization.conftest import people_plan, replan

KEY = b"k" * 32


@pytest.fixture(scope="module")
def sound(people: pl.DataFrame) -> pl.DataFrame:
    """A release that holds, whatever is added to it is the flaw."""
    made: pl.DataFrame = treat(people_plan(), people, KEY)
    return made


CLAIM = {"quasi_identifiers": ["性别", "出生日期", "所在区"], "k": 5}


def hashed(name: str, algorithm: str) -> Callable[[pl.DataFrame], pl.Series]:
    def make(people: pl.DataFrame) -> pl.Series:
        made = [hashlib.new(algorithm, one.encode()).hexdigest() for one in people[name]]
        return pl.Series("编码", made)

    return make


def shown(head: int, tail: int) -> Callable[[pl.DataFrame], pl.Series]:
    def make(people: pl.DataFrame) -> pl.Series:
        number = pl.col("公民身份号码")
        stars = "*" * (18 - head - tail)
        return people.select(
            (number.str.head(head) + stars + number.str.tail(tail)).alias("证件号")
        ).to_series()

    return make


def written(change: Callable[[str], str], name: str = "公民身份号码") -> Any:
    def make(people: pl.DataFrame) -> pl.Series:
        return pl.Series("编号", [change(one) for one in people[name]])

    return make


def said(phrase: str, name: str, each: int = 30) -> Any:
    def make(people: pl.DataFrame) -> pl.Series:
        values = people[name]
        return pl.Series(
            "情况说明",
            [
                phrase.format(one) if i % each == 0 else "材料齐全，已按期办理完毕。"
                for i, one in enumerate(values)
            ],
        )

    return make


def moments(people: pl.DataFrame) -> pl.Series:
    seconds = pl.Series(range(people.height)) * 977
    start = pl.lit("2025-03-01 08:00:00").str.to_datetime()
    stamp = (start + pl.duration(seconds=seconds)).dt.strftime("%Y-%m-%d %H:%M:%S")
    return people.select(stamp.alias("办理时间")).to_series()


FLAWS: list[tuple[str, str, Any]] = [
    ("DIRECT_IDENTIFIER_LEFT", "公民身份号码2", lambda t: t["公民身份号码"].alias("公民身份号码2")),
    ("DIRECT_IDENTIFIER_LEFT", "联系电话", lambda t: t["手机号码"].alias("联系电话")),
    ("DIRECT_IDENTIFIER_LEFT", "编号", written(lambda one: f"{one[:6]} {one[6:14]} {one[14:]}")),
    (
        "DIRECT_IDENTIFIER_LEFT",
        "编号",
        written(lambda one: one.translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
    ),
    ("DIRECT_IDENTIFIER_LEFT", "编号", written(lambda one: one[::-1])),
    (
        "DIRECT_IDENTIFIER_LEFT",
        "编号",
        written(lambda one: base64.b64encode(one.encode()).decode()),
    ),
    ("DIRECT_IDENTIFIER_LEFT", "编号", written(lambda one: one.encode().hex())),
    ("DIRECT_IDENTIFIER_LEFT", "姓名", lambda t: t["姓名"]),
    ("FULL_ADDRESS_LEFT", "住址", lambda t: t["家庭住址"].alias("住址")),
    ("FREE_TEXT_LEAK", "情况说明", said("当事人电话 {}，多次联系未接通，择日再访。", "手机号码")),
    ("FREE_TEXT_LEAK", "情况说明", said("核对证件 {} 无误，予以受理。", "公民身份号码")),
    ("UNSALTED_HASH", "编码", hashed("公民身份号码", "md5")),
    ("UNSALTED_HASH", "编码", hashed("公民身份号码", "sm3")),
    ("UNSALTED_HASH", "编码", hashed("公民身份号码", "sha256")),
    ("UNSALTED_HASH", "编码", hashed("出生日期", "sha1")),
    ("UNSALTED_HASH", "编码", hashed("姓名", "md5")),
    ("TIMESTAMP_TOO_FINE", "办理时间", moments),
    ("PARTIAL_ID_REIDENTIFIABLE", "证件号", shown(10, 4)),
    ("PARTIAL_ID_REIDENTIFIABLE", "证件号", shown(14, 2)),
]


@pytest.mark.parametrize(("code", "column", "make"), FLAWS)
def test_a_flaw_is_caught_with_its_cause_and_column(sound, people, code, column, make):
    flawed = sound.with_columns(make(people))
    found = {(one.code, one.columns[0]) for one in verify(flawed, CLAIM).findings}
    assert (code, column) in found
    assert {name for _, name in found} == {column}


def test_the_usual_mask_is_decoded_by_the_birth_date_beside_it(sound, people):
    masked = sound.with_columns(shown(6, 4)(people))
    assert verify(masked, CLAIM).passed
    beside = masked.with_columns(people["出生日期"]).drop("性别", "所在区")
    found = [one for one in verify(beside, {"k": 1}).findings if "证件号" in one.columns]
    assert [(one.code, one.columns) for one in found] == [
        ("PARTIAL_ID_REIDENTIFIABLE", ("证件号", "出生日期"))
    ]
    assert found[0].records == people.height


def test_columns_nobody_declared_are_found_when_they_single_out(sound, people):
    more = sound.with_columns(people["职业"], people["民族"])
    found = verify(more, CLAIM).findings
    assert [one.code for one in found] == ["UNDECLARED_QI_UNIQUE"]
    assert set(found[0].columns) & {"职业", "民族"}


def test_the_verdict_holds_without_a_claim(sound, people):
    assert verify(sound).passed
    assert not verify(sound.with_columns(people["出生日期"])).passed


def test_classes_below_the_claimed_k_fail(sound):
    found = verify(sound, CLAIM | {"k": 200}).findings
    assert [one.code for one in found] == ["K_TOO_SMALL"]


def test_poor_and_far_off_sensitive_values_fail(sound):
    same = sound.with_columns(
        pl.when(pl.col("所在区") == "海南区")
        .then(pl.lit("低保"))
        .otherwise(pl.lit("无"))
        .alias("救助")
    )
    claim = CLAIM | {"sensitive": ["救助"], "l": 2, "t": 0.3}
    assert {one.code for one in verify(same, claim).findings} == {"L_TOO_SMALL", "T_TOO_LARGE"}


SOUND: list[tuple[str, Any]] = [
    ("as treated", lambda s, t: s),
    ("masked names", lambda s, t: s.with_columns((t["姓名"].str.head(1) + "**").alias("姓名"))),
    ("one digit at each end", lambda s, t: s.with_columns(shown(1, 1)(t))),
    (
        "keyed codes",
        lambda s, t: s.with_columns(
            pl.Series("编码", [Keyed(KEY, "x").hex(one) for one in t["手机号码"]])
        ),
    ),
    (
        "order numbers that look like ids",
        lambda s, t: s.with_columns(
            pl.Series("流水号", [f"2025{i:014d}" for i in range(10**6, 10**6 + s.height)])
        ),
    ),
    ("days", lambda s, t: s.with_columns(pl.Series("受理月份", ["2025-03"] * s.height))),
    ("amounts", lambda s, t: s.with_columns(pl.Series("金额", range(s.height)) * 100)),
    ("plain text", lambda s, t: s.with_columns(said("材料补正一次，{}", "性别")(t))),
]


@pytest.mark.parametrize(("name", "make"), SOUND)
def test_a_sound_release_raises_no_alarm(sound, people, name, make):
    verdict = verify(make(sound, people), CLAIM)
    assert [one.facts() for one in verdict.findings] == []


def test_a_finding_quotes_no_value_of_the_data(sound, people):
    flawed = sound.with_columns(people["公民身份号码"].alias("原号"), people["姓名"])
    shown_facts = str(verify(flawed, CLAIM).facts())
    values = [*people["公民身份号码"], *people["姓名"].filter(people["姓名"].str.len_chars() > 2)]
    assert [one for one in values if one in shown_facts] == []


def test_a_pandas_and_an_arrow_table_are_attacked_as_well(sound, people):
    flawed = sound.with_columns(people["公民身份号码"].alias("原号"))
    for one in (flawed.to_pandas(), flawed.to_arrow()):
        assert not verify(one, CLAIM).passed


def test_a_register_in_hand_undoes_a_plain_hash_of_anything(sound, people):
    flawed = sound.with_columns(hashed("家庭住址", "md5")(people))
    assert verify(flawed, CLAIM).passed
    assert verify(flawed, CLAIM, auxiliary=[people]).findings[0].code == "UNSALTED_HASH"


def test_the_plan_of_the_tests_is_the_one_that_is_attacked(people):
    masked = replan(people_plan(), {"name": "备注", "technique": "keep"})
    assert verify(treat(masked, people, KEY), CLAIM).passed
