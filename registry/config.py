"""The settings, read once from the environment and checked as a whole."""

import ipaddress
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "CATALOGUE_"


class _Wrong(ValueError):
    """A value that is none of those that may be: what is expected, in both languages."""

    def __init__(self, zh: str, en: str = "") -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en or zh


class ConfigurationError(Exception):
    """The environment cannot be used; `faults` holds one sentence per fault, Chinese / English."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """Every setting of the product. What is not set here cannot be set."""

    data_dir: Path
    database_url: str
    search_url: str
    search_password_file: Path | None
    search_ca_file: Path | None
    host: str
    port: int
    public_url: str
    trusted_proxies: int
    workers: int
    secret_key_file: Path
    signing_key_file: Path
    anonymous: str
    deferral_paper: str
    harvest_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    max_upload: int
    masking_memory: int
    masking_minutes: int
    sources_dir: Path | None
    demo_password: str
    log: str

    def secret_key(self) -> bytes:
        """The secret of this installation (32 bytes), made on first use, readable by us alone."""
        return _secret(self.secret_key_file)

    @property
    def search_password(self) -> str | None:
        """The password of the search engine's account, when it wants one."""
        path = self.search_password_file
        return path.read_text("utf-8").strip() if path else None


@dataclass(frozen=True)
class Setting:
    """One line of the table of settings: its name, default, reader and meaning."""

    name: str
    default: str
    read: Callable[[str], object]
    zh: str
    en: str


def _one_of(*words: str) -> Callable[[str], object]:
    def read(value: str) -> str:
        if value not in words:
            raise _Wrong("、".join(words), ", ".join(words))
        return value

    return read


def _between(low: int, high: int) -> Callable[[str], object]:
    def read(value: str) -> int:
        # int() would take " 8_000 " and digits of other scripts as well.
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        if not low <= number <= high:
            raise _Wrong(f"{low} 至 {high} 的整数", f"a whole number from {low} to {high}")
        return number

    return read


def _path(value: str) -> Path | None:
    return Path(value).expanduser() if value else None


def _database(value: str) -> str:
    if value and urlsplit(value).scheme not in {"sqlite", "postgresql+psycopg"}:
        raise _Wrong(
            "sqlite:///… 或者 postgresql+psycopg://…", "sqlite:///… or postgresql+psycopg://…"
        )
    return value


def _search(value: str) -> str:
    if urlsplit(value).scheme not in {"tantivy", "http", "https"}:
        raise _Wrong(
            "tantivy: 或者 http(s)://[账号@]主机:端口/名称",
            "tantivy: or http(s)://[user@]host:port/name",
        )
    return value


def _public(value: str) -> str:
    if value and urlsplit(value).scheme not in {"http", "https"}:
        raise _Wrong("http(s)://…")
    return value.rstrip("/")


def _networks(value: str) -> object:
    words = value.replace(",", " ").split()
    try:
        return tuple(ipaddress.ip_network(word) for word in words)
    except ValueError as fault:
        raise _Wrong(
            "逗号分隔的网段，如 10.20.0.0/16,192.168.1.5",
            "networks by commas, such as 10.20.0.0/16,192.168.1.5",
        ) from fault


