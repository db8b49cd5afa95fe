"""A state that version 0.1.0 stored goes on after the update: what is in tests/journal/states was written by it.

Each file is from the third day of a person who had three prompts on the first day, two on the second, and sat down at
08:55; see the names for what was under way.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.engine.engine import Engine
from psoas_nudge.journal.first_state import read_first
from psoas_nudge.journal.store import Journal
from psoas_nudge.journal.upkeep import check

STATES = Path(__file__).with_name("states")
SAT_DOWN = 172_500_000
"""The point at which the bout of the third day began."""


def body(name: str) -> bytes:
    return (STATES / f"{name}.json").read_bytes()


def read(name: str) -> m.State:
    return read_first(body(name))


def moment(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize("file", sorted(STATES.glob("*.json")), ids=lambda file: file.stem)
def test_the_journal_reads_it_as_if_it_were_its_own(file: Path, tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.db") as journal:
        journal.commit([], m.State(), UTC)
        journal._db.execute("UPDATE snapshot SET body = ?", (file.read_bytes(),))
        state = journal.load()
        assert state == read_first(file.read_bytes())
        assert state is not None
        journal.commit([], state, UTC)
        assert journal.load() == state
        assert check(journal).problems == ()


def test_a_state_of_today_is_never_taken_for_an_old_one() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_first(msgspec.json.encode(m.State()))


@pytest.mark.parametrize("number", [b"1e999", b"1e300", b"[]"])
def test_one_with_an_impossible_number_is_set_aside(number: bytes) -> None:
    with Journal.in_memory() as journal:
        journal.commit([], m.State(), UTC)
        broken = body("paused").replace(b"174820.0", number)
        assert broken != body("paused")
        journal._db.execute("UPDATE snapshot SET body = ?", (broken,))
        assert journal.load() is None
        assert len(check(journal).problems) == 1


def test_a_bout_with_a_break_and_an_open_prompt() -> None:
    state = read("open-prompt")
    assert state.time == m.Timeline(at=moment(8, 28, 30), tick=175_510_000, now=174_510_000)
    assert state.bout == m.Bout(SAT_DOWN, ((173_700_000, 173_760_000),))
    assert state.stage == m.Open(6, "chair-edge-hip-flexor", since=174_510_000, notifier="dbus", ref="7")
    assert state.input == m.Input(state="idle", since=174_480_000, measured=True)
    assert state.numbered == 6
    assert state.pacing == m.Pacing(counts_from=SAT_DOWN)
    assert state.today == m.Today(date(2026, 11, 25), 1)
    assert state.rotation_order == m.RotationOrder(6, {"standing-hip-flexor": 5, "chair-edge-hip-flexor": 6})
    assert state.hours.span == (moment(8, 0), moment(16, 0))
    assert state.hours.open
    assert (state.paused, state.put_off, state.leaving, state.stretching) == (None, None, None, None)


def test_a_prompt_on_its_way_to_the_screen() -> None:
    assert read("on-its-way").stage == m.Pending(6, "chair-edge-hip-flexor", since=174_488_000)


def test_a_snooze_and_a_miss_come_back_when_they_would_have() -> None:
    assert read("snoozed").pacing == m.Pacing(counts_from=SAT_DOWN, again=m.Again(174_840_000, "snoozed"), snoozes=1)
    missed = read("missed")
    assert missed.pacing == m.Pacing(counts_from=175_208_000, again=m.Again(175_808_000, "missed"), misses=1, ignored=1)
    assert missed.today == m.Today(date(2026, 11, 25), 2)


def test_a_pause_of_a_length_while_standing() -> None:
    state = read("paused")
    assert state.paused == m.Paused(until=179_100_000)
    assert state.standing_since == 173_820_000
    assert state.bout == m.Bout(SAT_DOWN)


def test_a_pause_until_an_instant_and_a_locked_screen() -> None:
    state = read("locked")
    assert state.paused == m.Paused(until_at=moment(23, 15))
    assert state.signals == {m.Signal.LOCKED}
    assert state.leaving == m.Leaving(173_700_000, "locked")


def test_a_guided_stretch() -> None:
    assert read("stretching").stretching == m.Stretching(
        174_420_000, "chair-edge-hip-flexor", prompt=6, broken=True, guided=True
    )


def test_stretches_put_off_by_pain_and_a_prompt_held_back_by_a_call() -> None:
    state = read("put-off")
    assert state.put_off == "shooting"
    assert state.stage == m.HeldBack(176_280_000, ("call",))
    assert state.rotation_order == m.RotationOrder(6, {"standing-hip-flexor": 6, "chair-edge-hip-flexor": 6})


class StandingClock:
    def __init__(self, moment: m.Moment) -> None:
        self.moment = moment

    def now(self) -> m.Moment:
        return self.moment


def test_the_update_is_a_restart_like_any_other() -> None:
    rules = m.Rules(hours=WorkingHours(zone="Europe/Berlin"))
    with Journal.in_memory() as journal:
        journal.commit([], read("open-prompt"), UTC)
        engine = Engine(journal, rules, StandingClock(m.Moment(moment(8, 29, 30), 60_000)))
        engine.start(None, m.Started(silent_for=60_000))
        [prompt] = [stored.entry for stored in journal.read()]
        assert (prompt.outcome, prompt.because, prompt.notifier) == ("withdrawn", "restart", "dbus")
        assert prompt.shown_at == moment(8, 28, 30)
        assert engine.status().sat_seconds == 1950
        assert engine.status().prompts_today == 1
