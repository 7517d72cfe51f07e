"""Every identifier in every shape an office gives it reads back; chance codes in them do not."""

import base64
import hmac
import random
import re
from collections.abc import Callable, Mapping

import polars as pl
import pytest

from anonymization import verify
from anonymization.detection import detect
from anonymization.fillings import filled
from anonymization.findings import as_texts
from anonymization.residues import forgotten
from anonymization.rewriting import in_pieces, rewritten
from tests.anonymization import fourth_people as town
from tests.anonymization import hard_values as made
from tests.anonymization.releases import Cells, told

HELD = town.folk("shapes", 80)

# A header that says nothing where the value speaks for itself.
KINDS: Mapping[str, tuple[str, Cells]] = {
    "PERSON": ("甲", told("name")),
    "ID_CARD": ("甲", told("id")),
    "MOBILE": ("甲", told("mobile")),
    "LANDLINE": ("甲", lambda c, p: f"0473-{c.randrange(2, 9)}{c.randrange(10**6):06}"),
    "ADDRESS": ("甲", told("home")),
    "EMAIL": ("甲", lambda c, p: f"{p['pinyin'].lower().replace(' ', '')}@{c.choice(made_at)}"),
    "BANK_CARD": ("甲", lambda c, p: made.bank_card(c)),
    "PLATE": ("甲", lambda c, p: made.plate(c)),
    "MAC": ("甲", lambda c, p: made.mac(c)),
    "PASSPORT": ("护照号", lambda c, p: made.passport(c)),
    "SSN": ("社保卡号", lambda c, p: f"A{c.randrange(10**8):08}"),
    "MRN": ("病历号", lambda c, p: f"ZY{c.randrange(10**8):08}"),
    "WECHAT": ("微信号", lambda c, p: f"wxid_{c.randrange(36**8):013x}"),
    "QQ": ("QQ号", lambda c, p: str(c.randrange(10**8, 10**10))),
}
made_at = ("163.com", "qq.com", "example.cn")
CODED = frozenset({"PERSON", "ID_CARD", "MOBILE", "LANDLINE", "EMAIL", "BANK_CARD", "PLATE", "MAC"})
TELLING = frozenset(KINDS) - {"PASSPORT", "SSN", "ADDRESS"}
NUMBERS = frozenset({"ID_CARD", "BANK_CARD"})
SIGNS = str.maketrans("0123456789", "7294053816")

SHAPES: Mapping[str, tuple[Callable[[str], str], frozenset[str]]] = {
    "a word in front": (lambda t: f"编号：{t}", frozenset(KINDS)),
    "in brackets": (lambda t: f"【{t}】", frozenset(KINDS)),
    "in a sentence": (lambda t: f"材料齐全，核对{t}后按程序办理完毕。", frozenset(KINDS)),
    "in a tag": (lambda t: f"<v>{t}</v>", frozenset(KINDS)),
    "in a path": (lambda t: f"/data/2025/{t}/main.htm", frozenset(KINDS)),
    "apart": (" ".join, frozenset(KINDS)),
    "turned": (lambda t: t[::-1], CODED - {"MAC"}),
    "hexadecimal": (lambda t: t.encode().hex(), CODED),
    "base 32": (lambda t: base64.b32encode(t.encode()).decode(), CODED),
    "base 64": (lambda t: base64.b64encode(t.encode()).decode(), CODED),
    "percent signs": (lambda t: "".join(f"%{one:02X}" for one in t.encode()), TELLING),
    "other digits": (lambda t: t.translate(SIGNS), frozenset({"ID_CARD"})),
    "mixed": (lambda t: "".join(chr(ord(one) ^ 5) for one in t), frozenset({"ID_CARD"})),
    "added to": (lambda t: str(int(t) + 1234567) if t.isdigit() else t, NUMBERS),
    "exclusive or": (lambda t: str(int(t) ^ 123456) if t.isdigit() else t, NUMBERS),
    "noughts in front": (lambda t: t.zfill(24), frozenset({"ID_CARD", "MOBILE"})),
    "a sign put in": (lambda t: f"{t[:3]}Z{t[3:]}", frozenset({"ID_CARD", "MOBILE"})),
}  # fmt: skip


def findings(cells: Mapping[str, list[str]]) -> set[str]:
    texts = as_texts(pl.DataFrame(cells))
    columns = {one.name: one for one in detect(texts)}
    told_plainly = {name for name, one in columns.items() if one.kind or one.inside}
    return told_plainly | {name for one in rewritten(texts, columns) for name in one.columns}


@pytest.mark.parametrize("shape", SHAPES)
def test_an_identifier_reads_back_from_every_shape(shape):
    change, kinds = SHAPES[shape]
    chance = random.Random(shape)
    headers = {kind: KINDS[kind][0].replace("甲", f"第{n}列") for n, kind in enumerate(KINDS)}
    cells = {
        headers[kind]: [change(KINDS[kind][1](chance, p)) for p in HELD] for kind in sorted(kinds)
    }
    assert cells.keys() - findings(cells) == set()


