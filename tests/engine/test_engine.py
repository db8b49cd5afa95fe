"""The effect engine: what is decided is written first, then carried out, and nothing is lost when the disk refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.engine.engine import Engine
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal.store import Journal


def sit_until_prompt(engine: Engine, clock: Any) -> None:
    for _ in range(30):
        clock.move(60)
        engine.feed(m.Woke())


def test_a_prompt_is_shown_after_half_an_hour_and_its_answer_stands_in_the_journal(engine, world, clock, journal):
    sit_until_prompt(engine, clock)
    assert world.of("show") == [1]
    assert engine.feed(m.Skip(via="test", because="in a hurry")) is None
    [prompt] = [stored.entry for stored in journal.read(kinds=["prompt"])]
    assert (prompt.outcome, prompt.notifier, prompt.because) == ("skipped", "fake", "in a hurry")


def test_an_answer_without_a_prompt_is_refused_and_recorded_as_late(engine, journal):
    refusal = engine.feed(m.Accept(via="test"))
    assert refusal is not None
    assert refusal.no_prompt_open
    assert [stored.entry.answer for stored in journal.read(kinds=["late-answer"])] == ["accept"]


def test_a_refusal_belongs_to_one_request_only(engine):
    assert engine.feed(m.Accept(via="test"))
    assert engine.feed(m.Stand()) is None


def test_the_journal_knows_the_prompt_before_the_screen_does(engine, world, clock, journal):
    seen: list[m.State | None] = []
    world.show = lambda _effect: seen.append(journal.load())
    sit_until_prompt(engine, clock)
    [stored] = seen
    assert stored is not None
    assert stored.prompt is not None
    assert stored.prompt.number == 1


def test_a_minute_in_which_nothing_happens_costs_no_commit(engine, clock, journal, monkeypatch):
    commits: list[Any] = []
    monkeypatch.setattr(journal, "commit", lambda *args: commits.append(args))
    for _ in range(5):
        clock.move(60)
        engine.feed(m.Woke())
    assert commits == []


def test_with_a_full_disk_nothing_is_shown_and_nothing_is_lost(engine, world, clock, journal, monkeypatch):
    write = journal.commit

    def full(*_: Any) -> None:
        raise JournalBroken("The disk is full.")

    monkeypatch.setattr(journal, "commit", full)
    engine.feed(m.Stand())
    engine.feed(m.Sit())
    sit_until_prompt(engine, clock)
    assert world.of("show") == []
    monkeypatch.setattr(journal, "commit", write)
    clock.move(60)
    engine.feed(m.Woke())
    kinds = [stored.entry.__struct_config__.tag for stored in journal.read()]
    assert kinds == ["posture", "posture", "not-shown"]


def test_after_a_restart_the_counters_are_where_they_were(engine, world, clock, journal, rules):
    sit_until_prompt(engine, clock)
    engine.feed(m.Skip(via="test"))
    sit_until_prompt(engine, clock)
    engine.feed(m.Snooze(via="test"))
    again = Engine(journal, rules, clock)
    assert (again.state.pacing.snoozes, again.state.today.prompts, again.state.numbered) == (1, 1, 2)


@pytest.mark.parametrize("silent_for", [30.0, 3600.0])
def test_a_prompt_that_was_open_when_the_daemon_died_is_withdrawn_on_the_same_server(
    engine, world, clock, journal, rules, silent_for
):
    sit_until_prompt(engine, clock)
    clock.move(silent_for)
    again = Engine(journal, rules, clock)
    again.start(world, m.Started(silent_for=m.milliseconds(silent_for)))
    assert world.of("withdraw") == ["7"]
    [prompt] = [stored.entry for stored in Journal.read(journal, kinds=["prompt"])]
    assert (prompt.outcome, prompt.because) == ("withdrawn", "restart")


def test_a_prompt_whose_state_cannot_be_written_is_not_shown_even_when_nothing_else_waits_to_be_written(
    engine, world, clock, journal, monkeypatch
):
    def full(*_: Any) -> None:
        raise JournalBroken("The disk is full.")

    monkeypatch.setattr(journal, "commit", full)
    sit_until_prompt(engine, clock)
    assert world.of("show") == []


def test_a_fault_in_mid_step_does_not_make_the_engine_deaf(engine, world, clock):
    def fail(effect: m.Show) -> None:
        engine.feed(m.NotShown(prompt=effect.prompt, why="left behind by the fault"))
        raise RuntimeError("a fault")

    world.show = fail
    with pytest.raises(RuntimeError):
        sit_until_prompt(engine, clock)
    assert engine.feed(m.Accept(via="test")) is not None
    assert engine.state.prompt is None


def test_a_step_after_the_clock_was_set_asks_for_the_wake_up_anew(engine, world, clock):
    world.done.clear()
    clock.moment = m.Moment(clock.moment.at + timedelta(hours=2), clock.moment.tick)
    engine.feed(m.ClockSet())
    assert world.of("wake") == [m.MINUTE]


def full(*_: Any) -> None:
    raise JournalBroken("The disk is full.")


def test_while_nothing_can_be_saved_the_status_says_so_and_no_longer(engine, clock, journal, monkeypatch):
    assert engine.status().trouble is None
    with monkeypatch.context() as broken:
        broken.setattr(journal, "commit", full)
        engine.feed(m.Stand())
        status = engine.status()
        assert status.trouble == "The disk is full."
        assert status.why[0] == "Nothing can be saved, so no prompt comes until that is fixed. The disk is full."
    engine.feed(m.Woke())
    assert engine.status().trouble is None


def test_what_waits_in_memory_is_tried_again_within_a_minute_although_nothing_else_happens(
    engine, world, clock, journal, monkeypatch
):
    engine.feed(m.SignalChanged(signal=m.Signal.LOCKED, on=True))
    clock.move(3600)
    engine.feed(m.Woke())
    usual = world.of("wake")[-1]
    assert usual is None or usual > m.MINUTE
    with monkeypatch.context() as broken:
        broken.setattr(journal, "commit", full)
        engine.feed(m.Feel(level=3))
        assert world.of("wake")[-1] == m.MINUTE
        engine.feed(m.Woke())
        assert world.of("wake")[-1] == m.MINUTE
    engine.feed(m.Woke())
    assert [stored.entry.level for stored in journal.read(kinds=["feel"])] == [3]
    assert world.of("wake")[-1] == usual


def test_what_could_not_be_saved_at_the_end_is_named_in_the_log(engine, journal, monkeypatch, caplog):
    monkeypatch.setattr(journal, "commit", full)
    engine.feed(m.Feel(level=3))
    engine.close()
    assert "entries that could not be saved are lost: feel" in caplog.text
