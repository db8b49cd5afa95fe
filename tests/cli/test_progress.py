"""Commands that take long show on a terminal that they go on, and leave nothing of it behind."""

from __future__ import annotations

import os
import pty
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from psoas_nudge.cli import output
from psoas_nudge.core.entries import HoursEntry
from psoas_nudge.core.state import State
from psoas_nudge.journal import Journal

PROJECT = Path(__file__).resolve().parent.parent.parent
Typed = Callable[..., tuple[str, str]]


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """What a command printed, and what a terminal at its standard error showed."""

    def run(*words: str, every_seconds: float = output.EVERY_SECONDS) -> tuple[str, str]:
        here, there = pty.openpty()
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "80"}
        program = f"from psoas_nudge.cli import main, output; output.EVERY_SECONDS = {every_seconds}; main()"
        command = [sys.executable, "-c", program, *words]
        ran = subprocess.run(command, env=environ, cwd=PROJECT, stdout=subprocess.PIPE, stderr=there, check=True)
        os.write(there, b".")
        shown = b""
        while not shown.endswith(b"."):  # a terminal gives it in pieces
            shown += os.read(here, 65536)
        os.close(here)
        os.close(there)
        return ran.stdout.decode(), shown[:-1].decode()

    return run


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    file = tmp_path / ".local/share/psoas-nudge/journal.db"
    file.parent.mkdir(parents=True)
    with Journal.open(file) as journal:
        journal.commit([HoursEntry(at=datetime(2026, 11, 23, 8, tzinfo=UTC), open=True)], State(), ZoneInfo("UTC"))
    return file


def test_the_report_says_what_it_is_doing(typed: Typed, recorded: Path, tmp_path: Path) -> None:
    printed, shown = typed("report", "--output", str(tmp_path / "report.html"))
    assert shown == "\r\x1b[KReading the journal …\r\x1b[KDrawing the report …\r\x1b[K"
    assert printed == f"The report is in {tmp_path}/report.html.\n"


def test_a_quick_merge_shows_no_number_and_leaves_the_line_empty(typed: Typed, recorded: Path, tmp_path: Path) -> None:
    typed("journal", "export", str(tmp_path / "all.jsonl"))
    assert typed("journal", "merge", str(tmp_path / "all.jsonl")) == (
        "Entries added: 0. Already here: 1.\n",
        "\r\x1b[K",
    )


def test_a_long_merge_counts_what_it_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(float(second) for second in range(10_000))
    monkeypatch.setattr(output.time, "monotonic", lambda: next(clock) / 10)
    shown: list[str] = []
    passed = list(output.tallied("Entries read", range(2500), shown.append))
    assert passed == list(range(2500))
    assert shown[:2] == ["Entries read: 1", "Entries read: 3"]
    assert shown[-1] == "Entries read: 2,498"


def test_adding_up_what_is_in_no_sum_yet_is_counted(typed: Typed, recorded: Path, tmp_path: Path) -> None:
    entries = [HoursEntry(at=datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=n), open=True) for n in range(200)]
    with Journal.open(recorded) as journal:
        journal.commit(entries, State(), ZoneInfo("UTC"))
    with closing(sqlite3.connect(recorded)) as db, db:
        db.execute("UPDATE days_form SET form = 'of another version'")
    for words in (("report", "--output", str(tmp_path / "report.html")), ("stats", "--since", "2026-01-01")):
        _, shown = typed(*words, every_seconds=0)
        assert re.search(r"\r\x1b\[KEntries added up: [1-9][\d,]*\r", shown), words
        assert shown.endswith("\r\x1b[K")


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
DTSTART:20261123T100000Z
DTEND:20261123T110000Z
SUMMARY:A meeting
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the slow file is a pipe")
def test_a_preview_names_the_calendar_that_keeps_it_waiting(typed: Typed, tmp_path: Path) -> None:
    slow = tmp_path / "slow.ics"
    os.mkfifo(slow)
    config = tmp_path / "config.toml"
    config.write_text(f'[hours]\ntimezone = "UTC"\n[calendar]\nbusy = ["{slow}"]\n')
    writer = Thread(target=slow.write_text, args=[CALENDAR])  # waits until the child has opened it
    writer.start()
    printed, shown = typed("--config", str(config), "preview", "--from", "2026-11-23", "--days", "1")
    writer.join()
    assert shown == f"\r\x1b[K{f'Reading {slow} …'[:79]}\r\x1b[K"
    assert "▒▒" in printed or "--" in printed
