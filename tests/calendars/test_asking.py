"""Holidays and busy times reach the daemon through a child and a cache, and nothing broken stops it."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from psoas_nudge.calendars import Calendar
from psoas_nudge.calendars import asking as module
from psoas_nudge.calendars.__main__ import holidays
from psoas_nudge.calendars.asking import refresh
from psoas_nudge.calendars.files import read
from psoas_nudge.calendars.wire import CalendarRequest, CalendarResult
from psoas_nudge.core.hours import DayException, Range, Span, WorkingHours

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n"
    "DTSTART:20261123T{}0000Z\nDTEND:20261123T{}0000Z\nEND:VEVENT\nEND:VCALENDAR\n"
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


async def test_the_child_reads_both_and_the_cache_spares_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "work.ics"
    file.write_text(EVENT.format("09", "10"))
    cache = tmp_path / "cache"
    first = await refresh("DE-BY", [file], "Europe/Berlin", cache, (2026, 2027))
    assert first.problems == ()
    assert date(2026, 12, 25) in {day for day, _ in first.holidays}
    assert {day.year for day, _ in first.holidays} == {2026, 2027}
    assert first.busy(NOW, at("2026-11-30T00:00")) == [Span(at("2026-11-23T09:00"), at("2026-11-23T10:00"))]
    assert (cache / "calendar.json").stat().st_mode & 0o777 == 0o600

    async def no_child(question: CalendarRequest) -> CalendarResult:
        raise AssertionError(question)

    monkeypatch.setattr(module, "ask", no_child)
    assert await refresh("DE-BY", [file], "Europe/Berlin", cache, (2026, 2027)) == first


Asked = list[CalendarRequest]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What a child would have been asked; it knows one holiday, and a file's busy time is its text."""
    questions: Asked = []

    async def answer(question: CalendarRequest) -> CalendarResult:
        questions.append(question)
        if question.region:
            if question.region not in {"DE", "FR"}:
                return CalendarResult(problem=f"{question.region} is not known")
            return CalendarResult(holidays=((date(2026, 12, 25), question.region),))
        file = Path(question.file)
        text = file.read_text() if file.exists() else "gone"
        begin, _, end = text.partition(" ")
        return CalendarResult(spans=((int(begin), int(end)),)) if end else CalendarResult(problem=f"{file}: {text}")

    monkeypatch.setattr(module, "ask", answer)
    return questions


Refresh = Callable[..., Awaitable[Calendar]]


@pytest.fixture
def again(tmp_path: Path) -> Refresh:
    async def run(region: str = "", *files: Path, zone: str = "UTC", now: datetime = NOW) -> Calendar:
        return await refresh(region, files, zone, tmp_path / "cache", (now.year, now.year + 1))

    return run


async def test_nothing_wanted_starts_no_child(asked: Asked, again: Refresh) -> None:
    assert await again() == Calendar()
    assert asked == []


async def test_only_what_changed_is_read_again(asked: Asked, again: Refresh, tmp_path: Path) -> None:
    one, two = tmp_path / "one.ics", tmp_path / "two.ics"
    one.write_text("100 200")
    two.write_text("150 300")
    assert (await again("DE", one, two)).spans == ((100, 300),)
    two.write_text("5000 6000")
    assert (await again("DE", one, two)).spans == ((100, 200), (5000, 6000))
    assert (await again("FR", one, two)).holidays == ((date(2026, 12, 25), "FR"),)
    assert (await again("FR", one)).spans == ((100, 200),)
    assert [q.region or Path(q.file).name for q in asked] == ["DE", "one.ics", "two.ics", "two.ics", "FR"]


async def test_a_new_year_and_a_new_zone_are_read_anew(asked: Asked, again: Refresh, tmp_path: Path) -> None:
    file = tmp_path / "one.ics"
    file.write_text("100 200")
    await again("DE", file)
    await again("DE", file, zone="Asia/Tokyo")
    await again("DE", file, zone="Asia/Tokyo", now=at("2027-01-01T00:00"))
    assert [(q.years, q.zone) for q in asked if q.file] == [
        ((2026, 2027), "UTC"),
        ((2026, 2027), "Asia/Tokyo"),
        ((2027, 2028), "Asia/Tokyo"),
    ]


