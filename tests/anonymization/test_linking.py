"""Releases and registers that join: for a reason, and not by chance."""

import hashlib
import random
import string

import polars as pl
import pytest

from anonymization import linking, verify
from anonymization.findings import Terms, as_texts


def codes(key, front="GJJ", rows=3000):
    """Codes of an office's sign and sixteen digits, made under a key."""
    made = [
        hashlib.blake2b(f"{n}".encode(), key=key, digest_size=8).hexdigest() for n in range(rows)
    ]
    return pl.DataFrame({"职工假名": [front + one for one in made]})


def joined(now, before):
    sketches = [linking.sketches(before, linking.CUTS)]
    return [(one.code, one.columns) for one in linking.joins(as_texts(now), sketches)]


JOINS = [("PSEUDONYM_JOINS_OTHER_RELEASE", ("职工假名",))]


def test_codes_of_another_key_share_their_sign_and_a_few_beginnings_and_do_not_join():
    assert joined(codes(b"now"), codes(b"before")) == []


@pytest.mark.parametrize(
    "shown",
    [
        pl.col("职工假名"),
        pl.col("职工假名").str.slice(3).str.to_uppercase(),
        pl.col("职工假名").str.head(12),
    ],
    ids=["as they are", "in capitals without the sign", "their beginnings"],
)
def test_the_same_codes_join_however_they_were_written(shown):
    same = codes(b"now")
    assert joined(same, same.select(shown)) == JOINS
    assert joined(same.select(shown), same) == JOINS


def to_base(number, letters):
    shown = ""
    while number:
        number, rest = divmod(number, len(letters))
        shown = letters[rest] + shown
    return shown


BASES = {
    "ten": str,
    "hexadecimal": "{:016x}".format,
    "hexadecimal without noughts": "{:X}".format,
    "letters to be read out": lambda one: to_base(one, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
    "all letters": lambda one: to_base(one, string.digits + string.ascii_lowercase),
}


def keys(seed, bits=62, rows=400):
    return [random.Random(f"{seed} {n}").getrandbits(bits) for n in range(rows)]


@pytest.mark.parametrize("now", BASES)
@pytest.mark.parametrize("before", ["ten", "hexadecimal", "all letters"])
def test_one_number_joins_to_whatever_base_it_is_written(now, before):
    mine, theirs = keys("now"), [*keys("now")[:90], *keys("before")]
    made = pl.DataFrame({"职工假名": [BASES[now](one) for one in mine]})
    last = pl.DataFrame({"rybh": [BASES[before](one) for one in theirs]})
    assert joined(made, last) == JOINS


@pytest.mark.parametrize("before", BASES)
def test_other_numbers_and_counters_join_to_no_base(before):
    last = pl.DataFrame({"rybh": [BASES[before](one) for one in keys("before")]})
    assert joined(pl.DataFrame({"职工假名": keys("now")}), last) == []
    last = pl.DataFrame({"rybh": [BASES[before](n + 5 * 10**9) for n in range(400)]})
    assert joined(pl.DataFrame({"职工假名": range(5 * 10**9, 5 * 10**9 + 400)}), last) == []


def linked(release, register):
    found = linking.linked(as_texts(release), [register], [], Terms())
    return [one.columns for one in found]


def test_small_numbers_of_two_tables_link_where_they_tell_the_same():
    chance = random.Random(4)
    names = [f"{a}{b}{c}" for a in "王李张刘" for b in "志秀建海" for c in "强英国燕"]
    seats = [(f"{n // 8 + 1:03}", f"{n % 8 + 1:02}") for n in range(64)]
    register = pl.DataFrame(
        {"姓名": names, "考场": [a for a, _ in seats], "座位": [b for _, b in seats]}
    )
    release = pl.DataFrame({"kc": [a for a, _ in seats], "zw": [b for _, b in seats]})
    assert linked(release.sample(fraction=1, shuffle=True, seed=1), register) == [("kc", "zw")]
    visits = release.with_columns(
        kc=pl.Series([f"{chance.randrange(1, 9):03}" for _ in seats]),
        zw=pl.Series([f"{chance.randrange(1, 9):02}" for _ in seats]),
    )
    assert linked(visits, register) == []


def test_areas_that_a_part_of_a_register_holds_link_and_others_of_the_same_size_do_not():
    chance = random.Random(6)
    areas = [f"{chance.randrange(4000, 24000) / 100:.2f}" for _ in range(600)]
    names = [f"{a}{b}{c}" for a in "王李张刘陈杨赵黄" for b in "志秀建海玉" for c in "强英国燕军"]
    register = pl.DataFrame({"权利人": names, "建筑面积": areas[: len(names)]})
    assert linked(pl.DataFrame({"核定面积": areas[:500]}), register) == [("核定面积",)]
    others = [f"{chance.randrange(4000, 24000) / 100:.2f}" for _ in range(500)]
    assert linked(pl.DataFrame({"核定面积": others}), register) == []


def test_numbers_of_one_series_link_to_the_part_of_it_that_hangs_on_a_wall():
    names = [f"{a}{b}{c}" for a in "王李张刘陈杨赵黄" for b in "志秀建海玉" for c in "强英国燕军"]
    drawn = [f"GZ2025-{n:05}" for n in range(1, 501)]
    wall = pl.DataFrame({"姓名": names, "摇号编号": drawn[100 : 100 + len(names)]})
    release = pl.DataFrame({"摇号编号": drawn, "保障类别": ["低保", "残疾"] * 250})
    assert linked(release, wall) == [("摇号编号",)]
    # Numbers without a sign of their own stand in any two lists, and other names are other series.
    bare = pl.DataFrame({"摇号编号": [one[7:] for one in drawn]})
    assert linked(bare, wall.with_columns(pl.col("摇号编号").str.slice(7))) == []
    assert linked(release.rename({"摇号编号": "来访编号"}), wall) == []
    assert linked(release.with_columns(pl.col("摇号编号").str.replace("GZ", "LX")), wall) == []


def registered(month, grown):
    """A table of so many people by district and age, each cell grown by what `grown` gives."""
    chance = random.Random(3)
    return pl.DataFrame(
        {
            "所在区": [area for area in ("海勃湾区", "海南区", "乌达区") for _ in range(4)],
            "年龄段": ["0-17岁", "18-59岁", "60-79岁", "80岁以上"] * 3,
            "登记人数": [chance.randrange(40, 400) + grown(n) * month for n in range(12)],
        }
    )


def since(grown):
    found = verify(registered(1, grown), earlier=[registered(0, grown)]).findings
    return [(one.code, one.columns[-1], one.records) for one in found]


def test_a_table_less_the_same_table_as_released_before_tells_who_came_since():
    assert since(lambda n: n % 3) == [("K_TOO_SMALL", "登记人数", 8)]
    assert since(lambda n: 30 * (n % 2)) == []


def test_two_tables_of_other_people_tell_nothing_of_who_came():
    assert since(lambda n: (-1) ** n * (n % 7)) == []


def cut_off(written, shown, rows=400, among=range(1, 30_000)):
    """Who has which number, and a release with `shown` of it."""
    chance = random.Random("tails")
    numbers = chance.sample(among, 2 * rows)
    wall = pl.DataFrame(
        {
            "编号": [written(n) for n in numbers],
            "姓名": [f"{chance.choice('王李张赵')}国庆" for _ in numbers],
        }
    )
    release = pl.DataFrame(
        {
            "号": [shown(written(n)) for n in numbers[:rows]],
            "评价": [chance.choice("优良差") for _ in range(rows)],
        }
    )
    found = linking.linked(as_texts(release), [wall], (), Terms())
    return [(one.code, one.columns) for one in found]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (lambda n: f"1503-{n:06}", lambda code: code[5:].lstrip("0")),
        (lambda n: f"WH{n:05}", lambda code: code[-5:]),
        (lambda n: f"内C证字第{n}号", lambda code: code[5:-1]),
        (lambda n: f"150300{7 * n + 10**7:09}", lambda code: code[-6:]),
    ],
    ids=["without noughts", "without the sign", "behind words", "the last six figures"],
)
def test_numbers_on_the_wall_are_found_by_their_ends(written, shown):
    assert cut_off(written, shown) == [("LINKS_TO_REGISTER", ("号",))]


