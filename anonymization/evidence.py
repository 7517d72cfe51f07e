"""The sentence that says why a column was read as it was, in Chinese and in English."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from anonymization import headers

Sentence: TypeAlias = tuple[str, str]

# Facts in braces; `zh` and `en` are what the kind is called.
_SENTENCES: Final[Mapping[str, Sentence]] = {
    "checked": ("{rows} 行中 {hits} 行通过校验位", "{hits} of {rows} rows pass the check digit"),
    "written": (
        "{rows} 行中 {hits} 行符合{zh}的写法",
        "{hits} of {rows} rows are written as {en}s",
    ),
    "old": (
        "{rows} 行中 {hits} 行像十五位的旧身份证号码",
        "{hits} of {rows} rows look like citizen numbers of 15 digits",
    ),
    "headed": (
        "列名含「{word}」，{rows} 行中 {hits} 行像{zh}",
        "the header says so and {hits} of {rows} rows look like a {en}",
    ),
    "spelled": ("{rows} 行中 {hits} 行用字像{zh}", "{hits} of {rows} rows read like a {en}"),
    "headed and spelled": (
        "列名含「{word}」，{rows} 行中 {hits} 行用字像{zh}",
        "{hits} of {rows} rows read like a {en}",
    ),
    "labelled": ("{rows} 行中 {hits} 行带有{zh}", "{hits} of {rows} rows carry a {en}"),
    "born": (
        "{rows} 行中 {hits} 行与「{beside}」中的出生日期相同",
        "{hits} of {rows} rows equal the birth date inside {beside}",
    ),
    "by chance": (
        "长得像{zh}，但只有 {passed:.0%} 符合规则，与偶然相当",
        "looks like a {en}, but only {passed:.0%} follow its rule, as by chance",
    ),
    "item": ("列名或取值像「{item}」", "header or values say {item_en}"),
    "day": (
        "到天的日期，共 {days} 种，各人不同：亲友、邻居和别的登记都知道",
        "{days} days, another for each person: friends, neighbours and other registers know them",
    ),
    "born about": (
        "取值是出生的年代或者年份，与其他列组合可认出个人",
        "values tell the decade or year of a birth; with other columns they tell people apart",
    ),
    "birthday": (
        "取值是不带年份的生日，亲友都知道",
        "values are birthdays without their year, which friends know",
    ),
    "month": (
        "到月的年月，跨很多年，共 {days} 种，各人不同",
        "{days} months of many years, another for each person",
    ),
    "telling": ("取值中有敏感信息（{item}）", "values tell what is sensitive ({item_en})"),
    "organisation": (
        "列名或同表的列表明是单位信息",
        "the header or the table says it is an organisation's",
    ),
    "masked": ("多数单元格已部分遮盖", "most cells are partly masked"),
    "empty": ("整列为空", "the column is empty"),
    "nothing": ("未发现个人信息", "no personal information found"),
}


def because(reason: str, kind: str | None = None, **facts: object) -> Sentence:
    """The sentence for a reason, with what it says of the kind and these facts in it."""
    if kind is not None:
        facts |= {one: headers.kinds()[kind][one] for one in ("zh", "en")}
    zh, en = _SENTENCES[reason]
    return zh.format(**facts), en.format(**facts)


def carried(rows: int, counts: Mapping[str, int]) -> Sentence:
    """The sentence for a column of text that holds so many identifiers of each kind."""
    known = [(headers.kinds()[kind], count) for kind, count in counts.items()]
    zh = "、".join(f"{count} 行夹带{kind['zh']}" for kind, count in known)
    en = ", ".join(f"{count} carry a {kind['en']}" for kind, count in known)
    return f"文字列，{rows} 行中 {zh}", f"text; of {rows} rows {en}"
