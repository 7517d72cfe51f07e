"""Elasticsearch behind TLS, with an account that may touch the registry's own indexes alone.

Collected where CATALOGUE_TEST_SECURE_SEARCH_URL names such a server; the account, its password and
the certificate of the server's authority stand in _USERNAME, _PASSWORD and _CA_CERTS of the name.
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import AuthorizationException, Elasticsearch

import search
from registry import config, discovery
from search import Query, Reader, SearchDoc, Unavailable

NAME = "CATALOGUE_TEST_SECURE_SEARCH"
SERVER = os.environ.get(f"{NAME}_URL", "").rstrip("/")
USERNAME, PASSWORD, CA_CERTS = (
    os.environ.get(f"{NAME}_{part}", "") for part in ("USERNAME", "PASSWORD", "CA_CERTS")
)
ASKED = Query("婚姻", reader=Reader(everything=True))


@pytest.fixture
def client() -> Iterator[Elasticsearch]:
    """The account itself, to look at what it may do beside the product."""
    with Elasticsearch(SERVER, basic_auth=(USERNAME, PASSWORD), ca_certs=CA_CERTS) as opened:
        yield opened


@pytest.fixture
def alias(client: Elasticsearch) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    for index in client.indices.get(index=f"{name}-*"):
        client.indices.delete(index=index)


def doc(key: str) -> SearchDoc:
    return SearchDoc(key, "1", "U1", 1, {"name": "婚姻登记"})


def test_the_account_builds_changes_swaps_and_asks_its_indexes(alias: str, tmp_path: Path) -> None:
    index = search.open(
        f"{SERVER}/{alias}", tmp_path, username=USERNAME, password=PASSWORD, ca_certs=CA_CERTS
    )
    index.rebuild([doc("a"), doc("b")])
    index.apply([doc("c")], ["a"])
    index.rebuild([doc("b"), doc("c"), doc("d")])
    assert (index.search(ASKED).total, index.status().entries) == (3, 3)
    assert [key for key, _ in index.versions()] == ["b", "c", "d"]
    index.close()


def test_the_settings_of_the_product_open_it(alias: str, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o600)
    place = SERVER.replace("https://", f"https://{USERNAME}@")
    settings = config.load(
        {
            "CATALOGUE_DATA_DIR": str(tmp_path),
            "CATALOGUE_SEARCH_URL": f"{place}/{alias}",
            "CATALOGUE_SEARCH_PASSWORD_FILE": str(secret),
            "CATALOGUE_SEARCH_CA_FILE": CA_CERTS,
        }
    )
    index = discovery.open_index(settings)
    index.rebuild([doc("a")])
    assert index.search(ASKED).total == 1
    index.close()


@pytest.mark.parametrize("wrong", ["password", "authority"])
def test_a_wrong_password_or_a_foreign_certificate_is_an_engine_away(
    wrong: str, alias: str, tmp_path: Path
) -> None:
    given = {"username": USERNAME, "password": PASSWORD, "ca_certs": CA_CERTS}
    if wrong == "password":
        given["password"] = "not this one"
    else:
        # The machine's own authorities know nothing of this server.
        given["ca_certs"] = ""
    with pytest.raises(Unavailable) as told:
        search.open(f"{SERVER}/{alias}", tmp_path, **given)
    assert PASSWORD not in str(told.value)


def test_the_account_may_touch_nothing_else(client: Elasticsearch) -> None:
    with pytest.raises(AuthorizationException):
        client.indices.create(index="payroll")
    with pytest.raises(AuthorizationException):
        client.security.get_user()
