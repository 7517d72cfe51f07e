"""Workbooks: one sheet is one table, and whatever else a file carries leaves the house with it."""

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from anonymization.errors import Refused

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Rows = list[list[str]]


class Several(Refused):
    """Several sheets of a workbook hold something; `count` tells it where no name may be kept."""

    def __init__(self, name: str, sheets: Mapping[str, bool]) -> None:
        zh = "、".join(f"{one}（隐藏）" if hidden else one for one, hidden in sheets.items())
        en = ", ".join(f"{one} (hidden)" if hidden else one for one, hidden in sheets.items())
        super().__init__(
            "SHEETS",
            f"{name} 有 {len(sheets)} 张工作表有内容：{zh}。请只留要用的一张，或者另存为 CSV。",
            f"{len(sheets)} sheets of {name} hold something: {en}. Keep the one that is meant, "
            "or save it as CSV.",
        )
        self.count = len(sheets)


def rows(path: Path) -> Rows:
    """The cells of the only sheet that holds any, as text; none of a workbook that is empty.

    Raises ValueError for what is no workbook, and Several where more sheets hold something:
    which of them is the table, and what becomes of the others, nobody would have said.
    """
    from python_calamine import CalamineWorkbook

    return _only(lambda: CalamineWorkbook.from_path(str(path)), path.name)


def held(content: bytes, name: str = "文件") -> Rows:
    """As `rows`, of a workbook in memory; `name` is what a refusal calls it."""
    from python_calamine import CalamineWorkbook

    return _only(lambda: CalamineWorkbook.from_filelike(BytesIO(content)), name)


def _only(opened: "Callable[[], CalamineWorkbook]", name: str) -> Rows:
    from python_calamine import CalamineError, SheetVisibleEnum

    try:
        book = opened()
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        filled = [one for one in sheets if one.height]
        found = filled[0].to_python() if filled else []
    except CalamineError as fault:
        raise ValueError(name) from fault
    if len(filled) > 1:
        shown = SheetVisibleEnum.Visible
        hidden = {one.name for one in book.sheets_metadata if one.visible != shown}
        raise Several(name, {one.name: one.name in hidden for one in filled})
    return [[cell(one) for one in row] for row in found]


def cell(value: object) -> str:
    """What a cell holds, as text: a whole number without the `.0` that workbooks keep it with."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# What a workbook carries beside its cells, by where it stands in the file (ECMA-376).
_BESIDE: Final[Mapping[str, tuple[str, str]]] = {
    "xl/(?:comments|threadedComments)": ("批注", "comments"),
    "xl/pivotCache/": ("数据透视表缓存的原始数据", "the data that pivot tables keep"),
    "xl/externalLinks/": ("其他文件的数值", "values of other files"),
    "xl/(?:embeddings|media)/": ("嵌入的文件或图片", "embedded files or pictures"),
    "xl/vbaProject": ("宏", "macros"),
}


def require_bare(path: Path) -> None:
    """Refuse a release whose workbook carries more than cells: nothing of it was looked at."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as file:
        parts = file.namelist()
    for where, (zh, en) in _BESIDE.items():
        if any(re.match(where, one) for one in parts):
            raise Refused(
                "BESIDE_CELLS",
                f"{path.name} 除单元格外还带有{zh}，会随文件一起发出去。请删除，或者另存为 CSV。",
                f"{path.name} carries {en} beside its cells, which go out with it. Remove them, "
                "or save it as CSV.",
            )
