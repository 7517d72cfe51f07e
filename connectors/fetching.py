"""The one fetcher of the product: asks an address of somebody else without being led astray.

A name is resolved once and the connection goes to exactly the address that was judged, so a name
server that answers differently a moment later (rebinding) gains nothing. What lies inside
(loopback, private, link-local, metadata services) is refused unless the administrator's settings
name its network. Every redirect is judged again. One deadline holds for everything together, and
one size for what is sent and what it unpacks to.

The standard library does it: urllib3 stands in the environment only behind the client of
Elasticsearch, and pinning an address while keeping the name for TLS means replacing its
connections anyway; what is left of it then is less than this file.
"""

import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader, RawIOBase
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STATUS = {
    401: "denied",
    403: "denied",
    404: "missing",
    410: "missing",
    429: "busy_there",
    503: "busy_there",
}
# Global by their registration, inside by their use: Azure's metadata service, relays of 6to4.
_INSIDE = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.88.99.0/24")))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CHUNK = 65_536
_AGENT = "wuhai-catalogue-harvester/1"


class Refused(Exception):
    """An address that is not read; `code` names the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Limits:
    """How much one answer may take: seconds for everything together, bytes, redirects."""

    seconds: float = 60.0
    size: int = 32 << 20
    redirects: int = 3


@dataclass(frozen=True)
class Answer:
    """What was read: the address that answered in the end, its media type, the unpacked bytes."""

    address: str
    kind: str
    content: bytes
    following: str = ""


@dataclass(frozen=True)
class Fetcher:
    """Asks addresses. `allowed` are networks inside; `token` is told to `origin` and nobody else.

    Certificates are verified against those of the system (SSL_CERT_FILE names others).
    """

    allowed: tuple[Network, ...] = ()
    limits: Limits = field(default_factory=Limits)
    origin: str = ""
    token: str = field(default="", repr=False)

    def get(self, address: str, kinds: Collection[str] = ()) -> Answer:
        """The answer at `address`, one of these media types; raises Refused."""
        end = time.monotonic() + self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            target = _target(address)
            answer = self._asked(target, kinds, end)
            if isinstance(answer, Answer):
                return answer
            address = urljoin(target.address, answer)
            if target.scheme == "https" and _target(address).scheme != "https":
                raise Refused("downgrade", host=target.host)
        raise Refused("redirects", most=self.limits.redirects)

    def _asked(self, target: "_Target", kinds: Collection[str], end: float) -> Answer | str:
        """The answer, or where it sends us."""
        sock = self._connected(target, end)
        try:
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.sock = _Timed(sock, end)
            connection.request("GET", target.path, headers=self._headers(target, kinds))
            return self._read(target, connection.getresponse(), kinds)
        except TimeoutError as fault:
            raise Refused("time", seconds=int(self.limits.seconds)) from fault
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as fault:
            raise Refused("broken", host=target.host) from fault
        finally:
            sock.close()

    def _headers(self, target: "_Target", kinds: Collection[str]) -> dict[str, str]:
        made = {
            "Host": target.netloc,
            "User-Agent": _AGENT,
            "Accept": ", ".join(kinds) or "*/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if self.token and self.origin and _target(self.origin).origin == target.origin:
            made["Authorization"] = self.token
        return made

    def _connected(self, target: "_Target", end: float) -> socket.socket:
        """A connection to an address that was judged; the name is not asked for again."""
        for family, address in self._judged(target):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(_left(end))
                sock.connect(address)
                if target.scheme == "https":
                    context = ssl.create_default_context()
                    return context.wrap_socket(sock, server_hostname=target.host)
            except ssl.SSLError as fault:
                sock.close()
                raise Refused("tls", host=target.host) from fault
            except OSError:
                sock.close()
            else:
                return sock
        raise Refused("away", host=target.host)

    def _judged(self, target: "_Target") -> list[tuple[int, Any]]:
        """Every address of the name; one that is inside refuses the whole name."""
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            raise Refused("unresolved", host=target.host) from fault
        for *_, address in found:
            ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
            if not self.may(ip):
                raise Refused("inside", host=target.host, ip=str(ip))
        return [(family, address) for family, _, _, _, address in found]

    def may(self, ip: Address) -> bool:
        """Whether an address may be asked: it is public, or its network is allowed."""
        bare = getattr(ip, "ipv4_mapped", None) or ip
        return any(bare in network for network in self.allowed) or _is_public(bare)

    def _read(
        self, target: "_Target", response: http.client.HTTPResponse, kinds: Collection[str]
    ) -> Answer | str:
        status, headers = response.status, response.headers
        if status in _REDIRECTS:
            where = headers.get("Location", "")
            if not where:
                raise Refused("broken", host=target.host)
            return str(where)
        if status != 200:
            raise Refused(_STATUS.get(status, "status"), status=status, host=target.host)
        kind = headers.get_content_type() if headers.get("Content-Type") else ""
        if kinds and kind not in kinds:
            raise Refused("html" if "html" in kind else "kind", kind=kind[:60], host=target.host)
        packed = headers.get("Content-Encoding", "identity").strip().lower()
        content = b"".join(_unpacked(_chunks(response, self.limits.size), packed, self.limits.size))
        return Answer(target.address, kind, content, _following(headers.get_all("Link") or ()))


@dataclass(frozen=True)
class _Target:
    """An address taken apart, in letters that HTTP knows."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"


