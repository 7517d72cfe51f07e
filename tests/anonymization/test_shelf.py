"""Lists that are kept between processes: ours alone, whole, and what they should be."""

import os
from pathlib import Path

import numpy as np
import pytest

from anonymization import digests, lists, shelf, trials


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = shelf.opened(tmp_path / "cache")
    assert made is not None
    return made


@pytest.fixture
def every_list_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_TRIED", 1)


def ask(folder: Path, calls: list[int]) -> list[int]:
    """A list of plates, from the shelf or made: its first digests."""
    draw = lists.families()["plates"].guesses

    def make() -> list[np.ndarray]:
        calls.append(1)
        return digests.forms(draw(0), "sha256", twice=False)

    tables = shelf.kept(folder / "plates 0 sha256.npy", make, lambda: draw(0), "sha256")
    return [int(one) for one in tables[0][:50]]


def test_a_list_is_made_once_and_is_the_same_afterwards(folder, every_list_is_tried):
    calls: list[int] = []
    first = ask(folder, calls)
    assert ask(folder, calls) == first
    assert len(calls) == 1
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.iterdir())


def test_a_list_that_was_altered_is_made_anew(folder):
    calls: list[int] = []
    first = ask(folder, calls)
    (kept,) = folder.glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:-64] + bytes(64))
    assert ask(folder, calls) == first
    kept.write_bytes(b"no list")
    assert ask(folder, calls) == first
    assert len(calls) == 3


def test_a_list_that_was_altered_with_its_digest_is_found_out(folder, every_list_is_tried):
    calls: list[int] = []
    first = ask(folder, calls)
    (kept,) = folder.glob("*.npy")
    noughts = np.zeros_like(np.load(kept))
    np.save(kept, noughts)
    kept.with_suffix(".digest").write_text(shelf._digest(noughts))
    assert ask(folder, calls) == first
    assert len(calls) == 2


def test_a_folder_that_others_may_open_is_not_used(tmp_path):
    place = tmp_path / "cache"
    place.mkdir(mode=0o755)
    os.chmod(place, 0o755)
    assert shelf.opened(place) is None
    other = tmp_path / "link"
    other.symlink_to(tmp_path)
    assert shelf.opened(other) is None
    (tmp_path / "file").write_text("")
    assert shelf.opened(tmp_path / "file") is None


def test_no_more_is_kept_than_a_gigabyte(folder, monkeypatch):
    monkeypatch.setattr(shelf, "LARGEST", 1)
    calls: list[int] = []
    assert ask(folder, calls) == ask(folder, calls)
    assert len(calls) == 2
    assert not any(folder.iterdir())


def test_a_shelf_that_is_full_is_full_to_the_end_of_a_process(folder, monkeypatch):
    """To measure it again for each further list costs more than many a list."""
    calls: list[int] = []
    with monkeypatch.context() as narrow:
        narrow.setattr(shelf, "LARGEST", 1)
        ask(folder, calls)
    assert ask(folder, calls)
    assert len(calls) == 2
    assert not any(folder.iterdir())


def test_the_folder_is_that_of_the_user_for_what_can_be_made_again():
    place = shelf.place_of_user
    assert place({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == Path("/c/wuhai-registry")
    assert place({"XDG_CACHE_HOME": "c", "HOME": "/h"}) == Path("/h/.cache/wuhai-registry")
    assert place({}) is None


def test_a_process_remembers_in_the_folder_of_its_user(tmp_path, monkeypatch):
    monkeypatch.setattr(trials, "SHELF", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    trials.remember()
    assert trials.SHELF is not None
    assert trials.SHELF.is_relative_to(tmp_path)
