"""A fifth hand's made-up people, the tables of fourteen offices.

Written from the list of attacks and the lists of kinds alone, before reading any verifier. An
office says its columns, which of them others may know of a person, and which tell something about
him; whoever would stand in too small a group is left out, as a careful office does it. A number,
a name or an address here belongs to nobody: all are drawn.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

Person = dict[str, Any]
Make = Callable[[random.Random, Person], Any]

TODAY = date(2025, 6, 30)
SURNAMES = {
    "王": ("wang", 30), "李": ("li", 28), "张": ("zhang", 27), "刘": ("liu", 20),
    "赵": ("zhao", 12), "杨": ("yang", 11), "陈": ("chen", 11), "郭": ("guo", 8),
    "高": ("gao", 7), "白": ("bai", 6), "郝": ("hao", 5), "乔": ("qiao", 4), "段": ("duan", 4),
    "武": ("wu", 3), "贺": ("he", 3), "薛": ("xue", 3), "康": ("kang", 2), "苗": ("miao", 2),
    "吕": ("lv", 2), "欧阳": ("ouyang", 1),
}  # fmt: skip
GIVEN = {
    "男": {
        "建国": "jianguo", "志强": "zhiqiang", "军": "jun", "永胜": "yongsheng", "海龙": "hailong",
        "文斌": "wenbin", "鹏飞": "pengfei", "瑞": "rui", "二平": "erping", "宇轩": "yuxuan",
        "凯": "kai", "俊峰": "junfeng", "占魁": "zhankui", "晓东": "xiaodong", "泽宇": "zeyu",
    },
    "女": {
        "秀兰": "xiulan", "桂英": "guiying", "丽": "li", "雪梅": "xuemei", "美丽": "meili",
        "子涵": "zihan", "娜": "na", "改花": "gaihua", "佳怡": "jiayi", "春燕": "chunyan",
        "慧敏": "huimin", "婷": "ting", "巧云": "qiaoyun", "欣妍": "xinyan", "凤仙": "fengxian",
    },
}  # fmt: skip
STEPPE = {
    "男": {"巴特尔": "bateer", "苏和": "suhe", "那日苏": "narisu", "孟克巴雅尔": "mengkebayaer"},
    "女": {"乌云其木格": "wuyunqimuge", "苏日娜": "surina", "萨仁高娃": "sarengaowa"},
}
DISTRICTS = {"海勃湾区": ("150302", 58), "乌达区": ("150304", 24), "海南区": ("150303", 18)}
COMMUNITIES = {
    "海勃湾区": ("新华社区", "滨河社区", "凤凰岭社区", "千钢社区", "卡布其社区", "林荫社区"),
    "乌达区": ("苏海图社区", "三道坎社区", "巴音赛社区", "梁家沟社区"),
    "海南区": ("拉僧庙社区", "公乌素社区", "老石旦社区"),
}
YARDS = ("泰和苑", "书香华府", "矿务局家属院", "滨河丽景", "馨和园", "电厂小区", "康宁家园")
CENTRES = {"海勃湾区": (39.673, 106.794), "乌达区": (39.506, 106.726), "海南区": (39.441, 106.891)}
HEADS = ("138", "139", "150", "151", "158", "187", "186", "133", "153", "177", "199")
SEGMENTS = {head: tuple(f"{head}{tail}" for tail in ("0473", "4731", "4732", "4735", "4839"))
            for head in HEADS}  # fmt: skip


def pick(chance: random.Random, weights: Mapping[Any, float]) -> Any:
    """Draw one of these, the likelier the heavier."""
    return chance.choices(list(weights), list(weights.values()))[0]


def check_digit(body: str) -> str:
    """The last sign of a citizen number, GB 11643."""
    total = sum(int(one) * 2 ** (17 - place) for place, one in enumerate(body))
    return "10X98765432"[total % 11]


def luhn(body: str) -> str:
    """The number with its last digit, ISO/IEC 7812."""
    total = 0
    for place, one in enumerate(reversed(body)):
        twice = int(one) * (2 - place % 2)
        total += twice - 9 * (twice > 9)
    return f"{body}{-total % 10}"


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(chance: random.Random, front: str = "91") -> str:
    """A social credit code of a firm, GB 32100."""
    organisation = "MA" + "".join(chance.choices(ALPHABET[:30], k=6))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(one, 36) * by for one, by in zip(organisation, weights, strict=True))
    organisation += "0123456789X0"[(11 - total % 11)]
    body = f"{front}1503{chance.choice(('02', '03', '04'))}{organisation}"
    total = sum(ALPHABET.index(one) * 3**place for place, one in enumerate(body))
    return body + ALPHABET[-total % 31]


def _named(chance: random.Random, sex: str) -> Person:
    if chance.random() < 0.06:
        name, sound = chance.choice(list(STEPPE[sex].items()))
        return {"name": name, "surname": name[0], "given": name[1:], "py": sound, "ini": sound[0]}
    surname = pick(chance, {one: weight for one, (_, weight) in SURNAMES.items()})
    given, sound = chance.choice(list(GIVEN[sex].items()))
    first = SURNAMES[surname][0]
    return {
        "name": surname + given,
        "surname": surname,
        "given": given,
        "py": f"{first} {sound}",
        "ini": (first[0] + sound[0]).upper(),
    }


def _born(chance: random.Random, ages: tuple[int, int]) -> date:
    middle = min(max(44, ages[0]), ages[1])
    age = chance.triangular(ages[0], ages[1] + 0.9, middle)
    return TODAY - timedelta(days=int(age * 365.25) + chance.randrange(180))


def person(chance: random.Random, ages: tuple[int, int]) -> Person:
    """One inhabitant with all that offices hold of him."""
    sex = chance.choice("男女")
    born = _born(chance, ages)
    district = pick(chance, {one: weight for one, (_, weight) in DISTRICTS.items()})
    code = DISTRICTS[district][0]
    home = code if chance.random() < 0.7 else chance.choice(("150302", "152801", "640221"))
    order = chance.randrange(1, 50) * 20 + 2 * chance.randrange(10) + (sex == "男")
    body = f"{home}{born:%Y%m%d}{order % 1000:03}"
    named = _named(chance, sex)
    mobile = chance.choice(SEGMENTS[chance.choice(HEADS)]) + f"{chance.randrange(10**4):04}"
    latitude, longitude = CENTRES[district]
    yard, house = chance.choice(YARDS), chance.randrange(1, 29)
    door, room = chance.randrange(1, 5), chance.randrange(1, 7) * 100 + chance.randrange(1, 5)
    community = chance.choice(COMMUNITIES[district])
    return named | {
        "sex": sex,
        "born": born,
        "age": (TODAY - born).days // 365,
        "id": body + check_digit(body),
        "mobile": mobile,
        "landline": f"0473-{chance.choice('236')}0{chance.randrange(10**5):05}",
        "district": district,
        "code": code,
        "community": community,
        "yard": yard,
        "flat": f"{house}号楼{door}单元{room}",
        "home": f"{district}{community}{yard}{house}号楼{door}单元{room}室",
        "latitude": latitude + chance.gauss(0, 0.012),
        "longitude": longitude + chance.gauss(0, 0.015),
        "card": luhn(f"621700{chance.randrange(10**12):012}"),
        "plate": f"蒙C{chance.choice('ABDHK')}{chance.randrange(10**4):04}",
        "mail": f"{named['py'].replace(' ', '')}{born:%m%d}@{chance.choice(('163', 'qq'))}.com",
        "qq": str(chance.randrange(10**8, 3 * 10**9)),
        "income": round(chance.lognormvariate(8.5, 0.45), 2),
        "at": TODAY - timedelta(days=chance.randrange(360)),
        "second": chance.randrange(8 * 3600, 18 * 3600),
    }


def people(count: int, seed: object, ages: tuple[int, int] = (18, 85)) -> list[Person]:
    """So many inhabitants, the same ones for the same seed."""
    chance = random.Random(f"fifth {seed}")
    return [person(chance, ages) | {"n": row} for row in range(count)]


# --- cells --------------------------------------------------------------------------------------


def of(key: str) -> Make:
    """What is held under this key."""
    return lambda chance, person: person[key]


def show(make: Callable[[Person], Any]) -> Make:
    """What follows from the person alone."""
    return lambda chance, person: make(person)


def draw(**weights: float) -> Make:
    """One of these words, by weight."""
    return lambda chance, person: pick(chance, weights)


def code(front: str = "", signs: int = 16) -> Make:
    """A random code that means nothing."""
    return lambda chance, person: front + f"{chance.getrandbits(4 * signs):0{signs}x}"


def token(front: str = "", signs: int = 10) -> Make:
    """A random code of letters and digits, which nobody takes for a digest."""
    return lambda chance, person: front + "".join(chance.choices(ALPHABET, k=signs))


def ages(*edges: int, sign: str = "-") -> Make:
    """The band of the age, from these lower bounds."""

    def make(chance: random.Random, person: Person) -> str:
        low = max((one for one in edges if one <= person["age"]), default=edges[0])
        after = [one for one in edges if one > low]
        return f"{low}{sign}{after[0] - 1}" if after else f"{low}岁以上"

    return make


def quarter(chance: random.Random, person: Person) -> str:
    """The quarter of the year in which something happened."""
    return f"{person['at'].year}Q{(person['at'].month + 2) // 3}"


# --- offices ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Office:
    """A table: its columns, what others may know, and what the rows tell about somebody."""

    columns: Mapping[str, Make]
    quasi: tuple[str, ...]
    sensitive: tuple[str, ...] = ()
    profile: str = "statistical"
    least: int = 10
    ages: tuple[int, int] = (18, 85)

    @property
    def claim(self) -> dict[str, Any]:
        """What the office says it did."""
        made = {"quasi_identifiers": list(self.quasi), "k": 5 if self.least < 20 else 20}
        made["profile"] = self.profile
        return made | ({"sensitive": list(self.sensitive), "l": 2} if self.sensitive else {})


OFFICES = {
    "library": Office(
        {
            "借阅流水": token(),
            "区": of("district"),
            "性别": of("sex"),
            "读者年龄": ages(18, 36, 51, 66),
            "图书大类": draw(文学=5, 历史=2, 工业技术=2, 医药卫生=1, 少儿=2),
            "续借": draw(是=1, 否=4),
        },
        ("区", "性别", "读者年龄"),
        ("图书大类", "续借"),
    ),
    "heating": Office(
        {
            "yh": code("R", 10),
            "所属区": of("district"),
            "建筑面积段": draw(**{"60以下": 2, "60-90": 4, "90-120": 3, "120以上": 1}),
            "缴费渠道": draw(微信=5, 营业厅=3, 银行代扣=2),
            "报修类型": draw(不热=5, 漏水=3, 阀门=2, 噪声=1),
            "回访评价": draw(满意=6, 基本满意=3, 不满意=1),
        },
        ("所属区", "建筑面积段", "缴费渠道"),
        ("报修类型", "回访评价"),
    ),
    "bikes": Office(
        {
            "rider_key": code("u", 12),
            "gender": of("sex"),
            "age_grp": ages(18, 30, 45, 60, sign="~"),
            "area": of("district"),
            "season": quarter,
            "minutes": draw(**{"≤15": 5, "16–30": 4, "31–60": 2, ">60": 1}),
        },
        ("gender", "age_grp", "area", "season"),
        ("minutes",),
        ages=(18, 70),
    ),
    "care": Office(
        {
            "评估序": code("P", 8),
            "xb": of("sex"),
            "nld": ages(60, 70, 80),
            "ssq": of("district"),
            "照护等级": draw(一级=4, 二级=3, 三级=2, 四级=1),
            "失能类型": draw(轻度=5, 中度=3, 重度=2),
        },
        ("xb", "nld", "ssq"),
        ("照护等级", "失能类型"),
        ages=(60, 96),
    ),
    "blood": Office(
        {
            "donation": token("", 12),
            "性别": of("sex"),
            "年龄组": ages(18, 31, 46),
            "献血季度": quarter,
            "献血量(ml)": draw(**{"200": 2, "300": 3, "400": 5}),
            "初筛结果": draw(合格=9, 转氨酶偏高=1, 血红蛋白不足=1),
        },
        ("性别", "年龄组", "献血季度"),
        ("初筛结果", "献血量(ml)"),
        ages=(18, 60),
    ),
    "training": Office(
        {
            "学员码": token("XY", 10),
            "户籍区": of("district"),
            "xb": of("sex"),
            "nl": ages(18, 36, 51),
            "培训工种": draw(技工类=5, 家政类=4, 餐饮类=3),
            "补贴档次": draw(**{"800元档": 4, "1200元档": 3, "2000元档": 2}),
        },
        ("户籍区", "xb", "nl", "培训工种"),
        ("补贴档次",),
        ages=(18, 60),
    ),
    "fund": Office(
        {
            "业务key": token("", 16),
            "单位性质": draw(机关事业=4, 国有企业=3, 民营企业=4),
            "职工年龄段": ages(18, 31, 41, 51),
            "提取原因": draw(购房=4, 偿还贷款=5, 租房=3, 退休=2),
            "提取额档": draw(**{"1万以下": 3, "1-5万": 5, "5-10万": 3, "10万以上": 2}),
        },
        ("单位性质", "职工年龄段"),
        ("提取原因", "提取额档"),
        ages=(18, 60),
    ),
    "aid": Office(
        {
            "案卷假名": code("A-", 12),
            "申请人性别": of("sex"),
            "申请人年龄": ages(18, 40, 60),
            "受理区": of("district"),
            "案由": draw(劳动报酬=5, 婚姻家庭=4, 交通事故=3, 工伤=2, 刑事辩护=1),
            "结果": draw(胜诉=4, 调解=5, 撤诉=1),
        },
        ("申请人性别", "申请人年龄", "受理区"),
        ("案由", "结果"),
    ),
    "students": Office(
        {
            "stu": token("s", 14),
            "学段": draw(小学=5, 初中=4, 高中=4),
            "性别": of("sex"),
            "学校所在区": of("district"),
            "资助类别": draw(脱贫户=2, 低保家庭=3, 残疾学生=1, 孤儿=1, 其他困难=3),
            "资助金额档": draw(**{"500元": 3, "1000元": 5, "1500元": 2}),
        },
        ("学段", "性别", "学校所在区"),
        ("资助类别", "资助金额档"),
        ages=(7, 18),
    ),
    "doctors": Office(
        {
            "pid": token("", 18),
            "sex": of("sex"),
            "age_band": ages(18, 45, 60, 75),
            "district": of("district"),
            "chronic": draw(none=5, hypertension=4, diabetes=3, copd=1, stroke=1),
            "signed": quarter,
        },
        ("sex", "age_band", "district", "signed"),
        ("chronic",),
    ),
    "volunteers": Office(
        {
            "志愿者码": code("V", 12),
            "性别": of("sex"),
            "年龄": ages(18, 30, 45, 60, sign="至"),
            "服务区": of("district"),
            "服务类别": draw(社区=5, 助老=3, 环保=3, 赛会=1),
            "时长档": draw(**{"10小时内": 5, "10-50小时": 4, "50小时以上": 2}),
        },
        ("性别", "年龄", "服务区"),
        ("服务类别", "时长档"),
        profile="open",
        least=25,
    ),
    "drivers": Office(
        {
            "jsr": code("D", 10),
            "xb": of("sex"),
            "驾龄段": draw(**{"3年内": 3, "3-10年": 5, "10年以上": 4}),
            "chexing": draw(小型汽车=8, 中型货车=1, 摩托车=1),
            "违法行为": draw(超速=5, 违停=6, 闯红灯=2, 未系安全带=3, 酒驾=1),
            "处罚": draw(警告=3, **{"罚款50": 4, "罚款200": 4}),
        },
        ("xb", "驾龄段", "chexing"),
        ("违法行为", "处罚"),
    ),
    "veterans": Office(
        {
            "档案假名": code("T", 12),
            "退役方式": draw(自主就业=6, 安排工作=2, 退休=1),
            "兵种": draw(陆军=6, 空军=2, 武警=3),
            "年龄段": ages(20, 35, 50),
            "安置区": of("district"),
            "就业状态": draw(已就业=6, 创业=1, 待业=2),
        },
        ("退役方式", "兵种", "年龄段", "安置区"),
        ("就业状态",),
        ages=(20, 70),
    ),
    "visits": Office(
        {
            "订单哈": code("", 24),
            "客源": draw(本市=5, 区内=3, 区外=2),
            "年龄层": ages(18, 35, 60),
            "入园月份": show(lambda p: f"{p['at']:%Y}年{p['at'].month}月"),
            "票种": draw(成人票=6, 优惠票=3, 年卡=1),
            "同行": draw(**{"1人": 3, "2人": 4, "3人及以上": 4}),
        },
        ("客源", "年龄层", "入园月份"),
        ("票种", "同行"),
        profile="open",
        least=25,
    ),
}


def fill(held: list[Person], cells: Mapping[str, Make], seed: object) -> pl.DataFrame:
    """A table with a row for every person."""
    chance = random.Random(f"cells {seed}")
    rows = [{name: make(chance, one) for name, make in cells.items()} for one in held]
    return pl.DataFrame(rows, infer_schema_length=None)


def careful(frame: pl.DataFrame, held: list[Person], office: Office) -> tuple[Any, list[Person]]:
    """Only the rows that stand in a group large and mixed enough, and those people."""
    known = frame.select(office.quasi).rows()
    sizes = Counter(known)
    told = [
        Counter(key for key, _ in set(zip(known, frame[one], strict=True)))
        for one in office.sensitive
    ]
    stay = [
        row
        for row, key in enumerate(known)
        if sizes[key] >= office.least and all(kinds[key] > 1 for kinds in told)
    ]
    return frame[stay], [held[row] for row in stay]


def table(name: str, count: int, seed: object) -> tuple[pl.DataFrame, list[Person]]:
    """An office's sound table, and whose rows they are."""
    office = OFFICES[name]
    held = people(count, f"{name} {seed}", office.ages)
    return careful(fill(held, office.columns, seed), held, office)


