"""Sound releases of the eighth hand that nobody mends for: only how many pass is shown."""

import random
from collections.abc import Iterator

from tests.anonymization.eighth_held import vin
from tests.anonymization.eighth_people import (
    REGIONS,
    STREETS,
    Release,
    at_day,
    at_minute,
    band,
    by_law,
    company,
    crowd,
    folk,
    of,
    rows,
    some,
    token,
    when,
)
from tests.anonymization.sixth_people import credit_code

WAYS = ("新华西街", "滨河路", "温明大道", "巴音赛街", "千钢路", "东环路")
ORIGINS = ("宁夏", "陕西", "甘肃", "山西", "河北", "北京", "广东", "四川")


def sound() -> Iterator[Release]:
    yield from published()
    yield from things()
    yield from totals()
    yield from treated()


def published() -> Iterator[Release]:
    c = random.Random("eighth held law")
    yield rows(
        "law: hearings in open court, with the parties, to the minute",
        [
            {
                "案号": f"（2025）内030{c.randrange(2, 5)}民初{n + 300}号",
                "案由": c.choice(("买卖合同纠纷", "物业服务合同纠纷", "民间借贷纠纷")),
                "当事人": f"{p.name}、{company(c)}",
                "开庭时间": at_day(400 + n // 4, "%Y年%m月%d日")
                + c.choice((" 09:00", " 10:30", " 15:00")),
                "法庭": f"第{c.randrange(1, 9)}审判庭",
            }
            for n, p in enumerate(crowd(380, "hearings", 20, 70))
        ],
        rules=by_law("民事诉讼法第一百三十九条", *("案号", "案由", "当事人", "开庭时间", "法庭")),
    )
    yield rows(
        "law: shareholders of companies and what they pay in",
        [
            {
                "统一社会信用代码": credit_code(c),
                "企业名称": company(c),
                "股东": p.name,
                "认缴出资额(万元)": c.choice((10, 30, 49, 51, 100, 255, 500)),
                "认缴期限": at_day(c.randrange(1500)),
            }
            for p in crowd(700, "shareholders", 24, 70)
        ],
        rules=by_law("企业信息公示暂行条例第九条、第十条", "股东", "认缴出资额(万元)", "认缴期限"),
    )
    yield rows(
        "law: cadres before they are appointed",
        [
            {
                "姓名": p.name,
                "性别": p.sex,
                "出生年月": f"{p.born:%Y.%m}",
                "学历": c.choice(("大学", "在职研究生", "大专")),
                "现任职务": f"{p.district}{c.choice(('住建局', '信访局', '司法局'))}副局长",
                "拟任职务": f"{p.district}{c.choice(('住建局', '信访局', '司法局'))}局长",
            }
            for p in crowd(220, "cadres", 32, 56)
        ],
        rules=by_law(
            "党政领导干部选拔任用工作条例（任职前公示制度）",
            *("姓名", "性别", "出生年月", "学历", "现任职务", "拟任职务"),
        ),
    )
    yield rows(
        "law: fines of companies with their representatives",
        [
            {
                "处罚决定书文号": f"乌市监处罚〔2025〕{n + 1}号",
                "当事人": company(c),
                "法定代表人": p.name,
                "违法行为类型": c.choice(("不正当竞争", "计量不准", "未明码标价", "虚假宣传")),
                "罚没金额(元)": c.choice((500, 2000, 10_000, 36_800.5)),
                "决定日期": at_day(c.randrange(600)),
            }
            for n, p in enumerate(crowd(330, "fined", 26, 66))
        ],
        rules=by_law(
            "行政处罚法第四十八条、市场监督管理行政处罚信息公示规定",
            *("法定代表人", "当事人", "处罚决定书文号"),
        ),
    )


def things() -> Iterator[Release]:
    c = random.Random("eighth held things")
    yield rows(
        "things: repairs of manholes, whose order numbers look like mobiles",
        [
            {
                "工单号": f"{c.choice(list(REGIONS.values()))}{n:05}",
                "井盖编号": f"YS{c.randrange(10**6):06}",
                "病害": c.choice(("缺失", "沉降", "破损", "异响")),
                "位置": f"{c.choice(WAYS)}与{c.choice(WAYS)}交叉口",
                "派单时间": at_minute(c.randrange(200_000)),
                "修复用时(小时)": round(c.uniform(0.5, 48), 1),
                "养护公司": company(c),
            }
            for n in range(1400)
        ],
    )
    yield rows(
        "things: buses of the bus company, with the numbers on their frames",
        [
            {
                "自编号": f"{c.randrange(1, 9)}{n:03}",
                "车辆识别代号": vin(c, "LZYTAGBW"),
                "营运单位": "乌海市公共交通有限责任公司",
                "线路": f"{c.choice((1, 2, 8, 11, 15, 21))}路",
                "燃料": c.choice(("纯电动", "天然气")),
                "投运日期": at_day(-c.randrange(3000)),
                "行驶里程(km)": round(c.uniform(9e3, 4.2e5), 1),
            }
            for n in range(300)
        ],
    )
    yield rows(
        "things: chargers, whose codes are as long as bank cards",
        [
            {
                "设备编码": f"6217{c.randrange(10**15):015}",
                "运营商": company(c),
                "站点": f"{c.choice(WAYS)}{c.choice(('停车场', '服务区', '物流园'))}充电站",
                "经度": round(106.7 + c.random() / 5, 6),
                "纬度": round(39.4 + c.random() / 3, 6),
                "额定功率(kW)": c.choice((7, 60, 120, 180)),
                "累计充电量(kWh)": round(c.uniform(300, 90_000), 2),
            }
            for _ in range(620)
        ],
    )
    yield rows(
        "things: samples of water, whose numbers are region, day and count",
        [
            {
                "样品编号": f"{c.choice(list(REGIONS.values()))}{at_day(n // 3, '%Y%m%d')}"
                f"{n % 3 * 37 + 1:04}",
                "采样点": c.choice(("水厂出厂水", "管网末梢", "二次供水", "水源井")),
                "采样时间": at_minute(n * 97, "%Y/%m/%d %H:%M"),
                "游离氯(mg/L)": round(c.uniform(0.05, 0.8), 3),
                "浑浊度(NTU)": round(c.uniform(0.1, 1), 2),
                "菌落总数(CFU/mL)": c.randrange(0, 80),
            }
            for n in range(1500)
        ],
    )
    yield rows(
        "things: land sold by auction",
        [
            {
                "宗地编号": f"WH2025-{n + 1:03}",
                "位置": f"{c.choice(WAYS)}以东、{c.choice(WAYS)}以{c.choice('南北')}",
                "面积(㎡)": round(c.uniform(900, 88_000), 2),
                "用途": c.choice(("工业", "商服", "城镇住宅", "仓储")),
                "受让单位": company(c),
                "成交价(万元)": round(c.uniform(80, 9000), 4),
                "成交时间": at_minute(n * 611),
            }
            for n in range(280)
        ],
    )
    yield rows(
        "things: dust and noise of building sites by the minute",
        [
            {
                "设备号": f"TSP{n % 12:04}",
                "工地": f"{c.choice(('滨河', '海南', '乌达'))}{n % 12 + 1}号地块项目",
                "时间": at_minute(n),
                "PM10": c.randrange(20, 260),
                "噪声dB": round(c.uniform(42, 84), 1),
                "风向": c.choice(("东", "西北", "南", "东北")),
            }
            for n in range(2800)
        ],
    )
    yield rows(
        "things: kindergartens with their licences, addresses and telephones",
        [
            {
                "园名": f"乌海市{c.choice(('小雨点', '金宝贝', '蓝天', '高洁'))}幼儿园",
                "办园许可证号": f"教民1{REGIONS[district]}6{n:07}号",
                "园址": f"{district}{c.choice(WAYS)}{c.randrange(1, 160)}号",
                "办公电话": f"0473-{c.choice(('202', '316', '402'))}{c.randrange(10**4):04}",
                "核定班数": c.randrange(3, 16),
                "等级": c.choice(("示范", "一类", "二类")),
            }
            for n in range(80)
            for district in STREETS
        ],
    )


def totals() -> Iterator[Release]:
    c = random.Random("eighth held totals")
    yield rows(
        "totals: who came to the library by hall and hour",
        [
            {
                "日期": at_day(day),
                "时段": f"{hour}:00-{hour + 1}:00",
                "馆室": hall,
                "进馆人次": c.randrange(15, 240),
                "人均停留(分钟)": round(c.uniform(12, 170), 1),
            }
            for day in range(30)
            for hour in range(9, 18)
            for hall in ("少儿馆", "自习室", "报刊室", "电子阅览室")
        ],
    )
    yield rows(
        "totals: mean wages by trade and district, to the cent",
        [
            {
                "年份": year,
                "旗区": district,
                "行业": trade,
                "从业人数": c.randrange(120, 9000),
                "平均工资": round(c.uniform(48_000, 150_000), 2),
                "中位数": round(c.uniform(40_000, 120_000), 2),
            }
            for year in range(2014, 2025)
            for district in STREETS
            for trade in ("采矿业", "制造业", "建筑业", "教育", "卫生", "住宿餐饮", "金融")
        ],
    )
    yield rows(
        "totals: marks by school and subject",
        [
            {
                "年度": year,
                "学校": f"乌海市第{number}中学",
                "科目": subject,
                "实考人数": c.randrange(160, 640),
                "平均分": round(c.uniform(58, 112), 2),
                "及格率(%)": round(c.uniform(52, 88), 2),
                "标准差": round(c.uniform(9, 24), 3),
            }
            for year in range(2017, 2025)
            for number in ("一", "二", "三", "五", "六", "八", "十")
            for subject in ("语文", "数学", "外语", "物理", "历史")
        ],
    )
    yield rows(
        "totals: where visitors come from, below ten not told",
        [
            {
                "月份": f"2025年{month}月",
                "景区": place,
                "客源地": origin,
                "游客人次": c.choice(("不足10", *map(str, range(10, 4000, 131)))),
            }
            for month in range(1, 11)
            for place in ("乌海湖", "金沙湾", "甘德尔山", "蒙根花", "岩画群")
            for origin in ORIGINS
        ],
    )


def treated() -> Iterator[Release]:
    yield folk(
        "people: housing loans in bands, with blanks",
        {
            "性别": of("sex"),
            "购房区": of("district"),
            "年龄组": lambda c, p: None if c.random() < 0.2 else band(20, 35, 45, 61)(c, p),
        },
        {
            "贷款额档": some(**{"20万以下": 3, "20至40万": 6, "40万以上": 3}),
            "逾期": some(否=8, 是=2),
        },
        aged=(20, 58),
        count=2200,
        k=20,
    )
    yield folk(
        "people: farm subsidies rounded to hundreds",
        {"旗区": of("district"), "作物": some(玉米=6, 葡萄=3, 蔬菜=3), "性别": of("sex")},
        {"补贴额": lambda c, _: c.randrange(5, 21) * 100},
        count=1900,
        k=20,
        rules={"补贴额": "四舍五入到百元，500以下和2000以上并入"},
    )
    yield folk(
        "people: calls for an ambulance by month and part of the day",
        {
            "呼救月": when("%Y-%m", days=170),
            "时段": ("00—06时", "06—12时", "12—18时", "18—24时"),
            "旗区": of("district"),
        },
        {"病因": some(创伤=5, 心脑=4, 呼吸=3, 其他=3), "送达": some(是=8, 否=2)},
        count=2600,
        k=12,
    )
    yield folk(
        "people: letters about offices and companies, none about a person",
        {"旗区": of("district"), "渠道": some(网络=6, 电话=5, 来访=2)},
        {"办理": some(已办结=7, 办理中=3)},
        {
            "来信主题": lambda c, p: c.choice(
                (
                    "{}市场监管所办事排队时间长",
                    "{}惠民大药房拒收现金",
                    "咨询市人民医院门诊楼3层体检预约办法",
                    "{}供热公司2号换热站停暖，客服0473-2079999无人接听",
                    "建议{}便民服务中心周六开放",
                )
            ).format(p.street)
        },
        count=1000,
        k=15,
    )
    yield folk(
        "people: a sample of the census, English heads",
        {
            "sex": of("sex"),
            "county": of("district"),
            "age_band": lambda _, p: f"{min(p.age // 20, 3) * 20}+",
            "edu": some(primary=3, secondary=6, tertiary=3),
        },
        {"marital": some(single=3, married=7, widowed=1)},
        {"key": token(22), "weight": 99.5},
        aged=(20, 88),
        count=3000,
        k=10,
    )
