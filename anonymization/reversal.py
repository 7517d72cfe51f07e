"""Codes that lead back: plain digests of what anybody can list, whatever the algorithm."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np
import polars as pl

from anonymization import digests, guesses, headers
from anonymization.findings import Finding, Numbers, Terms, drawn, matching, share, token

# So many hits are proof enough: of fewer than eight bytes, of eight.
_ENOUGH: Final = (50, 3)

# Algorithms by the characters of their hexadecimal form; the first are tried longest.
_ALGORITHMS: Final[Mapping[int, tuple[str, ...]]] = {
    8: (*digests.SUMS, "md5", "sm3", "sha256", "sha1"),
    16: ("md5", digests.MIDDLE, "sm3", "sha256", "sha1", "sha512"),
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
_SALTED: Final = frozenset(
    {"salted", "salted mobiles", "offices' mobiles", "salted regional", "landlines"}
)


@dataclass(frozen=True)
class Held:
    """The distinct codes of a column: the digests' first bytes as numbers, how many bytes.

    `characters` is the length of a code in hexadecimal; `algorithms` what may have made it.
    """

    codes: Numbers
    width: int
    characters: int
    algorithms: tuple[str, ...]

    @cached_property
    def _fronts(self) -> Numbers:
        """Which beginnings of two bytes the codes have."""
        made = np.zeros(1 << 16, np.bool_)
        made[self.codes >> np.uint64(8 * self.width - 16)] = True
        return made

    def hits(self, digests: Numbers) -> int:
        """How many codes held are among these digests (their first eight bytes)."""
        # Nearly all of them begin otherwise than any code: two bytes tell, without sorting.
        near = digests[self._fronts[digests.view("<u2")[3::4]]]
        near = np.unique(near >> np.uint64(64 - 8 * self.width))
        places = np.searchsorted(self.codes, near)
        places[places == len(self.codes)] = 0
        return int((self.codes[places] == near).sum())

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
        if salt and name not in {salt, *terms.keyed} and _says_digest(name, texts[name], shape):
            findings.append(_beside_its_salt(name, salt, texts))
            continue
        held = _held(bare.get(name, texts[name]), shape)
        if held is None:
            continue
        undone = _from_hand(held, in_hand)
        if not undone and name not in terms.keyed:
            undone = _from_lists(held, headers.read(name).kinds) or _from_beside(held, in_hand)
        if undone:
            findings.append(_unsalted(name, *undone, texts))
        else:
            findings += _cut(name, held, texts, terms)
    return findings


# A column that says it holds what was mixed into digests.
_DIGEST: Final = "hash|散列|哈希|摘要|digest|md5|sha[0-9]|sm3|hx$|密文"
_SALT: Final = (
    "盐$|盐值|加盐|随机盐|随机[串数码值]$|(?:混淆|扰动|干扰)[串码值项]"
    "|(?:^|_)(?:salts?|nonce|rnd|seed)(?:$|_)"
)


def _says_digest(name: str, values: pl.Series, shape: str) -> bool:
    """Whether a header or the length of its codes says that a column holds whole digests."""
    if re.search(_DIGEST, name.lower()):
        return True
    lengths = drawn(values.drop_nulls()).str.len_chars().unique()
    return shape == "hex" and lengths.to_list() in ([32], [40], [64], [128])


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
            yield _unsalted(name, algorithm, undone, texts)
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


# How many algorithms are usual for a length, if more than one.
_OFTEN: Final = {16: 4, 64: 2}
# The algorithm that codes were made with, and how many were undone.
Undone = tuple[str, int]


def _from_hand(held: Held, in_hand: "InHand") -> Undone | None:
    """The codes undone with what the registers and the release tell."""
    for algorithm in filter(digests.known, held.algorithms):
        for told in ("own", "born"):
            if found := _tried(held, in_hand(told, algorithm)):
                return algorithm, found
    return None


def _from_beside(held: Held, in_hand: "InHand") -> Undone | None:
    """The codes undone with what a row leaves open, or salted by what stands in another column."""
    if held.width < 8:
        return None
    for which in ("bound", "beside", "beside each"):
        for algorithm in filter(digests.known, _usual(held)):
            if found := _tried(held, in_hand(which, algorithm)):
                return algorithm, found
    return None


def _from_lists(held: Held, kinds: Sequence[str]) -> Undone | None:
    """The codes undone with what anybody can list; it stops when enough prove it.

    Block by block all algorithms are tried, those first that codes of this length usually are of.
    """
    usual = _usual(held)
    others = [one for one in held.algorithms if one not in usual]
    for algorithms, is_usual in ((usual, True), (others, False)):
        some = [one for one in algorithms if digests.known(one)]
        for family in guesses.families().values():
            if not is_usual and family.name not in _CHEAP:
                continue
            fit = [one for one in some if _told_apart(held, family, one)]
            # A code cut to a length of its own is of any of three: each gets half as long.
            part = 1 if held.characters in _ALGORITHMS else 2
            rounds = {
                one: _rounds(family, one, kinds) // part if is_usual else _RARELY for one in fit
            }
            if found := _listed(held, family, rounds):
                return found
    return None


def _told_apart(held: Held, family: guesses.Family, algorithm: str) -> bool:
    """Whether there are no more guesses than codes of four bytes can be told apart from."""
    return held.width >= 6 or family.space <= (1e8 if algorithm in _LIKELY else 2e7)


def _listed(held: Held, family: guesses.Family, rounds: Mapping[str, int]) -> Undone | None:
    hits = _WANTED.get(held.width, 9)
    if family.name in _DEAR and held.width == 8:
        hits = _FEW_HITS
    blocks = {one: _blocks(family, len(held.codes), most, hits) for one, most in rounds.items()}
    trials = {one: Trial(held) for one in rounds}
    for block in range(max(blocks.values(), default=0)):
        for algorithm, trial in trials.items():
            if block >= blocks[algorithm]:
                continue
            trial.add(_kept(family.name, block, algorithm))
            if trial.is_enough:
                return algorithm, trial.found
    proofs = ((one, trial.proven) for one, trial in trials.items())
    return next((one for one in proofs if one[1]), None)


# Hits that are hoped for, by the bytes of a code: more where some may be chance (`Held.least`).
_WANTED: Final = {8: 6, 4: 12}
_FEW_HITS: Final = 4
InHand = Callable[[str, str], Iterable[Sequence[Numbers]]]


def _in_hand(texts: pl.DataFrame, terms: Terms) -> InHand:
    """Digests of what the registers and the release tell, made once for all of its columns."""
    told = {
        "own": cache(lambda: guesses.own(texts, terms)),
        "born": cache(lambda: guesses.born(texts)),
    }
    drawn_ = {
        "beside": guesses.beside,
        "bound": guesses.bound,
        "beside each": guesses.beside_each,
    }

    @cache
    def made(which: str, algorithm: str) -> Iterable[Sequence[Numbers]]:
        if which in drawn_:
            # As many as it takes, and kept for the other columns of codes.
            return Kept(
                digests.forms(some, algorithm, twice=False) for some in drawn_[which](texts)
            )
        some = told[which]()
        if which == "own":
            return [digests.forms(some, algorithm, twice=algorithm in _CUT)]
        tables = digests.forms(some, algorithm, twice=False)
        if which == "born" and algorithm in _CUT:
            # Digests of digests cost thrice as much: a part of them is proof enough.
            fewer = [rows[:_FEWER] for rows in some]
            tables += digests.forms(fewer, algorithm, twice=True)[len(tables) :]
        return [tables]

    return made


class Kept:
    """What an iterator gives, as often as it is asked for, made no further than was asked."""

    def __init__(self, source: Iterable[Sequence[Numbers]]) -> None:
        self._source = iter(source)
        self._made: list[Sequence[Numbers]] = []

    def __iter__(self) -> Iterator[Sequence[Numbers]]:
        yield from self._made
        for one in self._source:
            self._made.append(one)
            yield one


# Guesses that digests of digests are tried of.
_FEWER: Final = 20_000


@dataclass
class Trial:
    """Digests compared with codes, as long as it takes."""

    held: Held
    found: int = 0
    tried: int = 0

    def add(self, tables: Iterable[Numbers]) -> None:
        """Compare more digests."""
        for some in tables:
            self.found += self.held.hits(some)
            self.tried += len(some)

    @property
    def is_enough(self) -> bool:
        """Whether the hits are so many that no more need be tried."""
        return self.found >= max(_ENOUGH[self.held.width == 8], self.held.least(self.tried))

    @property
    def proven(self) -> int:
        """How many codes were found, 0 where so few may be by chance."""
        return self.found if self.found >= max(1, self.held.least(self.tried)) else 0


def _tried(held: Held, blocks: Iterable[Sequence[Numbers]]) -> int:
    """How many codes are among the digests; 0 where so few may be by chance."""
    trial = Trial(held)
    for block in blocks:
        trial.add(block)
        if trial.is_enough:
            break
    return trial.proven


def _usual(held: Held) -> tuple[str, ...]:
    """The algorithms a digest of this length usually is of.

    A whole MD5 is likelier than the half of anything longer; 64 characters are either of two.
    """
    if len(held.algorithms) == 1 or held.width == 4:
        return held.algorithms
    if held.characters not in _ALGORITHMS:
        return held.algorithms[:3]
    return held.algorithms[: _OFTEN.get(held.characters, 1)]


def _rounds(family: guesses.Family, algorithm: str, kinds: Sequence[str]) -> int:
    """How many blocks of random guesses a family is worth: so many as a few seconds make.

    Where a header says what the codes are of, more of that and less of anything else.
    """
    if "MOBILE" in kinds and family.name == "mobiles":
        return _TELEPHONES
    if kinds and kinds[0] in _BEHIND and family.name in _DEAR:
        return 80 if family.name in _BEHIND[kinds[0]] else 8
    if family.name == "mobiles":
        return _CHEAPLY.get(algorithm, 80)
    return _ROUNDS.get(family.name, 80)


# Blocks for guesses with salts, which are each of a space of its own.
_ROUNDS: Final = {
    "landlines": 25,
    "salted mobiles": 20,
    "offices' mobiles": 25,
    "salted regional": 12,
    "salted": 16,
}
# Blocks for an algorithm that is not usual.
_RARELY: Final = 4
# Telephones of the whole country: of a thousand codes three are hit, so that one release in twenty
# goes unproven, and not one in three as with 80 blocks.
_TELEPHONES: Final = 240
# MD5 costs a half of SHA-256 and a third of SM3.
_CHEAPLY: Final = {"md5": 216, "sha1": 120, "sm3": 60}
# The families that cost most, and those of them that are behind codes of a kind.
_DEAR: Final = frozenset(
    {"identities", "mobiles", "regional mobiles", "names and births", *_SALTED} - {"landlines"}
)
_BEHIND: Final = {
    "MOBILE": frozenset(
        {"mobiles", "regional mobiles", "salted mobiles", "offices' mobiles", "salted regional"}
    ),
    "ID_CARD": frozenset({"identities", "salted"}),
}


def _blocks(family: guesses.Family, held: int, rounds: int, hits: int) -> int:
    """How many blocks of random guesses hit codes held so many times, within reason.

    None where so many would hit nothing: a hundred telephones among all there are.
    """
    if family.ends:
        # Of names, dates and numbers a part is listed: one code in thirty at least.
        return min(guesses.PARTS, int(30 * hits * family.space / max(1, held) / family.block) + 1)
    wanted = int(hits * family.space / max(1, held) / family.block) + 1
    return min(rounds, wanted) if wanted <= 24 * rounds else 0


def _kept(family: str, block: int, algorithm: str) -> tuple[Numbers, ...]:
    """The digests of a block of guesses; those that are often asked for are kept."""
    return (_made if block < _CHEAPLY.get(algorithm, 80) else _made.__wrapped__)(
        family, block, algorithm
    )


# The same list serves every column and every release a process judges: 400 KB a block and form.
@lru_cache(maxsize=1600)
def _made(family: str, block: int, algorithm: str) -> tuple[Numbers, ...]:
    often = algorithm in {"md5", "sha1", "sha256", "sm3"}
    twice = (
        often
        and family in {"identities", "local mobiles"}
        and block < (12 if algorithm == "md5" else 3)
    )
    return tuple(digests.forms(_drawn(family, block), algorithm, twice))


@lru_cache(maxsize=2)
def _drawn(family: str, block: int) -> list[Numbers]:
    """A block of guesses, for the algorithms that are tried on it in turn."""
    return guesses.families()[family].guesses(block)


def _unsalted(name: str, algorithm: str, hits: int, texts: pl.DataFrame) -> Finding:
    records = int(texts[name].is_not_null().sum())
    shown = digests.digester(algorithm)(b"13800000000").hex()[:8]
    algorithm = "md5" if algorithm == digests.MIDDLE else algorithm
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
