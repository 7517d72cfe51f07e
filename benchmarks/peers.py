"""Set the library beside pycanon, anjana and Presidio on the same work; print ratios.

    python -m benchmarks.peers ADULT_FOLDER [WORK_FOLDER]

Each peer runs in a virtual environment of its own, made here by package names (anjana 1.2.3 pins
numpy 2.0.2, the product has a newer one). Seconds are CPU. Presidio runs with pattern recognisers
only: its language models are not on a package index. ADULT_FOLDER holds adult.csv and
adult_hierarchy_<column>.csv.
"""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import polars as pl

from anonymization import risk, verify
from anonymization.detection import detect
from anonymization.recoding import anonymize_k
from benchmarks.peer_work import QUASI, SECRET
from tests.anonymization.flaws import flawed
from tests.anonymization.fresh_tables import OPEN, SEALED
from tests.anonymization.hard_tables import UNSEEN, build, f1
from tests.anonymization.hard_values import TODAY
from tests.anonymization.releases import Case, sound

PEERS = {
    "pycanon": ("pycanon",),
    "anjana": ("anjana==1.2.3", "numpy==2.0.2"),
    "presidio": ("presidio-analyzer",),
}
ROWS = 60


def environment(folder: Path, peer: str) -> Path:
    """The Python of a peer's own virtual environment, made when there is none."""
    home = folder / peer
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PEERS[peer]],
        check=True,
    )
    return python


def run(python: Path, work: str, folder: Path) -> Any:
    """What a piece of work in another environment printed last."""
    script = Path(__file__).with_name("peer_work.py")
    done = subprocess.run(
        [python, "-W", "ignore", script, work, folder], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def main(adult: Path, folder: Path) -> None:
    """Print every comparison."""
    for file in adult.glob("adult*.csv"):
        shutil.copy(file, folder)
    pythons = {peer: environment(folder, peer) for peer in PEERS}
    _measuring(pythons["pycanon"], folder)
    _recoding(pythons["anjana"], folder)
    _detecting(pythons["presidio"], folder)
    _gate(pythons["presidio"], pythons["pycanon"], folder)


def _measuring(python: Path, folder: Path) -> None:
    frame = pl.read_csv(folder / "adult.csv", separator=";", infer_schema=False)
    began = time.process_time()
    mine = risk.measure(frame, QUASI, (SECRET,))
    spent = time.process_time() - began
    peer = run(python, "pycanon", folder)
    print(
        f"k, l, t of Adult: {mine.k}, {mine.l}, {mine.t:.3f} in {spent:.3f} s; "
        f"pycanon {peer['k']}, {peer['l']}, {peer['t']:.3f} in {peer['cpu']:.2f} s: "
        f"{peer['cpu'] / spent:.0f} times the time"
    )


def _recoding(python: Path, folder: Path) -> None:
    frame = pl.read_csv(folder / "adult.csv", separator=";", infer_schema=False)
    trees = {}
    for name in QUASI:
        with (folder / f"adult_hierarchy_{name}.csv").open() as file:
            trees[name] = {row[0]: tuple(row) for row in csv.reader(file, delimiter=";")}
    peer = run(python, "anjana", folder)
    for k in (5, 10):
        began = time.process_time()
        mine = anonymize_k(frame, trees, k)
        spent = time.process_time() - began
        other = peer[str(k)]
        print(
            f"Adult to k = {k}: NCP {mine.ncp:.3f} in {spent:.2f} s; anjana {other['ncp']:.3f} in "
            f"{other['cpu']:.1f} s: {other['ncp'] / mine.ncp:.1f} times the loss, "
            f"{other['cpu'] / spent:.1f} times the time"
        )


def _detecting(python: Path, folder: Path) -> None:
    tables = {**UNSEEN, **OPEN, **SEALED}
    frames = {name: build(table, ROWS, 900).frame for name, table in tables.items()}
    truth = {(name, one): tables[name][one].kind for name in tables for one in tables[name]}
    held = {
        name: {one: frame[one].drop_nulls().to_list() for one in frame.columns}
        for name, frame in frames.items()
    }
    (folder / "tables.json").write_text(json.dumps(held, ensure_ascii=False), "utf-8")
    size = sum(len(cell.encode()) for t in held.values() for c in t.values() for cell in c) / 1e6
    began = time.process_time()
    mine = {
        (name, one.name): one.kind
        for name, frame in frames.items()
        for one in detect(frame, today=TODAY)
    }
    spent = time.process_time() - began
    print(f"columns of {len(tables)} hard tables of {ROWS} rows, {len(truth)} columns:")
    _read("this library", truth, mine, size / spent)
    for title, one in run(python, "presidio", folder).items():
        seen = {(t, c): kind for t, columns in one["kinds"].items() for c, kind in columns.items()}
        _read(f"Presidio {title}", truth, seen, one["speed"])


def _read(title: str, truth: Any, seen: Any, speed: float) -> None:
    kinds = sorted({kind for kind in truth.values() if kind})
    scores = [
        f1({key for key in truth if truth[key] == kind}, {key for key in seen if seen[key] == kind})
        for kind in kinds
    ]
    right = sum(truth[key] == seen.get(key) for key in truth)
    clean = sum(bool(seen.get(key)) for key in truth if truth[key] is None)
    print(
        f"  {title}: macro F1 {sum(scores) / len(scores):.3f}, {right} of {len(truth)} right, "
        f"{clean} clean ones flagged, {speed:.3f} MB/s"
    )


def _gate(presidio: Path, pycanon: Path, folder: Path) -> None:
    cases = [*list(flawed())[::3], *list(sound())[::2]]
    rows = {
        case.title: {
            name: [str(one) for one in case.frame[name].drop_nulls().head(80)]
            for name in case.frame.columns
        }
        for case in cases
    }
    claims = {
        case.title: {
            "rows": case.frame.to_dicts(),
            "quasi": case.claim["quasi_identifiers"],
            "k": case.claim["k"],
        }
        for case in cases
        if case.claim["quasi_identifiers"]
    }
    (folder / "releases.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    (folder / "claims.json").write_text(json.dumps(claims, ensure_ascii=False), "utf-8")
    read, small = run(presidio, "gate", folder)["refused"], run(pycanon, "small", folder)
    mine = {case.title: not verify(case.frame, case.claim, **case.others).passed for case in cases}
    other = {title: read[title] or small.get(title, False) for title in rows}
    print(f"a gate over {sum(not one.sound for one in cases)} flawed and "
          f"{sum(one.sound for one in cases)} sound releases:")  # fmt: skip
    for title, verdicts in (("this library", mine), ("Presidio and pycanon", other)):
        print(f"  {title}: {_caught(cases, verdicts)}")


def _caught(cases: list[Case], verdicts: dict[str, bool]) -> str:
    caught = sum(verdicts[one.title] for one in cases if not one.sound)
    alarms = sum(verdicts[one.title] for one in cases if one.sound)
    return f"{caught} flawed ones caught, {alarms} sound ones refused"


if __name__ == "__main__":
    where = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="peers-"))
    main(Path(sys.argv[1]), where)
