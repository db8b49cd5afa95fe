"""`psoas-nudge journal` as a person and as a script meet it: exit status and whole output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from psoas_nudge.cli.entry_words import words
from psoas_nudge.core.model import (
    AdviceEntry,
    AnyEntry,
    BoutEntry,
    ClearedEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    LateAnswerEntry,
    NotShownEntry,
    PauseEntry,
    PostureEntry,
    PromptEntry,
    ResumeEntry,
    State,
    StretchEntry,
    UndoneEntry,
    WarningsReadEntry,
)
from psoas_nudge.journal import Journal, Stored

ROOT = Path(__file__).parents[2]
BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HIP = "standing-hip-flexor"


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


DAY: list[AnyEntry] = [
    HoursEntry(at=NINE, open=True),
    HeldBackEntry(at=after(40), since=after(30), until=after(40), reasons=("call", "fullscreen")),
    NotShownEntry(at=after(41), routine=HIP, why="no\x1b[31mservice\u202e"),
    PromptEntry(at=after(45), number=1, shown_at=after(42), closed_at=after(45), outcome="snoozed", routine=HIP,
                notifier="dbus", via="notification"),
    LateAnswerEntry(at=after(46), answer="accept", via="tray", prompt=1),
    PromptEntry(at=after(52), number=2, shown_at=after(50), closed_at=after(52), outcome="accepted", routine=HIP,
                notifier="dbus", via="command line"),
    BoutEntry(at=after(52), started=after(0), ended=after(52), sitting_seconds=3100.0, ended_by="accepted"),
    StretchEntry(at=after(54), routine=HIP, performed=True, left_seconds=30.0, right_seconds=28.4, prompt=2),
    StretchEntry(at=after(55), routine="my-own", performed=False),
    FeelEntry(at=after(56), level=3, afterwards="tight", pain="other", note="left knee", routine=HIP),
    UndoneEntry(at=after(57), reported=after(56)),
    ClearedEntry(at=after(57)),
    WarningsReadEntry(at=after(58), routine=HIP),
    AdviceEntry(at=after(58), because="long"),
    PauseEntry(at=after(60), until=after(60 * 24)),
    PauseEntry(at=after(61), until=None),
    ResumeEntry(at=after(62), by="time"),
    PostureEntry(at=after(63), posture="standing", by="person"),
    PromptEntry(at=after(64), number=3, shown_at=None, closed_at=after(64), outcome="withdrawn", routine="my-own",
                notifier=None, because="standing"),
    HoursEntry(at=after(60 * 24), open=False),
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def journal_file(home: Path) -> Path:
    return home / "data" / "psoas-nudge" / "journal.db"


@pytest.fixture
def recorded(journal_file: Path) -> tuple[Stored, ...]:
    with Journal.open(journal_file) as journal:
        return journal.commit(DAY, State(), BERLIN)


@pytest.fixture
def run(home: Path):
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "psoas_nudge", "journal", *words],
            check=False, capture_output=True, text=True, cwd=home,
            env=os.environ | {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(home / "data"), "TZ": "Europe/Berlin"},
        )  # fmt: skip

    return run


def said(done: subprocess.CompletedProcess[str], exit_code: int = 0) -> str:
    assert done.returncode == exit_code, done.stderr
    if exit_code == 0:
        assert done.stderr == ""
        return done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_before_anything_is_recorded_it_says_how_to_begin(run, home: Path) -> None:
    assert said(run()) == "Nothing is recorded yet. Recording begins with: psoas-nudge start\n"
    assert said(run("--json")) == ""
    assert said(run("export", "x.jsonl")) == "Nothing is recorded yet. Recording begins with: psoas-nudge start\n"
    assert list(home.iterdir()) == []


def test_a_day_reads_in_plain_words(run, recorded) -> None:
    assert (
        said(run())
        == """\