async def test_a_file_that_breaks_keeps_its_busy_times_is_reported_and_heals(
    asked: Asked, again: Refresh, tmp_path: Path
) -> None:
    file = tmp_path / "one.ics"
    file.write_text("100 200")
    await again("", file)
    file.write_text("half")
    broken = await again("", file)
    assert (broken.spans, broken.problems) == (((100, 200),), (f"{file}: half",))
    file.unlink()
    gone = await again("", file)
    assert (gone.spans, gone.problems) == (((100, 200),), (f"{file}: gone",))
    file.write_text("300 400")
    healed = await again("", file)
    assert (healed.spans, healed.problems) == (((300, 400),), ())


async def test_an_unknown_region_is_told_each_time_and_leaves_the_rest(
    asked: Asked, again: Refresh, tmp_path: Path
) -> None:
    file = tmp_path / "one.ics"
    file.write_text("100 200")
    for _ in range(2):
        found = await again("XX", file)
        assert found == Calendar(spans=((100, 200),), problems=("XX is not known",))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"years": "x"}', "\x00"])
async def test_a_broken_cache_is_made_anew(text: str, asked: Asked, again: Refresh, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "calendar.json").write_text(text)
    assert (await again("DE")).holidays == ((date(2026, 12, 25), "DE"),)


