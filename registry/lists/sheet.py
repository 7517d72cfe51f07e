"""A list as an Excel sheet: every value a text, so that no cell is ever a formula."""

import io
from collections.abc import Mapping, Sequence

from registry.lists.compute import Kind


def workbook(kind: Kind, title: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """The sheet of a list or an edition, with its title above the headings."""
    import xlsxwriter  # needed for exports only

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(kind.zh)
    big = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#EDEDE6", "border": 1, "text_wrap": True})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, big)
    for at, column in enumerate(kind.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(1, at, column.zh, head)
    for line, row in enumerate(rows, 2):
        for at, column in enumerate(kind.columns):
            sheet.write_string(line, at, row.get(column.id, "")[:32_767], cell)
    if not rows:
        sheet.write_string(2, 0, "本期无内容（零报告）", cell)
    sheet.freeze_panes(2, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    book.close()
    return out.getvalue()
