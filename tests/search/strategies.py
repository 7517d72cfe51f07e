"""Made-up entries and questions for the tests of the search room, seeded by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from search import Query, Reader, SearchDoc

WORDS = (
    "婚姻登记", "结婚登记", "信息", "住房公积金", "缴存", "企业", "行政处罚", "养老机构", "低保",
    "学校", "名录", "空气质量", "监测", "停车场", "AED", "IC卡", "2024年", "电話號碼", "的",
    "怎么办",
)  # fmt: skip
UNITS = ("U1", "U2", "U3")

# By number, because the table behind st.characters() takes seconds to build in a fresh checkout.
characters = st.integers(0, 0x10FFFF).map(chr) | st.sampled_from("\x00\t\ud800\u3000aZ中市")
anything = st.text(characters, max_size=300)

titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
texts = st.one_of(
    st.lists(
        st.sampled_from((*WORDS, " ", " -", "不要", "除了", "以外", "gongjijin", "hydj")),
        max_size=4,
    ).map("".join),
    st.text(characters, max_size=12),
)
units = st.sampled_from(UNITS)


@st.composite
def docs(draw: st.DrawFn, key: str = "", turn: int = 1) -> SearchDoc:
    document: dict[str, Any] = {
        "name": draw(titles),
        "abstract": draw(titles),
        "share_type": draw(st.sampled_from("123")),
        "class_path": draw(st.sampled_from(("3/07/001", "3/07/002", "2/01"))),
        "items": [{"name": name, "level": "2"} for name in draw(st.lists(titles, max_size=2))],
    }
    envelope = {
        "department_name": "市民政局",
        "level": draw(st.sampled_from("1234")),
        "updated_at": draw(st.sampled_from(("2026-01-01T00:00:00+00:00", "2026-02-01"))),
        "opened": draw(st.booleans()),
        "shown_to": tuple(draw(st.lists(units, max_size=2))),
    }
    visibility = draw(st.sampled_from("123"))
    key = key or draw(st.text("abcdefgh", min_size=4, max_size=8))
    return SearchDoc(key, visibility, draw(units), turn, document, envelope)


def corpora(smallest: int = 1, largest: int = 25) -> st.SearchStrategy[list[SearchDoc]]:
    return st.lists(docs(), min_size=smallest, max_size=largest, unique_by=lambda doc: doc.key)


readers = st.builds(
    Reader,
    everything=st.booleans(),
    departments=st.frozensets(units, max_size=2),
    signed_in=st.booleans(),
)
filters = st.dictionaries(
    st.sampled_from(("share_type", "department")),
    st.lists(st.sampled_from(("1", "2", "U1", "U2")), max_size=2).map(tuple),
    max_size=2,
)
queries = st.builds(
    Query,
    text=texts,
    filters=filters,
    reader=readers,
    sort=st.sampled_from(("relevance", "updated", "published")),
    offset=st.integers(0, 5),
    limit=st.integers(1, 10),
    facets=st.just(("share_type", "class_path", "department", "level")),
)
