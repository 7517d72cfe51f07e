"""Codes that lead back: plain digests of what anybody can list, whatever the algorithm."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import polars as pl

from anonymization import beside, codes, digests, guesses, headers, namesakes, narrowed, trials
from anonymization.codes import Held
from anonymization.findings import Finding, Numbers, Terms, drawn, share, token
from anonymization.trials import Undone


def plain_hashes(
    texts: pl.DataFrame, words: pl.DataFrame, tokens: Mapping[str, str], terms: Terms
) -> list[Finding]:
    """Codes that are plain digests of what anybody can list; `words` are the `wordy` columns.

    Of codes that the run itself made under its key only what is in hand is tried: no list of
    people holds what a key of 32 bytes makes of them.
    """
    findings = []
    in_hand = _in_hand(texts, terms)
    short = {name: shape for name in words.columns if (shape := codes.short(name, words, tokens))}
    bare = {**codes.signed(words, tokens), **codes.reckoned(words, tokens)}
    signed = {name: shape for name, values in bare.items() if (shape := token(values))}
    salt = next((name for name in texts.columns if re.search(_SALT, name.lower())), None)
    for name, shape in {**tokens, **short, **signed}.items():
        if salt and name not in {salt, *terms.keyed} and _says_digest(name, texts[name], shape):
            findings.append(_beside_its_salt(name, salt, texts))
            continue
        held = codes.held(bare.get(name, texts[name]), shape)
        if held is None:
            continue
        undone = _from_hand(held, in_hand)
        if not undone and name not in terms.keyed:
            undone = trials.from_lists(held, headers.read(name).kinds) or _from_beside(
                held, in_hand
            )
        if undone:
            findings.append(_unsalted(name, *undone, texts))
        else:
            findings += _cut(name, held, texts, terms, in_hand)
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


def _cut(
    name: str, held: Held, texts: pl.DataFrame, terms: Terms, in_hand: "InHand"
) -> Iterator[Finding]:
    """A longer digest cut to the length of another, of what a register in hand holds."""
    if not terms.raw or name in terms.keyed or held.width < 6:
        return
    for algorithm in codes.CUT:
        if algorithm in held.algorithms:
            continue
        if undone := trials.tried(held, in_hand("cut", algorithm)):
            yield _unsalted(name, algorithm, undone, texts)
            return


def _from_hand(held: Held, in_hand: "InHand") -> Undone | None:
    """The codes undone with what the registers and the release tell."""
    for algorithm in filter(digests.known, held.algorithms):
        for told in ("own", "born"):
            if found := trials.tried(held, in_hand(told, algorithm)):
                return algorithm, found
    return None


def _from_beside(held: Held, in_hand: "InHand") -> Undone | None:
    """The codes undone with what a row leaves open, or salted by what stands in another column."""
    if held.width < 8:
        return None
    algorithms = [one for one in codes.usual(held) if digests.known(one)]
    few = ("narrowed",) if len(held.codes) <= _FEW_CODES else ()
    for which in (*few, "bound", "named", "named beside", "beside", "salted", "beside each"):
        for algorithm in algorithms:
            if found := trials.tried(held, in_hand(which, algorithm)):
                return algorithm, found
    for algorithm in algorithms:
        if found := trials.tried(held, _row_numbers(algorithm)):
            return algorithm, found
    return None


# Of more codes enough are among the numbers of the city that are drawn for all releases.
_FEW_CODES: Final = 200


@cache
def _row_numbers(algorithm: str) -> trials.Kept:
    """The digests with numbers of rows, which every release has: three MB each."""
    return trials.Kept(
        trials.shelved(f"row {number} {algorithm}", some, algorithm)
        for number, some in enumerate(beside.of_row_numbers())
    )


InHand = Callable[[str, str], Iterable[Sequence[Numbers]]]


def _in_hand(texts: pl.DataFrame, terms: Terms) -> InHand:
    """Digests of what the registers and the release tell, made once for all of its columns."""
    own = cache(lambda: guesses.own(texts, terms))
    born = cache(lambda: guesses.born(texts))
    drawn_ = {
        "beside": beside.of_many_rows,
        "bound": beside.of_what_is_left,
        "beside each": beside.of_each_row,
        "narrowed": narrowed.numbers,
        "salted": beside.of_people_told,
        "named": namesakes.alone,
        "named beside": namesakes.together,
    }

    @cache
    def guessed(which: str) -> trials.Kept:
        # To draw guesses costs a third of a digest: once for all algorithms.
        return trials.Kept(drawn_[which](texts))

    @cache
    def made(which: str, algorithm: str) -> Iterable[Sequence[Numbers]]:
        if which in drawn_:
            # As many as it takes, and kept for the other columns of codes.
            return trials.Kept(
                digests.forms(some, algorithm, twice=False) for some in guessed(which)
            )
        if which in {"own", "cut"}:
            twice = which == "own" and algorithm in codes.CUT
            return [digests.forms(own(), algorithm, twice)]
        some = born()
        tables = digests.forms(some, algorithm, twice=False)
        if algorithm in codes.CUT:
            # Digests of digests cost thrice as much: a part of them is proof enough.
            fewer = [rows[:_FEWER] for rows in some]
            tables += digests.forms(fewer, algorithm, twice=True)[len(tables) :]
        return [tables]

    return made


# Guesses that digests of digests are tried of.
_FEWER: Final = 20_000


def _unsalted(name: str, algorithm: str, hits: int, texts: pl.DataFrame) -> Finding:
    if algorithm.startswith(digests.KEYED):
        return _keyed_openly(name, algorithm, hits, texts)
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


def _keyed_openly(name: str, algorithm: str, hits: int, texts: pl.DataFrame) -> Finding:
    """Codes under a key that is no secret: a word that anybody tries first."""
    records = int(texts[name].is_not_null().sum())
    shown = digests.digester(algorithm)(b"123456" + digests.APART + b"13800000000").hex()[:8]
    called = algorithm.upper()
    return Finding(
        "UNSALTED_HASH",
        (name,),
        records,
        share(records, texts),
        f"列「{name}」的 {called} 用的密钥是谁都会先试的词（123456、salt、wuhai、年份一类）："
        f"试出 {hits} 个原值，其余同样可以穷举。",
        f"the key of the {called} in column {name} is a word anybody tries first (123456, salt, "
        f"wuhai, a year): {hits} values were found by listing; the others can be listed as well.",
        "改用 32 字节随机密钥（catalogue anonymize key），密钥不随数据流转。",
        "Use a random key of 32 bytes (catalogue anonymize key) that never travels with the data.",
        f"例：{called}(密钥 123456, 13800000000) = {shown}… → 与表中相同即得手机号",
        f"for example {called}(key 123456, 13800000000) = {shown}… → equal to a code, it is found",
    )
