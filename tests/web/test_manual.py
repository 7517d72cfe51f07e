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


def test_another_page_is_named_by_its_title_and_no_path_is_shown(city):
    page = read(city, "/help/how-to/registering")
    assert '<a href="/help/how-to/sheets">「用官方表格登记」</a>' in page
    for name in PAGES:
        shown = read(city, f"/help/{name}")
        assert "docs/how-to/sheets.md" not in re.sub(r"<title>.*?</title>", "", shown)
        assert "_kinds.json" not in shown or name == "explanation"


def test_what_operators_read_stands_apart_from_what_clerks_read(city):
    page = read(city, "/help")
    clerks, operators = page.split("系统管理员：安装、运行、对接")
    assert "/help/how-to/sheets" in clerks
    assert "/help/how-to/running" not in clerks
    assert "/help/reference/settings" in operators


def test_a_word_is_found_in_the_manual_with_the_place_where_it_stands(city):
    page = read(city, "/help", q="撤回送审")
    assert "/help/how-to/registering" in page
    assert "撤回送审" in page[page.index("/help/how-to/registering") :]
    assert "手册里没有" in read(city, "/help", q="没有这个词的")
