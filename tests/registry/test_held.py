"""What lies between two pages is unreadable on the disk, one person's, for an hour, used once."""

import os
import time

import pytest

from registry import held
from registry.errors import Missing


def test_only_the_token_and_its_person_open_what_is_held(tmp_path):
    token = held.hold(tmp_path, 7, "不该录入的内容".encode(), "rows")
    (path,) = (tmp_path / "held").iterdir()
    assert "不该录入的内容".encode() not in path.read_bytes()
    assert token not in path.name
    assert held.content(tmp_path, 7, token, "rows").decode() == "不该录入的内容"
    for person, other in ((8, token), (7, token[:-1] + ("A" if token[-1] != "A" else "B"))):
        with pytest.raises(Missing):
            held.content(tmp_path, person, other, "rows")
    with pytest.raises(Missing):
        held.content(tmp_path, 7, token, "copy")
    with pytest.raises(Missing):
        held.content(tmp_path, 7, "../registry.sqlite", "rows")


def test_an_hour_later_it_is_gone(tmp_path):
    token = held.hold(tmp_path, 7, b"x", "rows")
    (path,) = (tmp_path / "held").iterdir()
    os.utime(path, (time.time() - held.SECONDS - 1,) * 2)
    with pytest.raises(Missing):
        held.content(tmp_path, 7, token, "rows")
    assert held.sweep(tmp_path) == 1
    assert list((tmp_path / "held").iterdir()) == []


def test_it_is_used_once_and_is_there_again_when_the_use_failed(tmp_path):
    token = held.hold(tmp_path, 7, b"x", "rows")
    with pytest.raises(ZeroDivisionError), held.used_up(tmp_path, token):
        1 / 0  # noqa: B018 - what fails is the use
    with held.used_up(tmp_path, token), pytest.raises(Missing), held.used_up(tmp_path, token):
        pass
    with pytest.raises(Missing), held.used_up(tmp_path, token):
        pass


def test_a_wipe_leaves_nothing_held(tmp_path):
    for content in (b"x", b"y"):
        held.hold(tmp_path, 7, content, "rows")
    assert held.clear(tmp_path) == 2
    assert list((tmp_path / "held").iterdir()) == []
