"""What is tried on codes: everything listed, but for those the run made under its own key."""

import hashlib
import hmac
from pathlib import Path

import polars as pl
import pytest

from anonymization import digests, narrowed, trials
from anonymization.findings import Finding, Terms, wordy
from anonymization.letters import rows_of
from anonymization.reversal import plain_hashes
from tests.anonymization.eighth_people import crowd

MOBILES = [f"139{4730000 + n:08}" for n in range(0, 90_000, 30)]
CODES = pl.DataFrame({"联系电话": [hashlib.md5(one.encode()).hexdigest() for one in MOBILES]})


def found(texts: pl.DataFrame, **terms: object) -> list[tuple[str, ...]]:
    judged = Terms(profile="statistical", **terms)  # type: ignore[arg-type]
    return [one.columns for one in hashes(texts, {"联系电话": "hex"}, judged)]


def hashes(texts: pl.DataFrame, tokens: dict[str, str], judged: Terms) -> list[Finding]:
    return plain_hashes(texts, wordy(texts), tokens, judged)


@pytest.mark.parametrize("shelf", [False, True], ids=["by itself", "with others"])
def test_digests_of_telephones_are_undone_by_listing_telephones(
    shelf: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "SHELF", tmp_path if shelf else None)
    assert found(CODES) == [("联系电话",)]
    assert any(tmp_path.iterdir()) == shelf


@pytest.mark.parametrize("beside", [False, True])
def test_of_codes_under_a_key_only_what_is_in_hand_is_tried(beside: bool) -> None:
    keyed = frozenset({"联系电话"})
    if not beside:
        assert found(CODES, keyed=keyed) == []
        return
    # A column beside them that holds what is behind them undoes them whoever made them.
    assert found(CODES.with_columns(备注=pl.Series(MOBILES)), keyed=keyed) == [("联系电话",)]


def test_what_a_database_writes_before_its_digests_hides_none() -> None:
    codes = [f"{{MD5}}{hashlib.md5(one.encode()).hexdigest()}" for one in MOBILES]
    judged = Terms(profile="statistical")
    assert [one.columns for one in hashes(pl.DataFrame({"口令": codes}), {}, judged)] == [("口令",)]


def test_a_digest_cut_short_behind_a_letter_is_one_all_the_same() -> None:
    numbers = [f"{front}473{n:05}" for front in (138, 139, 150, 187) for n in range(0, 90_000, 90)]
    codes = [f"U_{hashlib.md5(one.encode()).hexdigest()[:12].upper()}" for one in numbers]
    judged = Terms(profile="statistical")
    assert [one.columns for one in hashes(pl.DataFrame({"主体码": codes}), {}, judged)] == [
        ("主体码",)
    ]


def test_a_salt_that_is_published_is_no_key() -> None:
    salts = [f"{n * 7919 % 2**32:08x}" for n in range(len(MOBILES))]
    both = zip(MOBILES, salts, strict=True)
    codes = [hashlib.sha256((one + salt).encode()).hexdigest() for one, salt in both]
    texts = pl.DataFrame({"手机号哈希": codes, "salt": salts})
    judged = Terms(profile="statistical")
    (found,) = hashes(texts, {"手机号哈希": "hex"}, judged)
    assert (found.code, found.columns) == ("UNSALTED_HASH", ("手机号哈希", "salt"))


@pytest.mark.parametrize("form", ["乌海市民政局{}", "{}wuhai2025", "{}B{:02}"])
def test_a_mask_beside_a_digest_leaves_few_numbers_whatever_the_salt(form: str) -> None:
    # Segments of the city that are not among the oldest, of which lists have few.
    mobiles = [f"{front}473{n:05}" for front in (176, 199) for n in range(0, 90_000, 1500)]
    salted = [form.format(one, n % 40).encode() for n, one in enumerate(mobiles)]
    texts = pl.DataFrame(
        {
            "电话": [f"{one[:3]}****{one[7:]}" for one in mobiles],
            "批次": [f"B{n % 40:02}" for n in range(len(mobiles))],
            "编码": [hashlib.md5(one).hexdigest() for one in salted],
        }
    )
    judged = Terms(profile="statistical")
    assert [one.columns for one in hashes(texts, {"编码": "hex"}, judged)] == [("编码",)]


@pytest.mark.parametrize("algorithm", ["java", "fnv1a", "murmur3", "crc32"])
def test_what_a_program_makes_of_citizen_numbers_leads_back(algorithm: str) -> None:
    made = digests.digester(algorithm)
    numbers = [int.from_bytes(made(p.ident.encode()), signed=True) for p in crowd(900, "sums")]
    codes = pl.DataFrame({"索引": [str(one) for one in numbers]})
    (finding,) = hashes(codes, {}, Terms())
    assert (finding.code, finding.columns) == ("UNSALTED_HASH", ("索引",))
    assert algorithm.upper() in finding.zh


def test_four_bytes_under_a_key_lead_back_to_nobody() -> None:
    made = [hmac.digest(b"k" * 32, p.ident.encode(), "sha256")[:4] for p in crowd(900, "keyed")]
    codes = pl.DataFrame({"索引": [str(int.from_bytes(one, signed=True)) for one in made]})
    assert hashes(codes, {}, Terms()) == []


def test_no_more_numbers_are_salted_than_prove_it_so_that_more_salts_are_tried() -> None:
    texts = pl.DataFrame(
        {
            "所在区": ["海勃湾区"] * 120,
            "出生年": ["1980"] * 120,
            "性别": ["女"] * 120,
            "批次": ["2025年第三批"] * 120,
        }
    )
    tried = list(narrowed.salted(texts, ("wuhai",)))
    salts = [salt for salt, _ in tried]
    assert salts == ["海勃湾区", "1980", "女", "2025年第三批", "wuhai"]
    # Four hits among 120 of the 183,000 women there may be; one proves the salt.
    assert {len(rows) for _, rows in tried} == {6100}


def test_what_every_release_may_have_is_digested_once_for_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "SHELF", tmp_path)
    guesses = rows_of([b"213904730001", b"213904730002"])
    made = trials.shelved("row 2 sha256", guesses, "sha256")
    again = trials.shelved("row 2 sha256", guesses, "sha256")
    assert [one.tolist() for one in made] == [one.tolist() for one in again]
    assert (tmp_path / "row 2 sha256.npy").exists()
