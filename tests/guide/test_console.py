"""The real terminal: a pseudo-terminal on which `stretch` is played, stopped and killed, and given back as it was."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guide.killed import recorded_after_a_day

PROJECT = Path(__file__).resolve().parents[2]


class Terminal:
    """A pseudo-terminal with `psoas-nudge stretch` in it."""

    def __init__(self, home: Path, kind: str, *words: str, **more: str) -> None:
        self.ours, self.theirs = pty.openpty()
        self.before = termios.tcgetattr(self.theirs)
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "DISPLAY"))}
        environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PYTHONPATH": str(PROJECT), "TERM": kind}
        environ |= {"PATH": str(home), **more}  # no player is found there: tests make no noise
        self.journal = home / ".local/share/psoas-nudge/journal.db"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "psoas_nudge", *(words or ("stretch", "glute-squeeze"))],
            stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, env=environ, start_new_session=True,
        )  # fmt: skip
        self.seen = ""

    def until(self, text: str, within: float = 15.0) -> None:
        """Read until the text is on the terminal."""
        end = time.monotonic() + within
        while text not in self.seen:
            assert time.monotonic() < end, f"{text!r} did not come, only {self.seen!r}"
            self._read(0.1)

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def end(self) -> int:
        code = self.process.wait(15)
        while self._read(0.05):
            pass
        return code

    def declined(self) -> int:
        """Answer no question until it ends: on a slow machine something was held, and then some come."""
        for _ in range(75):
            if self.process.poll() is not None:
                break
            self.type("x")
            self._read(0.2)
        return self.end()

    def end_now(self) -> None:
        """Kill it, and give the terminal back."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def _read(self, within: float) -> bool:
        if not select.select([self.ours], [], [], within)[0]:
            return False
        self.seen += os.read(self.ours, 65536).decode()
        return True


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for each in opened:
        each.end_now()


def start(opened: list[Terminal], home: Path, kind: str = "xterm") -> Terminal:
    opened.append(Terminal(home, kind))
    return opened[-1]


def test_keys_work_at_once_and_the_terminal_is_given_back(terminal: list[Terminal], tmp_path: Path) -> None:
    tty = start(terminal, tmp_path)
    tty.until("y: I have read this")
    tty.type("y")
    tty.until("Get into place")
    tty.type(" ")
    tty.until("PAUSED")
    tty.type("q")
    assert tty.end() == 0
    assert "Stopped: Glute squeeze, standing tall. Nothing was held, so nothing is counted." in tty.seen
    assert tty.seen.index("\x1b[?1049h") < tty.seen.index("\x1b[?25h\x1b[?1049l") < tty.seen.index("Stopped:")
    assert termios.tcgetattr(tty.theirs) == tty.before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_as_q_does(terminal: list[Terminal], tmp_path: Path, number: int) -> None:
    tty = start(terminal, tmp_path)
    tty.until("y: I have read this")
    tty.type("y")
    tty.until("Get into place")
    tty.process.send_signal(number)
    assert tty.end() == 0
    assert "Stopped:" in tty.seen
    assert "Traceback" not in tty.seen
    assert termios.tcgetattr(tty.theirs) == tty.before


def test_a_routine_is_shown_with_its_picture_in_a_terminal(terminal: list[Terminal], tmp_path: Path) -> None:
    words = ("routines", "show", "kneeling-hip-flexor")
    terminal.append(Terminal(tmp_path, "xterm", *words, PYTHONIOENCODING="utf-8"))
    assert terminal[0].end() == 0
    assert "Kneeling hip-flexor stretch (kneeling-hip-flexor)" in terminal[0].seen
    assert sum("\u2800" < character <= "\u28ff" for character in terminal[0].seen) > 100


def test_who_stops_before_the_beginning_has_not_begun(terminal: list[Terminal], tmp_path: Path) -> None:
    tty = start(terminal, tmp_path)
    tty.until("y: I have read this")
    tty.type("q")
    assert tty.end() == 0
    assert "Get into place" not in tty.seen
    assert "Nothing was held, so nothing is counted." in tty.seen


def test_the_warnings_are_asked_about_only_before_the_first_play(terminal: list[Terminal], tmp_path: Path) -> None:
    first = start(terminal, tmp_path)
    first.until("y: I have read this")
    first.type("y")
    first.until("Get into place")
    first.type("q")
    assert first.end() == 0
    second = start(terminal, tmp_path)
    second.until("space begins")
    second.type("q")
    assert second.end() == 0
    assert "I have read this" not in second.seen


def test_an_arrow_skips_and_escape_stops(terminal: list[Terminal], tmp_path: Path) -> None:
    tty = start(terminal, tmp_path)
    tty.until("y: I have read this")
    tty.type("y")
    tty.until("Get into place")
    tty.type("\x1b[C")
    tty.until("Hold 1 of 3")
    tty.type("\x1b")
    tty.until("Stopped:")
    assert tty.declined() == 0


def test_a_dumb_terminal_gets_lines_and_still_takes_keys(terminal: list[Terminal], tmp_path: Path) -> None:
    tty = start(terminal, tmp_path, "dumb")
    tty.until("y: I have read this")
    tty.type("y")
    tty.until("[Get into place, 6 s]")
    tty.type("n")
    tty.until("[Hold 1 of 3, 10 s]")
    tty.type("p")
    tty.until("[paused]")
    tty.type("q")
    tty.until("Stopped:")
    assert tty.declined() == 0
    assert "\x1b" not in tty.seen
    assert "\a" in tty.seen


def test_a_terminal_that_is_killed_in_the_middle_of_a_hold_loses_less_than_five_seconds_of_it(
    terminal: list[Terminal], tmp_path: Path
) -> None:
    tty = start(terminal, tmp_path)
    tty.until("y: I have read this")
    tty.type("y")
    tty.until("Get into place")
    tty.type("n")
    tty.until("Hold 1 of 3")
    tty.until("0:03")  # of ten
    tty.process.kill()
    assert tty.process.wait() == -signal.SIGKILL
    [stretch] = recorded_after_a_day(tmp_path, tty.journal)
    assert 5 <= stretch.other_seconds < 8


def test_a_stretch_plays_although_the_journal_cannot_be_opened_and_says_that_it_is_not_recorded(
    terminal: list[Terminal], tmp_path: Path
) -> None:
    journal = tmp_path / ".local/share/psoas-nudge/journal.db"
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"no database" * 500)
    tty = start(terminal, tmp_path)
    tty.until("This stretch will not be recorded")
    tty.until("y: I have read this")
    tty.type("y")
    tty.until("Get into place")
    tty.type("n")
    tty.until("0:08")
    tty.type("q")
    tty.until("Stopped:")
    tty.until("How does it feel?")  # only then the terminal takes single keys
    tty.type("x")
    tty.until("Can you kneel")
    tty.type("x")
    assert tty.end() == 1
    assert "Not all of this is recorded" in tty.seen
    assert "Move it away to start a new one" in " ".join(tty.seen.split())
    assert "Traceback" not in tty.seen
    assert journal.read_bytes() == b"no database" * 500
