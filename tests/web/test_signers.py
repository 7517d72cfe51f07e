"""The page of signing keys: the head enrols and stops them, faults are told in a sentence."""

import io
import json

import pytest

from registry import signing
from tests.factories import sign_in, token_of


@pytest.fixture
def head(city):
    return sign_in(city, "head")


def enrol(client, fact: object, name: str = "数据专员的电脑"):
    page = client.get("/signers").text
    unit = page.split('<option value="')[1].split('"')[0]
    return client.post(
        "/signers/enrol",
        data={
            "csrf_token": token_of(page),
            "unit": unit,
            "name": name,
            "public": (io.BytesIO(json.dumps(fact).encode()), "signer.pub.json"),
        },
    )


def test_a_key_is_enrolled_and_stopped_with_a_reason(head, tmp_path):
    public = signing.load(tmp_path / "key").public
    assert enrol(head, public.fact()).status_code == 303
    page = head.get("/signers?lang=en").text
    assert public.key_id in page
    address = page.split("/revoke")[0].rsplit('"', 1)[1] + "/revoke"
    token = token_of(page)
    blank = head.post(address, data={"csrf_token": token, "because": " "})
    assert (blank.status_code, "Say why it is stopped" in blank.text) == (422, True)
    assert head.post(address, data={"csrf_token": token, "because": "丢失"}).status_code == 303
    assert "丢失" in head.get("/signers").text
    assert enrol(head, public.fact()).status_code == 409


def test_what_is_no_public_key_is_refused_in_a_sentence(head):
    answer = enrol(head, {"private": "ab"})
    assert answer.status_code == 400
    assert "This is no public key" in answer.text or "不是公钥" in answer.text


def test_nobody_but_a_head_sees_the_page(city):
    assert sign_in(city, "registrar").get("/signers").status_code == 403
