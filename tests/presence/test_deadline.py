"""Deadline polling against recorded input: when it queries, what it reports."""

from __future__ import annotations

import asyncio

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.deadline import Deadlines, DeadlineSource
from psoas_nudge.presence.port import DesktopSession, SourceLost


class Person:
    """Virtual time in milliseconds, and a person who types at given moments."""

    def __init__(self, inputs, threshold, deadlines=None):
        self.inputs, self.threshold = inputs, threshold
        self.deadlines = deadlines or Deadlines()
        self.due = self.queries = 0
        self.heard = []

    def go_to(self, until):
        while self.due <= until:
            self.queries += 1
            since_input = self.due - max((t for t in self.inputs if t <= self.due), default=0)
            self.heard += self.deadlines.readings(self.due, since_input, self.threshold)
            self.due += self.deadlines.pause(since_input, self.threshold)


def test_somebody_who_types_all_day_costs_one_look_per_threshold():
    person = Person(range(0, 3_600_000, 2_000), 300_000)
    person.go_to(3_600_000)
    assert person.heard == [Active()]
    assert person.queries <= 14


def test_leaving_is_told_when_the_threshold_is_reached_and_coming_back_soon_after():
    person = Person([0, 100_000, 1_000_000], 300_000)
    person.go_to(399_900)
    assert person.heard == [Active()]
    person.go_to(400_100)
    assert person.heard == [Active(), Idle(idle_for=300_000)]
    person.go_to(999_900)
    assert len(person.heard) == 2
    person.go_to(1_015_100)
    assert person.heard[2:] == [Active()]


def test_coming_back_is_seen_even_when_the_look_comes_long_after_it():
    person = Person([0, 8_200], 8_000, Deadlines(shortest=30_000, longest=30_000))
    person.go_to(40_000)
    assert person.heard == [Active(), Idle(idle_for=8_000), Active(), Idle(idle_for=29_800)]


class Platform(DeadlineSource):
    """Answers once, then no more."""

    def __init__(self):
        super().__init__()
        self.queries = 0

    async def open(self, session):
        pass

    async def since_input(self):
        self.queries += 1
        if self.queries > 1:
            raise Unavailable("gone")
        return 0


async def test_a_platform_that_stops_answering_is_lost():
    heard, source = [], Platform()
    await source.start(DesktopSession(environ={}), heard.append)
    await source.watch(10)
    await asyncio.sleep(0.1)
    assert heard == [Active(), SourceLost("gone")]
    assert source.queries == 2
    await source.stop()
