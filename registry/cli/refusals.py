"""What ends a command: one sentence in both languages and an exit code, and never a trace.

0 done · 1 the answer is no, or it could not be done · 2 wrong use, a path given that cannot be
used among it · 78 the settings or the data folder.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from registry.config import ConfigurationError
from registry.errors import Invalid, Refusal

CONFIGURATION = 78
_WRONG_PATHS = {
    errno.ENOENT: ("没有这个文件或者文件夹", "no such file or folder"),
    errno.ENOTDIR: ("这是文件，不是文件夹", "a file stands where a folder is wanted"),
    errno.EEXIST: ("已有同名的文件", "a file of this name is there"),
    errno.EISDIR: ("这是文件夹，不是文件", "a folder stands where a file is wanted"),
    errno.EACCES: ("没有权限", "no permission"),
    errno.EPERM: ("没有权限", "no permission"),
    errno.EROFS: ("这里只读，不能写入", "read-only, nothing can be written"),
    errno.ENOSPC: ("磁盘已满", "no room on the disk"),
    errno.EDQUOT: ("磁盘配额已满", "no room on the disk"),
}


class Misconfigured(click.ClickException):
    """The settings, or what they name, cannot be used: every fault on a line of its own."""

    exit_code = CONFIGURATION

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))

    def show(self, file: IO[Any] | None = None) -> None:
        """The faults alone."""
        click.echo(self.format_message(), file=file, err=file is None)


class Unusable(click.ClickException):
    """A path that was given cannot be read or written."""

    exit_code = 2


@contextmanager
def ordinary() -> Iterator[None]:
    """Tell what may befall any command; what is a fault of ours keeps its trace."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Refusal as refusal:
        raise click.ClickException(told(refusal)) from refusal
    except ConfigurationError as refusal:
        raise Misconfigured(*refusal.faults) from refusal
    except OSError as fault:
        # A reader that has gone is no fault: `| head` is told apart by the library.
        if fault.errno == errno.EPIPE:
            raise
        raise _unusable(fault) from fault
    except Exception as fault:
        known = _known(fault)
        if known is None:
            raise
        raise known from fault


def told(refusal: Refusal) -> str:
    """Title and sentence in Chinese, then in English; a line for each problem."""
    from registry.edge.words import sentence

    lines = []
    for locale in ("zh", "en"):
        title, text = sentence(refusal, locale)
        lines.append(f"{title}{'：' if locale == 'zh' else ': '}{text}")
    if isinstance(refusal, Invalid):
        lines += [f"{one.message()} / {one.message('en')}" for one in refusal.problems]
    return "\n".join(lines)


def path_fault(fault: OSError) -> str:
    """Why a path cannot be used."""
    zh, en = _WRONG_PATHS.get(fault.errno or 0, (fault.strerror or "", fault.strerror or ""))
    return f"{zh} / {en}"


def _unusable(fault: OSError) -> click.ClickException:
    where = f"{fault.filename2 or fault.filename}：" if fault.filename else ""
    return Unusable(f"{where}{path_fault(fault)}")


def _known(fault: Exception) -> click.ClickException | None:
    """The refusal of a database, or of a key, that cannot be used; None for anything else."""
    from sqlalchemy import exc

    from registry import signing

    if isinstance(fault, signing.KeyUnusable):
        return Misconfigured(f"签名密钥文件不能使用 / the signing key cannot be used: {fault}")
    if isinstance(fault, exc.ArgumentError):
        return Misconfigured(
            "CATALOGUE_DATABASE_URL：地址读不出来 / the address of the database cannot be read"
        )
    # What breaks a rule of the tables is a fault of ours, and needs its trace.
    ours = (exc.IntegrityError, exc.ProgrammingError, exc.DataError)
    if isinstance(fault, exc.DBAPIError) and not isinstance(fault, ours):
        return click.ClickException(database_fault(fault))
    return None


def database_fault(fault: Exception) -> str:
    """Why the database cannot be used, by the first line of what its driver says."""
    said = str(getattr(fault, "orig", None) or fault).strip().splitlines()[:1]
    return f"数据库不能使用，没有保存任何改动 / the database cannot be used: {''.join(said)}"
