"""What the documentation gives a developer for his first hour runs as it stands there."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "interfaces.md"


def program():
    section = PAGE.read_text("utf-8").partition("## 一小时上手")[2].partition("\n## ")[0]
    lines = section.splitlines()
    first = lines.index("    import json")
    last = next(n for n in range(first, len(lines)) if lines[n] and not lines[n].startswith("    "))
    return textwrap.dedent("\n".join(lines[first:last]))


def test_the_program_of_the_first_hour_does_what_is_said_of_it(site, token):
    told = {"SITE": site, "TOKEN": token("registrar"), "UNIT": "11150300DEM000022H"}
    done = subprocess.run(
        [sys.executable, "-c", program()], capture_output=True, text=True, check=False,
        env={**os.environ, **told, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found, read, draft, *missing = done.stdout.splitlines()
    assert found.startswith("检索到")
    assert "婚姻登记信息" in found
    assert int(read.split()[1]) > 300
    assert draft.endswith(" draft")
    assert any("/share_type" in line for line in missing)
    assert not any("/abstract" in line for line in missing)
