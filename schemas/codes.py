"""Code lists and tables of the domain, read from `codes/*.json`; labels, and the enums they make.

A list is either a file of `{"values": {code: {"zh", "en"}}}` or is derived from a table of
another shape by a row of `DERIVED`. A subset is named `<list>.<subset>`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

TABLES = Path(__file__).parent / "codes"
PROFILES = Path(__file__).parent / "profiles"

Labels = Mapping[str, Mapping[str, str]]


@cache
def table(name: str) -> Any:
    """The raw data of `codes/<name>.json`; shared, so never change it."""
    return json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))


@cache
def profile(name: str = "national-1272") -> Any:
    """A guide as data: obligation by pointer, labels, code rule, columns of its sheet."""
    return json.loads((PROFILES / f"{name}.json").read_text(encoding="utf-8"))


@cache
def names() -> tuple[str, ...]:
    """Every code list that has labels."""
    files = (path.stem for path in TABLES.glob("*.json") if path.stem not in DERIVED)
    plain = [name for name in files if "values" in table(name)]
    return tuple(sorted([*plain, *DERIVED]))


@cache
def values(name: str) -> Labels:
    """Every code of a list with its labels by language, in the order of the list."""
    listed, _, subset = name.partition(".")
    whole = DERIVED[listed]() if listed in DERIVED else table(listed)["values"]
    if not subset:
        return dict(whole)
    return {code: whole[code] for code in _subset(listed, subset)}


@cache
def labels(name: str, locale: str = "zh") -> Mapping[str, str]:
    """Label by code; a label without a translation falls back to the official Chinese.

    The tables hold English phrases; as the name of a choice one begins with a capital. A product
    name (pdf) has no translation and stays as it is.
    """
    listed = values(name)
    if locale == "zh":
        return {code: texts["zh"] for code, texts in listed.items()}
    spoken = {code: texts.get(locale, "") for code, texts in listed.items()}
    return {c: f"{t[0].upper()}{t[1:]}" if t else listed[c]["zh"] for c, t in spoken.items()}


def label(name: str, code: object, locale: str = "zh") -> str:
    """The label of a code; a code outside the list is printed as it stands."""
    if name == "class_path":
        return _class_path_label(str(code), locale)
    return labels(name, locale).get(str(code), str(code))


def branches(name: str, locale: str = "zh") -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """A tree to choose from, by branch: its label, then (path, label) of every place in it.

    Only `class_path` is a tree; another list has one branch without a label.
    """
    if name != "class_path":
        return [("", list(labels(name, locale).items()))]
    tree = labels("class_tree", locale)
    return [
        (
            f"{top} {word}",
            [(path, text) for path, text in tree.items() if path.startswith(f"{top}/")],
        )
        for top, word in tree.items()
        if "/" not in top
    ]


def code_of(name: str, text: str) -> str | None:
    """The code that `text` stands for; None when it is no word for one of the list.

    A code, its label in any language, or another word for it (`aliases` of the list), whatever the
    width and case of the letters; a code may miss the zeros in front that Excel drops.
    """
    return text if text in values(name) else _read(name).get(_plain(text))


def near(name: str, text: str) -> str | None:
    """The code that was probably meant, to be asked about: a word of `suggest`, or misspelt."""
    listed, _, _ = name.partition(".")
    known = values(name)
    words = _read(name)
    said = _plain(text)
    meant = table(_HOME.get(listed, listed)).get("suggest", {}) if listed in _ASKING else {}
    found = meant.get(said)
    if found in known:
        return str(found)
    close = get_close_matches(said, list(words), 1, 0.66) if len(said) > 1 else []
    return words[close[0]] if close else None


def format_class(value: object) -> str | None:
    """The code of a format class however it is written; None for what is none."""
    return code_of("format", value) if isinstance(value, str) else None


# Where the words of a list stand, if in no file of its name.
_HOME = {"format_type": "format"}
_ASKING = frozenset({path.stem for path in TABLES.glob("*.json")} | set(_HOME))


@cache
def _read(name: str) -> Mapping[str, str]:
    """Every word that is read as a code of the list; of two meanings the earlier rule wins."""
    listed, _, _ = name.partition(".")
    known = values(name)
    words = [(code, code) for code in known]
    words += [(text, code) for code, texts in known.items() for text in _said(texts)]
    words += [(_without_zeros(code), code) for code in known]
    home = table(_HOME.get(listed, listed)) if listed in _ASKING else {}
    aliases = home.get("class_aliases" if name == "format" else "aliases", {})
    words += [(word, code) for word, code in aliases.items() if code in known]
    found: dict[str, str] = {}
    for word, code in words:
        found.setdefault(_plain(word), code)
    return found


def _said(texts: Mapping[str, Any]) -> list[str]:
    return [texts[locale] for locale in ("zh", "en") if locale in texts]


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split()).casefold()


def _without_zeros(code: str) -> str:
    return "/".join(part.lstrip("0") or part for part in code.split("/"))


def class_path_of(text: str) -> str:
    """A class path as the tree writes it, from words or from numbers without the zeros in front.

    What cannot be read stays as it was typed.
    """
    parts = [part for one in normalize("NFKC", text).split("/") if (part := one.strip())]
    if not parts:
        return text
    tree = table("class_tree")["values"]
    top = _branch(tree, parts[0])
    if top is None:
        return text
    made = [top]
    if len(parts) > 1:
        made.append(_branch(tree[top]["items"], parts[1]) or parts[1])
    made += [one.zfill(3) if one.isascii() and one.isdigit() else one for one in parts[2:3]]
    return "/".join([*made, *parts[3:]])


def _branch(level: Labels, text: str) -> str | None:
    """The number of a branch from its number or its name, the words for "resources" left out."""
    said = _plain(text)
    for number, one in level.items():
        names = {_plain(number), _without_zeros(number), _plain(one["zh"]), _plain(one["en"])}
        if any(f"{said}{rest}" in names for rest in ("", "目录", "资源目录", "信息资源目录")):
            return number
    return None


# lists of another shape -----------------------------------------------------------------------


def _kinds() -> Labels:
    kinds = table("personal_information_kinds")["kinds"]
    return {kind["item"]: {"zh": kind["item"], "en": kind["en"]} for kind in kinds}


def _format_types(format_class: str | None = None) -> Labels:
    formats = table("format")
    chosen = [formats["values"][format_class]] if format_class else formats["values"].values()
    found: dict[str, Mapping[str, str]] = {}
    for one in chosen:
        for name in [*one["types"], *one.get("extension", [])]:
            found[name] = {"zh": name, **formats["labels"].get(name, {})}
    return found


def _classes(top: str | None = None) -> Labels:
    found: dict[str, Mapping[str, str]] = {}
    for number, branch in table("class_tree")["values"].items():
        if top is None:
            found[number] = {"zh": branch["zh"], "en": branch["en"]}
        if top in (None, number):
            found.update({f"{number}/{item}": texts for item, texts in branch["items"].items()})
    return found


def _rows(name: str, key: str, code: str = "id") -> Callable[[], Labels]:
    def listed() -> Labels:
        return {row[code]: {"zh": row["zh"], "en": row["en"]} for row in table(name)[key]}

    return listed


DERIVED: dict[str, Callable[[], Labels]] = {
    "pi_kind": _kinds,
    "format_type": _format_types,
    "class_tree": _classes,
    "base_library": lambda: _classes("1"),
    "theme": lambda: _classes("2"),
    "state": _rows("life", "states"),
    "step": _rows("life", "steps"),
    "mark": _rows("life", "marks"),
    "role": _rows("roles", "roles"),
    "act": _rows("roles", "may", "act"),
    "request_state": _rows("request_life", "states"),
    "exchange_step": lambda: {
        **_rows("request_life", "steps")(),
        **_rows("request_life", "demand_steps")(),
        **_rows("request_life", "other_events")(),
    },
    "stage": _rows("acceptance_gates", "stages"),
    "gate": _rows("acceptance_gates", "gates"),
    "project_kind": _rows("acceptance_gates", "applicability", "kind"),
    "na_reason": lambda: dict(table("acceptance_gates")["na_reasons"]),
    "result": _rows("acceptance_gates", "results"),
    "deadline": _rows("deadlines", "deadlines"),
    "paper": _rows("documents", "documents"),
    "identifier": _rows("identifiers", "identifiers", "kind"),
    "change_class": lambda: dict(table("life")["change_classes"]),
    "void": _rows("life", "voids", "what"),
}


def _subset(listed: str, subset: str) -> Iterable[str]:
    if listed == "format_type":
        return list(_format_types(subset))
    if listed == "pi_kind":
        return _kinds_that(subset)
    codes: list[str] = table(listed)["subsets"][subset]
    return codes


def _kinds_that(subset: str) -> list[str]:
    kinds = table("personal_information_kinds")
    if subset == "never_open":
        never: list[str] = kinds["never_open_kinds"]
        return never
    wanted = {"sensitive": 1, "ordinary": 0}[subset]
    return [kind["item"] for kind in kinds["kinds"] if kind["sensitive"] == wanted]


def _class_path_label(path: str, locale: str) -> str:
    parts = path.split("/")
    tree = labels("class_tree", locale)
    named = [tree.get("/".join(parts[: n + 1]), part) for n, part in enumerate(parts)]
    return " / ".join(named)


# schemas made from the lists -------------------------------------------------------------------


def schemas() -> list[tuple[str, dict[str, Any]]]:
    """What `$ref: "urn:wuhai:code:<list>"` and `urn:wuhai:words:<list>` stand for."""
    subsets = [f"format_type.{number}" for number in table("format")["values"]]
    subsets += [f"basis_kind.{name}" for name in table("basis_kind")["subsets"]]
    subsets += ["pi_kind.sensitive", "pi_kind.ordinary", "pi_kind.never_open"]
    made: dict[str, dict[str, Any]] = {
        f"urn:wuhai:code:{name}": {"enum": list(values(name))} for name in [*names(), *subsets]
    }
    # A self-describing format is named by its provider, so the whole list is open;
    # format_type.<class> is the closed list of one class.
    made["urn:wuhai:code:format_type"] = {"type": "string", "minLength": 1}
    made["urn:wuhai:code:class_path"] = {
        "x-rule": "class_path",
        "type": "string",
        "pattern": class_path_pattern(),
    }
    made["urn:wuhai:words:ban_words"] = {"pattern": "|".join(table("share_rules")["ban_words"])}
    made["urn:wuhai:words:mobile"] = {"pattern": mobile_pattern()}
    return [(urn, {"$id": urn, **schema}) for urn, schema in made.items()]


def mobile_pattern() -> str:
    """A mobile number among other words: as it is, or with its digits grouped.

    Full-width digits are digits. Part of a longer run of digits, as of an office number with its
    extension (0473-1391234-5678), is none.
    """
    (row,) = (one for one in table("identifiers")["identifiers"] if one["kind"] == "mobile")
    plain = re.sub(r"\\d|\[[^]]*\]|(?<!{)[0-9]", _either_width, row["regex"])
    grouped = re.sub(r"(\[[^]]*\])", "(?:[ -]*\\1)", plain)
    digit, nation = "0-9\uff10-\uff19", "[8\uff18][6\uff16]"
    last = f"(?:[^{digit}]|(?!\\n)$)"
    return (
        f"(?:^|[^{digit}])(?:{nation}|[0\uff10])?{plain}{last}"
        f"|(?:^|[^{digit} -])[ -]*(?:{nation}|[0\uff10])?{grouped}{last}"
    )


def _either_width(digits: re.Match[str]) -> str:
    """A class of ASCII digits, with the full-width ones beside them."""
    inner = {r"\d": "0-9"}.get(digits[0], digits[0].strip("[]"))
    return f"[{inner}{inner.translate({48 + n: 0xFF10 + n for n in range(10)})}]"


def class_path_pattern() -> str:
    """类/项 of the tree, then any 目 of three digits and 细目 of up to twelve."""
    branches = [
        f"{number}/({'|'.join(branch['items'])})"
        for number, branch in table("class_tree")["values"].items()
    ]
    return f"^({'|'.join(branches)})(/[0-9]{{3}}(/[0-9]{{1,12}})?)?(?!\\n)$"
