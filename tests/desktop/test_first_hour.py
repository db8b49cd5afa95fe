"""The first hour on a real desktop: start in the background, one notification, look, pause, stop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


class Terminal:
    """Where a new user types."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ

    def type(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *words],
            env=self.environ,
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def terminal(desktop_environ, folder):
    terminal = Terminal(dict(desktop_environ))
    yield terminal
    subprocess.run([sys.executable, "-m", "psoas_nudge", "stop"], env=terminal.environ, check=False)


def test_start_runs_in_the_background_and_says_what_comes(terminal: Terminal, dunst, eventually) -> None:
    told = terminal.type("start")
    assert told.startswith("psoas-nudge is running. A prompt comes after 45 min of sitting.\n")
    assert "  Working hours  Mon-Fri 09:00-17:00 (" in told
    for line in ("  Next prompt    ", "  See status     psoas-nudge status\n", "  Pause          psoas-nudge pause 1h\n",
                 "  Stop           psoas-nudge stop\n", "  At every login psoas-nudge autostart enable\n"):  # fmt: skip
        assert line in told
    assert terminal.type("status")
    assert terminal.type("start", "--no-autostart").startswith("psoas-nudge was already running.\n")
    assert terminal.type("stop") == "Stopping.\n"
    assert "psoas-nudge is not running" in _status(terminal)


def _status(terminal: Terminal) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "psoas_nudge", "status"],
        env=terminal.environ,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_start_replaces_a_daemon_whose_session_bus_is_gone(
    terminal: Terminal, session_bus, dunst, folder: Path, eventually
) -> None:
    (folder / "earlier").mkdir()
    earlier = type(session_bus)("session", folder / "earlier")
    earlier.start()
    left_behind = subprocess.Popen(
        [sys.executable, "-m", "psoas_nudge", "run"],
        env={**terminal.environ, "DBUS_SESSION_BUS_ADDRESS": earlier.address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: "psoas-nudge is not running" not in _status(terminal), within=20)
        earlier.kill()
        assert terminal.type("start", "--no-autostart").startswith("psoas-nudge is running.")
        assert left_behind.wait(10) == 0
        assert terminal.type("status")
    finally:
        left_behind.kill()
        left_behind.wait()


def test_only_the_very_first_start_shows_a_notification(terminal: Terminal, dunst, eventually) -> None:
    terminal.type("start")
    eventually(lambda: dunst.count() == 1)
    terminal.type("stop")
    eventually(lambda: dunst.count() == 0, within=30)
    terminal.type("start")
    assert "psoas-nudge is running" in terminal.type("start")
    assert dunst.count() == 0


def test_a_broken_configuration_is_told_at_once(terminal: Terminal, dunst, folder: Path) -> None:
    (folder / "config" / "psoas-nudge").mkdir(parents=True)
    (folder / "config" / "psoas-nudge" / "config.toml").write_text('[hours]\nmonday = ["25:00-26:00"]\n')
    assert "config.toml:2" in terminal.type("start", code=2)


def test_where_nothing_can_be_shown_it_says_how_to_get_prompts_in_the_terminal(terminal: Terminal) -> None:
    told = terminal.type("start", code=1)
    assert told == (
        "psoas-nudge: No notification service answers in this session. "
        "To get prompts in this terminal, use: psoas-nudge run\nTo see why: psoas-nudge doctor\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_its_log_is_private(terminal: Terminal, dunst, folder: Path) -> None:
    terminal.type("start")
    [log] = Path(terminal.environ["HOME"]).rglob("daemon.log")
    assert log.stat().st_mode & 0o077 == 0
    assert log.parent.stat().st_mode & 0o077 == 0


def test_a_stretch_that_a_real_person_starts_in_the_demo_opens_and_is_not_recorded(
    terminal: Terminal, dunst, folder: Path, eventually
) -> None:
    browser = folder / "bin" / "chromium"
    browser.parent.mkdir()
    browser.write_text(f'#!/bin/sh\necho "$@" > {folder}/opened\nsleep 2\n')
    browser.chmod(0o755)
    environ = {**terminal.environ, "PATH": f"{browser.parent}:{os.environ['PATH']}"}
    with subprocess.Popen(
        [sys.executable, "-m", "psoas_nudge", "demo"], env=environ, stdout=subprocess.PIPE, text=True
    ) as demo:
        eventually(lambda: dunst.count() == 1, within=20)
        dunst.press("Start")
        eventually((folder / "opened").exists, within=20)
        demo.terminate()
        said, _ = demo.communicate(timeout=20)
    assert said.startswith("A made-up workday in about a minute. The prompts are real; nothing is recorded.\n")
    assert "  You started the stretch. The day goes on when you close the page.\n" in said
    assert "accepted, by you" in said
    assert not (folder / "data" / "psoas-nudge" / "journal.db").exists()
