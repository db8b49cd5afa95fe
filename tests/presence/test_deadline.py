"""Deadline polling against a recorded clock: when it looks, what it says."""

from __future__ import annotations

import asyncio

import pytest

from psoas_nudge.presence.deadline import DeadlinePoll, ReadFailed
from psoas_nudge.presence.port import InputSeen, InputStopped, SourceLost


class Timer:
    def __init__(self, due, call):
        self.due, self.call, self.cancelled = due, call, False

    def cancel(self):
        self.cancelled = True


class Person:
    """Virtual time, and a person who types at given moments."""

    def __init__(self, inputs, monkeypatch):
        self.now, self.inputs, self.timers, self.looks = 0.0, inputs, [], 0
        self.broken = False
        monkeypatch.setattr(asyncio, "get_running_loop", lambda: self)

    def time(self):
        return self.now

    def call_later(self, pause, call):
        self.timers.append(Timer(self.now + pause, call))
        return self.timers[-1]

    def read(self):
        self.looks += 1
        if self.broken:
            raise ReadFailed("gone")
        return self.now - max((t for t in self.inputs if t <= self.now), default=0.0)

    def go_to(self, until):
        while due := [t for t in self.timers if not t.cancelled and t.due <= until]:
            timer = min(due, key=lambda t: t.due)
            self.timers.remove(timer)
            self.now = timer.due
            timer.call()
        self.now = until


@pytest.fixture
def heard():
    return []


def test_somebody_who_types_all_day_costs_one_look_per_threshold(monkeypatch, heard):
    person = Person([float(t) for t in range(0, 3600, 2)], monkeypatch)
    poll = DeadlinePoll(person.read, heard.append)
    poll.watch(300)
    person.go_to(3600)
    assert heard == [InputSeen()]
    assert person.looks <= 14


def test_leaving_is_told_when_the_threshold_is_reached_and_coming_back_soon_after(monkeypatch, heard):
    person = Person([0.0, 100.0, 1000.0], monkeypatch)
    poll = DeadlinePoll(person.read, heard.append)
    poll.watch(300)
    person.go_to(399.9)
    assert heard == [InputSeen()]
    person.go_to(400.1)
    assert heard == [InputSeen(), InputStopped(300.0)]
    person.go_to(999.9)
    assert len(heard) == 2
    person.go_to(1015.1)
    assert heard[2:] == [InputSeen()]


def test_coming_back_is_seen_even_when_the_look_comes_long_after_it(monkeypatch, heard):
    person = Person([0.0, 8.2], monkeypatch)
    poll = DeadlinePoll(person.read, heard.append, look_every=30.0, look_at_least_every=30.0)
    poll.watch(8)
    person.go_to(40)
    assert heard == [InputSeen(), InputStopped(8.0), InputSeen(), InputStopped(pytest.approx(29.8))]


def test_a_platform_that_stops_answering_is_lost(monkeypatch, heard):
    person = Person([0.0], monkeypatch)
    poll = DeadlinePoll(person.read, heard.append)
    poll.watch(10)
    person.broken = True
    person.go_to(60)
    assert heard == [InputSeen(), SourceLost("gone")]
    assert person.looks == 2
