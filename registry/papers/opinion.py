"""Makes an opinion: the PDF with its payload, the detached signature, the note, one zip."""

import base64
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import segno

import schemas
from registry import signing
from registry.journal.tree import Head
from registry.papers import package, slip, wording

ATTACHMENT: Final = "opinion.json"
ANNEXED: Final = "annex.json"
_SHANGHAI: Final = timezone(timedelta(hours=8))
_REQUIRED: Final = (
    "number",
    "project",
    "issued_on",
    "result",
    "gates",
    "versions",
    "signers",
    "journal_head",
    "issuer",
)


class Unprintable(ValueError):
    """The font has no shape for a character; it is named, so a person can be asked."""

    def __init__(self, character: str) -> None:
        self.character = character
        points = " ".join(f"U+{ord(sign):04X}" for sign in character)
        super().__init__(f"the font has no shape for {character!r} ({points})")


def opinion(
    payload: Mapping[str, Any],
    key: signing.Key,
    *,
    inclusion: Sequence[Mapping[str, Any]] = (),
    font_folders: Sequence[Path] = (),
) -> bytes:
    """Give the zip of an opinion; the same payload and key give the same bytes.

    ``inclusion`` proves that journal rows stand in the tree of ``journal_head``: objects with
    ``what``, ``index``, ``leaf`` and ``path``, hashes in hexadecimal. ``font_folders`` are
    searched for characters Noto Sans SC lacks. Raises ValueError for an incomplete payload,
    Unprintable for a character no font has.
    """
    _require_whole(payload)
    masked = payload.get("masking") or ()
    annexes = tuple(_annex(payload, n, one, key, font_folders) for n, one in enumerate(masked, 1))
    listed = [
        {"file": package.annex_name(n), "pdf": package.digest(annex)}
        for n, annex in enumerate(annexes, 1)
    ]
    # What an annex says stands in it alone: the paper itself outlives it.
    told = {name: value for name, value in payload.items() if name != "masking"}
    if listed:
        told["annexes"] = [
            {"key": one["key"], "profile": one["profile"], **found}
            for one, found in zip(masked, listed, strict=True)
        ]
    facts = schemas.canonical(told)
    view = {"view": wording.view(told, key), "qr": _qr(slip.slip(told, key))}
    pdf = _pdf(_day(payload), "opinion", facts, view, font_folders)
    note = _note(payload, key)
    head = _head(payload["journal_head"])
    statement = {
        "kind": "opinion",
        "number": payload["number"],
        "issued_on": payload["issued_on"],
        "pdf": package.digest(pdf),
        "payload": package.digest(facts),
        "note": package.digest(note),
        "head": {"size": head.size, "root": head.root, "at": head.at},
        "inclusion": [dict(proof) for proof in inclusion],
    }
    if listed:
        statement["annexes"] = listed
    signature = {
        "format": package.WITH_ANNEXES if listed else package.FORMAT,
        "statement": statement,
        "public_key": key.public.fact(),
        "signature": signing.sign(key, schemas.canonical(statement)).fact(),
        "head_signature": signing.sign(key, head.statement()).fact(),
    }
    parts = package.Parts(pdf, package.signature_text(signature), note, annexes)
    return package.pack(parts, payload["number"], _day(payload))


def _require_whole(payload: Mapping[str, Any]) -> None:
    missing = [name for name in _REQUIRED if not payload.get(name) and name != "versions"]
    if missing or "versions" not in payload:
        raise ValueError(f"the payload lacks {', '.join(missing) or 'versions'}")
    if payload["result"] not in slip.RESULTS:
        raise ValueError(f"no such result: {payload['result']}")


def _head(fact: Mapping[str, Any]) -> Head:
    return Head(int(fact["size"]), str(fact["root"]), str(fact["at"]))


def _day(payload: Mapping[str, Any]) -> date:
    return date.fromisoformat(payload["issued_on"][:10])


# --- the PDF --------------------------------------------------------------------------------


def _annex(
    payload: Mapping[str, Any],
    n: int,
    one: Mapping[str, Any],
    key: signing.Key,
    font_folders: Sequence[Path],
) -> bytes:
    """Set the evidence of one release as a paper of its own, with its facts attached."""
    facts = schemas.canonical({"number": payload["number"], "annex": n, "masking": dict(one)})
    view = {"view": wording.annex_view(payload, n, one), "qr": ""}
    return _pdf(_day(payload), "annex", facts, view, font_folders)


