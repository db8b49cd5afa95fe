"""The test command itself: it shows that it goes on, and runs as a job in the background."""

from __future__ import annotations

import importlib.util
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent
IGNORES_CTRL_C = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
SLOW = """
import time
for each in range(3):
    print("Collecting part", each, flush=True)
    time.sleep(0.1)
print("x" * 500, flush=True)
time.sleep(1.3)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


@pytest.fixture
def command() -> ModuleType:
    """tests/run.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("tests_run", HERE / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def everything(person: int) -> str:
    """What was shown on a terminal that the program has closed."""
    shown = b""
    with suppress(OSError):  # EIO: that was all
        while part := os.read(person, 65536):
            shown += part
    os.close(person)
    return shown.decode()


def test_ctrl_c_ends_what_a_test_starts() -> None:
    assert subprocess.run([sys.executable, "-c", IGNORES_CTRL_C], capture_output=True, check=True).stdout == b"False\n"


def test_ctrl_c_ends_what_a_test_starts_also_when_the_tests_run_in_the_background() -> None:
    inner = f"{__file__}::{test_ctrl_c_ends_what_a_test_starts.__name__}"
    background = f"import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.executable, {[sys.executable, '-m', 'pytest', '-q', inner]!r})"
    done = subprocess.run(
        [sys.executable, "-c", background], cwd=HERE.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_on_a_terminal_one_line_moves_while_something_is_installed(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, program = pty.openpty()
    monkeypatch.setenv("COLUMNS", "60")
    with os.fdopen(program, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        assert command.run("installing it", [sys.executable, "-c", SLOW], "no")
    shown = everything(person)
    *moving, last = shown.split("\r\x1b[K")[1:]
    assert last == f"tests/run.py: installing it: {last.split()[-2]} s\r\n"
    assert "installing it, 0 s  Collecting part 1" in moving
    assert all(len(line) < 60 for line in moving), "a line that wraps cannot be written over"
    assert any(re.fullmatch(r"installing it, [12] s  x+", line) for line in moving), "it moves while nothing is said"


def test_elsewhere_a_line_says_what_is_installed_and_one_how_long_it_took(
    command: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    assert command.run("installing it", [sys.executable, "-c", "print('Collecting a part')"], "no")
    begun, done = capfd.readouterr().out.splitlines()
    assert begun == "tests/run.py: installing it …"
    assert re.fullmatch(r"tests/run\.py: installing it: \d+ s", done)


def test_what_could_not_be_installed_is_said_after_all_that_its_program_said(
    command: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    argv = [sys.executable, "-c", "import sys; print('no such index'); sys.exit(3)"]
    with pytest.raises(SystemExit, match=r"tests/run\.py: it could not be installed \(`.*` ended with 3\)"):
        command.run("installing it", argv, "it could not be installed")
    assert capfd.readouterr().err == "no such index\n"


def test_the_mutants_of_the_core_get_what_follows_and_nothing_else_runs(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(argv: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(argv)
        return subprocess.CompletedProcess(argv, 1)

    monkeypatch.setattr(command, "make_venv", lambda: None)
    monkeypatch.setattr(command.subprocess, "run", run)
    monkeypatch.setattr(sys, "argv", ["run.py", "--mutants", "--full", "explain"])
    assert command.main() == 1, "what the mutants end with"
    assert ran == [[str(command.PYTHON), str(HERE / "bench" / "mutants.py"), "--full", "explain"]]
