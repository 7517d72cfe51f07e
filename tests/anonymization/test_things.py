"""Whether a table is about nobody, and what is found in one that only looks like it."""

import polars as pl
import pytest

from anonymization import verify
from anonymization.detection import detect
from anonymization.findings import Terms, as_texts
from anonymization.things import about_nobody

TERMS = Terms("statistical", (), (), 5, None, None, None, {})
FAMILIES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄")
GIVEN = ("志强", "秀英", "建国", "海燕", "晓东", "桂兰", "文斌", "玉梅")


def is_about_nobody(rows, terms=TERMS):
    frame = pl.DataFrame(rows)
    columns = {one.name: one for one in detect(frame)}
    return about_nobody(as_texts(frame), columns, [], terms)


SCHOOLS = [{"学校": f"乌海市第{n}中学", "专任教师数": 40 + n} for n in range(30)]
LAMPS = [{"路灯编号": f"LD-{n:04}", "开灯时间": f"2025-03-01 18:{n:02}:17"} for n in range(30)]
AIR = [{"站点": "一号站", "监测时间": f"2025-03-01 06:{n:02}:00", "PM2.5": n} for n in range(30)]
STOPS = [{"站名": "人民广场站", "线路": f"{n % 9}路", "lon": 106.7 + n / 999} for n in range(30)]


@pytest.mark.parametrize("rows", [SCHOOLS, LAMPS, AIR, STOPS])
def test_tables_of_institutions_things_and_readings_are_about_nobody(rows):
    assert is_about_nobody(rows)
    assert verify(pl.DataFrame(rows)).findings == ()


@pytest.mark.parametrize(
    ("number", "device", "when"),
    [
        ("灯杆编号", "控制器IMEI", "最近上报"),
        ("消火栓编号", "终端IMEI", "末次通信时间"),
        ("充电桩编号", "模组IMEI", "最后在线"),
    ],
)
def test_devices_that_report_have_numbers_and_minutes_and_are_nobody(number, device, when):
    rows = [
        {
            number: f"A{n:05}",
            device: checked(f"8613{37 * n:010}"),
            when: f"2025-03-0{n % 9 + 1} 06:{n % 60:02}",
        }
        for n in range(90)
    ]
    assert is_about_nobody(rows)
    assert verify(pl.DataFrame(rows)).findings == ()
    held = [{**one, "领用人": "王某"} for one in rows]
    assert not is_about_nobody(held)


def checked(body):
    doubled = [int(one) * (1 + at % 2) for at, one in enumerate(body)]
    return f"{body}{-sum(one // 10 + one % 10 for one in doubled) % 10}"


@pytest.mark.parametrize(
    "more",
    [
        {"年龄": "34"},
        {"性别": "女"},
        {"户号": "1203"},
        {"投诉时间": "2025-03-01 18:02:17"},
        {"学生": "已返校"},
    ],
)
def test_one_column_that_could_tell_of_a_person_and_somebody_stands_in_it(more):
    assert not is_about_nobody([{**one, **more} for one in SCHOOLS])


def test_trees_have_an_age_and_a_sex_and_are_nobody():
    trees = [
        {"古树编号": f"15030200{n:03}", "树种": "胡杨", "年龄": 150 + n, "性别": "雌株"}
        for n in range(30)
    ]
    assert is_about_nobody(trees)
    assert not is_about_nobody([{**one, "年龄": 20 + n} for n, one in enumerate(trees)])


def test_who_rode_from_stop_to_stop_by_the_minute_is_somebody():
    rides = [{**one, "时间": f"2025-03-01 07:{n:02}"} for n, one in enumerate(STOPS)]
    assert not is_about_nobody(rides)


def test_what_a_department_declares_to_be_known_of_people_is_of_people():
    assert not is_about_nobody(SCHOOLS, Terms("open", ("学校",), (), 20, None, None, None, {}))


def found(rows, **others):
    return {(one.code, one.columns) for one in verify(pl.DataFrame(rows), **others).findings}


def test_a_share_that_is_one_pupil_is_found_and_one_of_many_is_not():
    rows = [
        {"学校": f"第{n}小学", "体检人数": 96 + n, "阳性率": f"{2500 / (96 + n):.2f}%"}
        for n in range(8)
    ]
    assert found(rows) == set()
    rows[3] = {"学校": "第3小学", "体检人数": 12, "阳性率": "8.33%"}
    assert found(rows) == {("K_TOO_SMALL", ("体检人数", "阳性率"))}


