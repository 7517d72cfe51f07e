"""The manual is read in the product: every page of docs/, and every link of it leads somewhere."""

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT / "docs").with_suffix("").as_posix()
    for path in (ROOT / "docs").rglob("*.md")
)
LINK = re.compile(r'href="(/help/[^"]+)"')


def read(city: Flask, address: str, **asked: str) -> str:
    answer = city.test_client().get(address, query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_contents_lead_to_every_page_of_docs(city, language):
    listed = LINK.findall(read(city, "/help", lang=language))
    assert sorted(listed) == [f"/help/{name}" for name in PAGES]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_its_links_lead_somewhere(city, name):
    for language in ("zh", "en"):
        page = read(city, f"/help/{name}", lang=language)
        assert page.count("<h1>") == 1
        for address in set(LINK.findall(page)):
            read(city, address)
        anchors = re.findall(r'href="#(p\d+)"', page)
        assert all(f'id="{anchor}"' in page for anchor in anchors)


def test_a_reader_gets_the_part_in_his_language(city):
    chinese = read(city, "/help/how-to/exchange")
    english = read(city, "/help/how-to/exchange", lang="en")
    assert "<h1>申请数据、答复申请、提出需求</h1>" in chinese
    assert "Requester." not in chinese
    assert "<h1>Request data, answer requests, state demands</h1>" in english
    assert 'class="manual" lang="en"' in english
    assert "需求部门：申请数据" not in english


def test_a_line_that_ends_within_a_sentence_leaves_no_blank(city):
    text = read(city, "/help/how-to/finding")
    article = text[text.index('<article class="manual"') : text.index("</article>")]
    assert not re.findall(r"[一-鿿，。；]\n[一-鿿]", article)


@pytest.mark.parametrize("name", ["nowhere", "../README", "how-to", "how-to/masking.md", "%00"])
def test_what_is_no_page_is_not_found(city, name):
    assert city.test_client().get(f"/help/{name}").status_code == 404
