"""Masks of one person in several rows, each of which hides what the other shows."""

import random

import polars as pl
import pytest

from anonymization import verify

C = random.Random("halves")
CLAIM = {"quasi_identifiers": ["性别", "街镇"], "k": 10}


def phone(_: int) -> str:
    return f"1{C.choice('3578')}{C.randrange(10**9):09}"


def card(_: int) -> str:
    return f"6222{C.randrange(10**12):012}"


def name(_: int) -> str:
    return C.choice("王李张刘陈杨赵") + "".join(C.choices("伟芳建国秀兰志强梅华", k=2))


def cut(text: str, start: int, end: int) -> str:
    return text[:start] + "*" * (end - start) + text[end:]


def masked(
    make, cuts, column: str = "联系方式", key: str = "对象编号", people: int = 150
) -> pl.DataFrame:
    rows = []
    for n in range(people):
        whole = make(n)
        for row, (start, end) in enumerate(cuts):
            one = {"性别": "男女"[n % 2], "街镇": f"{n % 3}镇", key: f"DX{n:05}"}
            rows.append(one | {"批次": f"第{row + 1}批", column: cut(whole, start, end)})
    return pl.DataFrame(rows).sample(fraction=1.0, shuffle=True, seed=3)


def found(frame: pl.DataFrame) -> list[tuple[str, tuple[str, ...], int]]:
    findings = verify(frame, CLAIM).findings
    return [(one.code, one.columns, one.records) for one in findings]


@pytest.mark.parametrize(
    ("make", "cuts"),
    [
        (phone, ((7, 11), (0, 7))),
        (phone, ((3, 8), (7, 11))),
        (card, ((6, 12), (0, 8))),
        (name, ((1, 3), (0, 1))),
        (name, ((1, 2), (2, 3), (0, 1))),
    ],
    ids=["end and front", "middle and end", "cards", "names", "three rows of a name"],
)
def test_masks_that_complete_each_other_in_the_rows_of_one_person_are_found(make, cuts):
    columns = ("联系方式", "对象编号")
    assert columns in [one[1] for one in found(masked(make, cuts)) if one[0][:7] == "PARTIAL"]


def test_masks_that_are_alike_or_of_other_people_complete_nothing():
    assert found(masked(phone, ((3, 9), (3, 9)))) == []
    several = masked(phone, ((0, 7), (0, 7))).with_columns(
        pl.Series("对象编号", [f"DX{n % 60:05}" for n in range(300)])
    )
    assert [one for one in found(several) if one[0] == "PARTIAL_ID_REIDENTIFIABLE"] == []
