"""Releases of a ninth hand, which has read neither the gate nor its earlier sets.

What the held part hides is looked at in test_ninth_held.py, apart from what may be read.
"""

import hashlib
import re
from datetime import date, timedelta

from tests.anonymization import ninth_open
from tests.anonymization.eighth_people import Release, crowd
from tests.anonymization.judging import made


def the(front: str) -> Release:
    return next(case for case in made(ninth_open.flawed) if case.title.startswith(front))


def values(front: str, column: str) -> list[str]:
    return the(front).frame[column].to_list()


def test_what_they_hide_can_be_brought_back():
    """Done by hand, with nothing of the gate: the number comes out of what was released."""
    people = crowd(1000, the("elderly").title, 80, 99)
    days = [date(1899, 12, 30) + timedelta(days=n) for n in values("elderly", "csrq")]
    assert set(days) <= {p.born for p in people}
    phones = {p.phone for p in crowd(900, the("water").title)}
    assert {
        "".join(str(9 - int(sign)) for sign in one) for one in values("water", "联系码")
    } <= phones
    members = {p.phone for p in crowd(2000, the("bus app").title)}
    digests = {
        hashlib.md5(hashlib.md5(one.encode()).hexdigest().encode()).hexdigest() for one in members
    }
    assert set(values("bus app", "uid")) <= digests
    idents = {p.ident[:15] for p in crowd(700, the("job").title)}
    assert {one[:15] for one in values("job", "证号")} <= idents
    for path in values("online", "请求路径"):
        assert re.search(r"dh=1\d{10}&", path), path


def test_a_hidden_cell_is_what_the_sum_leaves():
    frame = the("illnesses").frame
    ills = [one for one in frame.columns if one.endswith("人数")]
    for row in frame.to_dicts():
        seen = [int(row[one]) for one in ills if row[one] != "—"]
        assert len(seen) == len(ills) - 1
        assert 0 < row["患者合计"] - sum(seen) < 5


def test_everybody_of_a_street_and_sex_is_there_for_one_offence():
    groups = the("community correction").frame.group_by("司法所", "性别").n_unique()
    assert groups["罪名类别"].to_list() == [1] * groups.height


def test_pictures_are_named_after_second_and_place():
    named = re.compile(r"IMG_2025\d{4}_\d{6}_E106\.\d+_N39\.\d+\.jpg")
    assert all(named.fullmatch(one) for one in values("visits", "照片"))
