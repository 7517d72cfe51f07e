"""The slips of the fourth hand: what hurried clerks add to a sound release, with the truth."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tests.anonymization import fourth_people as town
from tests.anonymization.flaws import ALONE, DIRECT, DOOR, HASH, JOIN, MASK, TEXT, TIME
from tests.anonymization.fourth_people import based, clock, digest, shown, sometimes, stars
from tests.anonymization.releases import Cells, Person, drawn, told

PLACE, AMOUNT, LINK = "LOCATION_TOO_FINE", "AMOUNT_TOO_FINE", "LINKS_TO_REGISTER"
SMALL, POOR, FAR = "K_TOO_SMALL", "L_TOO_SMALL", "T_TOO_LARGE"
Others = Callable[[list[Person], pl.DataFrame], Mapping[str, Any]]


@dataclass(frozen=True)
class Slip:
    """What a clerk added to a release: its office, the right codes, the cells, what must be named.

    Without `columns` all the cells' columns must be; `others` is what an attacker holds besides.
    """

    office: str
    codes: Sequence[str]
    cells: Mapping[str, Cells]
    columns: Sequence[str] = ()
    others: Others | None = None
    claim: Mapping[str, Any] | None = None


def spot(person: Person) -> tuple[float, float]:
    """Where a person's house stands, east and north."""
    chance = random.Random(f"{person['home']} {person['id']}")
    return 106.78 + chance.random() / 8, 39.60 + chance.random() / 6


def sexagesimal(person: Person) -> str:
    def arc(angle: float) -> str:
        whole, rest = divmod(round(angle * 36000), 36000)
        return f"{whole}°{rest // 600:02}′{rest % 600 / 10:04.1f}″"

    east, north = spot(person)
    return f"E{arc(east)} N{arc(north)}"


def drawing(person: Person, place: int) -> str:
    """A corner of the plot in metres, as surveyors draw it."""
    east, north = spot(person)
    return f"{(36_500_000 + (east - 108) * 85_600, north * 111_020)[place]:.3f}"


def cents(most: int) -> Cells:
    return lambda chance, person: f"{chance.randrange(10_000, most) / 100:.2f}"


def relative(chance: random.Random, person: Person) -> str:
    return chance.choice(list(town.FAMILY)) + chance.choice(list(town.GIVEN))


def register(*keys: str) -> Others:
    """A list of names with these facts, as sold by whoever has one, in an order of its own."""
    words = {"id": "证件号码", "name": "姓名", "born": "出生日期"}

    def others(held: list[Person], frame: pl.DataFrame) -> Mapping[str, Any]:
        rows = pl.DataFrame({words[key]: [str(p[key]) for p in held] for key in keys})
        return {"auxiliary": [rows.sample(fraction=1, shuffle=True, seed=4)]}

    return others


def board(name: str) -> Others:
    """A notice on a board: names beside one column of the release, sorted by it."""

    def others(held: list[Person], frame: pl.DataFrame) -> Mapping[str, Any]:
        called = pl.Series("姓名", [p["name"] for p in held])
        return {"auxiliary": [frame.select(name).with_columns(called).sort(name)]}

    return others


