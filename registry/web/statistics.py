"""How far the city is: figures, four charts with their tables, and the same as a sheet."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

import schemas
from registry import calendar, overview
from registry.db import now
from registry.edge import actor, download, locale, reads, session
from registry.edge.locale import gettext

pages = Blueprint("statistics", __name__, url_prefix="/statistics")

Rows = Sequence[tuple[Any, ...]]
# Code, label and count.
Counted = Sequence[tuple[str, str, int]]


@pages.get("")
@reads()
def show() -> str:
    """The figures and charts, as far as the reader may see."""
    seen = overview.look(session(), actor())
    counted = _all_counted()
    return render_template(
        "statistics.html",
        place="statistics",
        seen=seen,
        now=now(),
        rows=_tables(seen, counted),
        charts={
            "share": [(label, n, f"c{at}") for at, (_, label, n) in enumerate(counted["share"], 1)],
            "level": [(label, n, f"cg{code}") for code, label, n in counted["level"]],
        },
    )


@pages.get("/figures.xlsx")
@reads()
def sheet() -> Response:
    """The tables of the page as a workbook, a sheet each; every word a text, never a formula."""
    import xlsxwriter  # needed for exports only

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    heads = {
        "completion": (gettext("部门编制完成率"), ("部门", "已发布", "应编", "完成率")),
        "months": (gettext("发布与挂接"), ("月份", "已发布", "已挂接")),
        "share": (gettext("共享类型"), ("共享类型", "资源")),
        "level": (gettext("数据级别"), ("数据级别", "资源")),
    }
    tables = _tables(overview.look(session(), actor()), _all_counted())
    for name, (title, columns) in heads.items():
        page = book.add_worksheet(title[:31])
        page.set_column(0, 0, 32)
        for at, word in enumerate(columns):
            page.write_string(0, at, gettext(word))
        for line, row in enumerate(tables[name], 1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, at, value)
                else:
                    page.write_number(line, at, value)
    book.close()
    return download(out.getvalue(), f"{gettext('统计')}{calendar.today().isoformat()}.xlsx")


def _tables(seen: overview.Overview, counted: Mapping[str, Counted]) -> Mapping[str, Rows]:
    return {
        "completion": [
            (one.name, one.done, one.wanted, f"{int(100 * one.share)}%")
            for one in sorted(seen.completions, key=lambda one: one.share)
        ],
        "months": overview.by_month(session(), actor()),
        **{name: [(label, n) for _, label, n in lines] for name, lines in counted.items()},
    }


def _all_counted() -> Mapping[str, Counted]:
    return {"share": _counted("share_type"), "level": _counted("level")}


def _counted(column: str) -> Counted:
    """Code, label and count of every code that occurs, in the order of its list."""
    counts = overview.by_code(session(), actor(), column)
    labels = schemas.codes.labels(column, locale())
    return [(code, label, counts[code]) for code, label in labels.items() if code in counts]
