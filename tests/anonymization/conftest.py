"""A table of made-up citizens, a plan for it and a key, for every test of the library."""

from pathlib import Path

import polars as pl
import pytest

from anonymization import Refused, make_key
from anonymization.plan import Plan
from anonymization.synthetic import citizens


@pytest.fixture(scope="session")
def people() -> pl.DataFrame:
    return citizens(3000, seed=7)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "release.key"
    make_key(path)
    return path


def line(name: str, technique: str = "keep", role: str = "other", **params: object) -> dict:
    made = {"name": name, "technique": technique, "role": role, "params": params}
    return made | {"reason": "试"}


# What a person adds to a plan that was proposed: why what is kept is kept, and the release.
DECIDED = {"reason": "统计要用，不单独指向某个人", "release": "2026-1"}

# A service on named people that states all it must.
INTERFACE = {
    "profile": "interface",
    "release": "2026-01",
    "purpose": "核验居民身份",
    "purpose_code": "HY-01",
    "answer": "record",
    "per_call": 1,
    "per_day": 1000,
    "logged": True,
    "watermark": True,
}


def answering(*lines: dict, **changes: object) -> Plan:
    """A plan of single answers whose purpose needs each column that is left in."""
    use = [one["name"] for one in lines if one["technique"] != "suppress"]
    return {**INTERFACE, "use": use, "columns": list(lines), **changes}


def people_plan(**changes: object) -> Plan:
    """A sound plan for the table of citizens."""
    plan: Plan = {
        "profile": "statistical",
        "release": "2026-01",
        "columns": [
            line("姓名", "suppress", "direct"),
            line("公民身份号码", "pseudonym", "direct"),
            line("手机号码", "suppress", "direct"),
            line("性别", role="quasi"),
            line("出生日期", "generalize", "quasi", hierarchy="date", to="decade"),
            line("民族", "suppress", "quasi"),
            line("所在区", role="quasi"),
            line("家庭住址", "suppress", "direct"),
            line("职业", "suppress", "quasi"),
            line("月收入", "microaggregate", "sensitive", size=20),
            line("备注", "redact"),
        ],
        "quasi_identifiers": ["性别", "出生日期", "所在区"],
        "k": 5,
    }
    return plan | changes


def replan(plan: Plan, *lines: dict) -> Plan:
    """The plan with these lines in the place of those of the same name."""
    new = {one["name"]: one for one in lines}
    return plan | {"columns": [new.get(one["name"], one) for one in plan["columns"]]}


def refused(code: str, call: object) -> Refused:
    """What a call refuses, with a sentence in both languages."""
    with pytest.raises(Refused) as caught:
        call()  # type: ignore[operator]
    assert caught.value.code == code, caught.value
    assert caught.value.zh.endswith("。")
    assert caught.value.en.endswith(".")
    return caught.value
