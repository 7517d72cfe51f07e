"""Sound releases of the fourth hand: twelve offices that hold people, nine tables that hold none.

Of each office `KNOWN` lists all columns a neighbour or colleague may know. Rows in groups of less
than six on all of them are left out, as a careful clerk does (five are claimed; data on health
want more than five, GB/T 39725-2020 10.2): `smallest` counts with nothing of the gate's. Beside
them stand results, internal numbers and keyed codes.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from tests.anonymization import fourth_people as town
from tests.anonymization import hard_values as made
from tests.anonymization.releases import Case, Cells, Person, drawn, rounded, told

CLAIMED, LEAST = 5, 6
HALF = ("2025年上半年", "2025年下半年")


def half(chance: random.Random, person: Person) -> str:
    return HALF[person["at"].month > 6]


def ticket(form: str) -> Cells:
    """A number of the office's own, in no order of persons or time."""
    return lambda chance, person: form.format(person["ticket"])


def station(chance: random.Random, person: Person) -> str:
    return f"HRZ-{person['code'][-1]}{chance.randrange(1, 5):03}"


OFFICES: Mapping[str, Mapping[str, Cells]] = {
    "realty": {
        "业务流水": ticket("BDC{:09}"),
        "登记类型": drawn("首次登记", "转移登记", "抵押登记", "注销登记"),
        "房屋用途": drawn("住宅", "非住宅", weights=(4, 1)),
        "面积段": drawn("90㎡以下", "90-144㎡", "144㎡以上"),
        "坐落辖区": told("district"),
        "权利人年龄段": town.aged(("35岁以下", "35-59岁", "60岁以上"), (35, 60)),
        "登簿年度": drawn("2024", "2025"),
    },
    "disabled": {
        "对象码": town.token("disabled"),
        "旗县区": told("district"),
        "年龄组": town.aged(("0-44", "45-64", "65+"), (45, 65)),
        "xb": told("sex"),
        "残疾类别": drawn("肢体", "视力", "听力", "精神"),
        "残疾等级": drawn("一级", "二级", "三级", "四级"),
        "两项补贴": drawn("生活补贴", "护理补贴", "均享受", "均不享受"),
    },
    "driving": {
        "trainee": town.token("driving", "uuid"),
        "驾校名称": drawn("乌海市顺达驾校", "海勃湾区平安驾校", "乌达区通达驾校"),
        "准驾车型": drawn("C1", "C2"),
        "性别": told("sex"),
        "年龄段": town.aged(("18-34岁", "35-49岁", "50岁以上"), (35, 50)),
        "科目二": drawn("合格", "补考合格", "不合格"),
        "培训学时档": drawn("40学时以下", "40-60学时", "60学时以上"),
    },
    "petitions": {
        "信访件编号": ticket("XF{:09}"),
        "属地": told("district"),
        "受理月份": town.clock("%Y-%m"),
        "信访目的": drawn("申诉", "求决", "意见建议", "揭发控告"),
        "内容分类": drawn("城乡建设", "劳动社保", "自然资源", "交通运输"),
        "有权处理单位": drawn("市住房和城乡建设局", "海南区人民政府", "市人力资源和社会保障局"),
        "答复摘要": drawn(
            "经核实，诉求部分合理，已责成责任单位限期办结。",
            "依据《信访工作条例》第三十二条，不予受理并已告知渠道。",
            "已与信访人当面沟通，信访人表示认可，息诉罢访。",
        ),
    },
    "funeral": {
        "逝者代码": town.token("funeral", "short"),
        "性别": told("sex"),
        "年龄组": town.aged(("60岁以下", "60～74岁", "75岁及以上"), (60, 75)),
        "户籍地（区）": told("district"),
        "安葬方式": drawn("骨灰寄存", "公墓安葬", "节地生态安葬"),
        "惠民减免档": drawn("0-800元", "801-1500元", "1500元以上"),
        "服务机构": drawn("乌海市殡仪馆", "乌达区殡仪服务站"),
    },
    "checkup": {
        "受检码": town.token("checkup", "upper"),
        "性别": told("sex"),
        "年龄\n段": town.aged(("39岁及以下", "40-64岁", "65岁及以上"), (40, 65)),
        "区": told("district"),
        "血压分级": drawn("正常", "正常高值", "1级高血压", "2级及以上"),
        "BMI分级": drawn("偏瘦", "正常", "超重", "肥胖"),
        "空腹血糖档": drawn("<6.1", "6.1-6.9", "≥7.0"),
    },
    "heating": {
        "用热户假名": town.token("heating", "digits"),
        "供热片区": told("district"),
        "换热站": station,
        "采暖面积档": drawn("60-90㎡", "90-120㎡", "120㎡以上"),
        "计量方式": drawn("按面积", "按热量"),
        "缴费状态": drawn("已缴清", "部分缴纳", "未缴"),
        "采暖季": drawn("2023-2024", "2024-2025"),
    },
    "blood": {
        "donor_key": town.token("blood"),
        "性别": told("sex"),
        "年龄段": town.aged(("18-44", "45+"), (45,)),
        "献血点": drawn("乌海市中心血站", "海勃湾区人民广场献血屋", "流动采血车"),
        "血型(ABO)": drawn("A", "B", "O", "AB", weights=(3, 3, 3, 2)),
        "献血量ml": drawn("200", "300", "400"),
        "初筛结果": drawn("合格", "转氨酶偏高", "血红蛋白偏低"),
    },
    "legalaid": {
        "援助卷号": ticket("FY-{:09}"),
        "区域": told("district"),
        "性别": told("sex"),
        "受援人类别": drawn("进城务工人员", "老年人", "妇女", "其他"),
        "援助事项": drawn("请求支付劳动报酬", "请求给付赡养费", "工伤赔偿", "刑事辩护"),
        "承办机构": drawn("内蒙古正衡律师事务所", "乌海市法律援助中心", "海南区公共法律服务中心"),
        "结案方式": drawn("判决", "调解", "和解"),
        "指派时间": half,
    },
    "recruitment": {
        "考生代号": town.token("recruitment", "upper"),
        "岗位类别": drawn("管理", "专业技术", "工勤"),
        "学历层次": drawn("专科", "本科", "研究生", weights=(3, 5, 2)),
        "性别": told("sex"),
        "笔试分数段": drawn("50-59", "60-69", "70-79", "80以上"),
        "进入面试": drawn("是", "否"),
        "资格复审": drawn("通过", "未到场", "材料不符"),
    },
    "marriage": {
        "登记代码": town.token("marriage", "short"),
        "登记机关": drawn("海勃湾区民政局", "海南区民政局", "乌达区民政局"),
        "男方年龄段": drawn("22-29岁", "30-39岁", "40岁以上"),
        "女方年龄段": drawn("20-29岁", "30-39岁", "40岁以上"),
        "登记类别": drawn("结婚登记", "离婚登记", "补领证件"),
        "冷静期结果": drawn("不适用", "撤回申请", "逾期未领"),
        "预约渠道": drawn("蒙速办", "现场", "电话"),
    },
    "skills": {
        "学员假名": town.token("skills", "uuid"),
        "xb": told("sex"),
        "nld": town.aged(("35以下", "35至49", "50以上"), (35, 50)),
        "工种": drawn("育婴员", "电工", "中式烹调师", "叉车司机"),
        "培训机构": drawn("乌海市技师学院", "蒙西职业培训学校"),
        "补贴标准(元)": drawn("800", "1200", "1500", "1800"),
        "证书等级": drawn("初级", "中级", "高级"),
    },
}
KNOWN: Mapping[str, Sequence[str]] = {
    "realty": ["房屋用途", "坐落辖区", "权利人年龄段", "登簿年度"],
    "disabled": ["旗县区", "年龄组", "xb", "残疾类别"],
    "driving": ["驾校名称", "准驾车型", "性别", "年龄段"],
    "petitions": ["属地", "受理月份"],
    "funeral": ["性别", "年龄组", "户籍地（区）", "服务机构"],
    "checkup": ["性别", "年龄\n段", "区"],
    "heating": ["供热片区", "换热站", "采暖面积档"],
    "blood": ["性别", "年龄段", "献血点", "血型(ABO)"],
    "legalaid": ["区域", "性别", "受援人类别", "指派时间"],
    "recruitment": ["岗位类别", "学历层次", "性别"],
    "marriage": ["登记机关", "男方年龄段", "女方年龄段", "登记类别"],
    "skills": ["xb", "nld", "培训机构", "工种"],
}
# What looks like a person's and is an office's, a machine's, a rule's.
TEMPTING: Mapping[str, Cells] = {
    "窗口咨询电话": drawn("0473-3881206", "0473-6990117", "12345"),
    "办理地点": drawn("乌海市海勃湾区滨河西街18号政务服务中心2楼", "乌达区胜利街3号便民服务大厅"),
    "自助终端号": ticket("86-1503-{:09}"),
    "文件依据": drawn("乌民发〔2024〕31号", "内残联发〔2023〕12号", "GB/T 42460-2023"),
    "核验结论": drawn("姓名与身份证号一致", "人证一致，手机号已核验", "待人工复核"),
    "开户行联行号": drawn("102150000013", "103150047021", "403150000157"),
    "统计区划代码": drawn("150302001000", "150303100000", "150304003000"),
    "办理机构信用代码": drawn(
        *(one + made.credit_check(one) for one in ("11150300011512345", "12150300461098765"))
    ),
    "证件号码": lambda c, p: "*" * 18,
    "减免金额(元)": rounded(0, 2000, 200),
    "系统版本": drawn("10.3.12.1", "10.3.13.0", "10.4.0.2"),
    "经办窗口": drawn("1号窗口", "3号窗口", "综合窗口"),
    "岗位编码": drawn("15030025001", "15030025014", "15030025117"),
    "叫号机票号": lambda c, p: f"A{c.randrange(1, 300):03}",
    "复核人": drawn("审核岗A", "审核岗B", "系统自动"),
    "邮编": drawn("016000", "016030", "016040"),
}


