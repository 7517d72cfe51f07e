"""No command writes over a file that it reads, by whatever name it is called."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from registry.cli import main

TREATED = ("--plan", "plan.json", "--key", "key")
APPLIED = ("apply", "a.csv", *TREATED, "-o", "o.csv", "--report")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files that are read, among them a second name and a second link of one."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "plan.json", "key", "key.json", "report.json", "earlier.csv"):
        Path(name).write_text(f"{name} 的内容", "utf-8")
    Path("linked.csv").symlink_to("a.csv")
    Path("hard.csv").hardlink_to("a.csv")
    Path("sub").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        ("plan", "a.csv", "-o", "a.csv"),
        ("sample", "plan.json", "-o", "plan.json"),
        *((*APPLIED, name) for name in ("a.csv", "plan.json", "key", "key.json")),
        *((*APPLIED, name) for name in ("linked.csv", "hard.csv", "sub/../a.csv")),
        (*APPLIED, "r.json", "--earlier", "earlier.csv", "-o", "earlier.csv"),
        (*APPLIED, "r.json", "-o", "a.csv"),
        ("mask", "a.csv", *TREATED, "-o", "plan.json"),
        ("mask", "a.csv", *TREATED, "-o", "hard.csv"),
        ("restore", "a.csv", *TREATED, "--report", "report.json", "-o", "report.json"),
        ("key", "a.csv", "--after", "a.csv"),
    ],
    ids=" ".join,
)
def test_what_a_command_reads_is_never_its_target(desk: Path, line: tuple[str, ...]):
    before = {one.name: one.read_bytes() for one in desk.iterdir() if one.is_file()}
    answer = CliRunner().invoke(main, ["anonymize", *line])
    assert answer.exit_code == 2, answer.output
    assert "不能写在它上面" in answer.output
    assert {one.name: one.read_bytes() for one in desk.iterdir() if one.is_file()} == before


def test_two_results_do_not_go_into_one_file(desk: Path):
    answer = CliRunner().invoke(main, ["anonymize", *APPLIED, "sub/../o.csv"])
    assert answer.exit_code == 2
    assert "两项输出不能写到同一个文件" in answer.output
    assert not Path("o.csv").exists()
