"""Who is still named: numbers left readable anywhere, columns of names and addresses."""

import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from anonymization import dictionary, headers, offices, residues
from anonymization.detection import Column, residual
from anonymization.findings import Finding, Terms, masked, matching, share

# What a list of kinds of personal information counts as direct; numbers of firms it does not name.
DIRECT: Final = frozenset(
    kind
    for kind, known in headers.kinds().items()
    if known["item"] and headers.items()[known["item"]]["role"] == "direct"
)


def named(
    texts: pl.DataFrame,
    columns: Mapping[str, Column],
    tokens: Mapping[str, str],
    terms: Terms,
    nobody: bool,
) -> tuple[list[Finding], list[dict[str, Any]]]:
    """What still names people: readable numbers anywhere, columns of names and addresses.

    `nobody` says that no row is a person (`things.about_nobody`).
    """
    public = terms.excused
    excused = public | tokens.keys()
    if terms.profile == "lawful_raw":
        excused = frozenset(texts.columns)
    findings, left_over = [], []
    seen: set[str] = set()
    listed = nobody or offices.lists_offices(texts, columns, tokens)
    works = any(_WORKS.search(name) for name in texts.columns)
    for one in residual(texts):
        if one.column in tokens or of_offices(texts[one.column], one.kind):
            continue
        if offices.of_a_named(texts, one.column, one.kind):
            continue
        if works and one.kind == "PERSON" and _AUTHORS.search(one.column):
            continue
        if listed and offices.of_the_office(texts[one.column], one.kind, nobody):
            continue
        if one.kind == "ADDRESS" and not _homes(texts[one.column]):
            continue
        left_over.append({"column": one.column, "kind": one.kind, "count": one.count})
        lawful = one.column in excused and not _beyond(one.column, one.kind, terms)
        if lawful or one.count == 0:
            continue
        seen.add(one.column)
        free = _free_text(texts[one.column])
        code = "FREE_TEXT_LEAK" if free else "DIRECT_IDENTIFIER_LEFT"
        if one.kind == "ADDRESS":
            code = "FULL_ADDRESS_LEFT"
        findings.append(left(code, one.column, one.kind, one.count, texts))
    for name, column in columns.items():
        lawful = name in excused and not _beyond(name, column.kind, terms)
        if lawful or name in seen or column.kind not in DIRECT:
            continue
        values = texts[name]
        if offices.of_a_named(texts, name, column.kind):
            continue
        if of_offices(values, column.kind) or (
            listed and offices.of_the_office(values, column.kind, nobody)
        ):
            continue
        if works and column.kind == "PERSON" and _AUTHORS.search(name):
            continue
        if masked(values) > 0.5:
            continue
        count = int(values.is_not_null().sum())
        if column.kind == "ADDRESS":
            count = int(values.str.contains(DOOR).sum())
            if not count or not _homes(values):
                continue
            findings.append(left("FULL_ADDRESS_LEFT", name, "ADDRESS", count, texts))
        elif count:
            seen.add(name)
            findings.append(left("DIRECT_IDENTIFIER_LEFT", name, column.kind, count, texts))
    for name in tokens if terms.profile != "lawful_raw" else ():
        # It looks like a pseudonym and is the name under which a platform knows the person.
        if name not in public and (kind := _platform(name)):
            seen.add(name)
            count = int(texts[name].is_not_null().sum())
            findings.append(left("DIRECT_IDENTIFIER_LEFT", name, kind, count, texts))
    for name in texts.columns:
        if name in seen or name in excused - tokens.keys():
            continue
        for kind, count in residues.forgotten(texts[name], name in tokens):
            if kind in DIRECT:
                left_over.append({"column": name, "kind": kind, "count": count})
            findings.append(left("DIRECT_IDENTIFIER_LEFT", name, kind, count, texts))
    return findings, left_over


# What laws order to be published of people: who he is and where his firm is.
_ORDERED: Final = frozenset({"PERSON", "ADDRESS", "LANDLINE", "EMAIL", "BIRTH_DATE"})


def _beyond(name: str, kind: str | None, terms: Terms) -> bool:
    """Whether a claim calls lawful what no law orders to be published: numbers and accounts."""
    claimed = name in terms.lawful and name not in terms.published | terms.made_up
    return claimed and kind in DIRECT and kind not in _ORDERED


def _platform(name: str) -> str | None:
    """Which account or device a header says that a code is of."""
    said = re.sub("[^a-z]", "", name.lower())
    if re.search("(?:openid|unionid)$", said):
        return "WECHAT"
    return "DEVICE_ID" if re.search("(?:imei|idfa|idfv|oaid|androidid)$", said) else None


# Who wrote what is printed stands on its cover.
_WORKS: Final = re.compile("(?i:isbn|issn)|书名|刊名|出版社|专利(?:名称|号)|题名")
_AUTHORS: Final = re.compile("(?:作者|著者|编者|主编|译者|责任者|发明人|设计人|导演|演员)$")
# So many rows at one door are an office's visitors, not a household.
_HOUSEHOLD: Final = 10


def _homes(values: pl.Series) -> bool:
    """Whether addresses are of homes: an office's stands in the rows of all who went there."""
    present = values.drop_nulls()
    doors = present.filter(present.str.contains(DOOR)).value_counts()
    counts = doors["count"]
    return int(counts.filter(counts < _HOUSEHOLD).sum()) > 0