def smallest(frame: pl.DataFrame, known: Sequence[str]) -> int:
    """How many rows the smallest group on these columns has, counted by hand."""
    return min(Counter(zip(*(frame[name].to_list() for name in known), strict=True)).values())


def release(office: str, seed: int, rows: int = 0) -> tuple[pl.DataFrame, list[Person]]:
    """A sound release of an office and the people left in it."""
    chance = random.Random(f"fourth {office} {seed}")
    held = town.folk(f"{office} {seed}", rows or chance.choice((400, 520, 640)))
    cells = {name: [make(chance, p) for p in held] for name, make in OFFICES[office].items()}
    groups = list(zip(*(cells[name] for name in KNOWN[office]), strict=True))
    counted = Counter(groups)
    kept = [row for row, group in enumerate(groups) if counted[group] >= LEAST]
    frame = pl.DataFrame({name: [values[row] for row in kept] for name, values in cells.items()})
    return frame, [held[row] for row in kept]


def claim(office: str) -> Mapping[str, object]:
    return {"quasi_identifiers": list(KNOWN[office]), "k": CLAIMED}


def beside(
    frame: pl.DataFrame, held: list[Person], cells: Mapping[str, Cells], seed: int
) -> pl.DataFrame:
    """The release with columns added or put in the place of others."""
    chance = random.Random(f"beside {seed}")
    return frame.with_columns(
        pl.Series(name, [make(chance, p) for p in held]) for name, make in cells.items()
    )


