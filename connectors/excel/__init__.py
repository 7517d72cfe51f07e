"""The official sheet: 31 columns of the guide, then what the city asks besides; in and out.

A sheet is a form with many entries: every column stands for a name of the form, so what a cell
means, how a wrong one is kept and what is wrong with it are the form's. A row holds one data
element; what concerns the whole resource stands in its first row.
"""

from connectors.excel.columns import (
    FAULTS,
    FAULTS_COLUMN,
    NOTES,
    SHEET,
    VERSION_LINE,
    Column,
    columns,
    parts,
    version,
)
from connectors.excel.documents import Fault, document, fault
from connectors.excel.reading import Oddity, Row, Sheet, Unreadable, read, sheet
from connectors.excel.writing import Exported, texts, write

__all__ = [
    "FAULTS",
    "FAULTS_COLUMN",
    "NOTES",
    "SHEET",
    "VERSION_LINE",
    "Column",
    "Exported",
    "Fault",
    "Oddity",
    "Row",
    "Sheet",
    "Unreadable",
    "columns",
    "document",
    "fault",
    "parts",
    "read",
    "sheet",
    "texts",
    "version",
    "write",
]
