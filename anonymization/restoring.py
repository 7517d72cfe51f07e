"""Gives encrypted columns back to whoever holds the key; what was masked or generalized is gone."""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anonymization import crypto, formats, places, tables, techniques, writing
from anonymization.cells import by_distinct, distinct, text
from anonymization.errors import Refused
from anonymization.plan import Plan, params
from anonymization.techniques import NONCE, Release

REVERSIBLE = frozenset({"fpe", "encrypt"})
_TAG = 16


def restore(masking: Plan, frame: Any, key: bytes, key_id: str | None = None) -> Any:
    """The released table with its encrypted columns as they were, of the kind it came in.

    `key_id` is what the report of the run says of its key: format-preserving encryption cannot
    tell by itself that a key is the wrong one. Raises Refused for a wrong key and for a plan
    without such columns.
    """
    if key_id is not None and crypto.key_id(key) != key_id:
        raise _wrong_key()
    table = tables.whole(frame)
    release = techniques.release(masking, key)
    lines = [
        line
        for line in masking["columns"]
        if line["technique"] in REVERSIBLE and line["name"] in table.columns
    ]
    if not lines:
        raise Refused(
            "NOTHING_TO_RESTORE",
            "方案中没有可还原的加密列，或者数据里没有这些列，请核对方案和数据是否配套。",
            "the plan encrypts no column of this table; see whether they belong together.",
        )
    made = table.with_columns(
        _restored(line, table[line["name"]], release).alias(line["name"]) for line in lines
    )
    return tables.like(frame, made)


def restore_file(
    masking: Plan, source: str | Path, target: str | Path, key: bytes, key_id: str | None = None
) -> int:
    """Write the released file `source` with its encrypted columns as they were; its rows."""
    place = Path(target)
    kind = tables.format_of(place, ("csv", "parquet"))
    made = restore(masking, tables.open_table(source).frame(), key, key_id)
    with places.temporary(place) as temporary:
        final = temporary(f"final{place.suffix.lower()}")
        with writing.disk():
            writer = writing.writer(final, kind, made)
            writer.write(made)
            writer.close()
        places.put(final, place)
    return int(made.height)


def _restored(line: dict[str, Any], column: pl.Series, release: Release) -> pl.Series:
    name = line["name"]
    values = column.to_frame().select(text(pl.col(name))).to_series()
    if line["technique"] == "encrypt":
        return distinct(values, _opened(techniques.cipher_key(name, release)))
    given = params(line)
    key = techniques.format_key(name, given, release)
    return by_distinct(values, lambda old: formats.decrypted(old, given, key))


def _opened(key: bytes) -> Callable[[str], str]:
    def opened(one: str) -> str:
        try:
            sealed = base64.b64decode(one, validate=True)
            nonce, hidden, tag = sealed[:NONCE], sealed[NONCE:-_TAG], sealed[-_TAG:]
            opening = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
            return (opening.update(hidden) + opening.finalize()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise _wrong_key() from None

    return opened


def _wrong_key() -> Refused:
    return Refused(
        "KEY_WRONG",
        "密钥不是这次发布所用的，或者密文被改动过，无法还原；请核对密钥文件和方案的发布批次。",
        "the key is not that of this release, or the cipher text was altered; check the key file "
        "and the release named in the plan.",
    )