Monday 2026-11-23
  09:00  Working hours began
  09:40  A prompt waited for 10 min: a call, a window was in full screen
  09:41  A prompt could not be shown: no\\x1b[31mservice\\u202e
  09:45  Prompt (Standing hip-flexor stretch): snoozed (via notification)
  09:46  The answer "accept" came too late and changed nothing (via tray)
  09:52  Prompt (Standing hip-flexor stretch): accepted (via command line)
  09:52  Sat for 52 min, 09:00 to 09:52; then a stretch
  09:54  Standing hip-flexor stretch: left 30 s, right 28 s
  09:55  my-own: opened, not done
  09:56  How it feels: discomfort 3 of 10, tight after Standing hip-flexor stretch, pain, left knee
  09:57  The report of 09:56 was taken back
  09:57  You said that you can stretch again
  09:58  You read the warnings of Standing hip-flexor stretch
  09:58  You were advised to see a professional, because you reported discomfort for more than a week
  10:00  Paused until 2026-11-24 09:00
  10:01  Paused until you resume
  10:02  The pause ended
  10:03  Standing from now on
  10:04  Prompt (my-own): cancelled before it was shown: standing

Tuesday 2026-11-24
  09:00  Working hours ended
"""
    )


def test_lines_fit_a_narrow_terminal(run, recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = said(run())
    assert max(map(len, shown.splitlines())) <= 60
    assert (
        "  09:56  How it feels: discomfort 3 of 10, tight after\n         Standing hip-flexor stretch, pain, left knee\n"
        in shown
    )


def test_scripts_get_one_object_a_line(run, recorded) -> None:
    lines = said(run("--json")).splitlines()
    assert [json.loads(line)["id"] for line in lines] == [stored.id for stored in recorded]
    assert json.loads(lines[5]) == {
        "id": recorded[5].id, "at": "2026-11-23T09:52:00+01:00", "kind": "prompt", "number": 2,
        "shown_at": "2026-11-23T09:50:00+01:00", "closed_at": "2026-11-23T09:52:00+01:00", "outcome": "accepted",
        "routine": HIP, "notifier": "dbus", "via": "command line", "because": None,
    }  # fmt: skip


def test_the_list_can_be_cut_down(run, recorded) -> None:
    assert said(run("--kind", "prompt", "--last", "1")).splitlines()[1:] == [
        "  10:04  Prompt (my-own): cancelled before it was shown: standing"
    ]
    assert said(run("--since", "2026-11-24")) == "Tuesday 2026-11-24\n  09:00  Working hours ended\n"
    assert len(said(run("--kind", "pause", "--kind", "resume", "--json")).splitlines()) == 3
    assert said(run("--since", "2100-01-01")) == "No entry matches.\n"


def test_the_last_hours_can_be_asked_for(run, journal_file: Path) -> None:
    now = datetime.now(UTC)
    with Journal.open(journal_file) as journal:
        journal.commit([ClearedEntry(at=now - timedelta(hours=h)) for h in (3, 1)], State(), BERLIN)
    assert len(said(run("--since", "1h 30m", "--json")).splitlines()) == 1
    assert len(said(run("--since", "4h", "--json")).splitlines()) == 2
    assert said(run("--since", "30d", "--json")) == said(run("--since", "720h", "--json"))
    assert len(said(run("--since", "2 days", "--json")).splitlines()) == 2


@pytest.mark.parametrize("time", ["yesteryear", "25:00", "", "2026-13-01", "99999999h 5x"])
def test_a_time_that_is_none_is_told(run, time: str) -> None:
    told = said(run("--since", time), 2)
    assert told.startswith(f'psoas-nudge: "{time}" is not a time. Write a time like "14:00"')
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        (("--kind", "dance"), "'dance' is not one of"),
        (("--last", "0"), "0 is not in the range"),
        (("--last", "x"), "x"),
    ],
)
def test_other_mistakes_are_told(run, typed: tuple[str, ...], part: str) -> None:
    assert part in said(run(*typed), 2)


def test_a_damaged_journal_is_named(run, journal_file: Path) -> None:
    journal_file.parent.mkdir(parents=True)
    journal_file.write_bytes(b"rubbish" * 1000)
    assert str(journal_file) in said(run(), 1)


def test_what_was_exported_merges_once_into_another_journal(run, recorded, home: Path, journal_file: Path) -> None:
    assert said(run("export", "all.jsonl")) == "20 entries written to all.jsonl.\n"
    assert (home / "all.jsonl").stat().st_mode & 0o777 == 0o600
    assert "already exists" in said(run("export", "all.jsonl"), 1)
    exported = said(run("export", "-"))
    assert exported == said(run("--json")) == (home / "all.jsonl").read_text()
    journal_file.rename(home / "other.db")
    assert said(run("merge", "all.jsonl")) == "Entries added: 20. Already here: 0.\n"
    assert said(run("merge", "all.jsonl")) == "Entries added: 0. Already here: 20.\n"
    assert said(run("merge", "other.db")) == "Entries added: 0. Already here: 20.\n"
    assert said(run("--json")) == exported


@pytest.mark.parametrize(
    "line", ["rubbish", "{}", '{"id": "x", "at": "2026-11-23T09:00:00Z", "kind": "hours", "open": true}']
)
def test_a_line_that_is_no_entry_is_named(run, line: str, home: Path) -> None:
    (home / "bad.jsonl").write_text(f"\n{line}\n")
    assert "bad.jsonl, line 2: " in said(run("merge", "bad.jsonl"), 2)


def test_a_merge_takes_the_good_lines_and_names_each_bad_one(run, recorded, home: Path, journal_file: Path) -> None:
    said(run("export", "all.jsonl"))
    lines = (home / "all.jsonl").read_text().splitlines()
    (home / "some.jsonl").write_text("\n".join([lines[0], "rubbish", lines[1], "{}", lines[2]]))
    journal_file.unlink()
    ran = run("merge", "some.jsonl")
    assert (ran.returncode, ran.stdout) == (2, "Entries added: 3. Already here: 0.\n")
    first, second, last = ran.stderr.splitlines()
    assert first.startswith("psoas-nudge: some.jsonl, line 2: ")
    assert second.startswith("some.jsonl, line 4: ")
    assert last == "These lines were left out. You can correct them and merge again. Nothing is added twice."
    (home / "worse.jsonl").write_text("rubbish\n" * 30)
    told = said(run("merge", "worse.jsonl"), 2).splitlines()
    assert (len(told), told[20]) == (22, "Lines that cannot be read, besides these: 10.")


def test_an_entry_that_cannot_be_right_is_shown_as_far_as_it_can_be(run, journal_file: Path) -> None:
    year_one = datetime.min.replace(tzinfo=UTC)
    with Journal.open(journal_file) as journal:
        wrong = [
            PauseEntry(at=after(60), until=year_one),
            StretchEntry(at=after(61), routine=HIP, performed=True, left_seconds=1e308),
        ]
        journal.commit([*wrong, HoursEntry(at=after(62), open=True)], State(), BERLIN)
        ancient = Stored(id=f"{'0' * 8}-0000-7000-8000-{'0' * 12}", offset_minutes=-300, entry=FeelEntry(at=year_one))
        journal.merge([ancient])
    shown = said(run()).splitlines()
    assert shown[:2] == [
        "Monday 0001-01-01",
        "  00:00  An entry that cannot be right (feel): at is not between the years 1970 and 2200",
    ]
    assert [line[9:] for line in shown[4:]] == [
        "An entry that cannot be right (pause): until is not between the years 1970 and 2200",
        "An entry that cannot be right (stretch): left_seconds is not between 0 and 86400",
        "Working hours began",
    ]
    assert len(said(run("--json")).splitlines()) == 4


def test_without_more_words_the_latest_hundred_are_shown(run, journal_file: Path) -> None:
    with Journal.open(journal_file) as journal:
        journal.commit([ClearedEntry(at=after(n)) for n in range(101)], State(), BERLIN)
    first, empty, day, *lines = said(run()).splitlines()
    assert first == "The latest 100. For more: psoas-nudge journal --last 1000, or --since 2026-01-01"
    assert (empty, day, len(lines)) == ("", "Monday 2026-11-23", 100)
    assert len(said(run("--last", "101")).splitlines()) == 102
    assert len(said(run("--since", "2026-11-23")).splitlines()) == 102
    assert len(said(run("--json")).splitlines()) == 101


def test_every_kind_of_entry_has_its_words() -> None:
    assert {type(entry) for entry in DAY} == set(get_args(AnyEntry))
    for entry in DAY:
        assert words(Stored(id="", offset_minutes=60, entry=entry))


def test_help_shows_an_example(run) -> None:
    assert "Examples: psoas-nudge journal --since today" in said(run("--help"))
