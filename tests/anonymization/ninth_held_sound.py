"""Sound releases of the ninth hand that nobody mends for: only how many pass is shown.

The comment over each says why nobody can be found in it.
"""

from collections.abc import Iterator
from datetime import date

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
    # The air is nobody's.
    yield crossed(
        "air by hour and station",
        {
            "监测点位": ("海勃湾区政府", "乌达区政府", "海南区政府", "林荫大街"),
            "监测时间": tuple(at_minute(60 * n, "%Y-%m-%d %H:00") for n in range(240)),
        },
        {
            "AQI": whole(20, 190),
            "PM2.5(μg/m³)": whole(4, 150),
            "臭氧(μg/m³)": whole(10, 210),
            "一氧化碳(mg/m³)": real(0.1, 2.4),
        },
    )
    # A post knows whether it charges, not whom.
    yield lines(
        "posts that charge cars, their state by the second",
        900,
        lambda c, n: {
            "充电站": f"{c.choice(WAYS)}充电站",
            "终端编码": f"1503{n % 45 + 1:012}",
            "上报时间": at_minute(n // 9 * 15, "%Y-%m-%d %H:%M:") + f"{c.randrange(60):02}",
            "枪状态": c.choice(("空闲", "充电", "故障", "离线")),
            "输出功率(kW)": round(c.uniform(0, 120), 2),
            "累计电量(kWh)": round(2000 + n * 1.37, 2),
        },
    )
    # Stations of the heating company, not homes.
    yield lines(
        "heating stations by the minute",
        1100,
        lambda c, n: {
            "换热站": f"{c.choice(WAYS)}{n % 22 + 1}号站",
            "记录时间": at_minute(n // 22 * 10),
            "一次供温(℃)": round(c.uniform(70, 110), 1),
            "二次回温(℃)": round(c.uniform(30, 45), 1),
            "二次压力(MPa)": round(c.uniform(0.2, 0.6), 3),
        },
    )
    # What a satellite saw burning on waste land.
    yield lines(
        "hot spots seen from space",
        140,
        lambda c, n: {
            "观测时间": at_minute(n * 1831, "%Y%m%d%H%M"),
            "经度": point(c, 4)[0],
            "纬度": point(c, 4)[1],
            "卫星": c.choice(("FY-3D", "NPP", "NOAA-20", "葵花9")),
            "像元数": c.randrange(1, 9),
            "土地类型": c.choice(("荒漠草原", "工矿用地", "林地")),
            "核查反馈": c.choice(("工业热源", "计划烧除", "未见明火")),
        },
    )
    # Serial numbers of batteries and addresses within the office's own network.
    yield lines(
        "equipment of a machine room with serial numbers and inner addresses",
        260,
        lambda c, n: {
            "资产编号": f"WHDS-JF-{n + 1:04}",
            "设备类型": c.choice(("服务器", "交换机", "UPS电池", "精密空调")),
            "序列号": f"210235A{c.randrange(10**9):09}",
            "管理IP": f"10.15.{c.randrange(4)}.{n % 250 + 2}",
            "上架日期": at_day(c.randrange(600)),
            "维保到期": at_day(800 + c.randrange(900)),
        },
    )
    # Soil of fields of villages; nobody who tills it is told.
    yield lines(
        "samples of soil with their places",
        320,
        lambda c, n: {
            "样点编号": f"NT1503{n + 1:05}",
            "采样日期": at_day(c.randrange(60)),
            "经度": point(c, 5)[0],
            "纬度": point(c, 5)[1],
            "pH": round(c.uniform(7.2, 9.1), 2),
            "有机质(g/kg)": round(c.uniform(4, 26), 1),
            "有效磷(mg/kg)": round(c.uniform(2, 40), 1),
            "全镉(mg/kg)": round(c.uniform(0.02, 0.4), 3),
        },
        use=["经度", "纬度", "pH"],
    )
    # Numbers drawn by a machine.
    yield lines(
        "what was drawn in the lottery",
        200,
        lambda c, n: {
            "期号": f"{2024000 + n + 1}",
            "开奖日期": at_day(n * 2),
            "开奖号码": " ".join(f"{one:02}" for one in sorted(c.sample(range(1, 34), 6))),
            "特别号": f"{c.randrange(1, 17):02}",
            "销售额(元)": c.randrange(3 * 10**8, 4 * 10**8),
        },
    )


def lists() -> Iterator[Release]:
    """Codes, institutions, documents, goods."""
    # A plan of the company that runs the buses.
    yield lines(
        "timetable of buses",
        320,
        lambda c, n: {
            "线路名称": f"{n // 16 + 1}路",
            "站序": n % 16 + 1,
            "站点名称": f"{c.choice(WAYS)}{c.choice(('东口', '西口', '站', '小学'))}",
            "首班车时间": f"06:{n % 16 * 3:02}",
            "末班车时间": f"20:{n % 16 * 3 + 5:02}",
            "票价(元)": 1,
        },
    )
    # A leaflet for whoever needs a shock; the telephone is the duty room's.
    yield lines(
        "defibrillators to the metre",
        110,
        lambda c, n: {
            "AED编号": f"WHAED{n + 1:04}",
            "安装场所": f"{c.choice(('市民中心', '体育馆', '火车站', '湿地公园'))}{n % 9 + 1}号门",
            "经度": point(c)[0],
            "纬度": point(c)[1],
            "开放时间": c.choice(("08:30-17:30", "全天", "06:00-22:00")),
            "管理单位电话": desk(c),
        },
    )
    # Authors and translators of printed books are told by the book; who borrowed is not.
    yield lines(
        "books most lent, with how often",
        500,
        lambda c, n: {
            "ISBN": f"978-7-02-{c.randrange(10**6):06}-{n % 10}",
            "题名": c.choice(("平凡的世界", "茶馆", "边城", "呼兰河传", "额尔古纳河右岸")),
            "著者": c.choice(("路遥", "老舍", "沈从文", "萧红", "迟子建")),
            "索书号": f"I247.5/{c.randrange(1, 9999)}",
            "馆藏地点": c.choice(("总馆三楼", "少儿馆", "乌达分馆")),
            "外借次数": c.randrange(12, 480),
        },
    )
    # Papers of offices.
    yield lines(
        "index of documents of the government",
        380,
        lambda c, n: {
            "索引号": f"11150300{n % 60 + 1:03}/2025-{n + 1:05}",
            "标题": f"关于印发《乌海市{c.choice(('供热', '养老', '节水', '招商'))}管理办法》的通知",
            "发文字号": f"乌海政{c.choice(('发', '办发', '办字'))}〔2025〕{n % 90 + 1}号",
            "发布机构": f"乌海市{c.choice(FIELDS)}",
            "成文日期": at_day(n, first=date(2024, 6, 1)),
            "公开方式": c.choice(("主动公开", "依申请公开")),
            "有效性": c.choice(("有效", "废止")),
        },
    )
    # Medicines have approval numbers.
    yield lines(
        "medicines with approval number and price",
        600,
        lambda c, n: {
            "药品编码": f"X{c.choice('ABCDJN')}{c.randrange(10**8):08}{n % 1000:03}A001",
            "通用名": c.choice(("阿司匹林肠溶片", "二甲双胍片", "布洛芬缓释胶囊", "蒙脱石散")),
            "批准文号": f"国药准字H{c.randrange(1999, 2024)}{n % 10**4:04}",
            "生产企业": company(c).replace("煤业", "制药"),
            "挂网价(元)": round(c.uniform(1.2, 280), 2),
            "支付类别": c.choice(("甲类", "乙类")),
        },
    )
    # Fines of companies; nobody is named.
    yield lines(
        "fines of companies to the day and cent",
        300,
        lambda c, n: {
            "处罚决定书文号": f"乌环罚〔2025〕{n + 1}号",
            "当事人": company(c),
            "统一社会信用代码": credit_code(c),
            "违法事实": c.choice(
                ("未采取有效抑尘措施", "超标排放二氧化硫", "未批先建", "台账记录不完整")
            ),
            "罚款金额(元)": round(c.uniform(2000, 300000), 2),
            "处罚日期": at_day(c.randrange(600)),
            "处罚机关": "乌海市生态环境局",
        },
        use=["当事人", "违法事实", "罚款金额(元)"],
    )


def totals() -> Iterator[Release]:
    """Sums of many."""
    # Couples by month, at least fifteen.
    yield crossed(
        "weddings and divorces by month and district with mean ages",
        {"月份": tuple(MONTHS), "登记机关": tuple(f"{one}民政局" for one in STREETS)},
        {
            "结婚登记(对)": whole(20, 200),
            "离婚登记(对)": whole(15, 90),
            "男方平均初婚年龄": real(26, 31, 1),
            "女方平均初婚年龄": real(24, 29, 1),
        },
    )
    # Visitors by thousands.
    yield crossed(
        "visitors of sights by day",
        {
            "日期": tuple(at_day(n, "%Y年%m月%d日") for n in range(60)),
            "景区": ("乌海湖", "金沙湾", "龙游湾湿地公园", "汉森酒庄", "满巴拉僧庙"),
        },
        {"接待人次": whole(300, 28000), "门票收入(元)": real(2000, 900000)},
    )
    # Each pupil's school has hundreds; at least fourteen fail.
    yield crossed(
        "mean marks of schools by subject",
        {
            "学校": tuple(f"乌海市第{n}中学" for n in range(1, 16)),
            "学科": ("语文", "数学", "英语", "物理", "化学"),
        },
        {
            "参考人数": whole(140, 600),
            "平均分": real(55, 96),
            "及格率(%)": real(60, 90, 1),
            "标准差": real(8, 20),
        },
    )
    # Rates over people of a district, each of tens of thousands.
    yield crossed(
        "rates of illness a hundred thousand, by year, with how many were insured",
        {
            "年份": (2020, 2021, 2022, 2023, 2024),
            "旗区": tuple(STREETS),
            "病种": ("高血压", "糖尿病", "冠心病", "脑卒中"),
        },
        {"参保人数": whole(60000, 240000), "患病率(1/10万)": real(900, 21000, 1)},
        rules={"患病率(1/10万)": "按全区参保人数计算，最小病例数500以上"},
    )


def by_a_law() -> Iterator[Release]:
    """What a law orders to be published, with names."""
    # The rule of the Supreme Court wants name, sex and age of whoever does not pay.
    yield rows(
        "law: who does not pay though judged, with sex and age",
        [
            {
                "被执行人姓名": p.name,
                "性别": p.sex,
                "年龄": p.age,
                "执行法院": f"乌海市{p.district}人民法院",
                "案号": f"（2025）内030{2 + n % 3}执{n + 31}号",
                "失信行为具体情形": "有履行能力而拒不履行生效法律文书确定义务",
                "发布时间": at_day(n, "%Y年%m月%d日"),
            }
            for n, p in enumerate(crowd(320, "debtors", 22, 70))
        ],
        rules=by_law(
            "最高人民法院关于公布失信被执行人名单信息的若干规定第六条",
            *("被执行人姓名", "性别", "年龄", "执行法院", "案号", "失信行为具体情形", "发布时间"),
        ),
    )
    # Results of the recruitment of officials are published with names.
    yield rows(
        "law: officials to be recruited, with post and school",
        [
            {
                "招录机关": f"乌海市{FIELDS[n % 8]}",
                "职位代码": f"1503{n // 2 + 1:04}",
                "拟录用人员姓名": p.name,
                "性别": p.sex,
                "毕业院校": ("内蒙古大学", "宁夏大学", "内蒙古师范大学", "兰州大学")[n % 4],
            }
            for n, p in enumerate(crowd(140, "recruits", 22, 35))
        ],
        rules=by_law(
            "政府信息公开条例第二十条",
            *("招录机关", "职位代码", "拟录用人员姓名", "性别", "毕业院校"),
        ),
    )
    # Registers of companies are open, with who stands for them.
    yield lines(
        "law: companies with who stands for them",
        450,
        lambda c, n: {
            "统一社会信用代码": credit_code(c),
            "企业名称": company(c),
            "法定代表人": crowd(450, "directors", 25, 70)[n].name,
            "注册资本(万元)": c.choice((50, 100, 200, 500, 1000)),
            "成立日期": at_day(c.randrange(5000), first=date(2008, 1, 1)),
            "住所": door(c),
            "登记状态": c.choice(("存续", "存续", "注销")),
        },
        rules=by_law("企业信息公示暂行条例第六条", "法定代表人", "住所", "成立日期"),
    )


def treated() -> Iterator[Release]:
    """Tables of people, treated as they should be: groups of ten, at least two values in each."""
    done = {"年龄段": "泛化为宽档", "旗区": "泛化到旗区"}
    yield folk(
        "applicants for training by age, sex and district",
        {"性别": of("sex"), "旗区": of("district"), "年龄段": band(16, 30, 45, 99)},
        {"培训工种": some(电工=5, 焊工=3, 养老护理=3), "是否取证": some(是=7, 否=3)},
        aged=(16, 60),
        rules=done,
    )
    yield folk(
        "screening for cancer by broad age under names of a destroyed key",
        {"性别": of("sex"), "年龄段": band(40, 55, 75)},
        {"筛查结果": some(未见异常=8, 建议复查=3, 转诊=1), "吸烟": some(从不=6, 曾经=2, 现在=4)},
        {"研究代码": token(16, "S-")},
        aged=(40, 74),
        rules={"研究代码": "随机编号，对照表已销毁"},
    )
    yield folk(
        "loans of the housing fund by quarter and size, rounded to ten thousand",
        {"旗区": of("district"), "放款季度": ("2025Q1", "2025Q2", "2025Q3")},
        {
            "贷款用途": some(新房=6, 二手房=4),
            "贷款额(万元)": lambda c, _: c.choice((20, 30, 40, 50, 60)),
        },
        count=700,
    )
    yield folk(
        "complaints of patients by kind of hospital and month",
        {"医院类别": ("综合", "中医", "妇幼"), "投诉月份": when("%Y-%m", days=180)},
        {"投诉类型": some(服务态度=5, 等候时间=4, 收费=3), "处理结果": some(调解=6, 解释=4)},
        count=1100,
        use=["投诉类型"],
    )
    yield folk(
        "electric bicycles by brand and year with the band of their owner's age",
        {"车主年龄段": band(16, 35, 55, 99), "登记年份": when("%Y", days=650)},
        {"品牌": some(雅迪=5, 爱玛=4, 台铃=2, 其他=2), "电池类型": some(铅酸=7, 锂电=3)},
        aged=(16, 78),
        count=1200,
    )