def test_who_is_numbered_by_the_citizen_number_is_the_same_row_of_the_register():
    numbers = [f"1503021988{n % 12 + 1:02}{n % 28 + 1:02}{n:03}X" for n in range(40)]
    sexes = ["男" if int(one[16]) % 2 else "女" for one in numbers]
    order = {one: place for place, one in enumerate(sorted(numbers))}
    rows = [
        {"编号": f"WH{order[one]:05}", "性别": sex} for one, sex in zip(numbers, sexes, strict=True)
    ]
    register = pl.DataFrame({"姓名": ["某某"] * 40, "公民身份号码": numbers[::-1]})
    assert ("LINKS_TO_REGISTER", ("编号", "性别")) in found(rows, auxiliary=[register])
    shuffled = [{**one, "编号": f"WH{n * 17 % 40:05}"} for n, one in enumerate(rows)]
    codes = {code for code, _ in found(shuffled, auxiliary=[register])}
    assert "LINKS_TO_REGISTER" not in codes


def test_plates_of_which_one_sign_is_hidden_are_cars():
    rows = [{"hphm": f"蒙CD{n % 10}*{n % 7}{n % 9}", "处罚": "警告"} for n in range(60)]
    assert ("PARTIAL_ID_REIDENTIFIABLE", ("hphm",)) in found(rows)
    assert found([{**one, "hphm": f"蒙C****{n % 5}"} for n, one in enumerate(rows)]) == set()


def test_accounts_seconds_and_owners_are_read_out_of_codes_and_names():
    rows = [
        {
            "openid": f"oX7Qk5{'aBcDeFgHiJ'[n % 10]}{n:02}mLf_qF4zd-C5hE7",
            "_id": f"{1_730_000_000 + 7919 * n:08x}3cacd658dea6{n:04x}",
            "店铺": f"海南区{FAMILIES[n % 8]}{GIVEN[n // 8]}餐馆",
        }
        for n in range(64)
    ]
    assert found(rows) >= {
        ("DIRECT_IDENTIFIER_LEFT", ("openid",)),
        ("TIMESTAMP_TOO_FINE", ("_id",)),
        ("DIRECT_IDENTIFIER_LEFT", ("店铺",)),
    }


def test_what_befalls_a_lamp_is_nobodys_though_the_lamp_stands_in_several_rows():
    faults = [
        {
            "灯杆编号": f"LD{n % 20:05}",
            "故障时间": f"2025-03-01 18:{n % 60:02}:17",
            "经度": 106.7 + n / 977,
        }
        for n in range(90)
    ]
    assert is_about_nobody(faults)
    assert not is_about_nobody([{**one, "报修人": "张伟"} for one in faults])
    assert not is_about_nobody([{**one, "报修时间": one["故障时间"]} for one in faults])


def test_the_telephone_of_a_bureau_that_a_column_names_is_the_bureaus():
    rows = [
        {
            "采购人": f"乌海市{('教育', '财政', '审计')[n % 3]}局",
            "采购人联系方式": f"0473-2{n * 6151 % 10**6:06}",
        }
        for n in range(60)
    ]
    assert verify(pl.DataFrame(rows)).passed
    people = [{**one, "采购人": FAMILIES[n % 8] + GIVEN[n % 7]} for n, one in enumerate(rows)]
    assert not verify(pl.DataFrame(people)).passed


def test_what_a_firm_was_awarded_is_a_sum_of_no_person():
    won = [
        {
            "中标单位": f"内蒙古{n}建设有限公司",
            "中标金额(元)": 90_000.17 + n * 7919.31,
            "证书等级": "一级",
        }
        for n in range(60)
    ]
    assert verify(pl.DataFrame(won)).passed
    paid = [{"领取人标识": one["中标单位"], "补贴金额(元)": one["中标金额(元)"]} for one in won]
    assert not verify(pl.DataFrame(paid)).passed


def works(number, cost, **more):
    return [
        {number: f"GC2025{n:04}", cost: round(81_234.56 + 917.37 * n * n, 2), **more}
        for n in range(40)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        works("工程编号", "结算金额（元）", 道路="机场路"),
        works("标段编号", "审定金额（元）", 河段="黄河海勃湾段"),
        works("维修项目编号", "工程款（元）", 场馆="市体育馆"),
    ],
)
def test_what_works_of_a_city_cost_is_no_sum_of_a_person(rows):
    assert verify(pl.DataFrame(rows)).findings == ()


@pytest.mark.parametrize(
    "rows",
    [
        works("工程编号", "补助金额（元）", 村="巴音乌素村"),
        works("结算编号", "结算金额（元）", 医疗类别="住院"),
    ],
)
def test_what_somebody_was_paid_or_paid_himself_is_a_sum_of_a_person(rows):
    assert [one.code for one in verify(pl.DataFrame(rows)).findings] == ["AMOUNT_TOO_FINE"]
