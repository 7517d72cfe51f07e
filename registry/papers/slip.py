"""The slip in the QR code: a few lines anyone can read, and a signature over them.

Whoever has only a print can still learn, without a network, whether these words were signed.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

import schemas
from registry import signing
from registry.papers.package import digest

TITLE: Final = "数据资源目录核验意见"
RESULTS: Final[Mapping[str, str]] = {
    "pass": "通过",
    "conditional": "限期补正后通过",
    "fail": "不通过",
}
_SIGNED: Final = "签名："


def statement(payload: Mapping[str, Any]) -> str:
    """Give the short form of an opinion: number, project, result, date, digest of the whole."""
    project = payload["project"]
    lines = {
        "编号": payload["number"],
        "项目": project["name"],
        "单位": project["unit"],
        "结论": RESULTS[payload["result"]],
        "日期": payload["issued_on"],
        "摘要": digest(schemas.canonical(dict(payload))),
    }
    # A line break inside a fact could forge another line.
    facts = (f"{name}：{' '.join(str(fact).split())}" for name, fact in lines.items())
    return "\n".join((TITLE, *facts))


def slip(payload: Mapping[str, Any], key: signing.Key) -> str:
    """Give the text of the QR code: the statement and the line with its signature."""
    text = statement(payload)
    made = signing.sign(key, text.encode())
    value = base64.urlsafe_b64encode(bytes.fromhex(made.value_hex)).decode("ascii")
    return f"{text}\n{_SIGNED}{made.algorithm} {made.key_id} {value}"


def verify_slip(text: str, trusted: Sequence[signing.PublicKey]) -> bool:
    """Tell whether a trusted key signed this scanned text; garbage is never signed."""
    head, found, tail = text.strip().replace("\r\n", "\n").rpartition(f"\n{_SIGNED}")
    parts = tail.split(" ")
    if not found or not head.startswith(f"{TITLE}\n") or len(parts) != 3:
        return False
    public = signing.find(trusted, parts[1])
    try:
        value = base64.b64decode(parts[2], altchars=b"-_", validate=True).hex()
        data = head.encode()
    except (binascii.Error, ValueError):
        return False
    made = signing.Signature(parts[0], parts[1], value)
    return public is not None and signing.verify(public, made, data)