# --- tables without people ------------------------------------------------------------------

CELLS = Mapping[str, made.Make]


def spot(chance: random.Random) -> str:
    return f"{106.78 + chance.random() / 10:.6f},{39.62 + chance.random() / 10:.6f}"


def minute(chance: random.Random) -> str:
    at = datetime(2025, 5, 1) + timedelta(minutes=5 * chance.randrange(90_000))  # noqa: DTZ001
    return f"{at:%Y-%m-%d %H:%M:%S}"


def farm(chance: random.Random) -> str:
    return (
        chance.choice(("乌海市", "海南区", "乌达区"))
        + chance.choice(("沃野", "金穗", "牧源", "草原红", "绿洲"))
        + chance.choice(("养殖专业合作社", "农牧业有限公司", "家庭牧场"))
    )


THINGS: Mapping[str, CELLS] = {
    "herds": {
        "养殖场名称": farm,
        "统一社会信用代码": made.uscc,
        "首枚耳标号": made.number("1150303########"),
        "动物检疫证明编号": made.number("15########"),
        "畜种": made.one_of("绵羊", "山羊", "肉牛", "生猪"),
        "存栏规模": made.one_of("500头以下", "500-2000头", "2000头以上"),
        "监管单位": made.one_of("乌海市动物疫病预防控制中心", "海南区农牧水务局"),
        "监管电话": made.one_of("0473-2990663", "0473-4026611"),
    },
    "machines": {
        "机具名称": made.one_of("轮式拖拉机", "自走式谷物联合收割机", "残膜回收机"),
        "产品型号": made.one_of("LX1204", "4LZ-6.0A", "11MFJS-125A"),
        "出厂编号": made.number("3########"),
        "发动机号": made.number("YC6A##-T##"),
        "生产企业": made.one_of("第一拖拉机股份有限公司", "雷沃重工股份有限公司"),
        "中央补贴额": made.one_of("31000", "8600", "12700", "50000"),
        "所在区": made.one_of("海勃湾区", "海南区", "乌达区"),
        "铭牌拍照版本": made.version,
    },
    "lamps": {
        "灯杆编号": made.number("HBW-C####-##"),
        "经纬度": spot,
        "所在道路": made.one_of("滨河大道", "狮山路", "林荫大街"),
        "光源功率W": made.one_of("120", "150", "250"),
        "控制箱IP段掩码": made.one_of("255.255.255.0", "255.255.255.128"),
        "投运日期": made.recent,
    },
    "air": {
        "站点编码": made.one_of("1503001A", "1503002A", "1503003A"),
        "监测时间": minute,
        "PM2.5": made.number("##"),
        "SO2": made.number("1#"),
        "O3_8h": made.number("1##"),
        "数据标识": made.one_of("有效", "仪器校准", "低流量"),
    },
    "budget": {
        "预算单位": made.one_of("乌海市民政局本级", "乌海市图书馆", "海南区卫生健康委员会"),
        "功能科目": made.one_of("2080505", "2101101", "2070104", "2210201"),
        "项目代码": made.number("150300##000000######"),
        "年初预算(元)": made.number("1######.##"),
        "支付凭证号": made.number("Y########"),
        "零余额账户户名": made.one_of("乌海市财政局国库科", "乌海市图书馆"),
        "支出进度": made.number("##.##%"),
    },
    "roster": {
        "机构名称": made.number("乌海市第##幼儿园"),
        "办学许可证号": made.number("1150302600#####"),
        "详细地址": made.number("海勃湾区学府街#7号"),
        "园所电话": made.number("0473-20#####"),
        "学位数": made.one_of("180", "240", "360"),
        "举办者类型": made.one_of("教育部门", "民办", "企事业单位"),
        "普惠性认定": made.one_of("是", "否"),
    },
    "lifts": {
        "设备注册代码": made.number("3110150302201#0####1"),
        "96333识别码": made.number("6####"),
        "使用单位": made.company,
        "维保单位": made.one_of("乌海市恒达电梯有限公司", "内蒙古快安电梯工程有限公司"),
        "内部编号": made.one_of("1#", "2#", "B座客梯", "货梯C-A1023"),
        "下次检验月份": made.one_of("2026-03", "2026-05", "2026-11"),
        "应急救援电话": made.one_of("96333", "0473-3112119"),
    },
    "assets": {
        "资产编码": made.number("TY2024########"),
        "设备名称": made.one_of("三层交换机", "高拍仪", "自助服务终端"),
        "子网掩码": made.one_of("255.255.255.0", "255.255.254.0"),
        "固件版本": made.version,
        "使用处室": made.one_of("综合科", "12345热线科", "数据管理科"),
        "财政资产卡片": made.number("1503000115###########"),
        "购置金额": made.one_of("4800", "12600", "39800"),
    },
}


