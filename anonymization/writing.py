"""How tables are written: in batches of one shape, whole or not at all; a full disk is told."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from anonymization.errors import Refused

# How every Parquet file here is written: half the time of the default level, a tenth larger.
PARQUET: Final[Mapping[str, Any]] = {"compression": "zstd", "compression_level": 1}


class Writer(Protocol):
    """Takes batches of one shape and ends with a whole file."""

    def write(self, batch: pl.DataFrame) -> None:
        """Write one batch."""

    def close(self) -> None:
        """Finish the file and sync it."""


class _ParquetWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._writer = pq.ParquetWriter(path, schema, **PARQUET)
        self._schema = schema

    def write(self, batch: pl.DataFrame) -> None:
        self._writer.write_table(batch.to_arrow().cast(self._schema))

    def close(self) -> None:
        self._writer.close()
        sync(self._path)


class _CsvWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._file, self._head = path, path.open("wb"), True

    def write(self, batch: pl.DataFrame) -> None:
        batch.write_csv(self._file, include_header=self._head)
        self._head = False

    def close(self) -> None:
        self._file.close()
        sync(self._path)


def writer(path: Path, kind: str, first: pl.DataFrame) -> Writer:
    """A writer for batches shaped like the first; the file is readable by its owner alone."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    schema = first.clear().to_arrow().schema
    return _ParquetWriter(path, schema) if kind == "parquet" else _CsvWriter(path, schema)


def sync(path: Path) -> None:
    """Have a written file on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def disk() -> Iterator[None]:
    """Turn a full disk or an unwritable folder into one sentence."""
    try:
        yield
    except pa.ArrowException as fault:
        raise no_room(fault) from None
    except pl.exceptions.ComputeError as fault:
        # polars has no error of its own for it.
        if not is_full(fault):
            raise
        raise no_room(fault) from None
    except OSError as fault:
        if fault.errno in {ENOSPC, EDQUOT, EFBIG} or is_full(fault):
            raise no_room(fault) from None
        raise Refused(
            "NOT_WRITABLE",
            "结果无法写入，请检查目录是否存在、是否有写权限。",
            "the result cannot be written; check the folder and its mode.",
        ) from None


def is_full(fault: Exception) -> bool:
    """Whether an engine says in words that there is no room."""
    return "No space" in str(fault) or "File too large" in str(fault)


def no_room(fault: Exception) -> Refused:
    """The refusal of a disk that is full, or of a file that may not be so large."""
    return Refused(
        "DISK_FULL",
        "磁盘空间不足或文件大小受限，结果没有写出；请腾出空间后重新运行。",
        "no room on the disk, nothing was written; make room and run again.",
    )