def check(address: str) -> None:
    """Raise Refused unless this is an address that may be asked at all; nothing is asked."""
    _target(address)


def _target(address: str) -> _Target:
    try:
        parts = urlsplit(address)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as fault:
        raise Refused("address") from fault
    if parts.scheme not in ("http", "https"):
        raise Refused("scheme", scheme=parts.scheme[:20])
    if not host or parts.username is not None or parts.password is not None:
        raise Refused("address")
    port = port or {"http": 80, "https": 443}[parts.scheme]
    # Mail, shells and directories answer below; nobody serves a catalogue there.
    if port < 1024 and port not in (80, 443):
        raise Refused("port", port=port)
    safe = "/%:@!$&'()*+,;=~-._"
    path = quote(parts.path or "/", safe) + (
        f"?{quote(parts.query, safe + '?')}" if parts.query else ""
    )
    return _Target(parts.scheme, host, port, path)


def _is_public(ip: Address) -> bool:
    if not ip.is_global or ip.is_multicast or any(ip in network for network in _INSIDE):
        return False
    return all(_is_public(inner) for inner in _carried(ip))


def _carried(ip: Address) -> Iterator[ipaddress.IPv4Address]:
    """The addresses of the old kind that travel inside one of the new kind."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.sixtofour is not None:
            yield ip.sixtofour
        if ip.teredo is not None:
            yield ip.teredo[1]
        if ip in _NAT64:
            yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """A socket under one deadline: whoever sends a byte a second ends with it all the same."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._end = end

    def sendall(self, data: bytes) -> None:
        """Send everything before the deadline."""
        self._sock.settimeout(_left(self._end))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> BufferedReader:
        """What is received, for the parser of HTTP."""
        return BufferedReader(_Received(self._sock, self._end))

    def close(self) -> None:
        """Nothing: whoever opened the socket closes it."""


class _Received(RawIOBase):
    """The receiving side of a socket under a deadline."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._end = end

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Receive what is there, at most until the deadline."""
        self._sock.settimeout(_left(self._end))
        return self._sock.recv_into(buffer)


def _chunks(response: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    """The body as it comes; refused once it is too long, or when it breaks off."""
    taken = 0
    while chunk := response.read1(_CHUNK):
        taken += len(chunk)
        if taken > most:
            raise Refused("size", mib=most >> 20)
        yield chunk
    if response.length:
        raise http.client.IncompleteRead(b"")


def _unpacked(chunks: Iterable[bytes], packed: str, most: int) -> Iterator[bytes]:
    """The body unpacked, never by more than is allowed: a few bytes may unpack to gigabytes."""
    if packed in ("identity", ""):
        yield from chunks
        return
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise Refused("kind", kind=packed[:60])
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    taken = 0
    for chunk in chunks:
        part = unpacking.decompress(chunk, most - taken + 1)
        taken += len(part)
        if taken > most:
            raise Refused("size", mib=most >> 20)
        yield part
    if not unpacking.eof:
        raise http.client.IncompleteRead(b"")


def _following(links: Iterable[str]) -> str:
    """The address of `rel=next` in Link headers (RFC 8288); "" where there is none."""
    for link in ", ".join(links)[:8_000].split(","):
        where, _, facts = link.partition(";")
        said = facts.replace('"', "").replace(" ", "").lower().split(";")
        if "rel=next" in said and where.strip().startswith("<"):
            return where.strip()[1:].rstrip(">")
    return ""
