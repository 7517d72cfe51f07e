"""Do one piece of work with one peer, in the peer's own environment; print what came as JSON.

Run by `peers.py`, which says what is compared. Nothing of the product is imported here.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUASI = (
    "sex", "age", "race", "marital-status", "education", "native-country", "workclass",
    "occupation",
)  # fmt: skip
SECRET = "salary-class"


def pycanon(folder: Path) -> dict[str, Any]:
    """k, l and t of Adult."""
    import pandas as pd
    from pycanon import anonymity

    data = pd.read_csv(folder / "adult.csv", sep=";", dtype=str)
    began = time.process_time()
    k = anonymity.k_anonymity(data, list(QUASI))
    l = anonymity.l_diversity(data, list(QUASI), [SECRET])  # noqa: E741
    t = anonymity.t_closeness(data, list(QUASI), [SECRET])
    return {"k": int(k), "l": int(l), "t": float(t), "cpu": time.process_time() - began}


def anjana(folder: Path) -> dict[str, Any]:
    """Adult made 5- and 10-anonymous by its hierarchies, and what that cost."""
    import pandas as pd
    from anjana.anonymity import k_anonymity

    data = pd.read_csv(folder / "adult.csv", sep=";", dtype=str)
    trees = {
        name: dict(
            pd.read_csv(folder / f"adult_hierarchy_{name}.csv", sep=";", header=None, dtype=str)
        )
        for name in QUASI
    }
    made = {}
    for k in (5, 10):
        began = time.process_time()
        done = k_anonymity(data, [], list(QUASI), k, 5, trees)
        spent = time.process_time() - began
        lost = 0.0
        for name in QUASI:
            lost += _lost(done[name], trees[name])
        gone = len(data) - len(done)
        ncp = (lost + gone * len(QUASI)) / (len(data) * len(QUASI))
        made[str(k)] = {"ncp": ncp, "suppressed": gone, "cpu": spent}
    return made


def _lost(column: Any, tree: Any) -> float:
    """The penalty of a column: what a cell could be, of all that it could have been."""
    leaves = len(tree[0])
    spread: dict[str, float] = {}
    for level in tree:
        counts = tree[level].value_counts()
        for value, many in counts.items():
            spread.setdefault(str(value), (many - 1) / max(1, leaves - 1))
    return float(sum(spread.get(str(one), 1.0) for one in column))


# --- presidio -------------------------------------------------------------------------------

_NAMED = {
    "EMAIL_ADDRESS": "EMAIL",
    "IP_ADDRESS": "IP",
    "CREDIT_CARD": "BANK_CARD",
    "PHONE_NUMBER": "MOBILE",
    "MAC_ADDRESS": "MAC",
    "DATE_TIME": "BIRTH_DATE",
}


def _checked(digits: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(a) * b for a, b in zip(digits, weights, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def _credit(code: str) -> bool:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(one) * 3**n for n, one in enumerate(code[:17]))
    return alphabet[(31 - total % 31) % 31] == code[17]


_OWN: dict[str, tuple[str, Callable[[str], bool] | None]] = {
    "ID_CARD": (r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\d)", _checked),
    "MOBILE": (r"(?<!\d)1[3-9]\d{9}(?!\d)", None),
    "LANDLINE": (r"(?<!\d)0\d{2,3}-[2-8]\d{6,7}(?!\d)", None),
    "USCC": (r"\b[1-9ANY][0-9A-Z]\d{6}[0-9A-HJ-NP-RTUWXY]{10}\b", _credit),
    "PLATE": (r"[京津冀晋蒙辽吉黑沪苏浙皖鲁豫鄂湘粤川贵陕甘青宁新][A-Z]·?[A-Z0-9]{5,6}", None),
    "PASSPORT": (r"\bE[A-Z0-9]\d{7}\b", None),
    "MAC": (r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b", None),
    "GPS": (r"\b1[0-3]\d\.\d{4,},\s?\d{2}\.\d{4,}\b", None),
    "ADDRESS": (r"\w{2,}(?:区|镇|县)\w{2,}(?:路|街|小区|村)\w*\d+\w*(?:号|室|单元)", None),
    "PERSON": (r"^[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗]\w{1,2}$", None),
}  # fmt: skip


def _engine(own: bool) -> Any:
    """Presidio without a language model: none can be had from a package index."""
    import spacy
    from presidio_analyzer import (
        AnalyzerEngine,
        Pattern,
        PatternRecognizer,
        RecognizerRegistry,
    )
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

        def load(self) -> None:
            """Nothing to load."""

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=Blank())
    if own:
        for kind, (regex, check) in _OWN.items():

            class Own(PatternRecognizer):  # type: ignore[misc]
                holds = staticmethod(check) if check else None

                def validate_result(self, pattern_text: str) -> bool | None:
                    return self.holds(pattern_text) if self.holds else None

            registry.add_recognizer(
                Own(supported_entity=kind, patterns=[Pattern(kind, regex, 0.6)])
            )
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


def presidio(folder: Path) -> dict[str, Any]:
    """The kind of every column of the hard tables, as delivered and with own recognisers."""
    tables = json.loads((folder / "tables.json").read_text("utf-8"))
    made: dict[str, Any] = {}
    for title, own in (("as delivered", False), ("own recognisers", True)):
        engine = _engine(own)
        began, size, kinds = time.process_time(), 0, {}
        for table, columns in tables.items():
            kinds[table] = {}
            for name, cells in columns.items():
                size += sum(len(one.encode()) for one in cells)
                kinds[table][name] = _column(engine, cells)
        spent = time.process_time() - began
        made[title] = {"kinds": kinds, "cpu": spent, "speed": size / 1e6 / spent}
    return made


def _column(engine: Any, cells: list[str]) -> str | None:
    """The kind found in half of the cells, as presidio-structured decides."""
    votes: dict[str, int] = {}
    for one in cells:
        found = engine.analyze(text=one, language="en", score_threshold=0.4)
        for kind in {_NAMED.get(each.entity_type, each.entity_type) for each in found}:
            votes[kind] = votes.get(kind, 0) + 1
    best = max(votes, key=lambda kind: votes[kind], default=None)
    return best if best and votes[best] >= 0.5 * max(1, len(cells)) else None


def gate(folder: Path) -> dict[str, Any]:
    """Which releases a gate of Presidio with own recognisers refuses for what it reads."""
    engine = _engine(True)
    releases = json.loads((folder / "releases.json").read_text("utf-8"))
    direct = set(_OWN) - {"USCC", "GPS"} | {"EMAIL"}
    refused = {}
    began = time.process_time()
    for title, columns in releases.items():
        seen = 0
        for cells in columns.values():
            for one in cells:
                found = engine.analyze(text=one, language="en", score_threshold=0.4)
                seen += any(_NAMED.get(e.entity_type, e.entity_type) in direct for e in found)
        refused[title] = seen >= 2
    return {"refused": refused, "cpu": time.process_time() - began}


def small(folder: Path) -> dict[str, Any]:
    """Which releases pycanon finds below the k they claim."""
    import pandas as pd
    from pycanon import anonymity

    releases = json.loads((folder / "claims.json").read_text("utf-8"))
    return {
        title: anonymity.k_anonymity(pd.DataFrame(one["rows"]), one["quasi"]) < one["k"]
        for title, one in releases.items()
    }


if __name__ == "__main__":
    work = {
        "pycanon": pycanon,
        "anjana": anjana,
        "presidio": presidio,
        "gate": gate,
        "small": small,
    }
    done = work[sys.argv[1]](Path(sys.argv[2]))
    print("\n" + json.dumps(done, ensure_ascii=False, default=lambda one: one.item()))
