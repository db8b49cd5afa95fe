"""The sums by day always say what the entries say, whoever wrote them and in whatever order."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psoas_nudge.core.model import BoutEntry, State, StretchEntry
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal import Journal, Stored, days, upkeep


@settings(max_examples=40)
@given(data=st.data(), minutes=st.integers(-14 * 60, 14 * 60))
def test_sums_kept_commit_by_commit_are_those_made_anew(data: st.DataObject, minutes: int, any_entry) -> None:
    commits = data.draw(st.lists(st.lists(any_entry, max_size=4), max_size=6))
    with Journal.in_memory() as journal, Journal.in_memory() as other:
        for entries in commits:
            journal.commit(entries, State(), timezone(timedelta(minutes=minutes)))
        anew = days.summed(journal.read())
        for kept, made in zip(journal.days(), anew, strict=True):
            assert (kept.first, kept.prompts, kept.stretches, kept.bouts) == (
                made.first, made.prompts, made.stretches, made.bouts,
            )  # fmt: skip
            assert kept.sitting_seconds == pytest.approx(made.sitting_seconds)
        for _ in range(2):
            other.merge(journal.read())
        assert [day.bouts for day in other.days()] == [day.bouts for day in anew]


def bout(at: datetime) -> BoutEntry:
    return BoutEntry(at=at, started=at - timedelta(hours=1), ended=at, sitting_seconds=3600.0, ended_by="idle")


def test_a_day_is_a_local_one(berlin) -> None:
    half_past_midnight = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    with Journal.in_memory() as journal:
        journal.commit([bout(half_past_midnight)], State(), berlin)
        journal.commit([bout(half_past_midnight)], State(), UTC)
        assert [day.first for day in journal.days()] == [date(2026, 11, 22), date(2026, 11, 23)]
        assert [day.first for day in journal.days(date(2026, 11, 23))] == [date(2026, 11, 23)]


def test_a_commit_that_fails_adds_nothing(morning, berlin) -> None:
    with Journal.in_memory() as journal:
        journal._db.execute("CREATE TRIGGER full BEFORE INSERT ON snapshot BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(JournalBroken):
            journal.commit([bout(morning)], State(), berlin)
        assert list(journal.days()) == []


def test_sums_in_an_old_form_are_not_believed(tmp_path: Path, morning, berlin) -> None:
    path = tmp_path / "journal.db"
    with Journal.open(path) as journal:
        journal.commit([bout(morning), bout(morning + timedelta(days=1))], State(), berlin)
        right = list(journal.days())
    db = sqlite3.connect(path)
    db.executescript("UPDATE days_form SET form = '0:other'; UPDATE days SET body = '{}'")
    db.close()
    for open_ in (Journal.open_reading, Journal.open, Journal.open_reading):
        with open_(path) as journal:
            assert list(journal.days()) == right
            assert list(journal.days(date(2026, 11, 24))) == right[1:]


def test_a_reader_of_an_old_file_adds_up_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    db = sqlite3.connect(path)
    db.executescript((Path(__file__).parent / "schemas" / "v1.sql").read_text())
    db.close()
    with Journal.open_reading(path) as journal:
        (read,) = journal.days()
    with Journal.open(path) as journal:
        assert list(journal.days()) == [read]
    assert (read.first, read.sitting_seconds, read.accepted, read.stretch_seconds) == (
        date(2025, 11, 23), 1800.0, 1, 58.5,
    )  # fmt: skip


@pytest.fixture
def large(tmp_path: Path, morning, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal whose sums are in an old form, and that takes several slices to sum up."""
    path = tmp_path / "journal.db"
    monkeypatch.setattr(days, "SLICE", 10)
    with Journal.open(path) as journal:
        journal.commit([bout(morning + timedelta(hours=5 * n)) for n in range(45)], State(), UTC)
    db = sqlite3.connect(path)
    db.executescript("UPDATE days_form SET form = '0:other'; UPDATE days SET body = '{}'")
    db.close()
    return path


def test_a_large_journal_is_summed_up_in_slices_and_right_all_the_time(large: Path, morning) -> None:
    with Journal.open(large) as journal:
        anew = days.summed(journal.read())
        more = [True]
        while more[-1]:
            assert journal.days() == anew
            assert journal.days(date(2026, 11, 28)) == [day for day in anew if day.first >= date(2026, 11, 28)]
            with Journal.open_reading(large) as reader:
                assert reader.days() == anew
            more.append(journal.sum_up())
        assert len(more) == 5, "one slice when it was opened, three more, and one that was not full"
        assert days.watermark(journal._db) is None
        assert journal.days() == anew


@pytest.mark.parametrize("slices", range(5))
def test_what_is_recorded_and_merged_meanwhile_is_counted_once(large: Path, morning, slices: int) -> None:
    with Journal.open(large) as journal:
        for _ in range(slices):
            journal.sum_up()
        journal.commit([bout(morning + timedelta(days=20))], State(), UTC)
        old = Stored(id="019ab000-0000-7000-8000-000000000001", offset_minutes=0, entry=bout(morning))
        journal.merge([old])
        while journal.sum_up():
            pass
        assert journal.days() == days.summed(journal.read())


def test_a_process_that_ends_meanwhile_leaves_it_to_the_next(large: Path) -> None:
    for _ in range(5):
        with Journal.open(large) as journal:  # one slice each
            right = days.summed(journal.read())
    with Journal.open_reading(large) as journal:
        assert days.watermark(journal._db) is None
        assert journal.days() == right


def test_an_entry_that_cannot_be_right_counts_nowhere_and_blocks_no_other(morning) -> None:
    bad = StretchEntry(at=morning, routine="r", performed=True, left_seconds=1e308)
    good = StretchEntry(at=morning, routine="r", performed=True, left_seconds=30.0)
    never = BoutEntry(
        at=morning, started=datetime.min.replace(tzinfo=UTC), ended=morning, sitting_seconds=1.0, ended_by="idle"
    )
    with Journal.in_memory() as journal:
        for entry in (bad, bad, never, good):
            journal.commit([entry], State(), timezone(timedelta(hours=-5)))
        (day,) = journal.days()
        assert (day.stretches, day.stretch_seconds, day.bouts) == (1, 30.0, 0)


async def test_the_daemon_sums_up_and_looks_for_damage_after_its_start(
    large: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "PAUSE_SECONDS", 0)
    with Journal.open(large) as journal:
        journal._db.execute("INSERT INTO set_aside (why, body) VALUES ('it was odd', x'00')")
        await upkeep.keep_up(journal, large)
        assert days.watermark(journal._db) is None
    assert caplog.messages == [
        f"the journal {large}: a stored state was set aside because it could not be read: it was odd"
    ]


async def test_a_stop_in_the_middle_of_the_look_does_not_wait_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, told = Event(), list[bool]()

    def check(_path: Path, ended: Event) -> tuple[str, ...]:
        looking.set()
        told.append(ended.wait(5))
        return ()

    monkeypatch.setattr(upkeep, "_check", check)
    with Journal.open(tmp_path / "journal.db") as journal:
        task = asyncio.create_task(upkeep.keep_up(journal, tmp_path / "journal.db"))
        while not looking.is_set():  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert told == [True]
