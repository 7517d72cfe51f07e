"""The wheel carries everything the program reads, and works from a folder of its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("registry", "schemas", "search", "connectors", "anonymization")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this tree, built from a copy so that nothing is left in the tree."""
    copy = tmp_path_factory.mktemp("source")
    for name in _kept():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    run = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    flags = ["--no-index", "--disable-pip-version-check", "-w", str(out), str(copy)]
    subprocess.run([*run, *flags], check=True, capture_output=True, cwd=copy)
    (built,) = out.glob("*.whl")
    return built


def _kept() -> list[str]:
    """The files of the tree that are no rubbish of a run."""
    found = ["setup.cfg", "pyproject.toml", "README.md"]
    for package in PACKAGES:
        # The pages of the manual stand in docs/, and a link in the package leads there.
        for folder, _, names in os.walk(ROOT / package, followlinks=True):
            if "__pycache__" not in folder:
                found += [(Path(folder) / name).relative_to(ROOT).as_posix() for name in names]
    return found


def test_every_file_of_the_packages_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {name for name in _kept() if name.startswith(PACKAGES)}
    assert "registry/manual/how-to/masking.md" in wanted
    assert sorted(wanted - held) == []
    assert not any(name.startswith(("tests/", "docs/", "benchmarks/")) for name in held)


def test_the_installed_wheel_makes_a_city_and_checks_itself(wheel, tmp_path):
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run(
        [*install, "--disable-pip-version-check", "--target", str(target), str(wheel)],
        check=True,
        capture_output=True,
    )
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("CATALOGUE_", "PYTHON"))},
        "CATALOGUE_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": str(target),
    }
    # The path of the target comes first: nothing of the tree is imported.
    program = (
        "import sys, registry; assert registry.__file__.startswith(sys.argv[1]);"
        "from registry.cli import main; main(sys.argv[2:])"
    )
    for command in (["check-config"], ["init"], ["demo"], ["audit", "verify"], ["account", "list"]):
        done = subprocess.run(
            [sys.executable, "-c", program, str(target), *command],
            env=env,
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.returncode == 0, (command, done.stdout[-400:], done.stderr[-400:])
    assert "registrar" in done.stdout
