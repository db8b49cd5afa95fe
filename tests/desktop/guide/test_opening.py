"""The guide as the daemon starts it: a process of its own that opens a real browser window and ends with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.model import StretchEntry
from psoas_nudge.journal import Journal

pytestmark = pytest.mark.heavy
PROJECT = Path(__file__).resolve().parents[3]
START = [sys.executable, "-m", "psoas_nudge.guide", "glute-squeeze", "--prompt", "4"]


@pytest.fixture
def environ(desktop_environ: dict[str, str]) -> dict[str, str]:
    return desktop_environ | {"PYTHONPATH": str(PROJECT)}


@pytest.fixture
def programs(tmp_path: Path, environ: dict[str, str]) -> Callable[[str, str], Path]:
    """Put a shell script in front of every other program of its name."""
    folder = tmp_path / "programs"
    folder.mkdir()
    environ["PATH"] = f"{folder}:{environ['PATH']}"

    def put(name: str, script: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return put


def stretches(environ: dict[str, str]) -> list[StretchEntry]:
    found = Journal.open_reading(Path(environ["XDG_DATA_HOME"]) / "psoas-nudge" / "journal.db")
    if found is None:
        return []
    with found:
        return [line.entry for line in found.read(kinds=("stretch",)) if isinstance(line.entry, StretchEntry)]


def test_accept_opens_a_window_and_closing_it_keeps_what_was_done(
    xvfb: Any, environ: dict[str, str], programs: Any, tmp_path: Path, eventually: Any, desktop_need: Any
) -> None:
    desktop_need("chromium")
    real = shutil.which("chromium")
    told = tmp_path / "told"
    programs(
        "chromium",
        f'echo "$XDG_ACTIVATION_TOKEN $DESKTOP_STARTUP_ID $2" > {told}; echo $$ > {tmp_path}/pid\n'
        f"export HOME={tmp_path} XDG_CONFIG_HOME={tmp_path} XDG_CACHE_HOME={tmp_path}\n"
        f'exec {real} --no-sandbox --test-type --user-data-dir={tmp_path}/profile --no-first-run --disable-gpu --mute-audio "$@"',
    )
    guide = subprocess.Popen([*START, "--page"], env=environ | {"XDG_ACTIVATION_TOKEN": "token-1"}, cwd=tmp_path)

    def windows() -> list[str]:
        found = subprocess.run(
            ["xdotool", "search", "--name", "^0:46.*Glute squeeze"],
            env=environ,
            check=False,
            capture_output=True,
            text=True,
        )
        return found.stdout.split()

    try:
        eventually(windows, within=30)
        assert told.read_text().startswith("token-1 token-1 --app=file:///")
        assert "token=" not in told.read_text()
        (window,) = windows()
        xvfb.do("windowfocus", "--sync", window)
        xvfb.do("key", "space")
        eventually(lambda: not windows(), within=10)
        xvfb.do("key", "Right")
        eventually(lambda: "Glute" in xvfb.do("getwindowname", window))
        subprocess.run(["sleep", "3"], check=True)
        xvfb.do("windowkill", window)
        assert guide.wait(20) == 0
    finally:
        guide.kill()
        guide.wait()
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            os.killpg(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    (entry,) = stretches(environ)
    assert (entry.routine, entry.prompt, entry.performed) == ("glute-squeeze", 4, True)
    assert 0 < entry.other_seconds < 10


def test_without_a_display_or_a_terminal_it_says_so_and_fails(environ: dict[str, str], tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environ[name] = ""
    done = subprocess.run(
        [*START, "--page"],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        timeout=20,
    )
    assert done.returncode == 1
    assert "there is no display" in done.stderr
    assert "Traceback" not in done.stderr
    assert stretches(environ) == []


def test_a_browser_that_does_not_start_gives_way_to_the_default_one_and_then_to_a_terminal(
    environ: dict[str, str], programs: Any, tmp_path: Path, eventually: Any
) -> None:
    told = tmp_path / "told"
    programs("chromium", "exit 7")
    programs("xdg-open", f'echo "browser $1" >> {told}; exit 3')
    programs("x-terminal-emulator", f'echo "terminal $*" >> {told}')
    environ["PATH"] = environ["PATH"].partition(":")[0]
    done = subprocess.run(
        [*START, "--page"],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    eventually(lambda: "terminal" in told.read_text())
    browser, terminal = told.read_text().splitlines()
    assert browser.startswith("browser file:///")
    assert terminal.startswith("terminal -e ")
    assert terminal.endswith(" -m psoas_nudge.guide glute-squeeze --prompt 4 --terminal")
