"""The one fetcher: what is inside stays untouched, and no answer takes more than its share."""

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.fetching import Fetcher, Limits, Refused

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
JSON = ("application/json",)


class Peer:
    """A server of raw sockets: answers every connection by a function of the request."""

    def __init__(self, answer, tls=None):
        self.requests = []
        self._answer = answer
        self._tls = tls
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                return
        with connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                part = connection.recv(4096)
                if not part:
                    return
                asked += part
            self.requests.append(asked.decode())
            try:
                for part in self._answer(asked.decode()):
                    connection.sendall(part)
            except OSError:
                return

    def close(self):
        self._server.close()


@contextmanager
def peer(answer, tls=None):
    made = Peer(answer, tls)
    try:
        yield made
    finally:
        made.close()


def said(body=b"{}", status="200 OK", kind="application/json", **headers):
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n", body]


def refusal(fetcher, address, kinds=JSON):
    with pytest.raises(Refused) as caught:
        fetcher.get(address, kinds)
    return caught.value


def allowed(**limits):
    return Fetcher(allowed=LOOPBACK, limits=Limits(**{"seconds": 120.0, **limits}))


INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost",
    "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "224.0.0.1", "[ff02::1]", "255.255.255.255",
    "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "192.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_what_lies_inside_is_refused_however_it_is_spelled(host):
    with peer(lambda _: said()) as canary:
        code = refusal(Fetcher(), f"http://{host}:{canary.port}/").code
        assert code in ("inside", "unresolved", "address")
        assert canary.requests == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("file:///etc/passwd", "scheme"), ("ftp://example.org/", "scheme"),
        ("gopher://127.0.0.1:6379/_x", "scheme"), ("//example.org/", "scheme"),
        ("http://user:word@example.org/", "address"), ("http:///x", "address"),
        ("http://127.0.0.1:22/", "port"), ("http://example.org:99999/", "address"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_is_refused(address, code):
    assert refusal(allowed(), address).code == code


def test_a_network_the_administrator_names_is_asked_and_no_other():
    with peer(lambda _: said(b'{"a": 1}')) as inside:
        assert allowed().get(inside.address, JSON).content == b'{"a": 1}'
        other = Fetcher(allowed=(ipaddress.ip_network("10.0.0.0/8"),))
        assert refusal(other, inside.address).code == "inside"


def test_a_redirect_to_loopback_is_refused_before_anything_is_asked_there():
    only = Fetcher(allowed=(ipaddress.ip_network("127.0.0.1/32"),), limits=Limits(seconds=120))
    with peer(lambda _: said()) as canary:
        where = f"http://127.0.0.2:{canary.port}/"
        with peer(lambda _: said(b"", "302 Found", Location=where)) as sender:
            assert refusal(only, sender.address).code == "inside"
        for where in ("http://169.254.169.254/latest/", "file:///etc/passwd", "http://[::1]/"):
            with peer(lambda _, to=where: said(b"", "301 Moved", Location=to)) as sender:
                assert refusal(only, sender.address).code in ("inside", "scheme")
        assert canary.requests == []


def test_redirects_in_a_circle_end():
    with peer(lambda _: said(b"", "302 Found", Location="/again")) as circle:
        assert refusal(allowed(), circle.address).code == "redirects"
        assert len(circle.requests) == 4


def test_a_name_that_is_public_when_judged_and_loopback_when_asked_again_gains_nothing(monkeypatch):
    """Rebinding: the second answer of the name server is never asked for."""
    answers = iter([("192.0.2.7", "public"), ("127.0.0.1", "inside")])
    asked = []

    def resolver(host, port, **_):
        asked.append(host)
        ip, _ = next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    documentation = Fetcher(
        allowed=(ipaddress.ip_network("192.0.2.0/24"),), limits=Limits(seconds=0.5)
    )
    with peer(lambda _: said()) as canary:
        found = refusal(documentation, f"http://rebinding.example:{canary.port}/")
        assert found.code == "away"
        assert asked == ["rebinding.example"]
        assert refusal(documentation, f"http://rebinding.example:{canary.port}/").code == "inside"
        assert canary.requests == []


def test_a_name_with_one_address_inside_is_refused_as_a_whole(monkeypatch):
    def resolver(host, port, **_):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in ("8.8.8.8", "127.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    assert refusal(Fetcher(), "http://both.example/").facts["ip"] == "127.0.0.1"


def test_the_token_goes_to_its_own_origin_alone():
    with peer(lambda _: said()) as other:
        with peer(lambda _: said(b"", "302 Found", Location=other.address)) as own:
            fetcher = Fetcher(LOOPBACK, Limits(seconds=120), origin=own.address, token="s3cret")
            fetcher.get(own.address, JSON)
        assert "s3cret" in own.requests[0]
        assert "s3cret" not in other.requests[0]
    assert "s3cret" not in repr(fetcher)


def drip(_):
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    while True:
        time.sleep(0.05)
        yield b"x"


def slow_head(_):
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        time.sleep(0.05)
        yield b"X: y\r\n"


def continued(_):
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n" * 50
        time.sleep(0.01)


@pytest.mark.parametrize("answer", [drip, slow_head, continued])
def test_who_sends_a_little_for_ever_ends_at_the_deadline(answer):
    with peer(answer) as slow:
        assert refusal(allowed(seconds=0.6), slow.address).code in ("time", "broken")


def test_who_says_nothing_ends_at_the_deadline():
    ended = threading.Event()

    def silent(_):
        ended.wait()
        yield b""

    with peer(silent) as quiet:
        assert refusal(allowed(seconds=0.4), quiet.address).code == "time"
    ended.set()


def test_an_endless_body_ends_at_the_size():
    def endless(_):
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        while True:
            yield b" " * 65536

    with peer(endless) as big:
        assert refusal(allowed(size=1 << 20), big.address).code == "size"


def test_a_bomb_is_not_unpacked_beyond_the_size():
    bomb = gzip.compress(b"0" * (64 << 20))
    assert len(bomb) < 1 << 20
    with peer(lambda _: said(bomb, Content_Encoding="gzip")) as packed:
        assert refusal(allowed(size=1 << 20), packed.address).code == "size"
    small = gzip.compress(b'{"a": 2}')
    with peer(lambda _: said(small, Content_Encoding="gzip")) as packed:
        assert allowed().get(packed.address, JSON).content == b'{"a": 2}'


def test_a_page_in_place_of_data_is_refused_as_a_page():
    with peer(lambda _: said(b"<html>", kind="text/html; charset=utf-8")) as site:
        assert refusal(allowed(), site.address).code == "html"
    with peer(lambda _: said(b"x", kind="image/png")) as site:
        assert refusal(allowed(), site.address).code == "kind"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "missing"),
        ("403 Forbidden", "denied"),
        ("503 Busy", "busy_there"),
        ("500 X", "status"),
    ],
)
def test_a_refusal_over_there_is_told_apart(status, code):
    with peer(lambda _: said(b"{}", status)) as site:
        assert refusal(allowed(), site.address).code == code


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}"],
        [b"SSH-2.0-OpenSSH\r\n"],
        [b""],
        [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\nxx"],
        [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"],
    ],
)
def test_an_answer_that_breaks_off_or_is_none_is_refused(parts):
    with peer(lambda _: parts) as site:
        assert refusal(allowed(), site.address).code == "broken"


@pytest.fixture
def own_certificate(tmp_path):
    """A certificate that 127.0.0.1 made for itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "own.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_is_verified_and_one_nobody_vouches_for_refused(own_certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    with peer(lambda _: said(b'{"a": 3}'), context) as site:
        address = f"https://127.0.0.1:{site.port}/"
        assert refusal(allowed(), address).code == "tls"
        assert site.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate))
        assert allowed().get(address, JSON).content == b'{"a": 3}'


def test_who_speaks_no_tls_is_not_asked_without_it():
    with peer(lambda _: said()) as plain:
        address = plain.address.replace("http:", "https:")
        assert refusal(allowed(seconds=2), address).code in ("tls", "away")


def test_the_next_page_is_read_from_the_link_header():
    head = '</catalog?page=1>; rel="first", </catalog?page=3>; rel="next"'
    with peer(lambda _: said(Link=head)) as site:
        assert allowed().get(site.address, JSON).following == "/catalog?page=3"