def before(name: str, other: str, change: Callable[[str], str] = str) -> Others:
    """An earlier release of another office with the same values under another name."""

    def others(held: list[Person], frame: pl.DataFrame) -> Mapping[str, Any]:
        codes = [change(one) for one in frame[name].to_list()[: frame.height * 3 // 4]]
        results = [("通过", "未通过", "复议")[row % 3] for row in range(len(codes))]
        return {"earlier": [pl.DataFrame({other: codes, "办理结果": results})]}

    return others


def account(chance: random.Random, person: Person) -> str:
    """The account of a subsidy card with its check digit, in fours."""
    body = f"6217997{person['ticket'] % 10**9:09}{chance.randrange(100):02}"
    doubled = [int(one) * (2 - place % 2) for place, one in enumerate(reversed(body))]
    number = body + str(-sum(one // 10 + one % 10 for one in doubled) % 10)
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def told_in_words(person: Person) -> str:
    at = person["at"]
    half = "上午" if at.hour < 12 else "下午"
    return f"{at.year}年{at.month}月{at.day}日{half}{at.hour % 12 or 12}点{at.minute:02}分"


def firm(chance: random.Random, person: Person) -> str:
    return "".join(
        chance.choice(part)
        for part in (
            ("新兴", "宏达", "蒙泰", "广源", "利民"),
            ("焦化", "物流", "餐饮", "建材", "商贸"),
            ("有限公司", "服务部", "厂"),
            ("", "一分公司", "二分公司"),
        )
    )


SLIPS: Mapping[str, Slip] = {
    # --- read as it stands ------------------------------------------------------------------
    "card of the disabled is the number and two digits": Slip(
        "disabled",
        (DIRECT,),
        {"残疾人证号": lambda c, p: f"{p['id']}{c.randrange(1, 8)}{c.randrange(1, 5)}"},
    ),
    "learner's code is school and telephone": Slip(
        "driving", (DIRECT, HASH), {"学员编码": shown(lambda p: f"SD{p['mobile']}C1")}
    ),
    "telephones Excel made numbers": Slip(
        "skills", (DIRECT,), {"lxfs": shown(lambda p: f"{p['mobile']}.0")}
    ),
    "names with blanks between": Slip(
        "blood", (DIRECT,), {"登记人": shown(lambda p: "　".join(p["name"]))}
    ),
    "names in pinyin": Slip(
        "recruitment", (DIRECT, ALONE), {"XM_PY": shown(lambda p: p["pinyin"].upper())}
    ),
    "owners and their shares": Slip(
        "realty",
        (DIRECT, TEXT),
        {
            "共有情况": lambda c, p: (
                f"{p['name']}、{relative(c, p)}" + c.choice(("共同共有", "按份共有各50%"))
            )
        },
    ),
    "file names of scans": Slip(
        "marriage",
        (DIRECT, TEXT),
        {"附件": lambda c, p: f"{p['name']}_{c.choice(('户口本', '身份证正面', '声明书'))}.jpg"},
    ),
    "link of a code to scan": Slip(
        "legalaid",
        (DIRECT, TEXT),
        {"评价链接": shown(lambda p: f"https://pj.example.cn/fy?id={p['ticket']}&sfz={p['id']}")},
    ),
    "what the form sent": Slip(
        "petitions",
        (DIRECT, TEXT),
        {"扩展字段": shown(lambda p: json.dumps({"src": "wx", "tel": p["mobile"], "v": 3}))},
    ),
    "few telephones with the country's code": Slip(
        "checkup",
        (DIRECT, TEXT),
        {
            "回访情况": sometimes(
                0.04,
                lambda c, p: f"0086-{p['mobile'][:3]}-{p['mobile'][3:7]}-{p['mobile'][7:]}",
                "已回访",
                "未接通",
                "",
            )
        },
    ),
    "stars forgotten below": Slip(
        "legalaid",
        (DIRECT,),
        {"受援人": shown(lambda p: p["name"][0] + "某某" if p["row"] < 300 else p["name"])},
    ),
    "the relative signs": Slip(
        "funeral",
        (DIRECT, TEXT),
        {"经办家属": lambda c, p: f"{relative(c, p)}（{c.choice(('子', '女', '侄'))}）"},
    ),
    "one-card account in fours": Slip("disabled", (DIRECT,), {"一卡通": account}),
    "frame number of the learner's car": Slip(
        "driving",
        (DIRECT, ALONE),
        {
            "自备车VIN": lambda c, p: (
                f"LSV{c.choice('AFN')}{c.randrange(10**4):04}{c.choice('CEGM')}2"
                f"{p['ticket'] % 10**7:07}"
            )
        },
    ),
    "address of the machine that sent it": Slip(
        "petitions",
        (DIRECT, ALONE),
        {"提交IP": lambda c, p: f"117.136.{c.randrange(256)}.{c.randrange(1, 255)}"},
    ),
    "who set the table up, at its foot": Slip("skills", (DIRECT, TEXT), {}, ("学员假名",)),
    "e-mail with spelled at": Slip(
        "recruitment",
        (DIRECT, TEXT),
        {
            "电子邮箱": shown(
                lambda p: f"{p['pinyin'].lower().replace(' ', '.')}{p['born']:%y} [at] 163.com"
            )
        },
    ),
    # --- hidden by hand ---------------------------------------------------------------------
    "number cut by Excel's fifteen digits": Slip(
        "realty", (MASK, DIRECT, ALONE), {"证件号": shown(lambda p: f"{p['id'][:15]}000")}
    ),
    "two masks that fill each other": Slip(
        "heating",
        (MASK, DIRECT),
        {
            "户主手机": shown(lambda p: stars(p["mobile"], 3, 4)),
            "报修电话": shown(lambda p: f"{'*' * 3}{p['mobile'][3:7]}{'*' * 4}"),
        },
    ),
    "only the year hidden beside the age": Slip(
        "blood",
        (MASK, DIRECT, ALONE),
        {"证件": shown(lambda p: f"{p['id'][:6]}****{p['id'][10:]}"), "周岁": told("age")},
        ("证件",),
    ),
    "first three of the telephone hidden": Slip(
        "marriage", (MASK, DIRECT), {"男方电话": shown(lambda p: "***" + p["mobile"][3:])}
    ),
    "last six and the month of birth": Slip(
        "disabled",
        (MASK, ALONE),
        {
            "证号后六位": shown(lambda p: p["id"][-6:]),
            "出生年月": shown(lambda p: f"{p['born']:%Y.%m}"),
        },
        ("证号后六位",),
    ),
    "surname in one column, given name in the next": Slip(
        "checkup",
        (DIRECT, MASK, ALONE),
        {"姓": shown(lambda p: p["name"][0]), "名": shown(lambda p: p["name"][1:])},
        ("名",),
    ),
    "one star in the middle of the number": Slip(
        "skills", (MASK, DIRECT), {"sfzh": shown(lambda p: f"{p['id'][:12]}*{p['id'][13:]}")}
    ),
    # --- hashes and other clothes -----------------------------------------------------------
    "digest of the telephone called a key": Slip(
        "heating", (HASH,), {"user_key": digest(lambda p: p["mobile"], "md5")}
    ),
    "digest of the birthday": Slip(
        "funeral", (HASH,), {"生日密文": digest(lambda p: f"{p['born']:%Y-%m-%d}", "md5")}
    ),
    "digest of the last six": Slip(
        "recruitment", (HASH,), {"校验串": digest(lambda p: p["id"][-6:], "sha1")}
    ),
    "digest of the number, and a list of numbers": Slip(
        "legalaid",
        (HASH,),
        {"受援人ID": digest(lambda p: p["id"], "sha512", 40)},
        (),
        register("name", "id"),
    ),
    "digest of name and birthday, and a list of both": Slip(
        "checkup",
        (HASH,),
        {"匹配码": digest(lambda p: f"{p['name']}{p['born']:%Y%m%d}", "sha256")},
        (),
        register("name", "born"),
    ),
    "telephone to base sixteen": Slip(
        "driving", (HASH, DIRECT), {"联系码": shown(lambda p: based(int(p["mobile"]), 16))}
    ),
    "telephone to base thirty-six": Slip(
        "blood", (HASH, DIRECT), {"短码": shown(lambda p: based(int(p["mobile"]), 36))}
    ),
    "place in the order of numbers, and the list": Slip(
        "disabled",
        (LINK, HASH, JOIN, DIRECT, MASK),
        {"匿名序号": lambda c, p: str(p["rank"])},
        (),
        register("name", "id"),
    ),
    # --- joins ------------------------------------------------------------------------------
    "the code of another release in capitals": Slip(
        "blood",
        (JOIN,),
        {},
        ("donor_key",),
        before("donor_key", "人员ID", lambda one: f"WH-{one.upper()}"),
    ),
    "numbers of the shelf in both": Slip(
        "marriage",
        (JOIN,),
        {"档案盒内号": shown(lambda p: str(10_000 + p["ticket"] % 900_000))},
        (),
        before("档案盒内号", "卷内顺序"),
    ),
    "same sums to the cent in the notice of debts": Slip(
        "heating", (JOIN, AMOUNT, ALONE, LINK), {"欠费金额": cents(900_000)}, (), board("欠费金额")
    ),
    "marks to the thousandth on the board": Slip(
        "recruitment",
        (LINK, AMOUNT, ALONE, SMALL, JOIN),
        {"综合成绩": lambda c, p: f"{c.gauss(68, 8):.3f}"},
        (),
        board("综合成绩"),
    ),
    # --- too fine ---------------------------------------------------------------------------
    "moments as a spreadsheet of another land shows them": Slip(
        "blood", (TIME, ALONE), {"采血时间": clock("%m/%d/%Y %I:%M:%S %p")}
    ),
    "moments told in words": Slip(
        "marriage",
        (TIME, ALONE),
        {"颁证时间": shown(told_in_words)},
    ),
    "moment inside the slip's number": Slip(
        "checkup",
        (TIME, ALONE),
        {"导检单号": lambda c, p: f"TJ{p['at']:%y%m%d%H%M%S}{c.randrange(100):02}"},
    ),
    "day and minute apart": Slip(
        "petitions",
        (TIME, ALONE),
        {"来访日": clock("%Y/%m/%d"), "来访时分": clock("%H时%M分")},
        ("来访时分",),
    ),
    "spot in degrees and seconds": Slip(
        "petitions", (PLACE, DIRECT), {"反映点位": shown(sexagesimal)}
    ),
    "spot as a geohash": Slip(
        "heating", (PLACE, DIRECT, ALONE), {"geo": shown(lambda p: town.geohash(*spot(p), 9))}
    ),
    "corner of the plot in metres": Slip(
        "realty",
        (PLACE, DIRECT, ALONE),
        {"界址点X": shown(lambda p: drawing(p, 1)), "界址点Y": shown(lambda p: drawing(p, 0))},
        ("界址点X",),
    ),
    "area to the hundredth": Slip(
        "realty", (ALONE, AMOUNT, SMALL), {"建筑面积(㎡)": lambda c, p: f"{c.gauss(105, 28):.2f}"}
    ),
    "building, stairs and door apart": Slip(
        "heating",
        (DOOR, ALONE, DIRECT),
        {"小区": told("yard"), "楼": told("house"), "单元": told("door"), "室": told("room")},
        ("室",),
    ),
    "yard and door without a road": Slip(
        "skills",
        (DOOR, TEXT),
        {"jtzz": shown(lambda p: f"{p['yard']}{p['house']}-{p['door']}-{p['room']}")},
    ),
    "birthday as Excel counts": Slip(
        "funeral",
        (ALONE, TIME, SMALL, DIRECT),
        {"csrq": shown(lambda p: town.excel_day(p["born"]))},
    ),
    "birthday with dots and two digits": Slip(
        "skills",
        (ALONE, TIME, SMALL, DIRECT),
        {"出生": shown(lambda p: f"{p['born']:%y}.{p['born'].month}.{p['born'].day}")},
    ),
    "tax to the cent": Slip("realty", (AMOUNT, ALONE), {"契税实缴": cents(6_000_000)}),
    # --- few of a kind ----------------------------------------------------------------------
    "the one head among clerks": Slip(
        "blood",
        (ALONE, SMALL),
        {
            "职业": lambda c, p: (
                "市殡仪馆馆长" if p["n"] == 77 else c.choice(("职工", "学生", "务农", "个体"))
            )
        },
    ),
    "one of a small nation": Slip(
        "legalaid",
        (ALONE, SMALL),
        {
            "民族": lambda c, p: (
                "鄂伦春族" if p["n"] == 41 else c.choices(("汉族", "蒙古族"), (3, 1))[0]
            )
        },
    ),
    "one rare disease": Slip(
        "checkup",
        (ALONE, SMALL),
        {
            "既往病史": lambda c, p: (
                "庞贝病" if p["n"] == 120 else c.choice(("无", "高血压", "糖尿病"))
            )
        },
    ),
    "ages to the year, the claim silent": Slip(
        "driving",
        (ALONE, SMALL),
        {"报名年龄": told("age"), "街道": told("street")},
        ("报名年龄",),
        None,
        {"quasi_identifiers": ["性别"], "k": 5},
    ),
    "streets and narrow bands": Slip(
        "disabled",
        (SMALL, ALONE),
        {
            "年龄组": shown(lambda p: f"{p['age'] // 5 * 5}-{p['age'] // 5 * 5 + 4}"),
            "旗县区": told("street"),
        },
        ("旗县区",),
    ),
    "firm of three": Slip(
        "skills",
        (ALONE, SMALL, LINK),
        {"原单位": firm},
    ),
    "college, subject and year": Slip(
        "recruitment",
        (ALONE, SMALL),
        {
            "毕业院校": drawn(
                "内蒙古大学", "内蒙古师范大学", "宁夏大学", "兰州大学", "集宁师范学院", "河套学院"
            ),
            "所学专业": drawn(
                "法学", "会计学", "汉语言文学", "护理学", "土木工程", "计算机", "农学"
            ),
            "毕业年份": lambda c, p: str(c.randrange(2012, 2026)),
        },
        ("毕业年份",),
    ),
    "ages of bride and groom": Slip(
        "marriage",
        (ALONE, SMALL),
        {
            "男方年龄": lambda c, p: str(22 + int(c.expovariate(0.1))),
            "女方年龄": lambda c, p: str(20 + int(c.expovariate(0.1))),
        },
        ("男方年龄",),
    ),
    "homes kept together": Slip(
        "disabled",
        (ALONE, SMALL),
        {"家庭码": shown(lambda p: p["home code"])},
    ),
    # --- groups that tell -------------------------------------------------------------------
    "one group all on one medicine": Slip(
        "disabled",
        (POOR,),
        {
            "服药情况": lambda c, p: (
                "氯氮平"
                if (p["district"], p["sex"]) == ("海南区", "男")
                else c.choice(("无", "降压药", "止痛药"))
            )
        },
        ("服药情况",),
        None,
        {"quasi_identifiers": ["旗县区", "xb"], "sensitive": ["服药情况"], "k": 5, "l": 2},
    ),
    "the young nearly all positive": Slip(
        "blood",
        (FAR, POOR),
        {
            "传染病筛查": lambda c, p: c.choices(
                ("阴性", "乙肝阳性", "梅毒阳性"), (1, 8, 8) if p["age"] < 45 else (60, 1, 1)
            )[0]
        },
        (),
        None,
        {"quasi_identifiers": ["年龄段"], "sensitive": ["传染病筛查"], "k": 5, "t": 0.3},
    ),
    # --- remarks ----------------------------------------------------------------------------
    "telephone as it was said": Slip(
        "petitions",
        (TEXT, DIRECT),
        {
            "通话记录": sometimes(
                0.1,
                lambda c, p: f"来电人说我电话{town.spoken(p['mobile'])}你记一下",
                "反映路灯不亮",
                "催办，已转办",
            )
        },
    ),
    "the son who was told": Slip(
        "funeral",
        (TEXT, DIRECT),
        {
            "备注": sometimes(
                0.05, lambda c, p: f"已电话告知其子{relative(c, p)}，骨灰暂存", "无", "手续齐全", ""
            )
        },
    ),
    "where the complainer lives": Slip(
        "petitions",
        (TEXT, DOOR),
        {
            "主要诉求": sometimes(
                0.2,
                lambda c, p: (
                    f"反映其家住{p['yard']}{p['house']}号楼{p['door']}单元{p['room']}室，楼上漏水"
                ),
                "要求解决欠薪问题",
                "咨询医保报销比例",
            )
        },
    ),
    "name to write to": Slip(
        "legalaid",
        (TEXT, DIRECT),
        {
            "办案小结": sometimes(
                0.06,
                lambda c, p: (
                    f"受援人不便接听，加微信{c.choice(('hai', 'feng'))}_{p['ticket'] % 10**5}联系"
                ),
                "已归档",
                "按期结案",
            )
        },
    ),
    "car before the door": Slip(
        "heating",
        (TEXT, DIRECT),
        {
            "上门记录": sometimes(
                0.05,
                lambda c, p: (
                    f"用户不在家，车蒙C·{c.choice('ABD')}{c.randrange(10**4):04}停楼下，再约"
                ),
                "已测温达标",
                "入户排气",
            )
        },
    ),
    "relative in brackets": Slip(
        "checkup",
        (TEXT, DIRECT),
        {
            "医生建议": sometimes(
                0.05,
                lambda c, p: f"低钠饮食，复查（家属{relative(c, p)}已签字）",
                "低脂饮食，三个月后复查",
                "定期监测血压",
            )
        },
    ),
}