async def test_a_cache_that_cannot_be_written_is_no_obstacle(asked: Asked, again: Refresh, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a directory has to be")
    assert (await again("DE")).holidays == ((date(2026, 12, 25), "DE"),)


async def test_a_child_that_hangs_or_dies_is_a_problem_and_not_the_end(
    again: Refresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    monkeypatch.setattr(sys, "executable", str(program))
    assert "The reader of calendars failed" in (await again("DE")).problems[0]
    program.write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n")
    program.chmod(0o755)
    why = "public holidays of DE: The reader of calendars ended with status 3: out of luck"
    assert (await again("DE")).problems == (why,)
    program.write_text("#!/bin/sh\necho nonsense\n")
    assert "The reader of calendars failed" in (await again("DE")).problems[0]
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    monkeypatch.setattr(module, "SECONDS", 0.2)
    assert "took longer than" in (await again("DE")).problems[0]
    async with asyncio.timeout(5):
        assert (await again()).problems == ()


async def test_a_slow_file_delays_only_itself_and_is_named(
    again: Refresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = tmp_path / "slow.ics", tmp_path / "quick.ics"
    quick.write_text(EVENT.format("09", "10"))
    os.mkfifo(slow)  # nobody ever writes into it
    monkeypatch.setattr(module, "SECONDS", 3.0)
    known: list[Calendar] = []
    names: list[str] = []
    found = await refresh("", [slow, quick], "UTC", tmp_path, (2026,), reading=names.append, so_far=known.append)
    assert sorted(names) == [str(quick), str(slow)]
    assert [len(each.spans) for each in known] == [1, 1], "the quick one is known first"
    assert found.problems == (f"{slow}: Reading this took longer than 3 s, so it was stopped.",)
    assert len(found.spans) == 1


async def test_a_file_that_is_too_much_is_not_read_again_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, asked = tmp_path / "work.ics", []

    async def too_much(question: CalendarRequest) -> CalendarResult:
        asked.append(question.file)
        return (
            CalendarResult(problem="too much")
            if file.read_text() == "huge"
            else CalendarResult(left_out=("one event",))
        )

    monkeypatch.setattr(module, "ask", too_much)
    for text, problem in (("huge", "too much"), ("small", "one event")):
        file.write_text(text)
        for _ in range(2):
            assert (await refresh("", [file], "UTC", tmp_path / "cache", (2026,))).problems == (problem,)
    assert len(asked) == 2


def ask_of(file: Path, prelude: str) -> subprocess.CompletedProcess[bytes]:
    """The child asked for one file, after its limits were changed."""
    script = f"from psoas_nudge.calendars import wire, __main__ as child; {prelude}; child.main()"
    question = msgspec.json.encode(CalendarRequest(years=(2026,), zone="UTC", file=str(file)))
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(question + b"\n")
        process.stdin.flush()
        out = process.stdout.read()
        return subprocess.CompletedProcess((), process.wait(), out)


async def test_a_file_that_needs_too_much_memory_is_named(tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    event = "BEGIN:VEVENT\nUID:{0}\nDTSTART:20260501T100000Z\nDURATION:PT1H\nX-A:{1}\nEND:VEVENT\n"
    events = "".join(event.format(n, "x" * 2000) for n in range(4_000))
    file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{events}END:VCALENDAR\n")
    done = ask_of(file, "wire.MEGABYTES = 60")
    assert done.returncode == 0
    why = f"{file}: Reading this takes more than 60 MB of memory."
    assert msgspec.json.decode(done.stdout, type=CalendarResult).problem == why


async def test_a_file_that_computes_for_too_long_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "work.ics"
    file.write_text(EVENT.format("09", "10").replace("DTEND", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\nDTEND"))
    done = ask_of(file, "wire.CPU_SECONDS = 1")
    assert done.returncode == -signal.SIGXCPU
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nkill -XCPU $$\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    found = await refresh("", [file], "UTC", tmp_path / "cache", (2026,))
    assert found.problems == (f"{file}: Reading this takes more than 60 s of computing.",)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_ends_with_its_parent_however_that_ends(how: signal.Signals, tmp_path: Path) -> None:
    fifo = tmp_path / "work.ics"
    os.mkfifo(fifo)
    script = (
        "import asyncio; from pathlib import Path; from psoas_nudge.calendars import refresh;"
        f"asyncio.run(refresh('', [Path({str(fifo)!r})], 'UTC', Path({str(tmp_path)!r}), (2026,)))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    with fifo.open("wb") as held:  # returns when the child has opened it to read
        parent.send_signal(how)
        parent.wait()
        waited = select.poll()
        waited.register(held, select.POLLERR)
        assert waited.poll(10_000), "nobody reads the file any more"


def test_regions_are_countries_or_their_parts() -> None:
    assert any(name == "Independence Day" for _, name in holidays("US", (2026,))[0])
    assert len(holidays("DE-BY", (2026,))[0]) > len(holidays("DE-BE", (2026,))[0])
    assert holidays("DE-XX", (2026,))[1].startswith('"DE-XX" is not known. Write "DE", or one of DE-BB, DE-BE')
    assert 'The public holidays of "QQ" are not known.' in holidays("QQ", (2026,))[1]


def test_without_the_libraries_one_line_tells_how_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("holidays", "icalendar"):
        monkeypatch.setitem(sys.modules, name, None)
    assert "pip install 'psoas-nudge[calendar]'" in holidays("DE", (2026,))[1]
    assert "pip install 'psoas-nudge[calendar]'" in read(str(tmp_path / "a.ics"), (2026,), "UTC").problem


def test_a_holiday_is_a_day_off_unless_the_person_says_otherwise() -> None:
    mine = DayException(date(2026, 12, 26), date(2026, 12, 26), (Range(600, 700),), "on call")
    hours = WorkingHours(zone="UTC", week=((Range(540, 1020),),) * 7, exceptions=(mine,))
    closed = Calendar(holidays=((date(2026, 12, 25), "Christmas"), (date(2026, 12, 26), "Boxing Day"))).close(hours)
    assert closed.day_ranges(date(2026, 12, 24)) == (Range(540, 1020),)
    assert closed.day_ranges(date(2026, 12, 25)) == ()
    assert closed.exception(date(2026, 12, 25)) == DayException(date(2026, 12, 25), date(2026, 12, 25), (), "Christmas")
    assert closed.day_ranges(date(2026, 12, 26)) == (Range(600, 700),)


def test_busy_is_told_at_any_instant_with_its_next_change() -> None:
    calendar = Calendar(spans=((100, 200), (300, 400)))

    def instant(seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, UTC)

    assert [calendar.is_busy(instant(t)) for t in (0, 99.9, 100, 199.9, 200, 300, 400)] == [
        *(False, False, True, True, False, True, False)
    ]
    assert [calendar.next_change(instant(t)) for t in (0, 100, 200, 350)] == [*map(instant, (100, 200, 300, 400))]
    assert calendar.next_change(instant(400)) is None
    assert calendar.busy(instant(150), instant(350)) == [
        Span(instant(150), instant(200)),
        Span(instant(300), instant(350)),
    ]
    assert calendar.busy(instant(200), instant(300)) == []