def test_numbers_of_rows_and_other_numbers_are_no_ends_of_codes():
    chance = random.Random("other")
    assert cut_off(lambda n: f"1503-{n:06}", lambda _: str(chance.randrange(1, 30_000))) == []
    counted = range(1, 801)
    assert cut_off(lambda n: f"1503-{n:06}", lambda code: code[5:].lstrip("0"), 400, counted) == []


@pytest.mark.parametrize("shuffled", [False, True])
def test_an_earlier_release_in_hand_as_a_register_tells_whether_the_order_is_the_same(shuffled):
    chance = random.Random(9)
    before = pl.DataFrame(
        {
            "所在区": chance.choices(["海勃湾区", "海南区", "乌达区"], k=600),
            "性别": chance.choices("男女", k=600),
            "项目": chance.choices(["低保", "医保", "养老"], k=600),
        }
    )
    now = before.with_columns(补贴档=pl.Series(chance.choices(["一档", "二档"], k=600)))
    register = before.sample(600, shuffle=True, seed=2) if shuffled else before
    found = [(one.code, one.columns) for one in verify(now, auxiliary=[register]).findings]
    same = [("LINKS_TO_REGISTER", ("所在区", "性别", "项目"))]
    assert found == ([] if shuffled else same)


def wall(numbers):
    """Names that hang out, each with a number."""
    names = [f"{a}{b}{c}" for a in "王李张刘" for b in "志秀建海" for c in "强英国燕"]
    return pl.DataFrame({"光荣榜": [names[n % 64] for n in range(len(numbers))], "编号": numbers})


def spread(seed, span=10**8, rows=300):
    return random.Random(f"spread {seed}").sample(range(10**6, span), rows)


@pytest.mark.parametrize(
    ("now", "then"),
    [("{}", "{:010}"), ("{:09}", "{}"), ("{}", "{}")],
    ids=["noughts on the wall", "noughts in the release", "none"],
)
@pytest.mark.parametrize("head", ["章号", "工牌", "参赛证"])
def test_thin_numbers_on_a_wall_name_their_rows_whatever_noughts_are_in_front(head, now, then):
    numbers = spread("now")
    release = pl.DataFrame({head: [now.format(one) for one in numbers]})
    hung = [then.format(one) for one in (*numbers[:120], *spread("before")[:60])]
    assert linked(release, wall(hung)) == [(head,)]


@pytest.mark.parametrize(
    "hung", [spread("others"), range(10_100, 10_400), [*range(10_200, 10_300), 99_000_000]]
)
def test_other_numbers_and_counters_on_a_wall_name_nobody(hung):
    register = wall([f"{one:010}" for one in hung])
    assert linked(pl.DataFrame({"序列": range(10_000, 10_300)}), register) == []
    assert linked(pl.DataFrame({"序列": spread("now")}), register) == []
