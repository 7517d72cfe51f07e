"""Sound releases of the ninth hand that look dangerous and may be read.

The comment over each says why nobody can be found in it.
"""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from tests.anonymization.eighth_people import (
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
from tests.anonymization.ninth_people import (
    FIELDS,
    MONTHS,
    WAYS,
    crossed,
    desk,
    door,
    lines,
    point,
    real,
    whole,
)
from tests.anonymization.sixth_people import credit_code


def sound() -> Iterator[Release]:
    yield from things()
    yield from lists()
    yield from totals()
    yield from by_a_law()
    yield from treated()


def things() -> Iterator[Release]:
    """What machines measured, and what stands about."""
    # A bus belongs to a company and no driver is named.
    yield lines(
        "tracks of buses by the second",
        1500,
        lambda c, n: {
            "车辆自编号": f"B{n % 30 + 1:03}",
            "线路": f"{n % 30 % 9 + 1}路",
            "定位时间": at_minute(n // 30, "%Y-%m-%d %H:%M:") + f"{c.randrange(60):02}",
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "速度(km/h)": c.randrange(0, 60),
        },
        use=["线路", "定位时间", "经度", "纬度"],
    )
    # The earth shakes for nobody.
    yield lines(
        "catalogue of earthquakes",
        200,
        lambda c, n: {
            "发震时刻": at_minute(n * 2971 + c.randrange(900), "%Y-%m-%d %H:%M:")
            + f"{c.uniform(0, 60):04.1f}",
            "经度": round(c.uniform(105, 108.5), 3),
            "纬度": round(c.uniform(38.2, 41), 3),
            "震级ML": round(c.uniform(0.4, 4.1), 1),
            "震源深度(km)": c.randrange(4, 22),
            "参考地名": c.choice(("海南区", "阿拉善左旗", "鄂托克旗", "惠农区", "磴口县")),
        },
    )
    # Twenty digits, but of a lift; the user is an estate's company.
    yield lines(
        "lifts with their registration of twenty digits",
        420,
        lambda c, n: {
            "设备注册代码": f"31101503{c.choice(('02', '03', '04'))}{c.randrange(2005, 2025)}"
            f"{n + 1:06}",
            "使用单位": company(c),
            "使用地点": door(c),
            "设备品种": c.choice(("曳引驱动乘客电梯", "载货电梯", "自动扶梯")),
            "下次检验日期": at_day(c.randrange(700)),
            "检验结论": c.choice(("合格", "合格", "复检合格")),
        },
        use=["设备注册代码", "检验结论"],
    )
    # Cars pass a crossing; few at night, but no car is known.
    yield lines(
        "cars at crossings each five minutes, none or one by night",
        2000,
        lambda c, n: {
            "路口": f"{WAYS[n % 5]}与{WAYS[5 + n % 3]}交叉口",
            "方向": ("东进口", "西进口", "南进口", "北进口")[n % 4],
            "统计时刻": at_minute(n // 20 * 5),
            "小型车流量(辆)": c.randrange(0, 90),
            "大型车流量(辆)": c.randrange(0, 6),
            "平均车速": round(c.uniform(9, 61), 1),
        },
    )
    # Gas in a mine.
    yield lines(
        "methane in the roads of mines",
        1200,
        lambda c, n: {
            "测点编号": f"15030{c.choice('234')}B0010{n % 40:04}",
            "安装位置": f"{16 + n % 9}层{1101 + n % 40}回风巷",
            "采集时间": at_minute(n, "%Y/%m/%d %H:%M:%S"),
            "甲烷浓度(%)": round(c.uniform(0, 0.9), 2),
            "状态": c.choices(("正常", "断线", "标校"), (95, 2, 3))[0],
        },
    )
    # Trees are old, not people.
    yield lines(
        "old trees with age and place",
        160,
        lambda c, n: {
            "古树编号": f"150302{n + 1:05}",
            "树种": c.choice(("榆树", "旱柳", "胡杨", "四合木", "国槐")),
            "树龄": c.randrange(100, 420),
            "胸径(cm)": round(c.uniform(30, 160), 1),
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "保护等级": c.choice(("一级", "二级", "三级")),
            "养护单位": f"乌海市{c.choice(FIELDS)}",
        },
    )


def lists() -> Iterator[Release]:
    """Codes, institutions, documents, goods."""
    names = (
        "姓名",
        "公民身份号码",
        "联系电话",
        "家庭住址",
        "出生日期",
        "性别",
        "企业名称",
        "许可证号",
    )
    # Names of items, no value of any.
    yield lines(
        "catalogue: items that are called like what identifies",
        240,
        lambda c, n: {
            "资源代码": f"15030000{n // 8 + 1:04}/{n % 8 + 1:06}",
            "信息资源名称": f"{c.choice(('低保对象', '驾驶人', '参保人员', '经营主体'))}信息",
            "信息项名称": names[n % 8],
            "数据类型": c.choice(("字符型C", "日期型D", "数值型N")),
            "数据长度": (30, 18, 11, 100, 8, 1, 80, 30)[n % 8],
            "共享类型": c.choice(("无条件共享", "有条件共享", "不予共享")),
            "更新周期": c.choice(("实时", "每日", "每月", "每年")),
        },
    )
    # A book of the treasury; accounts are subjects of bookkeeping.
    yield lines(
        "budgets by department and subject to the cent",
        900,
        lambda c, n: {
            "预算单位编码": f"{301 + n % 60}001",
            "预算单位": f"乌海市{FIELDS[n % 8]}",
            "功能分类科目": c.choice(("2010301 行政运行", "2050202 小学教育", "2080505 养老保险")),
            "经济分类": c.choice(("30101 基本工资", "30201 办公费", "31002 办公设备购置")),
            "年初预算数(元)": round(c.uniform(8000, 9e6), 2),
            "执行数(元)": round(c.uniform(8000, 9e6), 2),
            "年度": c.choice((2023, 2024, 2025)),
        },
        use=["预算单位", "功能分类科目", "年初预算数(元)"],
    )
    # Goods and firms; who took the sample is not told.
    yield lines(
        "samples of food with their batch and day",
        700,
        lambda c, n: {
            "抽样单编号": f"XBJ25150300{c.choice('234')}{n:08}",
            "样品名称": c.choice(("鲜鸡蛋", "挂面", "黄河鲤鱼", "葡萄酒", "酱油", "韭菜")),
            "被抽样单位名称": company(c),
            "被抽样单位地址": door(c),
            "生产日期/批号": at_day(c.randrange(600)),
            "检验项目": c.choice(("氧氟沙星", "菌落总数", "铅", "毒死蜱", "山梨酸")),
            "检验结果": f"{c.uniform(0, 1):.3f} mg/kg",
            "结论": c.choices(("合格", "不合格"), (30, 1))[0],
        },
    )
    # Schools answer the telephone of the school.
    yield lines(
        "schools with address, office telephone and number of pupils",
        90,
        lambda c, n: {
            "学校标识码": f"21150{30200 + n:05}",
            "学校名称": f"乌海市第{n + 1}{c.choice(('小学', '中学', '幼儿园'))}",
            "学校地址": door(c),
            "办公电话": desk(c),
            "在校生数": c.randrange(120, 2600),
            "专任教师数": c.randrange(15, 190),
            "办学性质": c.choice(("公办", "公办", "民办")),
        },
    )
    # Companies bought land.
    yield lines(
        "land sold to companies",
        180,
        lambda c, n: {
            "电子监管号": f"150302{c.randrange(2019, 2026)}B{n + 1:05}",
            "宗地坐落": f"{c.choice(list(STREETS))}{c.choice(WAYS)}北侧",
            "受让单位": company(c),
            "面积(公顷)": round(c.uniform(0.2, 30), 4),
            "成交价款(万元)": round(c.uniform(80, 9000), 4),
            "合同签订日期": at_day(c.randrange(700)),
            "约定竣工日期": at_day(700 + c.randrange(900)),
        },
    )


def totals() -> Iterator[Release]:
    """Sums of many."""
    # The smallest cell is of forty newborns, of whom eighteen are boys.
    yield crossed(
        "births by month, district and order, none under forty",
        {"月份": tuple(MONTHS), "旗区": tuple(STREETS), "孩次": ("一孩", "二孩", "三孩及以上")},
        {"出生人数": whole(40, 160), "男婴占比(%)": real(47, 55, 1)},
    )
    # At least eleven pupils have each mark; the ends are joined.
    c = [11 + (n * 7919) % 37 for n in range(300)]
    yield rows(
        "how many pupils have each mark, the ends joined",
        [
            {"分数段": mark, "本段人数": count, "累计人数": total}
            for mark, count, total in zip(
                ["640分及以上", *(f"{640 - n}" for n in range(1, 300))],
                c,
                accumulate(c),
                strict=True,
            )
        ],
    )
    # Small cells are one word, and no sum is told from which they could be taken.
    yield crossed(
        "certificates of disability, what is under ten said so, no sum of a line",
        {
            "旗区": tuple(STREETS),
            "残疾类别": ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"),
            "残疾等级": ("一级", "二级", "三级", "四级"),
        },
        {"持证人数": lambda c: c.choice(("<10", *(str(n) for n in range(10, 300, 3))))},
        rules={"持证人数": "小于10的单元格不公布具体数，不公布各级合计"},
    )
    # Money and days are means of at least thirty stays.
    yield crossed(
        "what stays in hospital cost on average, of thirty and more",
        {
            "季度": ("2024Q3", "2024Q4", "2025Q1", "2025Q2"),
            "医院级别": ("二级", "三级"),
            "病组": tuple(f"DRG-{front}{n}" for front in "BEFGR" for n in (11, 13, 15, 21)),
        },
        {
            "出院人次": whole(30, 900),
            "次均费用(元)": real(2100, 31000),
            "平均住院日": real(3, 15),
            "药占比": real(0.1, 0.4, 4),
        },
        use=["病组", "次均费用(元)"],
    )
    # Calls of a city of half a million by hour: the least cell has ten calls.
    yield crossed(
        "calls to the hotline by hour and matter",
        {
            "日期": tuple(at_day(n, first=date(2025, 7, 1)) for n in range(14)),
            "时段": tuple(f"{hour:02}:00-{hour:02}:59" for hour in range(8, 22)),
            "诉求大类": ("城建", "社保", "公安", "供热供水"),
        },
        {"受理件数": whole(10, 80), "平均通话时长(秒)": whole(90, 300)},
    )


def by_a_law() -> Iterator[Release]:
    """What a law orders to be published, with names."""
    # The law wants the parties called up in public, with the hour of the hearing.
    yield rows(
        "law: open hearings with parties, court room and hour",
        [
            {
                "案号": f"（2025）内030{2 + n % 3}民初{n + 101}号",
                "案由": ("民间借贷纠纷", "物业服务合同纠纷", "买卖合同纠纷")[n % 3],
                "当事人": f"原告:{p.name};被告:{q.name}",
                "开庭时间": at_minute(n * 47 // 15 * 15),
                "开庭地点": f"第{n % 8 + 1}审判庭",
                "承办部门": f"民事审判{'一二'[n % 2]}庭",
            }
            for n, (p, q) in enumerate(
                zip(crowd(300, "plaintiffs"), crowd(300, "defendants"), strict=True)
            )
        ],
        rules=by_law("民事诉讼法第一百三十九条", "案号", "案由", "当事人", "开庭时间", "开庭地点"),
    )
    # Who leads an office and the office's telephone.
    yield rows(
        "law: who leads each office, with work and office telephone",
        [
            {
                "机构名称": f"乌海市{p.district}{FIELDS[n % 8]}",
                "姓名": p.name,
                "职务": ("党组书记、局长", "副局长", "副局长", "四级调研员")[n % 4],
                "工作分工": ("主持全面工作", "分管办公室、财务", "分管业务科室", "分管信访")[n % 4],
                "办公电话": f"0473-2{n * 7717 % 10**6:06}",
                "办公时间": "08:30-12:00 14:30-17:30",
            }
            for n, p in enumerate(crowd(96, "leaders", 35, 60))
        ],
        rules=by_law(
            "政府信息公开条例第二十条", "机构名称", "姓名", "职务", "工作分工", "办公电话"
        ),
    )
    # The list of credit: companies, no people.
    yield lines(
        "taxpayers of the best class, companies alone",
        400,
        lambda c, n: {
            "纳税人识别号": credit_code(c),
            "纳税人名称": company(c),
            "评价年度": 2024,
            "纳税信用级别": "A",
            "主管税务机关": f"国家税务总局乌海市{c.choice(list(STREETS))}税务局",
        },
        use=["纳税人识别号", "纳税信用级别"],
    )


def treated() -> Iterator[Release]:
    """Tables of people, treated as they should be: groups of ten, at least two values in each."""
    done = {"年龄组": "泛化为三档", "旗区": "泛化到旗区"}
    yield folk(
        "jobless by age, sex and district with why",
        {"性别": of("sex"), "旗区": of("district"), "年龄组": band(18, 35, 50, 99)},
        {"失业原因": some(合同到期=5, 企业关停=3, 个人辞职=3), "技能等级": some(无=6, 初级=3)},
        rules=done,
    )
    yield folk(
        "library readers under names from a key that was destroyed",
        {"性别": of("sex"), "年龄组": band(7, 18, 40, 60, 99), "办证年份": when("%Y", days=700)},
        {"借阅册次档": some(零至五=5, 六至二十=4, 二十以上=2)},
        {"读者代号": token(32)},
        count=2200,
        aged=(7, 80),
        rules={"读者代号": "HMAC-SM3，每次发布换密钥，密钥已销毁"},
    )
    yield folk(
        "stays in hospital by month and kind of illness",
        {"性别": of("sex"), "年龄组": band(0, 15, 45, 65, 120), "出院季度": ("一季度", "二季度")},
        {"疾病大类": some(循环系统=5, 呼吸系统=4, 消化系统=3), "付费方式": some(职工=5, 居民=6)},
        aged=(1, 95),
        count=1500,
        use=["疾病大类", "付费方式"],
    )
    yield folk(
        "traffic accidents by district, kind of road and quarter",
        {"旗区": of("district"), "道路类型": ("城市道路", "国省干线", "乡村道路")},
        {"事故形态": some(追尾=5, 侧碰=4, 刮擦=4), "天气": some(晴=7, 雨=2, 雪=1)},
        count=800,
    )
    yield folk(
        "wages to the next thousand, both ends joined",
        {"性别": of("sex"), "行业门类": ("采矿业", "制造业", "批发和零售业", "教育")},
        {"月工资(千元,取整)": lambda c, _: min(9, max(3, round(c.lognormvariate(1.7, 0.4))))},
        rules={"月工资(千元,取整)": "取整到千元，两端并档"},
    )
    yield folk(
        "what people said about the service hall, on a scale of five",
        {"大厅": ("市级", "海勃湾区", "乌达区", "海南区"), "年龄组": band(18, 45, 99)},
        {
            "满意度": some(**{"5": 6, "4": 4, "3": 2, "2": 1, "1": 1}),
            "是否一次办成": some(是=8, 否=2),
        },
        count=900,
    )
