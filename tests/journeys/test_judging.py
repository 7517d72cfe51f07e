"""The judge of the journeys finds a fault in the width in which it is drawn."""

import pytest

from tests.journeys.browser import _judged

PALE = "color: #ccc"
PAGE = """<!doctype html><html lang="zh-CN"><title>页面</title><style>{style}</style>
<main><h1>标题</h1><p>正文</p></main></html>"""


@pytest.mark.parametrize(
    ("style", "width"),
    [
        (f"p {{ {PALE} }}", 1440),
        (f"@media (max-width: 400px) {{ p {{ {PALE} }} }}", 320),
        (f"@media (max-width: 400px) {{ main {{ {PALE} }} }}", 320),
        (f"p {{ {PALE} }} @media (min-width: 401px) {{ p {{ display: none }} }}", 320),
    ],
    ids=["wide", "narrow", "inherited", "shown in the narrow alone"],
)  # fmt: skip
def test_pale_words_are_found_in_the_width_in_which_they_are_pale(browser, style, width):
    page = browser.new_page()
    page.set_content(PAGE.format(style=style))
    with pytest.raises(AssertionError, match=f"at {width}: .*color-contrast"):
        _judged(page, "pale")
    page.close()


def test_dark_words_are_no_fault(browser):
    page = browser.new_page()
    page.set_content(PAGE.format(style="p { color: #222 }"))
    _judged(page, "dark")
    page.close()