# --- releases ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Release:
    """A release, its claim, and what is wrong: any of these codes, naming all of a set of columns.

    No code means that it is sound. `columns` are sets of which one must be named.
    """

    title: str
    frame: pl.DataFrame
    claim: Mapping[str, Any]
    codes: frozenset[str] = frozenset()
    columns: tuple[frozenset[str], ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Flaw:
    """A slip in an office's table: columns put beside it, or a change of the whole."""

    title: str
    office: str
    codes: tuple[str, ...]
    cells: Mapping[str, Make] = field(default_factory=dict)
    columns: tuple[tuple[str, ...], ...] = ()
    count: int = 500
    drop: tuple[str, ...] = ()
    claim: Mapping[str, Any] = field(default_factory=dict)
    change: Callable[[pl.DataFrame, list[Person]], pl.DataFrame] | None = None
    others: Callable[[pl.DataFrame, list[Person]], Mapping[str, Any]] | None = None

    def release(self) -> Release:
        """The office's table with this slip in it."""
        frame, held = table(self.office, self.count, self.title)
        if self.cells:
            frame = frame.hstack(fill(held, self.cells, self.title))
        frame = frame.drop(self.drop)
        if self.change:
            frame = self.change(frame, held)
        known = OFFICES[self.office].claim
        gone = {
            key: [one for one in known[key] if one in frame.columns]
            for key in ("quasi_identifiers", "sensitive")
            if key in known
        }
        return Release(
            f"{self.office}: {self.title}",
            frame,
            known | gone | self.claim,
            frozenset(self.codes),
            tuple(frozenset(one) for one in self.columns) or (frozenset(self.cells),),
            self.others(frame, held) if self.others else {},
        )


def sound(title: str, office: str, count: int, **others: Any) -> Release:
    """An office's table as it should be."""
    frame, _ = table(office, count, title)
    return Release(f"{office}: {title}", frame, OFFICES[office].claim, others=others)
