"""What `catalogue check-config` looks at beyond the words of the settings: it tries, and undoes."""

import errno
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

import search
from registry import db, discovery, signing, upgrade
from registry.cli.opening import database_file
from registry.cli.refusals import database_fault, path_fault, told
from registry.config import ConfigurationError, Settings
from registry.errors import Refusal

_OPEN = "文件对其他用户开放，请改为 0600 / the file is open to others, set its mode to 0600"


def look(chosen: Settings) -> tuple[list[str], list[str]]:
    """Every fault of what the settings name, and what is to be known where nothing is wrong."""
    faults, notes = [], []
    if chosen.data_dir.exists():
        faults += _folder(chosen.data_dir)
    else:
        faults += _makeable("DATA_DIR", chosen.data_dir)
        if not faults:
            notes.append(
                f"数据目录由 catalogue init 建立 / made by catalogue init: {chosen.data_dir}"
            )
    if not faults:
        for one, is_fault in (*_keys(chosen), *_database(chosen)):
            (faults if is_fault else notes).append(one)
    faults += _read_only(chosen)
    # A port in use may be our own service; an address that is not ours never works.
    if taken := address_fault(chosen.host, 0):
        faults.append(f"CATALOGUE_HOST：{taken}")
    if not faults and chosen.search_url.startswith("http"):
        faults += _search(chosen)
    return faults, notes


def address_fault(host: str, port: int) -> str:
    """Why nobody can listen there, "" when one can."""
    where = f"{host}:{port}" if port else host
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            # As the server does: what an ended one leaves behind is in nobody's way.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            return (
                f"{where} 已被占用：请停用占用它的程序，或者改 CATALOGUE_PORT"
                " / the port is in use: end what uses it, or set another CATALOGUE_PORT"
            )
        if fault.errno == errno.EACCES:
            return (
                f"{where} 没有权限监听：请用 1024 以上的端口，前面放反向代理"
                " / no permission to listen there: take a port above 1024 behind a proxy"
            )
        return f"{where} 不是本机的地址 / no address of this machine"
    return ""


def _folder(folder: Path) -> list[str]:
    if not folder.is_dir():
        return [f"CATALOGUE_DATA_DIR：是文件，不是文件夹 / it is a file, no folder: {folder}"]
    found = _makeable("DATA_DIR", folder)
    if folder.stat().st_mode & 0o007:
        found.append(
            f"CATALOGUE_DATA_DIR：对其他用户开放，请改为 0700 / open to others, set its mode to"
            f" 0700: {folder}"
        )
    return found


def _makeable(name: str, folder: Path) -> list[str]:
    """Try to make something where the folder is, or would be."""
    above = folder
    while not above.exists() and above != above.parent:
        above = above.parent
    try:
        with tempfile.TemporaryDirectory(dir=above, prefix=".check-"):
            return []
    except OSError as fault:
        return [f"CATALOGUE_{name}：{path_fault(fault)}: {folder}"]


def _keys(chosen: Settings) -> Iterator[tuple[str, bool]]:
    """What is said of both key files, and whether it is a fault."""
    named = (
        ("SECRET_KEY_FILE", chosen.secret_key_file),
        ("SIGNING_KEY_FILE", chosen.signing_key_file),
    )
    # With either key, or rows, the other one was there as well and is lost.
    made = any(path.exists() for path in (*(path for _, path in named), _rows(chosen)) if path)
    for name, path in named:
        if not path.exists():
            if made:
                yield (
                    f"CATALOGUE_{name}：密钥文件不在，请从备份取回 / the key is gone, bring it back"
                    f" from a backup: {path}",
                    True,
                )
            elif faults := _makeable(name, path.parent):
                yield faults[0], True
            else:
                yield f"密钥由 catalogue init 生成 / made by catalogue init: {path}", False
        elif not path.is_file():
            yield f"CATALOGUE_{name}：不是文件 / no file: {path}", True
        elif path.stat().st_mode & 0o027:
            yield f"CATALOGUE_{name}：{_OPEN}: {path}", True
        else:
            try:
                signing.load(path) if name == "SIGNING_KEY_FILE" else chosen.secret_key()
            except ConfigurationError as fault:
                yield fault.faults[0], True
            except (signing.KeyUnusable, OSError) as fault:
                yield f"CATALOGUE_{name}：密钥不能使用 / the key cannot be used: {fault}", True


def _rows(chosen: Settings) -> Path | None:
    try:
        return database_file(chosen)
    except ArgumentError:
        return None


def _database(chosen: Settings) -> Iterator[tuple[str, bool]]:
    try:
        file = database_file(chosen)
        if file is not None and not file.exists():
            yield "数据库由 catalogue init 建立 / the database is made by catalogue init", False
            return
        opened = db.connect(chosen.database_url)
    except ArgumentError:
        yield "CATALOGUE_DATABASE_URL：读不出来 / it cannot be read", True
        return
    try:
        there = upgrade.revision(opened)
        upgrade.require_known(opened)
        written = db.write_test(opened)
    except Refusal as refusal:
        yield told(refusal), True
    except SQLAlchemyError as fault:
        yield f"CATALOGUE_DATABASE_URL：{database_fault(fault)}", True
    else:
        if written not in {"ok", "busy"}:
            yield f"CATALOGUE_DATABASE_URL：数据库不能写入 / no writing there: {written}", True
        if there is None:
            yield "数据库里还没有表，请运行 catalogue init / no tables yet: catalogue init", False
        elif there != upgrade.newest():
            yield "表是旧版本，请运行 catalogue upgrade / older tables: catalogue upgrade", False
    finally:
        opened.close()


def _read_only(chosen: Settings) -> list[str]:
    """The files and the folder that are read and never made."""
    found = []
    password = chosen.search_password_file
    for name, path in (
        ("SEARCH_PASSWORD_FILE", password),
        ("SEARCH_CA_FILE", chosen.search_ca_file),
    ):
        if path is None:
            continue
        try:
            with path.open("rb"):
                pass
        except OSError as fault:
            found.append(f"CATALOGUE_{name}：{path_fault(fault)}: {path}")
        else:
            if path == password and path.stat().st_mode & 0o007:
                found.append(f"CATALOGUE_{name}：{_OPEN}: {path}")
    folder = chosen.sources_dir
    if folder is not None:
        try:
            list(folder.iterdir())
        except OSError as fault:
            found.append(f"CATALOGUE_SOURCES_DIR：{path_fault(fault)}: {folder}")
    return found


def _search(chosen: Settings) -> list[str]:
    try:
        discovery.open_index(chosen).status()
    except search.Unavailable as fault:
        return [f"CATALOGUE_SEARCH_URL：检索引擎没有应答 / the search engine is away: {fault}"]
    return []
