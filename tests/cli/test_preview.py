"""A person looks at the coming days before they come."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from psoas_nudge import config
from psoas_nudge.calendars import Calendar
from psoas_nudge.cli.preview import as_json_object
from psoas_nudge.config.table import DAYS
from psoas_nudge.simulation.coming import Day, day

Nudge = Callable[..., subprocess.CompletedProcess[str]]
PROJECT = Path(__file__).parents[2]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def rules(text: str) -> config.Settings:
    return config.parse(text, "config.toml", {"TZ": "Europe/Berlin"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def look(text: str, on: str, calendar: Calendar | None = None, now: datetime = LONG_AGO) -> Day:
    return day(rules(text).rules, calendar or Calendar(), date.fromisoformat(on), now)


def spans(seen: Day, zone: str = "Europe/Berlin") -> list[str]:
    """The open ranges as local times; a plus for an end on the next day."""
    found = []
    for opens, closes in ((s.opens.astimezone(ZoneInfo(zone)), s.closes.astimezone(ZoneInfo(zone))) for s in seen.open):
        found.append(f"{opens:%H:%M}-{closes:%H:%M}{'+' * (closes.date() > opens.date())}")
    return found


def busy(*times: str) -> Calendar:
    """Busy from and to, pairs of instants."""
    seconds = [int(at(time).timestamp()) for time in times]
    return Calendar(spans=tuple(zip(seconds[::2], seconds[1::2], strict=True)))


def test_a_plain_day_and_a_day_off() -> None:
    monday, sunday = look("", "2026-11-23"), look("", "2026-11-22")
    assert (spans(monday), monday.why) == (["09:00-17:00"], ("Monday: 09:00-17:00",))
    assert (spans(sunday), sunday.why) == ([], ("Sunday is a day off",))


def test_an_exception_and_a_holiday_say_why_and_the_exception_decides() -> None:
    text = '[[exceptions]]\non = 2026-12-25\nhours = ["10:00-11:00"]\nnote = "on call"'
    holidays = Calendar(holidays=((date(2026, 12, 24), "Eve"), (date(2026, 12, 25), "Christmas")))
    eve, christmas = look(text, "2026-12-24", holidays), look(text, "2026-12-25", holidays)
    assert (spans(eve), eve.why) == ([], ("holiday: Eve",))
    assert spans(christmas) == ["10:00-11:00"]
    assert christmas.why == ("exception: on call (10:00-11:00)", "holiday: Christmas (the exception decides)")


def test_busy_times_are_cut_out_of_the_open_ones() -> None:
    taken = busy("2026-11-23T08:00+01:00", "2026-11-23T09:30+01:00", "2026-11-23T12:00+01:00", "2026-11-23T13:00+01:00")
    seen = look("", "2026-11-23", taken)
    assert spans(seen) == ["09:30-12:00", "13:00-17:00"]
    assert seen.why == ("Monday: 09:00-17:00", "busy: 09:00-09:30", "busy: 12:00-13:00")
    assert spans(look("quiet.busy = false", "2026-11-23", taken)) == ["09:00-17:00"]


def test_a_night_belongs_to_the_day_on_which_it_begins_and_is_listed_once() -> None:
    text = 'hours.friday = ["22:00-06:00"]\nhours.saturday = ["05:00-12:00"]'
    assert spans(look(text, "2026-11-27")) == ["22:00-06:00+"]
    assert spans(look(text, "2026-11-28")) == ["06:00-12:00"]


def test_a_night_that_runs_into_a_closed_day_stays_open() -> None:
    text = 'hours.friday = ["22:00-06:00"]\n[[exceptions]]\non = 2026-11-28'
    assert spans(look(text, "2026-11-27")) == ["22:00-06:00+"]
    assert spans(look(text, "2026-11-28")) == []


def test_a_change_of_clocks_is_announced() -> None:
    text = 'hours.sunday = ["00:00-24:00"]'
    spring, autumn = look(text, "2024-03-31"), look(text, "2024-10-27")
    assert [span.closes - span.opens for span in spring.open + autumn.open] == [
        timedelta(hours=23),
        timedelta(hours=25),
    ]
    assert spring.why[-1] == "clocks go forward: 02:00 becomes 03:00"
    assert autumn.why[-1] == "clocks go back: 03:00 becomes 02:00"
    assert len(look(text, "2024-03-30").why) == len(look(text, "2024-04-01").why) == 1


@pytest.mark.parametrize(
    ("now", "calendar", "prompt"),
    [
        ("2026-11-20T09:00+01:00", Calendar(), "2026-11-23T09:10+01:00"),
        ("2026-11-23T11:00+01:00", Calendar(), "2026-11-23T11:00+01:00"),
        ("2026-11-23T16:49+01:00", Calendar(), "2026-11-23T16:49+01:00"),
        ("2026-11-23T16:50+01:00", Calendar(), None),
        ("2026-11-20T09:00+01:00", busy("2026-11-23T09:00+01:00", "2026-11-23T10:00+01:00"), "2026-11-23T10:01+01:00"),
        ("2026-11-20T09:00+01:00", busy("2026-11-23T09:00+01:00", "2026-11-23T16:49+01:00"), None),
    ],
)
def test_the_earliest_prompt_keeps_to_the_rules(now: str, calendar: Calendar, prompt: str | None) -> None:
    assert look("", "2026-11-23", calendar, at(now)).prompt == (at(prompt) if prompt else None)


# Of years past: what is planned for the future is not in every edition of the zones.
DST_DAYS = [
    ("Africa/Casablanca", "2024-03-10", "2024-04-14"),
    ("America/Asuncion", "2024-03-23", "2024-10-06"),
    ("America/Chicago", "2024-03-10", "2024-11-03"),
    ("America/Havana", "2024-03-10", "2024-11-03"),
    ("America/Los_Angeles", "2024-03-10", "2024-11-03"),
    ("America/New_York", "2024-03-10", "2024-11-03"),
    ("America/Nuuk", "2024-03-31", "2024-10-26"),
    ("America/Santiago", "2024-04-06", "2024-09-08"),
    ("America/St_Johns", "2024-03-10", "2024-11-03"),
    ("Antarctica/Troll", "2024-03-31", "2024-10-27"),
    ("Asia/Beirut", "2024-03-31", "2024-10-26"),
    ("Asia/Jerusalem", "2024-03-29", "2024-10-27"),
    ("Atlantic/Azores", "2024-03-31", "2024-10-27"),
    ("Australia/Lord_Howe", "2024-04-07", "2024-10-06"),
    ("Australia/Sydney", "2024-04-07", "2024-10-06"),
    ("Europe/Berlin", "2024-03-31", "2024-10-27"),
    ("Europe/Dublin", "2024-03-31", "2024-10-27"),
    ("Europe/Lisbon", "2024-03-31", "2024-10-27"),
    ("Pacific/Auckland", "2024-04-07", "2024-09-29"),
    ("Pacific/Chatham", "2024-04-07", "2024-09-29"),
]


@pytest.mark.parametrize(("zone", "on"), [(zone, on) for zone, *days in DST_DAYS for on in days])
def test_on_the_days_when_clocks_change_each_minute_is_what_the_clock_reads(zone: str, on: str) -> None:
    """Ranges that touch, span, fill and hide in the skipped and the repeated hour, against a reading of every minute."""
    info, middle = ZoneInfo(zone), date.fromisoformat(on)
    noon = datetime.combine(middle, datetime.min.time(), UTC)
    minutes = [noon + timedelta(minutes=minute) for minute in range(-1440, 2 * 1440)]
    walls = [minute.astimezone(info) for minute in minutes]
    changes = [b for a, b in pairwise(walls) if a.utcoffset() != b.utcoffset()]
    assert changes, "clocks do not change around this day"
    hour = changes[0].hour
    around = [(h % 24, (h + 1) % 24) for h in (hour - 2, hour - 1, hour, hour + 1)]
    weeks = [
        [f"{a:02}:00-{b:02}:00" for a, b in around[:2]],
        [f"{a:02}:15-{a:02}:45" for a, _ in around],
        [f"{around[0][0]:02}:30-{around[3][1]:02}:30"],
        ["22:00-06:00", f"{around[1][0]:02}:00-{around[1][1]:02}:00"],
        ["00:00-24:00"],
    ]
    for ranges in weeks:
        text = f'[hours]\ntimezone = "{zone}"\n' + "".join(f"{name} = {json.dumps(ranges)}\n" for name in DAYS)
        settings = rules(text)
        open_now: set[datetime] = set()
        for ahead in range(-3, 4):
            seen = as_json_object(
                day(settings.rules, Calendar(), middle + timedelta(days=ahead), LONG_AGO), settings.rules.hours
            )
            for span in seen["ranges"]:
                opens, closes = at(span["from"]), at(span["to"])
                assert opens.astimezone(info).utcoffset() == opens.utcoffset()
                whole = range(int((closes - opens).total_seconds()) // 60)
                listed = {opens.astimezone(UTC) + timedelta(minutes=minute) for minute in whole}
                assert not listed & open_now, "listed twice"
                open_now |= listed
        for minute, wall in zip(minutes, walls, strict=True):
            assert (minute in open_now) == any(reads_inside(wall, written) for written in ranges), (wall, ranges)


def reads_inside(wall: datetime, written: str) -> bool:
    """Whether a clock that shows `wall` reads inside a range, written every day."""
    start, end = written.split("-")
    now = f"{wall:%H:%M}"
    return start <= now < end if start < end else now >= start or now < end


@pytest.fixture
def nudge(tmp_path: Path) -> Nudge:
    def run(*words: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        environ |= {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": encoding, "TZ": "Europe/Berlin"}
        (tmp_path / "psoas-nudge").mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *words], env=environ, capture_output=True, text=True, check=False
        )

    return run


def test_the_picture_and_the_lines_through_the_entry_point(nudge: Nudge, tmp_path: Path) -> None:
    run = nudge
    (tmp_path / "psoas-nudge").mkdir()
    (tmp_path / "psoas-nudge" / "config.toml").write_text(
        'hours.friday = ["22:00-06:00"]\ncalendar.holidays = "DE"\ncalendar.busy = ["work.ics"]\n'
    )
    (tmp_path / "psoas-nudge" / "work.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;TZID=Europe/Berlin:20251222T120000\nDTEND;TZID=Europe/Berlin:20251222T140000\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    lines = run("preview", "--from", "2025-12-20", "--days", "3", encoding="ascii").stdout.splitlines()
    assert lines == [
        "Europe/Berlin   0     3     6     9     12    15    18    21      open #  busy -  closed .",
        f"Sat 2025-12-20  {'#' * 12}{'.' * 36}  closed",
        f"Sun 2025-12-21  {'.' * 48}  closed",
        f"Mon 2025-12-22  {'.' * 18}{'#' * 6}{'-' * 4}{'#' * 6}{'.' * 14}  09:00-12:00, 14:00-17:00; busy: 12:00-14:00",
    ]
    assert "█" in run("preview", "--from", "2025-12-22").stdout
    ran = run("preview", "--from", "2025-12-25", "--days", "2", "--json")
    assert ran.stderr == ""
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert (first["date"], first["ranges"]) == ("2025-12-25", [])
    assert first["why"][0].startswith("holiday: ")
    assert second["ranges"] == []
    (tmp_path / "psoas-nudge" / "work.ics").write_text("broken")
    ran = run("preview", "--days", "1", "--json")
    assert ran.returncode == 0
    assert ran.stderr == f"psoas-nudge: {tmp_path}/psoas-nudge/work.ics: This holds no calendar.\n" or (
        "This is not a calendar that can be read" in ran.stderr
    )
    assert len(ran.stdout.splitlines()) == 1


def test_a_narrow_terminal_gets_whole_hours(nudge: Nudge, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 64, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        ran = nudge("preview", "--from", "2025-12-22", "--days", "1", encoding="ascii")
        legend, scale, bar, words = ran.stdout.splitlines()
        assert max(map(len, (legend, scale, bar, words))) <= width
        assert bar == f"Mon 2025-12-22  {'.' * 9}{'#' * 8}{'.' * 7}" if width < 64 else len(bar) == 64
        assert scale.index("9 ") == bar.index("#")
        assert words.split() == ["09:00-17:00"]


def test_on_a_terminal_it_shows_which_calendar_is_being_read_and_leaves_nothing_of_that(tmp_path: Path) -> None:
    (tmp_path / "psoas-nudge").mkdir()
    (tmp_path / "psoas-nudge" / "config.toml").write_text('calendar.busy = ["work.ics"]')
    (tmp_path / "psoas-nudge" / "work.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    here, there = pty.openpty()
    environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "COLUMNS": "300"}
    command = [sys.executable, "-m", "psoas_nudge", "preview", "--days", "1"]
    ran = subprocess.run(command, env=environ, cwd=PROJECT, stdout=subprocess.PIPE, stderr=there, check=True)
    shown = os.read(here, 65536).decode()
    os.close(here)
    os.close(there)
    assert f"\r\x1b[KReading {tmp_path}/psoas-nudge/work.ics …" in shown
    assert shown.endswith("…\r\x1b[K")
    assert b"Reading" not in ran.stdout


@pytest.mark.parametrize("words", [("--from", "soon"), ("--days", "0"), ("--from", "1815-06-18"), ("--days", "x")])
def test_what_cannot_be_previewed_is_one_message(words: tuple[str, str], nudge: Nudge) -> None:
    ran = nudge("preview", *words)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
