"""What a header is of, and what only has the word in it."""

import pytest

from anonymization import headers


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("学历层次", "学历"),
        ("所在社区名称", "所属社区"),
        ("职业（大类）", "职业"),
        ("age_band", "年龄"),
        ("年龄_入院时", "年龄"),
        ("工作单位性质", "工作单位"),
    ],
)
def test_sorts_codes_and_bands_of_an_item_are_of_it(name, item):
    assert headers.says_last(name, item)


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("您认为工作单位的福利", "工作单位"),
        ("对社区环境的满意程度", "所属社区"),
        ("是否参加过职业培训", "职业"),
        ("社区卫生服务中心", "所属社区"),
        ("对年龄歧视的看法", "年龄"),
    ],
)
def test_opinions_and_things_called_after_an_item_are_not(name, item):
    assert not headers.says_last(name, item)


def test_counts_of_people_born_or_living_somewhere_are_no_birth_dates():
    assert headers.read("出生人口").kinds == ()
    assert headers.read("出生日期").kinds[0] == "BIRTH_DATE"
