"""A day played in virtual time through the engine, as `simulate` and `demo` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.engine.engine import Engine
from psoas_nudge.journal.store import Journal
from psoas_nudge.simulation.desk import Act, During, VirtualDesk

BEGIN = datetime(2026, 11, 23, 9, tzinfo=UTC)
ALWAYS = WorkingHours(zone="UTC", week=((Range(0, 1440),),) * 7)
RULES = m.Rules(hours=ALWAYS, nudge_after=30 * m.MINUTE, settle_in=0, wind_down=0)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def during(signal: str, begin: float, end: float) -> During:
    return During(at(begin), at(end), signal)


class Desk:
    """The engine's world on a virtual desk."""

    def __init__(self, trace: Sequence[During | Act]) -> None:
        self.desk = VirtualDesk(trace, BEGIN, self._feed)
        self.journal = Journal.in_memory()
        self.shown: list[float] = []
        self.engine = Engine(self.journal, RULES, self.desk)
        self.watch = self.desk.watch_now
        self.wake = self.desk.wake

    def _feed(self, event: m.Sensed | m.Woke | m.Asked) -> None:
        self.engine.feed(event)

    def play(self, minutes: float) -> None:
        self.engine.start(self, m.Started())
        while (wait := self.desk.next()) is not None and self.desk.now().tick + wait <= minutes * m.MINUTE:
            self.desk.advance()

    def show(self, effect: m.Show) -> None:
        self.shown.append(self.desk.now().tick / m.MINUTE)
        self.engine.feed(m.Shown(prompt=effect.prompt, notifier="none"))

    def renew(self, effect: m.Renew) -> None:
        """There is no screen."""

    def withdraw(self, effect: m.Withdraw) -> None:
        """There is no screen."""

    def start_guide(self, effect: m.StartGuide) -> None:
        """There is no guide."""


Play = Callable[..., Desk]


@pytest.fixture
def play() -> Iterator[Play]:
    """Play a trace for some minutes under rules with a lull of 8 s."""
    desks: list[Desk] = []

    def play(*trace: During | Act, minutes: float) -> Desk:
        desk = Desk(trace)
        desks.append(desk)
        desk.play(minutes)
        return desk

    yield play
    for desk in desks:
        desk.journal.close()


def test_a_prompt_comes_in_the_first_pause_after_half_an_hour(play: Play) -> None:
    desk = play(during("input", 0, 32), during("input", 33, 40), minutes=34)
    assert desk.shown == [pytest.approx(32 + 8 / 60)]


def test_spans_that_touch_leave_no_gap(play: Play) -> None:
    desk = play(during("input", 0, 20), during("input", 20, 34), minutes=34)
    assert desk.shown == []


def test_what_the_person_does_reaches_the_prompt(play: Play) -> None:
    desk = play(during("input", 0, 60), Act(at(36), m.Skip(via="trace")), minutes=60)
    assert [kept.entry.outcome for kept in desk.journal.read(kinds=["prompt"])] == ["skipped"]


def test_a_machine_asleep_wakes_nobody(play: Play) -> None:
    desk = play(during("input", 0, 20), during("suspended", 20, 500), during("input", 500, 510), minutes=510)
    [bout] = [kept.entry for kept in desk.journal.read(kinds=["bout"])]
    assert (bout.sitting_seconds, bout.ended_by, bout.at) == (1200, "suspended", at(500))


def test_an_act_added_while_playing_comes_in_its_turn() -> None:
    done: list[object] = []
    desk = VirtualDesk([Act(at(1), m.Stand()), Act(at(3), m.Resume())], BEGIN, done.append)
    desk.later(2 * m.MINUTE, m.Sit())
    while not desk.ended():
        desk.advance()
    assert done == [m.Stand(), m.Sit(), m.Resume()]


def test_remarks_of_the_story_are_told_in_their_turn_and_are_no_events() -> None:
    fed: list[object] = []
    told: list[str] = []
    desk = VirtualDesk([Act(at(1), "The day begins."), Act(at(2), m.Stand())], BEGIN, fed.append, told.append)
    while not desk.ended():
        desk.advance()
    assert (told, fed) == (["The day begins."], [m.Stand()])
