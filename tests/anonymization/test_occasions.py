"""Days and values of a life are known for what they are, whatever their columns are called."""

import random
from datetime import date, timedelta

import polars as pl
import pytest

from anonymization import detect, fit, propose, verify

C = random.Random("occasions")
ROWS = 1500
NEW_YEAR = date(2025, 1, 1)


def day(within: int = 360) -> str:
    return f"{NEW_YEAR + timedelta(days=C.randrange(within))}"


def people(header: str, days: list[str]) -> pl.DataFrame:
    """A release of people in large groups, but for one column."""
    return pl.DataFrame(
        {
            "性别": [C.choice("男女") for _ in range(ROWS)],
            "所在区": [C.choice(("海勃湾区", "乌达区", "海南区")) for _ in range(ROWS)],
            "出生日期": [f"19{C.randrange(4, 9)}0年代" for _ in range(ROWS)],
            header: days,
        }
    )


def told(frame: pl.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in verify(frame).findings:
        found.setdefault(one.code, set()).update(one.columns)
    return found


HEADERS = (
    *("入院日期", "就诊日期", "手术日期", "结婚登记日期", "婚姻登记日期", "离婚登记日期"),
    *("收养登记日期", "逮捕日期", "报案日期", "入学日期", "申请日期", "发放日期", "救助日期"),
    *("办理日期", "日期", "c7", "FFRQ"),
)


@pytest.mark.parametrize("header", HEADERS)
def test_a_day_of_each_person_singles_him_out_whatever_it_is_called(header):
    frame = people(header, [day() for _ in range(ROWS)])
    assert header in told(frame)["UNDECLARED_QI_UNIQUE"]


@pytest.mark.parametrize(
    "form", ["%Y/%-m/%-d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 00:00:00", "%y-%m-%d"]
)
def test_a_day_is_one_however_it_is_written(form):
    days = [(NEW_YEAR + timedelta(days=C.randrange(360))).strftime(form) for _ in range(ROWS)]
    assert "日期" in told(people("日期", days))["UNDECLARED_QI_UNIQUE"]


def test_the_day_on_which_a_whole_batch_is_paid_tells_nobody_apart():
    days = [f"2025-{C.randrange(1, 5):02}-15" for _ in range(ROWS)]
    column = next(one for one in detect(people("发放日期", days)) if one.name == "发放日期")
    assert not column.day
    assert not column.quasi


def test_what_an_office_did_with_its_own_papers_is_known_to_nobody():
    assert told(people("归档日期", [day() for _ in range(ROWS)])) == {}


THINGS = {
    "certificates of firms": {
        "企业名称": lambda n: f"乌海市兴隆{n}商贸有限公司",
        "发证日期": lambda n: day(),
        "补贴金额": lambda n: 1000 * C.randrange(1, 90),
    },
    "roads repaired": {
        "路段": lambda n: C.choice(("人民路", "黄河东街", "新华大街")),
        "报修日期": lambda n: day(),
        "病害": lambda n: C.choice(("坑槽", "裂缝", "沉陷")),
    },
    "herds vaccinated": {
        "耳标号": lambda n: f"1150302{n:08}",
        "品种": lambda n: C.choice(("西门塔尔", "杜泊羊")),
        "免疫病种": lambda n: C.choice(("口蹄疫", "布病")),
        "免疫日期": lambda n: day(),
    },
    "fires": {
        "起火场所": lambda n: C.choice(("厂房", "仓库", "草原")),
        "起火日期": lambda n: day(),
        "过火面积": lambda n: C.randrange(1, 900),
    },
}


@pytest.mark.parametrize("title", THINGS)
def test_days_of_firms_things_and_events_are_no_days_of_people(title):
    frame = pl.DataFrame(
        {name: [make(n) for n in range(400)] for name, make in THINGS[title].items()}
    )
    assert "UNDECLARED_QI_UNIQUE" not in told(frame)
    assert not any(column.day for column in detect(frame))


def test_a_plan_counts_days_to_what_is_known_and_makes_them_as_coarse_as_k_asks():
    frame = people("救助日期", [day() for _ in range(ROWS)]).drop("出生日期").head(200)
    plan = propose(detect(frame))
    line = next(one for one in plan["columns"] if one["name"] == "救助日期")
    assert (line["role"], line["technique"]) == ("quasi", "generalize")
    assert line["params"] == {"hierarchy": "date", "to": "month"}
    assert "救助日期" in plan["quasi_identifiers"]
    fitted = next(one for one in fit(plan, frame)["columns"] if one["name"] == "救助日期")
    assert fitted["params"]["to"] in {"quarter", "year"}


@pytest.mark.parametrize(
    ("values", "item"),
    [
        (("艾滋病感染", "重病", "火灾", "失业"), "疾病诊断"),
        (("刑满释放", "长期失业", "零就业家庭", "吸毒人员"), "违法犯罪记录"),
        (("肢体残疾", "单亲", "孤寡", "智力残疾"), "残疾类别"),
    ],
)
def test_values_that_tell_what_the_law_protects_make_a_column_sensitive(values, item):
    frame = people("原因", [C.choice(values) for _ in range(ROWS)])
    column = next(one for one in detect(frame) if one.name == "原因")
    assert (column.item, column.sensitivity) == (item, 2)
    assert "原因" in propose([column])["sensitive"]


def test_everybody_of_a_group_having_the_same_illness_is_told_without_its_being_declared():
    frame = people("原因", [C.choice(("重病", "火灾", "失业")) for _ in range(ROWS)])
    ill = (pl.col("所在区") == "乌达区") & (pl.col("性别") == "男")
    frame = frame.with_columns(
        pl.when(ill).then(pl.lit("艾滋病感染")).otherwise("原因").alias("原因")
    )
    assert "原因" in told(frame)["L_TOO_SMALL"]


def test_words_of_roads_and_goods_are_not_sensitive():
    frame = people("意见", [C.choice(("同意", "材料补正", "不予受理")) for _ in range(ROWS)])
    assert next(one for one in detect(frame) if one.name == "意见").item is None


def test_a_month_of_a_life_is_known_where_it_differs_over_many_years():
    spread = [f"{C.randrange(2004, 2025)}-{C.randrange(1, 13):02}" for _ in range(ROWS)]
    lately = [f"2025-{C.randrange(1, 13):02}" for _ in range(ROWS)]
    assert any("起领年月" in names for names in told(people("起领年月", spread)).values())
    assert not any("发放年月" in names for names in told(people("发放年月", lately)).values())
