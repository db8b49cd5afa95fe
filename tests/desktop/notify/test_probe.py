"""Each notifier alone, as a person tries it: `python -m psoas_nudge.notify.freedesktop`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
NOWHERE = {"PATH": "/nowhere", "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"}


def test_the_probe_shows_a_test_and_prints_what_is_pressed(dunst: Any, eventually: Callable[..., None]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "psoas_nudge.notify.freedesktop"],
        env={**dunst.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    eventually(lambda: dunst.count() == 1)
    dunst.press("Later")
    out, _ = process.communicate(timeout=10)
    assert "freedesktop can do: buttons, icon, withdraw" in out
    assert "pressed: snooze" in out
    assert process.returncode == 0


@pytest.mark.parametrize("module", ["freedesktop", "plyer_library"])
def test_where_it_cannot_work_the_probe_says_why_without_a_traceback(module: str) -> None:
    argv = [sys.executable, "-m", f"psoas_nudge.notify.{module}"]
    done = subprocess.run(argv, env=NOWHERE, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert "not here: " in done.stderr
    assert "session bus" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_probe_of_the_terminal_takes_a_typed_answer(terminal: Any, eventually: Callable[..., None]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "psoas_nudge.notify.terminal"],
        env=NOWHERE,
        stdin=terminal.program,
        stdout=terminal.program,
        stderr=terminal.program,
    )
    eventually(lambda: "press Enter" in terminal.read())
    os.write(terminal.person, b"k\n")
    assert process.wait(10) == 0
    assert "pressed: skip" in terminal.read()
