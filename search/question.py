"""What a person typed, split into the parts that carry meaning.

Terms of the dictionary are matched first, then words that ask are taken out of what is left; so
的士 keeps its 的, and 「哪里可以办结婚证」 is a question about 结婚证. Before both, what is asked
of the data elements is set apart: 「要有联系电话字段的企业表」 wants 联系电话 among them.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from search import analysis, needed
from search.part import Part
from search.synonyms import Lexicon, delivered

LONGEST_TEXT = 256
MOST_CLAUSES = 32
WEAK = 0.6
TOLD = 0.5
BESIDE = 0.8
LONE = 0.4
DEAR = 0.5
LONGEST_KERNEL = 4
GUESS = 0.7
MOST_STEMS = 3
LONGEST_STEM = 4
SHORTEST_SENTENCE = 7


@dataclass(frozen=True)
class Refusal:
    """A word somebody does not want, and the stretch of his question that says so."""

    word: str
    start: int
    end: int


@functools.lru_cache(maxsize=2_048)
def parts(text: str, lexicon: Lexicon | None = None) -> tuple[Part, ...]:
    """Split a question; total over any string, at most 256 characters and 32 clauses of it.

    Without a dictionary the one delivered is used.
    """
    words = lexicon or delivered()
    plain = analysis.between(wanted(text[:LONGEST_TEXT]))
    found = tuple(_capped(_asked(words, plain)) or _capped(_parts(words, plain, _runs)))
    if len(found) > 1:
        found = tuple(replace(one, weight=LONE) if one.is_lone else one for one in found)
    found = tuple(_ended(words, one) for one in found)
    found = _guessed(plain, tuple(map(_listed(found), found)))
    found = needed.instead(plain, _told_together(words, plain, found))
    found = _numbered(
        plain, needed.spared(words.units, needed.said_once(found), " " not in plain.strip())
    )
    if any(part.is_required for part in found):
        return found
    return tuple(replace(part, is_required=True, weight=1.0) for part in found)


def _listed(found: tuple[Part, ...]) -> Callable[[Part], Part]:
    """Need no word for a list beside what it lists: 公证员名单 is as often called 公证员."""
    wanted = [one for one in found if one.is_required and one.text not in _weak()]
    is_known = wanted and all(one.is_term for one in wanted)
    if not is_known or any(one.is_element or one.may_be_element for one in found):
        return lambda part: part
    return lambda part: replace(part, is_required=False) if part.text in _weak() else part


def _ended(words: Lexicon, part: Part) -> Part:
    """Let what ends in one word for a kind of thing be found by the others: 献血点 is 献血屋."""
    if not part.is_required or part.is_element or part.is_told or not part.is_han:
        return part
    for row in _endings():
        if part.touches and part.text in row["after"]:
            return replace(part, endings=(("", tuple(row["apart"])),))
        for ending in row["after"]:
            stem = part.text.removesuffix(ending)
            if stem == part.text or len(stem) < 2 or (part.is_term and not row["known"]):
                continue
            known = words.terms.get(stem)
            same = _stems(known.same if known else ())
            others = tuple(one for one in row["words"] if one != ending)
            return replace(
                part, endings=((stem, others), *((one, (ending, *others)) for one in same))
            )
    return part


def _stems(same: Iterable[str]) -> tuple[str, ...]:
    """Give what a stem may be called instead, as far as a question can afford it."""
    return tuple(one for one in same if not one.isascii() and len(one) <= LONGEST_STEM)[:MOST_STEMS]


def _guessed(plain: str, found: tuple[Part, ...]) -> tuple[Part, ...]:
    """Trust less what no dictionary knows of a spoken sentence of which it knows something.

    Of 「水管爆了打哪个电话抢修」 it leaves 水管爆, and the lone 管 or 爆 would lead anywhere.
    """
    is_spoken = (
        len(plain) >= SHORTEST_SENTENCE
        and " " not in plain.strip()
        and any(_is_asked(one) for one in _markers().finditer(plain))
    )
    if not is_spoken or not any(one.is_required and one.is_term for one in found):
        return found
    is_about_more = any(one.is_required and one.is_term and one.text not in _who() for one in found)
    return tuple(map(functools.partial(_less, is_about_more), found))


def _less(is_about_more: bool, part: Part) -> Part:
    """Trust an unknown part less; who somebody asks for is only told, where he asks for more.

    「孩子上幼儿园要交多少钱」 asks for fees of kindergartens, and few of these name a child.
    """
    if needed.is_unknown(part):
        return replace(part, is_guess=True, weight=min(part.weight, GUESS))
    if is_about_more and part.text in _who() and not (part.is_element or part.may_be_element):
        return replace(part, is_required=False, weight=min(part.weight, TOLD))
    return part


def _numbered(plain: str, found: tuple[Part, ...]) -> tuple[Part, ...]:
    """Read the number of a standard as it is written: GB of 「GB/T 2260」 is nobody's initials.

    The letter that says how binding it is is left out as often as not.
    """
    written = _STANDARD.findall(plain)
    if not written:
        return found
    bodies = {word for body, _, _ in written for word in body.split()}
    kinds = {kind for _, kind, _ in written if kind}
    return tuple(
        replace(part, is_literal=True, is_required=False, weight=LONE)
        if part.text in kinds
        else replace(part, is_literal=part.text in bodies)
        for part in found
    )


def _is_asked(marker: re.Match[str]) -> bool:
    """Tell whether a word asks, wherever it stands: 吗 does at the end, 不 of 不动产 never."""
    is_end = marker.end() == len(marker.string.rstrip())
    return marker.lastgroup == "question" and (is_end or len(marker.group()) > 1)


def understood(text: str, lexicon: Lexicon | None = None) -> bool:
    """Tell whether anything that must be there is known, as a term, a sound of one, or a code.

    Of 「火星移民」 nothing is: what shares two characters with it is close to nothing asked for.
    """
    return any(
        part.is_term or part.is_alike or not part.is_han
        for part in parts(text, lexicon)
        if part.is_required
    )


def refusals(text: str) -> tuple[Refusal, ...]:
    """Give what a question does not want: `-幼儿园`, 「不要幼儿园」, 「除了幼儿园以外」.

    Nothing where the question would be left without a word. A hyphen within a title parts nothing,
    nor does one with blanks on both sides; 非 names a kind (非遗, 非机动车) and refuses nothing.
    """
    asked = text[:LONGEST_TEXT]
    found = tuple(
        Refusal(match[name], match.start(), match.end())
        for match in _REFUSED.finditer(asked)
        if (name := match.lastgroup) and _is_word(match[name])
    )
    return found if found and analysis.between(_without(asked, found)).strip() else ()


def wanted(text: str) -> str:
    """Give a question without what it refuses."""
    return _without(text, refusals(text)) if _REFUSED.search(text) else text


def _without(text: str, refused: Iterable[Refusal]) -> str:
    for one in reversed(tuple(refused)):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def without(text: str, refusal: Refusal) -> str:
    """Give the question as it is when this refusal is taken back."""
    return " ".join(_without(text, (refusal,)).split())


def _is_word(text: str) -> bool:
    """Tell whether a text is something to refuse, and no question of its own."""
    plain = analysis.between(text).strip()
    return bool(plain) and not any(m.lastgroup == "question" for m in _markers().finditer(plain))


def _asked(words: Lexicon, plain: str) -> Iterator[Part]:
    """Set apart the situation somebody tells of before he asks, unless nothing else is known."""
    told = _SITUATION.match(plain)
    rest = list(_framed(words, plain[told.end() :])) if told else []
    if told is None or not any(part.variants for part in rest):
        yield from _framed(words, plain)
        return
    for part in _parts(words, told["situation"], _meaning):
        yield replace(part, is_required=False, weight=TOLD)
    yield from rest


def _framed(words: Lexicon, plain: str) -> Iterator[Part]:
    """Split at what is asked of the data elements, where a question says so."""
    at = 0
    for frame in _ELEMENTS.finditer(plain):
        yield from _parts(words, plain[at : frame.start()], _meaning)
        asked = frame["elements"] or frame["named"]
        for name in _AND.split(asked or frame["held"] or frame["listed"]):
            for part in _parts(words, name, _meaning):
                is_asked = part.is_required and bool(asked)
                yield replace(part, is_element=is_asked, may_be_element=part.is_required)
        at = frame.end()
    yield from _parts(words, plain[at:], _meaning)


def _told_together(words: Lexicon, plain: str, found: tuple[Part, ...]) -> tuple[Part, ...]:
    """Put what several words of a question mean together in their place.

    The words themselves still help the order, and so does what no dictionary knows: of a question
    that is understood no entry has to hold the rest.
    """
    names = [
        part.text
        for part in found
        if (part.is_term and part.text not in _asks())
        # 多少 of 多少钱 counts nothing.
        or _asks().get(part.text, ((), 0.0))[1] > DEAR
        # 批复文号 asked for as a data element tells of no permit.
        or (part.may_be_element and len(part.text) >= LONGEST_KERNEL)
    ]
    things = words.together(plain, names)
    if not things:
        return found
    # Words typed apart are each meant, a place or a unit among them.
    is_sentence = " " not in plain.strip()
    # What the dictionary knows word for word is asked for as it is written.
    is_known = all(part.is_term or part.is_alike for part in found if part.is_required)
    wholes = (
        Part(
            "".join(told.words),
            told.term.same,
            told.term.related,
            told.term.near,
            is_required=not is_known,
            is_told=True,
            weight=BESIDE if is_known else 1.0,
        )
        for told in things
    )
    said = tuple(word for told in things for word in told.words)
    return (
        *(_besides(part, said) if is_known else _behind(part, said, is_sentence) for part in found),
        *wholes,
    )


def _besides(part: Part, told: tuple[str, ...]) -> Part:
    """Spare a part where no entry holds every word and what they mean together is held."""
    return replace(part, is_spare=part.is_required and any(word in part.text for word in told))


def _behind(part: Part, told: tuple[str, ...], is_sentence: bool) -> Part:
    """Put a part behind what several words mean together, if it is of them or nobody knows it."""
    if part.is_element or part.is_alike:
        return part
    if (part.is_term or not is_sentence) and not any(word in part.text for word in told):
        return part
    weight = part.weight if part.is_term else min(part.weight, TOLD)
    return replace(part, is_required=False, weight=weight)


def stretches(found: Iterable[Part]) -> list[str]:
    """Join the parts that touch, so that bigrams across their borders are seen."""
    joined: list[str] = []
    for part in found:
        if part.is_told:
            continue
        if part.touches and joined:
            joined[-1] += part.text
        else:
            joined.append(part.text)
    return joined


Piece = tuple[int, int, bool]
"""Start, end, and whether an entry must hold it."""


def _parts(
    words: Lexicon, plain: str, cut: Callable[[str, int, int], Iterator[Piece]]
) -> Iterator[Part]:
    last = -1
    for start, end, term in words.segments(plain):
        if term is not None:
            text = plain[start:end]
            others = term.same, term.related, term.near
            yield Part(
                text,
                *others,
                touches=start == last,
                alike=term.alike,
                made_of=() if term.alike else tuple(_halves(words, text)),
            )
            last = end
            continue
        for at, to, is_required in cut(plain, start, end):
            weight = 1.0 if is_required else WEAK
            text, touches = plain[at:to], at == last
            if text in _asks() and not is_required:
                asked, weight = _asks()[text]
                yield Part(text, related=asked, is_required=False, weight=weight)
                continue
            if is_required and (one := _kernel(words, text)):
                alone = words.terms[one]
                yield Part(one, alone.same, alone.related, alone.near)
                continue
            # Of several words in pinyin each sounds like too much: only a whole question is heard.
            heard = words.heard(text) if text == plain.strip() else None
            if heard is None:
                yield Part(text, is_required=is_required, touches=touches, weight=weight)
            else:
                others = heard.same, heard.related, heard.near
                yield Part(text, *others, touches=touches, is_heard=True)
            last = to


def _halves(words: Lexicon, term: str) -> Iterator[tuple[str, str]]:
    """Give the two words a term is made of, unless the second only says what kind of thing it is.

    公证机构 is no 登记机构 that has to do with 公证.
    """
    return (halves for halves in words.halves(term) if halves[1] not in _kinds())


def _meaning(plain: str, start: int, end: int) -> Iterator[Piece]:
    """Take question words out of a stretch outside the dictionary, and set weak words apart."""
    for word in _markers().finditer(plain, start, end):
        yield from _runs(plain, start, word.start())
        if word.lastgroup == "weak" or word.group() in _asks():
            yield word.start(), word.end(), False
        start = word.end()
    yield from _runs(plain, start, end)


def _kernel(words: Lexicon, run: str) -> str:
    """Give the one character of a short run that carries its meaning: 塌 of 会塌, 欠 of 欠了.

    "" where the dictionary knows no such word, or more than one is left.
    """
    if len(run) > LONGEST_KERNEL:
        return ""
    kept = [one for one in run if one not in _alone()]
    return kept[0] if len(kept) == 1 and kept[0] in words.terms else ""


def _runs(plain: str, start: int, end: int) -> Iterator[Piece]:
    for run in analysis.RUNS.finditer(plain, start, end):
        yield run.start(), run.end(), not _alone().issuperset(run.group())


def _capped(found: Iterable[Part]) -> list[Part]:
    """Keep the first parts that fit into the clauses a question may have."""
    kept: list[Part] = []
    left = MOST_CLAUSES
    for part in found:
        if left <= 0:
            break
        # A long run is cut, not dropped; a term of the dictionary is short and stays whole.
        kept.append(part if part.variants else replace(part, text=part.text[: left + 1]))
        left -= part.clauses
    return kept


# 「有」 alone also says that something exists; with the word for a field it can only mean one.
_HOLDERS = (
    r"(?:哪些|哪个|哪张|哪几个|什么|有没有)"
    r"(?:数据集|表格|表|数据|资源|条目|目录|单位|部门|委办局)(?:的?(?:表|数据|目录|资源))?(?:里面|里|中)?"
)
_ELEMENTS = re.compile(
    rf"(?:{_HOLDERS})?(?:要有|含有|包含|包括|带有|具有|含|带|有)?(?P<elements>[^\s的]{{2,20}}?)"
    r"(?:这个|等)?(?:字段|数据项|信息项|这一?[项栏列])(?:的|[^\w]|$)"
    r"|(?:含有|包含|包括|带有|具有|含|带|有)(?P<held>[^\s的有没什哪多]{2,14}?)的(?=[^\s]{2})"
    rf"|{_HOLDERS}(?:(?:可以|能)看到|记录了|写着|含有|包含|包括|带有|具有|含|带|有)"
    r"(?P<listed>[^\s的没什哪多]{2,14})$"
    r"|(?:with|having) (?P<named>[a-z' -]{2,40}?) fields?\b"
)
# 「买房想看看开发商有没有资质」 asks for developers, whoever buys.
_SITUATION = re.compile(
    rf"(?P<situation>[{analysis.HAN}]{{2,10}}?)"
    r"(?:之后|以后|后(?![遗勤期续台备])|之前|的时候"
    r"|我?想(?:要|看看|查|知道|了解|问|找|看|办|开|买|租|学|考|领|申请|刻|报))"
    rf"(?=[{analysis.HAN}]{{3,}})"
)
_WHICH = re.compile("哪(?:一|几)?[个家些](公司|企业|单位|部门|机构|店|厂家)")
# GB/T 2260, GA/T 704, GB 11643, ISO 19115: of a trade only with the letter between.
_STANDARD = re.compile(
    r"(?<![a-z0-9])([a-z]{2,4}(?= [tz] )|gb|gbz|db|iso)(?: ([tz]))? ?(\d{2,6})(?![a-z0-9])"
)
_STOP = r"(?=[\s，,。；;、？?]|$)"
_BEFORE = r"(?:(?<=[\s，,。；;、])|^)"
_REFUSED = re.compile(
    rf"(?:(?<=\s)|^)[-－−](?P<minus>[{analysis.HAN}a-zA-Z][^\s，,]{{0,23}})"
    # 「不要钱的停车场」 and 「要不要户口本」 refuse nothing: what is not wanted ends the clause.
    r"|[，,。；;、\s]*(?<!要)(?:但是?|且|并且?)?(?:不要|不想要|不含|不包括|不包含|排除)"
    rf"(?P<no>[{analysis.HAN}a-zA-Z]{{2,12}}?)的?{_STOP}"
    rf"|{_BEFORE}除了?(?P<but>[{analysis.HAN}a-zA-Z]{{2,12}}?)(?:以外|之外)的?[，,]?"
    rf"|{_BEFORE}除了(?P<besides>[{analysis.HAN}a-zA-Z]{{2,12}}?)(?=还有|[，,])[，,]?"
)
# 没收 and 没落 are words of their own, and so is 是非; 没登记 and 是危房 are not. Of 「怎么报名」
# the question is 怎么, and what is asked is 报名.
_NOT_BEFORE = {
    "没": "(?![收落])",
    "是": "(?!非)",
    "怎么报": "(?![名销废考警案税备])",
    "怎么领": "(?![养证取])",
    "怎么交": "(?![通易税])",
    "怎么用": "(?![电水地工])",
    "怎么收": "(?![养])",
}
_AND = re.compile("和|与|及|以及|、| and ")


@functools.cache
def _alone() -> frozenset[str]:
    return frozenset(analysis.table("questions")["alone"])


@functools.cache
def _weak() -> frozenset[str]:
    return frozenset(analysis.table("questions")["weak"])


@functools.cache
def _asks() -> Mapping[str, tuple[tuple[str, ...], float]]:
    """Give the words that ask for a kind of data, and what titles call it: 多少钱 is 价格.

    With the weight it has in the order.
    """
    rows = analysis.table("questions")["asks"]
    return {word: (tuple(row["for"]), row["weight"]) for row in rows for word in row["words"]}


@functools.cache
def _who() -> frozenset[str]:
    """Give the words for those somebody asks for: his children, his parents."""
    kinds = analysis.table("together")["kinds"]
    return frozenset((*kinds["孩子"], *kinds["老人"]))


@functools.cache
def _endings() -> tuple[Mapping[str, Any], ...]:
    """Give the words titles end in for one kind of thing."""
    return tuple(analysis.table("questions")["endings"])


@functools.cache
def _kinds() -> frozenset[str]:
    """The words titles end in for a kind of thing, which say nothing alone."""
    return frozenset(word for row in _endings() for word in row["words"])


@functools.cache
def _markers() -> re.Pattern[str]:
    words = analysis.table("questions")
    asking = _alternatives((*words["words"], *_asks()))
    weak = _alternatives(words["weak"])
    return re.compile(f"(?P<question>{asking})|(?P<weak>{weak})")


def _alternatives(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(map(_alternative, longest_first))


def _alternative(word: str) -> str:
    if word.isascii():
        return rf"(?<![a-z0-9]){word}(?![a-z0-9])"
    if word == "市":
        # After one character it ends no name of a city: 护市执业 is 护士执业 typed wrongly.
        return rf"(?<![{analysis.HAN}])市|(?<=[{analysis.HAN}]{{2}})市"
    return re.escape(word) + _NOT_BEFORE.get(word, "")
