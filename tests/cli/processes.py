"""The program as an operator runs it: real processes of `catalogue` over a folder of a test."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from registry.cli import main
from tests import factories

COMMAND = [sys.executable, "-c", "from registry.cli import main; main()"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The settings of an installation in this folder, on the database engine of this run."""
    named = _named(more)
    # For tests/engines.py: a process of this environment meets the engine of the run.
    sys.audit("registry.environment")
    if factories.POSTGRESQL and "CATALOGUE_DATABASE_URL" not in named:
        named["CATALOGUE_DATABASE_URL"] = factories.own_postgresql()
    return {**_outer(), "CATALOGUE_DATA_DIR": str(folder), **named}


def _named(more: dict[str, str]) -> dict[str, str]:
    return {f"CATALOGUE_{key.upper()}": value for key, value in more.items()}


def _outer() -> dict[str, str]:
    """What of the environment of the tests is none of our settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("CATALOGUE_", "PROMETHEUS"))}


def installed(folder: Path, **more: str) -> dict[str, str]:
    """The same of one that is ready to work: `init` costs a process of its own a second more."""
    env = environment(folder, **more)
    done = CliRunner().invoke(main, ["init"], env=env)
    assert done.exit_code == 0, done.output
    return env


def apart(folder: Path, **more: str) -> dict[str, str]:
    """The same on SQLite whatever engine the run is of, made by a process: it meets no engine.

    For tests of what stands before the application, and reads and writes a connection.
    """
    env = {**_outer(), "CATALOGUE_DATA_DIR": str(folder), **_named(more)}
    assert catalogue(env, "init").returncode == 0
    return env


def catalogue(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words], env=env, check=False, capture_output=True, text=True, timeout=600
    )


@contextmanager
def running(env: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on by itself; ended with the test, whatever became of it."""
    process = subprocess.Popen(
        [*COMMAND, *words], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@contextmanager
def served(env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`catalogue serve` on a free port, once it answers: the process and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running({**env, "CATALOGUE_PORT": str(port)}, "serve") as process:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(f"{address}/livez"))
        yield process, address


def until(holds, seconds: float = 600.0) -> None:
    """Wait until something holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


def answers(address: str) -> bool:
    """Whether anything answers there."""
    try:
        return fetched(address)[0] > 0
    except (OSError, urllib.error.URLError):
        return False


def fetched(address: str, **headers: str) -> tuple[int, str]:
    """Status and text of an answer, whatever its status."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers=headers), timeout=300
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()
