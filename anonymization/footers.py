"""Joins Parquet files of one schema without reading a value: their pages as they are, one footer.

What is rewritten is the footer alone, FileMetaData of parquet.thrift (Parquet format 2.x) in the
compact protocol of Apache Thrift: the row groups of all parts behind each other, every offset moved
to where the pages now stand. The indexes of pages hold offsets of their own and are left out; they
are optional.
"""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

_MAGIC: Final = b"PAR1"
_BLOCK: Final = 1 << 20
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_NUMBERS: Final = frozenset({4, 5, 6})
_I64: Final = 6

# Of FileMetaData, RowGroup, ColumnChunk and ColumnMetaData, by the numbers of their fields.
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _META, _INDEXES = 2, 3, (4, 5, 6, 7)
_PAGE_OFFSETS: Final = (9, 10, 11, 14)

# A structure is its fields by number, each with its type; a list its type and its items.
_Fields = dict[int, tuple[int, Any]]


def join(parts: Iterable[Path], target: Path) -> None:
    """Write the rows of the parts, in their order, as one file; ValueError if schemas differ."""
    with target.open("wb") as out:
        joined = Joined(out)
        for part in parts:
            joined.add(part)
        joined.end()


class Joined:
    """A file that grows part by part, and is a Parquet file once it is ended."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._whole = out, _Fields()
        out.write(_MAGIC)

    def add(self, part: Path) -> None:
        """Write the rows of a part behind those before; ValueError if it has another schema."""
        with part.open("rb") as file:
            footer, end = _footer(file)
            _moved(footer, self._out.tell() - len(_MAGIC))
            file.seek(len(_MAGIC))
            _copied(file, self._out, end - len(_MAGIC))
        if not self._whole:
            self._whole = footer
            return
        whole = self._whole
        if footer[_SCHEMA] != whole[_SCHEMA]:
            raise ValueError(f"{part.name} has another schema than the parts before it")
        whole[_ROWS] = (_I64, whole[_ROWS][1] + footer[_ROWS][1])
        whole[_GROUPS][1][1].extend(footer[_GROUPS][1][1])

    def end(self) -> None:
        """Write the footer; a part must have been added."""
        for number, group in enumerate(self._whole[_GROUPS][1][1]):
            if _ORDINAL in group:
                group[_ORDINAL] = (group[_ORDINAL][0], number)
        written = bytearray()
        _write(written, _STRUCT, self._whole)
        self._out.write(written + struct.pack("<I", len(written)) + _MAGIC)


def _footer(file: BinaryIO) -> tuple[_Fields, int]:
    """The footer of a file, and where its pages end."""
    size = file.seek(0, 2)
    file.seek(size - 8)
    length, magic = struct.unpack("<I4s", file.read(8))
    if magic != _MAGIC:
        raise ValueError("not a whole Parquet file")
    file.seek(size - 8 - length)
    found: _Fields = _Reader(file.read(length)).value(_STRUCT)
    return found, size - 8 - length


def _copied(file: BinaryIO, out: BinaryIO, length: int) -> None:
    while length:
        block = file.read(min(length, _BLOCK))
        if not block:
            raise ValueError("a part ends before its footer")
        out.write(block)
        length -= len(block)


def _moved(footer: _Fields, by: int) -> None:
    for group in footer[_GROUPS][1][1]:
        _add(group, (_GROUP_OFFSET,), by)
        for chunk in group[_COLUMNS][1][1]:
            for index in _INDEXES:
                chunk.pop(index, None)
            # Zero says that the chunk keeps no second copy of its description.
            if chunk[_CHUNK_OFFSET][1]:
                _add(chunk, (_CHUNK_OFFSET,), by)
            _add(chunk[_META][1], _PAGE_OFFSETS, by)


def _add(fields: _Fields, numbers: Sequence[int], by: int) -> None:
    for number in numbers:
        if number in fields:
            kind, value = fields[number]
            fields[number] = (kind, value + by)


class _Reader:
    """Reads one value of the compact protocol after another."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def value(self, kind: int) -> Any:
        if kind in _NUMBERS:
            number = self._varint()
            return (number >> 1) ^ -(number & 1)
        if kind == _BINARY:
            return self._take(self._varint())
        if kind == _STRUCT:
            return self._struct()
        if kind in {_LIST, _SET}:
            head = self._take(1)[0]
            count = head >> 4 if head >> 4 != 15 else self._varint()
            return head & 15, [self.value(head & 15) for _ in range(count)]
        if kind in {_TRUE, _FALSE, _BYTE}:
            return self._take(1)
        if kind == _DOUBLE:
            return self._take(8)
        raise ValueError(f"no footer holds a value of type {kind}")

    def _struct(self) -> _Fields:
        fields: _Fields = {}
        number = 0
        while head := self._take(1)[0]:
            kind, step = head & 15, head >> 4
            number = number + step if step else self.value(4)
            # The type of a field that is true or false is its value.
            fields[number] = (kind, None if kind in {_TRUE, _FALSE} else self.value(kind))
        return fields

    def _varint(self) -> int:
        number = shift = 0
        while True:
            byte = self._take(1)[0]
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    def _take(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + count]
        if len(taken) != count:
            raise ValueError("the footer ends in the middle of a value")
        self._at += count
        return taken


def _write(to: bytearray, kind: int, value: Any) -> None:
    if kind in _NUMBERS:
        _write_varint(to, value << 1 if value >= 0 else ~(value << 1))
    elif kind == _BINARY:
        _write_varint(to, len(value))
        to += value
    elif kind == _STRUCT:
        last = 0
        for number, (of, inner) in sorted(value.items()):
            step = number - last
            if 0 < step < 16:
                to.append(step << 4 | of)
            else:
                to.append(of)
                _write(to, 4, number)
            if of not in {_TRUE, _FALSE}:
                _write(to, of, inner)
            last = number
        to.append(0)
    elif kind in {_LIST, _SET}:
        of, items = value
        to.append(min(len(items), 15) << 4 | of)
        if len(items) >= 15:
            _write_varint(to, len(items))
        for item in items:
            _write(to, of, item)
    else:
        to += value


def _write_varint(to: bytearray, number: int) -> None:
    while number >= 128:
        to.append(number & 127 | 128)
        number >>= 7
    to.append(number)
