"""A day played in virtual time through the runner, as `simulate` and `demo` do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from psoas_nudge.daemon.runner import Runner
from psoas_nudge.daemon.virtual import Act, During, VirtualDesk

from psoas_nudge.core import model as m
from psoas_nudge.journal.store import Journal
from psoas_nudge.presence.port import InputStopped, Reading, SignalChanged

BEGIN = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def during(signal: str, begin: float, end: float) -> During:
    return During(at(begin), at(end), signal)


class Desk:
    """The runner's world on a virtual desk."""

    def __init__(self, trace: Sequence[During | Act], rules: m.Rules) -> None:
        self.desk = VirtualDesk(trace, BEGIN)
        self.journal = Journal.in_memory()
        self.shown: list[float] = []
        self.runner = Runner(self.journal, rules, self.desk, self)
        self.desk.start(lambda: self.runner.feed(m.Woke))
        self.desk.report = self.hear
        self.desk.act = lambda do: self.runner.feed(m.Answered, answer=do, via="trace")
        self.watch = self.desk.watch_now
        self.wake = self.desk.wake

    def hear(self, reading: Reading) -> None:
        match reading:
            case InputStopped(seconds=seconds):
                self.runner.feed(m.Idle, idle_for=seconds)
            case SignalChanged(signal=signal, on=on):
                self.runner.feed(m.Sensed, signal=signal, on=on)
            case _:
                self.runner.feed(m.Active)

    def play(self, minutes: float) -> None:
        self.runner.start()
        while (wait := self.desk.next()) is not None and self.desk.now().tick + wait <= minutes * 60:
            self.desk.advance()

    def show(self, effect: m.Show) -> None:
        self.shown.append(self.desk.now().tick / 60)
        self.runner.feed(m.Shown, prompt=effect.prompt, notifier="none")

    def withdraw(self, effect: m.Withdraw) -> None: ...

    def start_guide(self, effect: m.StartGuide) -> None: ...

    def recorded(self, stored: object) -> None: ...

    def stepped(self, state: m.State) -> None: ...


@pytest.fixture
def play(rules):
    """Play a trace for some minutes under rules with a lull of 8 s."""
    desks: list[Desk] = []

    def play(*trace: During | Act, minutes: float) -> Desk:
        desk = Desk(trace, m.Rules(hours=rules.hours, settle_in=0, wind_down=0))
        desks.append(desk)
        desk.play(minutes)
        return desk

    yield play
    for desk in desks:
        desk.journal.close()


def test_a_prompt_comes_in_the_first_pause_after_half_an_hour(play):
    desk = play(during("input", 0, 32), during("input", 33, 40), minutes=34)
    assert desk.shown == [pytest.approx(32 + 8 / 60)]


def test_spans_that_touch_leave_no_gap(play):
    desk = play(during("input", 0, 20), during("input", 20, 34), minutes=34)
    assert desk.shown == []


def test_what_the_person_does_reaches_the_prompt(play):
    desk = play(during("input", 0, 60), Act(at(36), "skip"), minutes=60)
    assert [kept.entry.outcome for kept in desk.journal.read(kinds=["prompt"])] == ["skipped"]


def test_a_machine_asleep_wakes_nobody(play):
    desk = play(during("input", 0, 20), during("suspended", 20, 500), during("input", 500, 510), minutes=510)
    [bout] = [kept.entry for kept in desk.journal.read(kinds=["bout"])]
    assert (bout.sitting_seconds, bout.ended_by, bout.at) == (1200, "suspended", at(500))


def test_an_act_added_while_playing_comes_in_its_turn():
    done: list[str] = []
    desk = VirtualDesk([Act(at(1), "first"), Act(at(3), "third")], BEGIN)
    desk.act = done.append
    desk.later(120, "second")
    while not desk.ended():
        desk.advance()
    assert done == ["first", "second", "third"]