def yearbook() -> pl.DataFrame:
    """Counts of street, month and matter; what is below ten is said to be that."""
    chance = random.Random("fourth yearbook")
    rows = []
    for district, (_, streets) in town.QUARTERS.items():
        for street in streets:
            for month in range(1, 13):
                for matter in ("低温补助", "临时救助", "高龄津贴", "孤儿保障"):
                    count = chance.randrange(4, 200)
                    spent = f"{count * 360 / 10000:.1f}" if count >= 10 else "—"
                    rows.append((district, street, f"2025年{month}月", matter,
                                 str(count) if count >= 10 else "<10", spent))  # fmt: skip
    names = ("区", "镇（街道）", "月份", "事项", "保障人次", "支出（万元）")
    return pl.DataFrame(rows, schema=names, orient="row")


def sound() -> Iterator[Case]:
    """Offices as they are, tables of things, then offices with what tempts beside."""
    for place, office in enumerate(OFFICES):
        yield Case(f"sound {office}", release(office, place)[0], claim(office))
    for place, (title, cells) in enumerate(THINGS.items()):
        chance = random.Random(f"fourth {title}")
        frame = pl.DataFrame(
            {name: [make(chance) for _ in range(300 + 40 * place)] for name, make in cells.items()}
        )
        yield Case(f"sound {title}", frame, {})
    yield Case("sound yearbook", yearbook(), {})
    names = list(TEMPTING)
    for place, office in enumerate(list(OFFICES)[::2] + list(OFFICES)[1::5]):
        frame, held = release(office, 40 + place)
        chosen = {one: TEMPTING[one] for one in (names * 2)[2 * place : 2 * place + 3]}
        yield Case(
            f"sound {office} with {', '.join(chosen)}",
            beside(frame, held, chosen, place),
            claim(office),
        )
