"""The ladder of a treated column is a tree of ever coarser groups, from the lists we carry."""

import polars as pl
import pytest

from anonymization.ladders import BLANK, ladder
from anonymization.techniques import Release, treatment
from tests.anonymization.conftest import line

OF = Release("r", b"k" * 32, b"k" * 32)


def climbed(planned: dict, values: list[str | None]) -> dict:
    raw = pl.Series(planned["name"], values, dtype=pl.String)
    treat = treatment(planned, OF)
    assert treat is not None
    return dict(ladder(planned, raw, treat(raw.to_frame(), 0)))


@pytest.mark.parametrize(
    ("planned", "value", "path"),
    [
        (
            line("列", "generalize", hierarchy="date", to="month"),
            "1990-07-15",
            ("1990-07", "1990年第3季度", "1990年", "1990年代", "*"),
        ),
        (
            line("列", "generalize", hierarchy="region", to="district"),
            "150302",
            ("150302", "150300", "150000", "*"),
        ),
        (
            line("列", "generalize", hierarchy="industry", to="division"),
            "0610",
            ("B06", "B 采矿业", "*"),
        ),
        (
            line("列", "generalize", hierarchy="age", width=5),
            "37",
            ("35-39岁", "30-39岁", "20-39岁", "0-39岁", "*"),
        ),
        (line("列") | {"kind": "职业"}, "护士", ("护士", "专业技术人员", "*")),
        (line("列"), "汉族", ("汉族", "*")),
        (line("列", "generalize", hierarchy="date", to="year"), None, (BLANK, "*")),
    ],
)
def test_a_value_climbs_the_steps_of_its_list(planned, value, path):
    assert climbed(planned, [value])[path[0]] == path


def test_a_group_never_lies_under_two_others(people):
    for name, planned in {
        "出生日期": line("出生日期", "generalize", hierarchy="date", to="month"),
        "家庭住址": line("家庭住址", "generalize", hierarchy="address", to="street"),
        "职业": line("职业") | {"kind": "职业"},
    }.items():
        paths = climbed(planned, people[name].to_list())
        above: dict[str, set] = {}
        for path in paths.values():
            for n, group in enumerate(path):
                above.setdefault(group, set()).add(path[n + 1 :])
        assert all(len(one) == 1 for one in above.values())
        assert len(paths) == len({path[0] for path in paths.values()})
