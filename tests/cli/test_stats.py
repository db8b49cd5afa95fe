"""`psoas-nudge stats` as a person and as a script meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from psoas_nudge.core.model import BoutEntry, PromptEntry, State, StretchEntry
from psoas_nudge.journal import Journal

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)  # a Sunday


@pytest.fixture
def run(tmp_path: Path):
    def run(*words: str, exit_code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "psoas_nudge", "stats", *words],
            check=False, capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path), "TZ": "Europe/Berlin"},
        )  # fmt: skip
        assert done.returncode == exit_code, done.stderr
        return done.stderr if exit_code else done.stdout

    return run


@pytest.fixture
def recorded(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        for day in range(3):
            at = NOON + timedelta(days=day)
            journal.commit(
                [
                    BoutEntry(at=at, started=at - timedelta(hours=1), ended=at, sitting_seconds=3000.0 + day,
                              ended_by="accepted"),
                    PromptEntry(at=at, number=day, shown_at=at, closed_at=at, outcome="accepted", routine="r",
                                notifier="dbus"),
                    StretchEntry(at=at, routine="r", performed=True, left_seconds=30.0, right_seconds=25.0),
                ],
                State(),
                ZoneInfo("Europe/Berlin"),
            )  # fmt: skip


def test_before_anything_is_recorded_it_says_how_to_begin(run) -> None:
    assert run() == "Nothing is recorded yet. Recording begins with: psoas-nudge start\n"
    assert run("--json") == ""


def test_days_stand_below_each_other_with_their_sum(run, recorded) -> None:
    assert (
        run("--since", "2026-11-01")
        == """\
day                    sat  longest  prompts  accepted  skipped  snoozed  missed  got up  cancelled  stretched
2026-11-22 Sun      50 min   50 min        1         1        -        -       -       -          -       55 s
2026-11-23 Mon      50 min   50 min        1         1        -        -       -       -          -       55 s
2026-11-24 Tue      50 min   50 min        1         1        -        -       -       -          -       55 s
all             2 h 30 min   50 min        3         3        -        -       -       -          -      3 min
"""
    )


@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_terminal_gets_lines_that_fit(run, recorded, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = run("--since", "2026-11-01")
    assert max(map(len, shown.splitlines())) <= columns
    assert " ".join(shown.split()).startswith(
        "2026-11-22 Sun sat 50 min (longest 50 min); 1 prompt: 1 accepted; stretched 55 s 2026-11-23 Mon "
    )


def test_months_add_up_too(run, recorded) -> None:
    [_, line] = run("--by", "month", "--since", "2026-11-20").splitlines()
    assert line.split() == ["2026-11", "2", "h", "30", "min", "50", "min", "3", "3", *"-----", "3", "min"]


def test_scripts_get_whole_weeks_one_object_a_line(run, recorded) -> None:
    lines = [json.loads(line) for line in run("--by", "week", "--since", "2026-11-24", "--json").splitlines()]
    assert lines == [
        {
            "first": "2026-11-23", "last": "2026-11-29", "sitting_seconds": 6003.0, "longest_bout_seconds": 3002.0,
            "bouts": 2, "accepted": 2, "skipped": 0, "snoozed": 0, "missed": 0, "taken": 0, "withdrawn": 0,
            "stretches": 2, "stretch_seconds": 110.0,
        }
    ]  # fmt: skip


def test_a_time_without_records_says_so(run, recorded) -> None:
    assert run("--since", "2100-01-01") == "Nothing is recorded since 2100-01-01.\n"


def test_a_time_that_is_none_is_told(run) -> None:
    assert run("--since", "soon", exit_code=2).startswith('psoas-nudge: "soon" is not a time.')


def test_an_entry_that_cannot_be_right_blocks_no_other(run, recorded, tmp_path: Path) -> None:
    before = run("--since", "2026-11-22")
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        bad = StretchEntry(at=NOON, routine="r", performed=True, left_seconds=1e308)
        journal.commit([bad, bad], State(), ZoneInfo("Europe/Berlin"))
    assert run("--since", "2026-11-22") == before
