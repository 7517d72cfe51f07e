"""Codes that lead back: plain digests of what anybody can list, whatever the algorithm."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import polars as pl

from anonymization import digests, guesses
from anonymization.findings import Finding, Numbers, Terms, drawn, matching, share, token

# So many hits are proof enough.
_ENOUGH: Final = 50

# Algorithms by the characters of their hexadecimal form; the first are tried longest.
_ALGORITHMS: Final[Mapping[int, tuple[str, ...]]] = {
    8: (*digests.SUMS, "md5", "sm3", "sha256", "sha1"),
    32: ("md5", "sm3", "sha256", "sha1", "blake2b-128", "blake2s-128"),
    40: ("sha1", "sm3", "sha256", "ripemd160", "blake2b-160", "mysql"),
    56: ("sha224", "sha3_224", "sha512_224"),
    64: ("sha256", "sm3", "sha3_256", "blake2s", "blake2b-256", "sha512_256"),
    96: ("sha384", "sha3_384"),
    128: ("sha512", "blake2b", "sha3_512"),
}
_CUT: Final = ("md5", "sm3", "sha256", "sha1", "sha512")
# Families worth trying where the algorithm is none of the usual, or four bytes are all there is.
_CHEAP: Final = frozenset({"local mobiles", "numbers", "plates", "identities"})
# Of four bytes these are worth the many guesses that citizen numbers take.
_LIKELY: Final = frozenset({"crc32", "md5"})
_SALTED: Final = frozenset({"salted", "salted mobiles", "landlines"})


@dataclass(frozen=True)
class Held:
    """The distinct codes of a column: the digests' first bytes as numbers, how many bytes.

    `characters` is the length of a code in hexadecimal; `algorithms` what may have made it.
    """

    codes: Numbers
    width: int
    characters: int
    algorithms: tuple[str, ...]

    def hits(self, digests: Numbers) -> int:
        """How many of these digests (sorted, their first eight bytes) are codes held."""
        cut = digests >> np.uint64(64 - 8 * self.width)
        few, many = sorted((cut, self.codes), key=len)
        if not len(few):
            return 0
        places = np.searchsorted(many, few)
        places[places == len(many)] = 0
        return int((many[places] == few).sum())

    def least(self, tried: int) -> float:
        """Hits that are no chance among so many digests tried."""
        if self.width == 8:
            return 1
        # Six bytes agree by chance once in a while, four often.
        return 3 + 4 * tried * len(self.codes) / 2.0 ** (8 * self.width)


def plain_hashes(
    texts: pl.DataFrame, words: pl.DataFrame, tokens: Mapping[str, str], terms: Terms
) -> list[Finding]:
    """Codes that are plain digests of what anybody can list; `words` are the `wordy` columns.

    Of codes that the run itself made under its key only what is in hand is tried: no list of
    people holds what a key of 32 bytes makes of them.
    """
    findings = []
    in_hand = _in_hand(texts, terms)
    short = {name: shape for name in words.columns if (shape := _short(name, words, tokens))}
    bare = _signed(words, tokens)
    signed = {name: shape for name, values in bare.items() if (shape := token(values))}
    salt = next((name for name in texts.columns if re.search(_SALT, name.lower())), None)
    for name, shape in {**tokens, **short, **signed}.items():
        if salt and name not in {salt, *terms.keyed} and re.search(_DIGEST, name.lower()):
            findings.append(_beside_its_salt(name, salt, texts))
            continue
        held = _held(bare.get(name, texts[name]), shape)
        if held is None:
            continue
        for algorithm in filter(digests.known, held.algorithms):
            undone = _reverse(held, algorithm, texts, in_hand, is_keyed=name in terms.keyed)
            if undone:
                filled = int(texts[name].is_not_null().sum())
                findings.append(_unsalted(name, algorithm, filled, undone, texts))
                break
        else:
            findings += _cut(name, held, texts, terms)
    return findings


# A column that says it holds what was mixed into digests.
_DIGEST: Final = "hash|散列|哈希|摘要|digest|md5|sha[0-9]|sm3|hx$|密文"
_SALT: Final = "盐$|盐值|加盐|随机盐|(?:^|_)salts?(?:$|_)"


def _beside_its_salt(name: str, salt: str, texts: pl.DataFrame) -> Finding:
    """A salt that is published is no key: every guess is mixed with it and compared."""
    records = int((texts[name].is_not_null() & texts[salt].is_not_null()).sum())
    return Finding(
        "UNSALTED_HASH",
        (name, salt),
        records,
        share(records, texts),
        f"列「{name}」的散列用的盐就在列「{salt}」里：逐行加盐穷举号码，就能试出原值。",
        f"the salt of the digests in column {name} stands in column {salt}: guesses are mixed with "
        "it row by row and compared.",
        "改用带密钥假名（HMAC-SM3），密钥不随数据流转；删除盐列。",
        "Use a keyed pseudonym (HMAC-SM3) whose key never travels with the data; remove the salt.",
        "例：对每个可能的号码计算 散列(号码 + 本行的盐)，与本行比对",
        "for example: digest(number + the salt of the row) for every number there is, and compare",
    )


def _signed(texts: pl.DataFrame, tokens: Mapping[str, str]) -> dict[str, pl.Series]:
    """Columns whose cells all begin with the same sign and go on as digests, without the sign."""
    made = {}
    for name in texts.columns:
        some = drawn(texts[name].drop_nulls())
        if name in tokens or len(some) < 10 or matching(some, _BEHIND_SIGN) < 1:
            continue
        signs = some.str.extract(_BEHIND_SIGN).unique()
        if len(signs) == 1 and signs[0] is not None:
            made[name] = texts[name].str.slice(len(signs[0]))
    return made


# As a database and programs write what kind of digest it is: *94BD…, {SHA}…, md5:…; or a letter
# of the office and the beginning of one.
_BEHIND_SIGN: Final = (
    r"^([*$#]|\{[A-Za-z0-9]{2,8}\}|[\p{Han}A-Za-z0-9]{1,10}[-_:#/]|[G-Zg-z\p{Han}]{1,6})"
    "(?:[0-9a-f]{12,128}|[0-9A-F]{12,128}|[0-9A-Za-z+/]{22,88}={1,2})$"
)


def _cut(name: str, held: Held, texts: pl.DataFrame, terms: Terms) -> Iterator[Finding]:
    """A longer digest cut to the length of another, of what a register in hand holds."""
    if not terms.raw or name in terms.keyed or held.width < 6:
        return
    some = guesses.own(texts, terms)
    for algorithm in _CUT:
        if algorithm in held.algorithms:
            continue
        if undone := _tried(held, [digests.forms(some, algorithm, twice=False)]):
            filled = int(texts[name].is_not_null().sum())
            yield _unsalted(name, algorithm, filled, undone, texts)
            return


def _short(name: str, texts: pl.DataFrame, tokens: Mapping[str, str]) -> str | None:
    """Whether a column holds sums of four bytes or digests cut to that, or digests as numbers."""
    if name in tokens:
        return None
    some = drawn(texts[name].drop_nulls())
    if len(some) < 50 or some.n_unique() < 0.5 * len(some):
        return None
    # A word of eight letters and a date of eight digits are none.
    if (
        matching(some, "^(?:0x)?(?:[0-9a-f]{8}|[0-9A-F]{8}|[0-9a-f]{10})$") == 1
        and matching(some, "[A-Fa-f]") > 0.9
    ):
        return "hex"
    if matching(some, "^-?[0-9]{6,10}$|^[0-9]{17,20}$") > 0.99:
        if matching(some, "^-") > 0.2 and matching(some, "^-?[0-9]{8,10}$") > 0.5:
            return "numbers"
        numbers = some.str.extract("^-?([0-9]+)$").cast(pl.Float64)
        top = float(numbers.max() or 0)  # type: ignore[arg-type]
        # Sums fill their space: of four bytes, with a sign or without, or of eight.
        for bits in (31, 32, 63, 64):
            full = 2.0**bits
            if 0.95 * full < top <= full and 0.4 < float(numbers.median() or 0) / full < 0.6:  # type: ignore[arg-type]
                return "numbers"
    return None


def _held(values: pl.Series, shape: str) -> Held | None:
    """The codes of a column as numbers; None where they are of different lengths or no digests."""
    distinct = values.drop_nulls().unique()
    if shape == "numbers":
        wide = max(distinct.str.len_chars(), default=0) > 12
        space = 2 ** (64 if wide else 32)
        whole = distinct.filter(distinct.str.contains("^-?[0-9]+$"))
        numbers = np.array([int(one) % space for one in whole], np.uint64)
        return Held(np.unique(numbers), 8 if wide else 4, 16, _CUT if wide else digests.SUMS)
    if shape == "hex":
        distinct = distinct.str.replace_all("^0[xX]|[^0-9A-Fa-f]", "")
    else:
        distinct = distinct.str.strip_chars_end("=")
    if distinct.str.len_chars().n_unique() != 1:
        return None
    if shape == "hex":
        characters = len(distinct[0])
        blobs = [bytes.fromhex(one) for one in distinct.str.slice(0, characters // 2 * 2)]
    else:
        # A digest is 16 to 64 bytes; what is no base64 of those is some other code.
        try:
            blobs = [_decoded(one, shape) for one in distinct]
        except (ValueError, binascii.Error):
            return None
        characters = 2 * len(blobs[0])
    algorithms = _ALGORITHMS.get(characters, _CUT)
    width = min(8, len(blobs[0]))
    if characters == 32 and (version := _version(blobs)):
        # Of a code of random bits nothing is to be undone; of one of a name six bytes are whole.
        if version == 4:
            return None
        algorithms, width = (f"uuid{version}",), 6
    if width < 4 or len(distinct) < 10:
        return None
    numbers = np.array([int.from_bytes(one[:width]) for one in blobs], np.uint64)
    return Held(np.unique(numbers), width, characters, algorithms)


def _decoded(code: str, shape: str) -> bytes:
    if shape == "base32":
        return base64.b32decode(code + "=" * (-len(code) % 8))
    return base64.urlsafe_b64decode(
        code.replace("+", "-").replace("/", "_") + "=" * (-len(code) % 4)
    )


def _version(blobs: Sequence[bytes]) -> int | None:
    """The version of universally unique identifiers (RFC 9562), if these are such."""
    if {one[8] >> 6 for one in blobs} != {2} or len(blobs) < 20:
        return None
    versions = {one[6] >> 4 for one in blobs}
    return versions.pop() if versions in ({3}, {4}, {5}) else None


def _reverse(
    held: Held, algorithm: str, texts: pl.DataFrame, in_hand: "InHand", *, is_keyed: bool
) -> int:
    """How many guesses are behind the codes; it stops when enough prove it."""
    for told in ("own", "born"):
        if found := _tried(held, [in_hand(told, algorithm)]):
            return found
        if is_keyed:
            return 0
    usual = algorithm in _usual(held)
    for family in guesses.families().values():
        if not usual and family.name not in _CHEAP:
            continue
        if held.width < 6 and family.space > (1e8 if algorithm in _LIKELY else 2e7):
            # More guesses than codes of four bytes can be told apart from.
            continue
        rounds = _rounds(family, usual)
        blocks = range(_blocks(family, len(held.codes), rounds, _WANTED.get(held.width, 9)))
        if found := _tried(held, (_kept(family.name, one, algorithm) for one in blocks)):
            return found
    if usual and held.width == 8:
        return _tried(held, [digests.forms(guesses.beside(texts), algorithm, twice=False)])
    return 0


# Hits that are hoped for, by the bytes of a code: more where some may be chance (`Held.least`).
_WANTED: Final = {8: 6, 4: 12}
InHand = Callable[[str, str], Sequence[Numbers]]


def _in_hand(texts: pl.DataFrame, terms: Terms) -> InHand:
    """Digests of what the registers and the release tell, made once for all of its columns."""
    told = {
        "own": cache(lambda: guesses.own(texts, terms)),
        "born": cache(lambda: guesses.born(texts)),
    }

    @cache
    def made(which: str, algorithm: str) -> Sequence[Numbers]:
        some = told[which]()
        return digests.forms(some, algorithm, twice=algorithm in _CUT) if some else []

    return made


def _tried(held: Held, blocks: Iterable[Sequence[Numbers]]) -> int:
    """How many codes are among the digests; 0 where so few may be by chance."""
    found = tried = 0
    for block in blocks:
        for some in block:
            found, tried = found + held.hits(some), tried + len(some)
        if found >= max(_ENOUGH, held.least(tried)):
            break
    return found if found and found >= held.least(tried) else 0


def _usual(held: Held) -> tuple[str, ...]:
    """The algorithms a digest of this length usually is of.

    A whole MD5 is likelier than the half of anything longer; 64 characters are either of two.
    """
    if len(held.algorithms) == 1 or held.width == 4:
        return held.algorithms
    if held.characters not in _ALGORITHMS:
        return held.algorithms[:3]
    return held.algorithms[: 2 if held.characters == 64 else 1]


def _rounds(family: guesses.Family, usual: bool) -> int:
    """How many blocks of random guesses a family is worth."""
    if not usual:
        return 10
    return 25 if family.name in _SALTED else 80


def _blocks(family: guesses.Family, held: int, rounds: int, hits: int) -> int:
    """How many blocks of random guesses hit codes held so many times, within reason.

    None where so many would hit nothing: a hundred telephones among all there are.
    """
    if not family.block:
        return 1
    wanted = int(hits * family.space / max(1, held) / family.block) + 1
    return min(rounds, wanted) if wanted <= 24 * rounds else 0


# The same list serves every column and every release a process judges: 400 KB a block and form.
@lru_cache(maxsize=1200)
def _kept(family: str, block: int, algorithm: str) -> tuple[Numbers, ...]:
    often = algorithm in {"md5", "sha1", "sha256", "sm3"}
    twice = (
        often
        and family in {"identities", "local mobiles"}
        and block < (12 if algorithm == "md5" else 5)
    )
    return tuple(digests.forms(guesses.families()[family].guesses(block), algorithm, twice))


def _unsalted(name: str, algorithm: str, records: int, hits: int, texts: pl.DataFrame) -> Finding:
    shown = digests.digester(algorithm)(b"13800000000").hex()[:8]
    return Finding(
        "UNSALTED_HASH",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」是未加密钥的 {algorithm.upper()} 散列：用字典试出 {hits} 个原值，"
        "其余同样可以穷举。",
        f"column {name} is a plain {algorithm} hash: {hits} values were found by listing; "
        "the others can be listed as well.",
        "改用带密钥假名（HMAC-SM3），密钥不随数据流转。",
        "Use a keyed pseudonym (HMAC-SM3); the key never travels with the data.",
        f"例：对 13800000000 计算 {algorithm.upper()} 得 {shown}…，逐个号码计算后比对即知原值",
        f"for example {algorithm} of 13800000000 is {shown}…: compute every number and compare",
    )