def _pdf(
    day: date, part: str, facts: bytes, view: Mapping[str, Any], font_folders: Sequence[Path]
) -> bytes:
    """Set a paper as PDF/A-3b, the standard that allows a data file to be attached."""
    import typst  # slow to load and needed only here

    try:
        pdf = typst.compile(
            (files(__package__) / "opinion.typ").read_bytes(),
            font_paths=_fonts(tuple(font_folders)),
            format="pdf",
            # Under a PDF/A standard typst refuses missing characters; else it prints boxes.
            pdf_standards="a-3b",
            timestamp=datetime(day.year, day.month, day.day, tzinfo=_SHANGHAI),
            # Texts of users go in as data and are never part of the template.
            sys_inputs={
                "part": part,
                "view": json.dumps(view["view"]),
                "payload": facts.decode("utf-8"),
                "attachment": ATTACHMENT if part == "opinion" else ANNEXED,
                "qr": view["qr"],
                "fallback": "yes" if font_folders else "no",
            },
        )
    except typst.TypstError as error:
        raise _named(error) from error
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF")
    return pdf


def _named(error: Exception) -> Exception:
    """Turn the typesetter's complaint about a character into ours; leave any other as it is."""
    found = re.search(r"the text `\"(.+?)\"` could not be displayed", str(error), re.DOTALL)
    if not found:
        return error
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda point: chr(int(point[1], 16)), found[1])
    return Unprintable(unicodedata.normalize("NFC", text))


@cache
def _fonts(folders: tuple[Path, ...]) -> Any:
    """The fonts, looked for once: an opinion may have as many papers as it has releases."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[_font_folder(), *folders])


def _font_folder() -> Path:
    """Find the folder of Noto Sans SC; the package is read as files, its code never runs."""
    spec = find_spec("justmytype_intl_cjk")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package justmytype-intl-cjk, which holds the font, is missing")
    return Path(spec.origin).parent / "fonts" / "ofl" / "notosanssc"


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make_qr(text, error="l", encoding="utf-8").save(
        out, kind="svg", xmldecl=False, border=0, dark="#17212B"
    )
    return out.getvalue().decode("ascii")


# --- the note -------------------------------------------------------------------------------

_NOTE: Final = """\
数据资源目录核验意见　{number}
怎样验证这份意见

一、{files}个文件
　　{name}.pdf　　　　意见正文（PDF/A-3），内附机器可读的数据 opinion.json。
　　{name}.sig.json　签名文件：正文、数据、本说明的摘要，审计日志的日志头，公钥和签名。
　　说明.txt　　　　　本文件。
{annexes}
二、有本软件时
　　运行 catalogue opinion verify 压缩包文件，或在登记系统的公开核验页提交压缩包。不需要联网。
　　压缩包已解开的，把 PDF 与 .sig.json 放在同一文件夹，对 PDF 运行同一命令。

三、核对公钥
　　签名只证明文件出自持有私钥的一方。请将下列指纹与主管部门公布的指纹逐位核对：
　　算法　{algorithm}
　　指纹　{fingerprint}

四、没有本软件时（OpenSSL 3）
　　1. PDF 的 SM3 摘要应等于签名文件 statement.pdf：openssl dgst -sm3 {name}.pdf
　　2. 把签名文件中 statement 的值原样（从花括号到花括号）存为 statement.json，不加换行。
　　3. 把 signature.value 的十六进制转为二进制文件 signature.bin，下列公钥存为 public.pem。
　　4. {command}

{pem}
五、效力
　　意见以签发之日的目录为准。其后目录变更的，以登记系统的记录为准；撤销须有经签名的撤销声明。
　　数字签名不是电子签章；加盖公章的纸质件或扫描件为正式文本。
"""

_ANNEXES: Final = """\
　　附件三-1.pdf …　　脱敏证据，共 {n} 份，摘要在签名文件 statement.annexes 中。所证明的数据资源
　　　　　　　　　　　依法清除的，该份换成签名的收回声明（附件三-1.已清除.json），其余照旧有效。
"""

_COMMANDS: Final[Mapping[str, str]] = {
    "sm2-sm3": (
        "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -digest sm3 "
        "-pkeyopt distid:1234567812345678 -in statement.json -sigfile signature.bin"
    ),
    "ed25519": (
        "openssl pkeyutl -verify -pubin -inkey public.pem -rawin "
        "-in statement.json -sigfile signature.bin"
    ),
}


def _note(payload: Mapping[str, Any], key: signing.Key) -> bytes:
    """Write the note with a byte-order mark and CRLF, as the editors on office desks want it."""
    fingerprint, annexes = key.public.fingerprint, len(payload.get("masking") or ())
    text = _NOTE.format(
        number=payload["number"],
        name=package.file_name(payload["number"]),
        files=3 + annexes if annexes else "三",
        annexes=_ANNEXES.format(n=annexes) if annexes else "",
        algorithm=key.public.algorithm,
        fingerprint=" ".join(re.findall(".{8}", fingerprint)),
        command=_COMMANDS[key.public.algorithm],
        pem=_pem(key.public),
    )
    return ("\ufeff" + text.replace("\n", "\r\n")).encode()


def _pem(public: signing.PublicKey) -> str:
    lines = re.findall(".{1,64}", base64.b64encode(signing.spki(public)).decode("ascii"))
    return "\n".join(("-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""))