SETTINGS: tuple[Setting, ...] = (
    Setting("DATA_DIR", "./var", _path, "数据目录", "folder of the data"),
    Setting("DATABASE_URL", "", _database, "数据库地址,空为数据目录内的 SQLite", "database"),
    Setting("SEARCH_URL", "tantivy:", _search, "检索引擎", "search engine"),
    Setting("SEARCH_PASSWORD_FILE", "", _path, "检索引擎口令文件", "password file"),
    Setting("SEARCH_CA_FILE", "", _path, "检索引擎证书文件", "certificate authority file"),
    Setting("HOST", "127.0.0.1", str, "监听地址", "address to listen on"),
    Setting("PORT", "8000", _between(1, 65535), "监听端口", "port to listen on"),
    Setting("PUBLIC_URL", "", _public, "对外地址", "address people use"),
    Setting("TRUSTED_PROXIES", "0", _between(0, 5), "前置代理层数", "number of proxies in front"),
    Setting("WORKERS", "1", _between(1, 64), "服务进程数", "web workers"),
    Setting("SECRET_KEY_FILE", "", _path, "系统密钥文件", "secret of this installation"),
    Setting("SIGNING_KEY_FILE", "", _path, "签名密钥文件", "signing key"),
    Setting(
        "ANONYMOUS", "none", _one_of("none", "open"), "未登录可见范围", "reading without a name"
    ),
    Setting("DEFERRAL_PAPER", "", str, "允许限期补正的文号", "paper that allows deferrals"),
    Setting(
        "HARVEST_NETWORKS",
        "",
        _networks,
        "允许采集的内部网段，逗号分隔；不写则只采集公网地址",
        "networks inside that may be harvested, by commas; none: public addresses only",
    ),
    Setting("MAX_UPLOAD", "20", _between(1, 1024), "上传上限 (MiB)", "largest upload in MiB"),
    Setting(
        "MASKING_MEMORY",
        "2048",
        _between(1024, 262_144),
        "一次脱敏运行的内存上限 (MiB)",
        "most memory of a masking run in MiB",
    ),
    Setting(
        "MASKING_MINUTES",
        "60",
        _between(1, 1440),
        "一次脱敏运行的时限（分钟）",
        "longest masking run in minutes",
    ),
    Setting(
        "SOURCES_DIR",
        "",
        _path,
        "可供登记和脱敏运行读取的数据库地址文件夹",
        "folder with the addresses of databases that registering and masking runs may read",
    ),
    Setting("DEMO_PASSWORD", "", str, "演示账号口令", "password of the demo accounts"),
    Setting("LOG", "info", _one_of("debug", "info", "warning", "error"), "日志级别", "log level"),
)


def start_log() -> None:
    """Warnings of everything go to the error stream; the setting `log` is of our own alone."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise ConfigurationError with all faults at once.

    A name that begins with CATALOGUE_ and is not in the table is a fault: a misspelt setting
    must not be ignored silently.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    faults = []
    known = {PREFIX + setting.name for setting in SETTINGS}
    for name in sorted(environ):
        # CATALOGUE_TEST_* are read by the tests alone.
        if name.startswith(PREFIX) and name not in known and not name.startswith("CATALOGUE_TEST_"):
            faults.append(f"未知配置 {name} / unknown setting {name}")
    for setting in SETTINGS:
        name = PREFIX + setting.name
        try:
            values[setting.name.lower()] = setting.read(environ.get(name, setting.default))
        except _Wrong as fault:
            faults.append(
                f"{name}（{setting.zh}）：应为 {fault.zh} / {setting.en}: expected {fault.en}"
            )
    if faults:
        raise ConfigurationError(faults)
    return Settings(**_completed(values))  # type: ignore[arg-type]


def _completed(values: dict[str, object]) -> dict[str, object]:
    """Fill what follows from the data folder and from host and port."""
    folder = values["data_dir"]
    assert isinstance(folder, Path)
    folder = values["data_dir"] = folder.absolute()
    values["database_url"] = values["database_url"] or f"sqlite:///{folder / 'registry.sqlite'}"
    values["secret_key_file"] = values["secret_key_file"] or folder / "secret.key"
    values["signing_key_file"] = values["signing_key_file"] or folder / "signing.key"
    values["public_url"] = values["public_url"] or f"http://{values['host']}:{values['port']}"
    return values


def _secret(path: Path) -> bytes:
    """The bytes of a secret file; a new file gets 32 random bytes and mode 0600."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another worker was first
            return _secret(path)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    try:
        found = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        found = b""
    if not found:
        raise ConfigurationError(
            [
                f"系统密钥文件内容不完整，请从备份取回：{path}"
                f" / the secret is not whole, bring it back from a backup: {path}"
            ]
        )
    return found