_PUBLIC = (
    "咨询|服务|热线|窗口|监督|监管|投诉|值班|值守|办公|机构|单位|部门|机关|受理|举报|传真|客服|应急|救援|抢修"
    "|总机|前台"
)


def of_offices(values: pl.Series, kind: str | None) -> bool:
    """Whether a column of telephones is that of offices: it says so, and few stand many times."""
    present = values.drop_nulls()
    if kind == "LANDLINE":
        numbers = present.str.extract(_LANDLINE).drop_nulls()
        if len(numbers) > 0.9 * len(present) and numbers.n_unique() <= 0.02 * len(numbers):
            return True
    name = str(values.name)
    if kind not in {"LANDLINE", "MOBILE"} or not re.search(_PUBLIC, name):
        return False
    # 投诉电话 is an office's, 投诉人电话 that of who complained.
    if re.search(_SOMEBODY, name):
        return False
    return kind == "LANDLINE" or present.n_unique() <= 0.1 * len(present)


_SOMEBODY = "人(?![社民大力才防])|家属|家长|家庭|亲属|患者"
_LANDLINE = r"(0[0-9]{2,3}[) -]{0,2}[2-8][0-9]{6,7})"
DOOR = (
    "[0-9一二三四五六七八九十]+(?:号|室|单元|栋|幢|户)|[0-9]+-[0-9]+-[0-9]{3,4}"
    f"|{dictionary.ENGLISH_HOME}"
)


def _free_text(values: pl.Series) -> bool:
    """Whether a column holds sentences rather than values of one shape."""
    present = values.drop_nulls()
    # Numbers in groups are long and no sentences.
    if (
        matching(present, r"^[0-9A-Za-z \-./·+()]+$") > 0.9
        and matching(present, "[A-Za-z]{4}") < 0.1
    ):
        return False
    lengths = pl.DataFrame({"n": present.str.len_chars()}).select(
        pl.col("n").mean().fill_null(0).alias("mean"), pl.col("n").std().fill_null(0).alias("std")
    )
    mean, spread = lengths.row(0)
    return mean > 20 or (spread > 2 and matching(present, "[，。；、,;]") > 0.3)


def left(code: str, name: str, kind: str, count: int, texts: pl.DataFrame) -> Finding:
    """The finding that a column still shows this kind in so many cells."""
    titles = {
        "FREE_TEXT_LEAK": ("文本中夹带", "carries inside its text"),
        "FULL_ADDRESS_LEFT": ("仍可读出", "still shows"),
        "DIRECT_IDENTIFIER_LEFT": ("仍可读出", "still shows"),
    }
    zh, en = titles[code]
    title = _KINDS.get(kind) or headers.kinds().get(kind, {}).get("zh", kind)
    remedies = {
        "FREE_TEXT_LEAK": ("改用「文本遮盖」或删除该列。", "Redact the text or remove the column."),
        "FULL_ADDRESS_LEFT": (
            "住址泛化到区或街道。",
            "Generalize addresses to the district or street.",
        ),
        "DIRECT_IDENTIFIER_LEFT": (
            "删除该列，或换成带密钥假名；法律要求公开的，在方案中写明依据。",
            "Remove or pseudonymize the column; name the law if it must be published.",
        ),
    }
    return Finding(
        code,
        (name,),
        count,
        share(count, texts),
        f"列「{name}」{zh}{title}：{texts.height} 行中有 {count} 行。",
        f"column {name} {en} {kind}: {count} of {texts.height} rows.",
        *remedies[code],
        f"例：{_SHOWN.get(kind, '张某某')} → 不用推算，读出来就是",
        f"for example {_SHOWN.get(kind, '张某某')} → it reads as it stands",
    )


_KINDS = {
    "PERSON": "姓名",
    "ID_CARD": "公民身份号码",
    "MOBILE": "手机号码",
    "LANDLINE": "固定电话",
    "ADDRESS": "住址",
    "EMAIL": "电子邮箱",
    "USCC": "统一社会信用代码",
    "BANK_CARD": "银行账号",
    "PLATE": "车牌号",
    "PASSPORT": "护照号",
    "SSN": "社会保障号",
    "MRN": "病历号",
    "BIRTH_DATE": "出生日期",
    "WECHAT": "微信号",
    "QQ": "QQ 号",
    "IP": "IP 地址",
    "MAC": "设备地址",
    "GPS": "精确位置",
    residues.UNMASKED: "漏遮的原值",
}
# Made up and masked: what a reader of the report sees of the kind.
_SHOWN: Final[Mapping[str, str]] = {
    "PERSON": "张某某",
    "ID_CARD": "1503**********0012",
    "MOBILE": "138****0000",
    "LANDLINE": "0473-2****00",
    "ADDRESS": "某区某街 ** 号楼 * 单元",
    "EMAIL": "z***@example.cn",
    "BANK_CARD": "6222************0012",
    "PLATE": "蒙C**345",
    "PASSPORT": "E****0012",
    "SSN": "A****0012",
    "MRN": "ZY****0012",
    "WECHAT": "w***_01",
    "QQ": "12****89",
    "MAC": "00:1A:**:**:**:01",
    residues.UNMASKED: "同列都是 1503****12，有几行是 1503000012",
}
