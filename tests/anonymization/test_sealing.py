"""Sealed files: what went in comes out, and nothing that was cut, moved or altered does."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymization import sealing
from anonymization.sealing import Damaged

KEY = b"k" * 32
PIECE = (1 << 20) + 16


def sealed(folder, content, name="one"):
    path = folder / name
    path.unlink(missing_ok=True)
    assert sealing.seal(io.BytesIO(content), path, KEY, name) == len(content)
    return path


def opened(path, key=KEY, name="one"):
    return b"".join(sealing.unseal(path, key, name))


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_what_was_sealed_comes_out_again_whatever_its_size(tmp_path, size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert opened(sealed(tmp_path, content)) == content


def test_the_file_is_closed_to_others_and_holds_none_of_it_in_plain(tmp_path):
    path = sealed(tmp_path, "张三 150302199003074517".encode() * 1000)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "张三".encode() not in path.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda b: b[:-1],
        lambda b: b[: 7 + PIECE],
        lambda b: b[:7] + b[7 + PIECE :],
        lambda b: b[:7] + b[7 + PIECE : 7 + 2 * PIECE] + b[7 : 7 + PIECE] + b[7 + 2 * PIECE :],
        lambda b: b[:7],
        lambda b: b + b"x",
    ],
    ids=["cut", "pieces off", "first gone", "exchanged", "empty", "longer"],
)
def test_a_file_that_was_cut_or_put_together_anew_is_not_read(tmp_path, harm):
    path = sealed(tmp_path, b"x" * (3 << 20))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(Damaged):
        opened(path)


@given(st.integers(min_value=0, max_value=122))
def test_no_bit_can_be_altered(tmp_path_factory, at):
    path = sealed(tmp_path_factory.mktemp("sealed"), b"y" * 100)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(Damaged):
        opened(path)


def test_another_key_or_another_name_opens_nothing(tmp_path):
    path = sealed(tmp_path, b"x")
    with pytest.raises(Damaged):
        opened(path, key=b"l" * 32)
    with pytest.raises(Damaged):
        opened(path, name="two")


def test_a_source_that_breaks_off_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("broken off")

    with pytest.raises(OSError, match="broken off"):
        sealing.seal(Broken(), tmp_path / "one", KEY, "one")
    assert list(tmp_path.iterdir()) == []