CHANCE: Mapping[str, Callable[[random.Random, int], str]] = {
    "token": lambda c, n: c.randbytes(16).hex(),
    "order": lambda c, n: f"2025{c.randrange(10**14):014}",
    "ticket": lambda c, n: f"WH-{c.randrange(10**7):07}",
    "barcode": lambda c, n: f"69{c.randrange(10**11):011}",
    "sensor": lambda c, n: f"{c.gauss(20, 4):.3f}",
    "serial": lambda c, n: f"SN{c.randrange(10**9):09}X",
    "lot": lambda c, n: f"{c.choice('ABCD')}-{n:05}-{c.randrange(10**4):04}",
    "eighteen digits": lambda c, n: f"{c.randrange(10**17, 10**18)}",
    "eleven digits": lambda c, n: f"{c.randrange(2 * 10**10, 9 * 10**10)}",
    "link": lambda c, n: f"https://www.example.cn/item?id={c.randrange(10**8)}&p={c.randrange(9)}",
    "paper": lambda c, n: f"乌政发〔2025〕{n}号",
    "part": lambda c, n: f"第{n}条第{c.randrange(1, 9)}款",
    "share": lambda c, n: f"完成{c.random():.1%}",
    "letters": lambda c, n: "".join(c.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=11)),
}


@pytest.mark.parametrize("seed", range(2))
def test_chance_codes_read_back_to_nothing(seed):
    chance = random.Random(seed)
    cells = {name: [make(chance, n) for n in range(300)] for name, make in CHANCE.items()}
    texts = as_texts(pl.DataFrame(cells))
    columns = {one.name: one for one in detect(texts)}
    assert [one.zh for one in rewritten(texts, columns)] == []


def put_in(cells: list[str]) -> list[str]:
    texts = as_texts(pl.DataFrame({"乙": cells}))
    columns = {one.name: one for one in detect(texts)}
    return [one.zh for one in filled(texts, columns, ())]


@pytest.mark.parametrize(
    "form",
    [
        lambda t, _: t,
        lambda t, _: t.replace(" ", "").lower(),
        lambda t, _: t.replace(" ", "_").lower(),
        lambda t, _: t.replace(" ", "").lower() + "8",
        lambda t, _: ".".join(reversed(t.lower().split())),
        lambda t, p: t.replace(" ", "").lower() + p["id"][-4:],
        lambda t, p: f"{t.replace(' ', '').lower()}_{p['id'][10:14]}",
        lambda t, _: t.replace(" ", ", ", 1).upper(),
        lambda t, p: f"{t.replace(' ', '/', 1).upper()} {'MR' if p['sex'] == '男' else 'MS'}",
        lambda t, _: t.replace(" ", "<<", 1).replace(" ", "").upper(),
    ],
    ids=[
        *("apart", "joined", "underscore", "a number", "surname last", "end of a card", "a day"),
        *("as on a certificate", "as on a ticket", "as a passport is read"),
    ],
)
def test_names_in_pinyin_are_names(form):
    assert put_in([form(p["pinyin"], p) for p in HELD]) != []


PLACES = ("滨河", "新华", "巴音赛", "凤凰岭", "三道坎")
TRADES = ("修车铺", "裁缝店", "早点摊", "口腔诊所", "家庭农场")
SIGNS = {
    "shops": lambda c, name: f"{c.choice(PLACES)}{name}{c.choice(TRADES)}",
    "cases": lambda c, name: f"关于{name}{c.choice(('违法占地案', '噪声扰民案'))}",
    "groups of a messenger": lambda c, name: f"{c.choice(PLACES)}网格{name}服务群",
}


@pytest.mark.parametrize("kind", SIGNS)
def test_names_between_what_many_begin_and_end_with_are_names(kind):
    chance = random.Random(kind)
    people = [p["name"] for p in town.folk("signs", 400) if len(p["name"]) <= 4]
    few = [chance.choice("顺发鑫源福来") for _ in range(100)]
    assert put_in([SIGNS[kind](chance, name) for name in [*people, *few]]) != []


def test_shops_that_bear_other_words_are_nobody_s():
    chance = random.Random("words")
    first, second = "鸿祥瑞福聚盛金宝兴隆", "源达泰和鑫缘满香美来"
    called = [f"{chance.choice(first)}{chance.choice(second)}" for _ in range(400)]
    assert put_in([SIGNS["shops"](chance, one) for one in called]) == []
    wares = [f"{a}{b}{chance.choice('厚薄大小')}号" for a in "红黄蓝白青" for b in SOLD]
    assert put_in([SIGNS["shops"](chance, one) for one in wares]) == []


SOLD = (
    "棉布",
    "毛毯",
    "雨靴",
    "水壶",
    "手套",
    "门帘",
    "灯罩",
    "坐垫",
    "窗纱",
    "台布",
    "围巾",
    "暖瓶",
)


