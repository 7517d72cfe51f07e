"""The reference says what the code says."""

from pathlib import Path

import pytest

from docs import generate


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_page_of_the_reference_is_what_the_code_says(name):
    page = (Path(generate.HERE) / f"{name}.md").read_text("utf-8")
    assert page == generate.PAGES[name](), "run `make docs`"
