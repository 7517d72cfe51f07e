"""Print what importing an official sheet costs: reading, planning, and the time under the lock.

    python benchmarks/sheet_speed.py [--entries 1000] [--items 10]

Made-up entries of one unit, new, in an empty embedded database; then the same sheet with one
fault per entry is marked.
"""

import argparse
import copy
import tempfile
import time

from connectors import excel, files, marking
from registry import config, db, upgrade
from registry.access import Actor
from registry.access.actor import Holding
from registry.catalogue import intake
from registry.models.accounts import Organisation, Person
from registry.web.sheets import incoming


def entry(number: int, items: int) -> dict[str, object]:
    base = {"data_type": "C", "length": 50, "share_type": "2", "open_type": "3", "level": "1"}
    return {
        "name": f"第{number}号业务登记信息",
        "abstract": "业务系统办理登记时形成的信息，用于核对登记情况。",
        "class_path": "3/07/001",
        "format_class": "2",
        "share_type": "2",
        "open_type": "3",
        "update_cycle": "2",
        "items": [{"name": f"信息项{n}", **base} for n in range(items)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--items", type=int, default=10)
    options = parser.parse_args()
    made = [entry(n, options.items) for n in range(options.entries)]
    content = excel.write([excel.Exported(copy.deepcopy(one)) for one in made])
    told: dict[str, float] = {}
    started = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        told[name], started = time.perf_counter() - started, time.perf_counter()

    opened = files.opened(content)
    lap("read in the child")
    sheet = excel.sheet(opened)
    lap("rows to entries")
    with tempfile.TemporaryDirectory() as folder:
        chosen = config.load({"CATALOGUE_DATA_DIR": folder})
        database = db.connect(chosen.database_url, chosen.secret_key())
        upgrade.upgrade(database)
        with db.transaction(database, writes=True) as session:
            unit = Organisation(code="11150300DEM000001A", name="市某局", kind="机关")
            person = Person(name="某人")
            session.add_all([unit, person])
            session.flush()
            unit_id = unit.id
            who = Actor(
                person.id,
                person.key,
                "某人",
                "x",
                (Holding("registrar", unit.id, unit.code, unit.name),),
            )
        started = time.perf_counter()
        entries = [incoming(row) for row in sheet.rows]
        with db.transaction(database, writes=False) as session:
            unit = session.get_one(Organisation, unit_id)
            strict = intake.plan(session, who, unit, entries, declared=True)
        lap("plan with every rule, no lock")
        with db.transaction(database, writes=False) as session:
            unit = session.get_one(Organisation, unit_id)
            plan = intake.plan(session, who, unit, entries, declared=True, as_drafts=True)
        lap("plan as drafts, no lock")
        with db.transaction(database, writes=True) as session:
            intake.carry_out(session, who, session.get_one(Organisation, unit_id), plan)
        lap("store, under the lock")
        database.close()
    words = marking.Words(excel.FAULTS, excel.FAULTS_COLUMN, "行", "列", "需要修改的地方", "目录")
    marks = [marking.Mark(row.number - 1, 9, "摘要", "请修改") for row in sheet.rows]
    try:
        size = len(marking.marked("xlsx", content, sheet.name, sheet.start, marks, words))
    except files.Refused as refusal:
        size = 0
        print(f"no marked copy: {refusal.code}")
    lap("mark the workbook")
    for name, seconds in told.items():
        print(f"{seconds:8.2f} s  {name}")
    rows = sum(len(row.items) for row in sheet.rows)
    print(f"{len(sheet.rows)} entries, {rows} elements, {len(strict.faults)} faults")
    print(f"sheet {len(content) // 1024} KiB, marked {size // 1024} KiB")


if __name__ == "__main__":
    main()