def in_code(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


TOKENS = {
    "a signed token": lambda p, c: ".".join(
        (in_code('{"alg":"HS256"}'), in_code(f'{{"sub":"{p["mobile"]}","exp":{c}}}'), signed(c))
    ),
    "a name in a token": lambda p, c: ".".join(
        (in_code('{"alg":"RS256","typ":"JWT"}'), in_code(f'{{"n":"{p["name"]}"}}'), signed(c))
    ),
    "a cookie": lambda p, c: f"{in_code(p['id'])}:{c}:{signed(c)}",
    "a ticket": lambda p, c: f"{signed(c)}|{in_code(p['mobile'])}",
}


def signed(number: int) -> str:
    return in_code(hmac.digest(b"key", str(number).encode(), "sha256").hex()[:40])


def read_back(codes: list[str]) -> list[str]:
    texts = as_texts(pl.DataFrame({"令牌": codes}))
    columns = {one.name: one for one in detect(texts)}
    return [one.code for one in rewritten(texts, columns)]


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_that_are_signed_are_open_for_all_to_read(kind):
    made = [TOKENS[kind](p, 1_767_225_600 + 61 * n) for n, p in enumerate(HELD)]
    assert read_back(made) == ["DIRECT_IDENTIFIER_LEFT"]


def test_tokens_of_a_number_drawn_for_the_visit_name_nobody():
    front = in_code('{"alg":"HS256","typ":"JWT"}')
    told = [in_code(f'{{"jti":"{signed(n)[:20]}","exp":{1_767_225_600 + n}}}') for n in range(300)]
    assert read_back([f"{front}.{one}.{signed(n)}" for n, one in enumerate(told)]) == []
    assert read_back([f"{signed(n)}.{signed(n + 1)}" for n in range(300)]) == []


def test_initials_and_the_end_of_a_citizen_number_tell_who_it_is():
    people = town.folk("ends", 300)
    syllables = re.compile("[bpmfdtnlgkhjqxzcsywr]h?(?:[iuv]?[aeo]?[aeiou]?(?:ng|n|r)?)")
    ends = [
        "".join(one[0] for one in syllables.findall(p["pinyin"].lower())) + p["id"][-4:]
        for p in people
    ]
    assert sum(one.endswith("X") for one in ends) > 10
    told = {"性别": ["男", "女"] * 150, "年龄": ["60-69", "70-79", "80-89"] * 100}
    table = pl.DataFrame({"账户": ends, **told})
    assert ("PARTIAL_ID_REIDENTIFIABLE", ("账户",)) in [
        (one.code, one.columns) for one in verify(table).findings
    ]


def test_streets_and_words_spelled_alike_are_no_names():
    chance = random.Random(3)
    parts = ("xin", "hua", "bin", "he", "ren", "min", "jian", "she", "hai", "yang", "li", "wu")
    streets = ["".join(chance.choices(parts, k=2)) + chance.choice(("lu", "jie")) for _ in HELD]
    words = ("online", "male", "device", "china", "banana", "data", "pending", "done")
    assert put_in(streets) == []
    assert put_in([chance.choice(words) + str(n) for n in range(80)]) == []


def test_numbers_of_devices_check_themselves_and_others_do_not():
    chance = random.Random(4)
    bodies = [f"86{chance.randrange(10**12):012}" for _ in HELD]
    assert put_in([one + luhn(one) for one in bodies]) != []
    assert put_in([f"{one}{chance.randrange(10)}" for one in bodies]) == []


def luhn(body: str) -> str:
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(body)]
    return str(-sum(one // 10 + one % 10 for one in doubled) % 10)


def test_the_four_parts_of_a_citizen_number_are_put_together():
    cuts = {"a": (0, 6), "b": (6, 14), "c": (14, 17), "d": (17, 18)}
    texts = pl.DataFrame({n: [p["id"][at:to] for p in HELD] for n, (at, to) in cuts.items()})
    columns = {one.name: one for one in detect(texts)}
    assert [set(one.columns) for one in in_pieces(texts, columns)] == [set(cuts)]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_plates_cut_after_the_province_or_the_office_are_put_together(at):
    plates = [made.plate(random.Random(n)).replace("·", "") for n in range(80)]
    cut = {"前": [one[:at] for one in plates], "后": [one[at:] for one in plates]}
    texts = pl.DataFrame({"车型": ["小型车", "货车"] * 40, **cut})
    columns = {one.name: one for one in detect(texts)}
    assert [one.columns for one in in_pieces(texts, columns)] == [("前", "后")]
    # One office and a few letters are a class of cars and nobody's.
    classes = texts.with_columns(pl.col("后").str.head(1))
    assert in_pieces(classes, columns) == []


def test_numbers_of_another_kind_are_found_among_stars():
    chance = random.Random(5)
    some = [made.passport(chance) if n % 6 == 0 else "***" for n in range(200)]
    assert [kind for kind, _ in forgotten(pl.Series("证件", some), False)] == ["PASSPORT"]
    quiet = [("见附件" if n % 12 else "未提供") if n % 6 == 0 else "***" for n in range(200)]
    assert list(forgotten(pl.Series("证件", quiet), False)) == []
