"""A table that a form sends: taken for what its bytes are, and never in a file of ours."""

from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO

from flask import request

from connectors import files
from registry.edge import gettext
from registry.edge.words import _
from registry.errors import Unreadable

# Why a file is not taken, as the gate of uploads knows it.
_FILES: Mapping[str, str] = {
    "file_empty": _("没有选择文件，或者文件是空的。请选择数据文件，再上传。"),
    "file_old": _("这是旧版 Excel（.xls）或者加密的文件。请另存为 .xlsx、去掉密码，再上传。"),
    "file_kind": _(
        "文件不是 CSV、Parquet 或 .xlsx，或者混用了编码。请导出为其中一种（CSV 用 UTF-8），再上传。"
    ),
    "file_html": _("这是网页，不是数据文件。请用 Excel 打开，另存为 .xlsx，再上传。"),
    "file_broken": _("文件损坏，读不出来。请重新导出，再上传。"),
    "file_locked": _("文件有密码。请去掉密码，再上传。"),
    "file_macro": _("文件里有宏，不予接收。请另存为不带宏的 .xlsx，再上传。"),
    "file_links": _("文件引用了其他文件，不予接收。请断开链接、另存，再上传。"),
    "file_bomb": _("文件展开后过大，不予接收。请导出为 CSV 或者 Parquet，再上传。"),
}


def sent_table(field: str) -> tuple[BinaryIO, str]:
    """The file of a field of the form, in memory alone, and what kind of table it is."""
    sent = request.files.get(field)
    content: BinaryIO = sent.stream if sent is not None else BytesIO()  # type: ignore[assignment]
    return content, kind_of(content)


def kind_of(content: BinaryIO) -> str:
    """csv, parquet or xlsx, told by the bytes: a name may be anything, and may name a person."""
    head = content.read(1 << 16)
    try:
        if head.startswith(b"PAR1"):
            content.seek(-4, 2)
            kind = "parquet" if content.read(4) == b"PAR1" else ""
        elif head.startswith(b"PK"):
            content.seek(0)
            kind = files.gate(content.read())
        else:
            kind = files.gate(head)
    except files.Refused as refusal:
        raise Unreadable("run_file", reason=gettext(_FILES[refusal.code])) from refusal
    if not kind:
        raise Unreadable("run_file", reason=gettext(_FILES["file_broken"]))
    content.seek(0)
    return kind
