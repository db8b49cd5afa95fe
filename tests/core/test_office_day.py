"""A whole office day, told as one: what counts as sitting, to the second, and when prompts come."""

from __future__ import annotations

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.model import Signal
from tests.core.timeline import Day


def bouts(day: Day) -> list[tuple[str, str, float, str]]:
    return [(day.clock(b.started), day.clock(b.ended), b.sitting_seconds, b.ended_by) for b in day.bouts]


def x_server_restarts(day: Day) -> None:
    """The idle source is lost: the person counts as present. It comes back and is asked anew."""
    day.feed(m.Active())
    threshold, day.threshold = day.threshold, None
    day.reported_idle = None
    day.last_input = day.tick
    if threshold is not None:
        day._watch(threshold)


def test_a_monday() -> None:
    day = Day("2026-11-23 09:00")
    day.sit(20)  # typing
    day.read(4)  # 09:20 a paper
    day.sit(10)  # 09:24 typing past 09:30, when a prompt is due
    day.read(0.25)  # 09:34 a pause in typing
    day.answer("skip")
    day.during(Signal.CALL, minutes=49.75)  # 09:34:15 a call without a key pressed; due again at 10:04:15
    day.sit(6)  # 10:24 typing from the end of the call on, longer than patience lasts
    day.read(0.25)
    day.answer("skip")
    day.sit(3.75)
    day.lock(45)  # 10:34 an early lunch, locked
    day.sit(20)  # 11:19
    day.leave(30)  # 11:39 coffee, not locked
    day.sit(20)  # 12:09
    day.during(Signal.PLAYING, minutes=25)  # 12:29 a recorded talk; a prompt is due at 12:39, and again later
    day.sit(1)  # 12:54
    day.suspend(15)  # 12:55 the lid is closed on the way to another room
    day.suspend(1)  # 13:10 docked, and a minute asleep while at it
    day.sit(10)  # 13:11
    x_server_restarts(day)
    day.sit(10)  # 13:21
    day.suspend(19 * 60 + 29)  # 13:31 home, the lid closed, until Tuesday
    day.sit(1)
    assert bouts(day) == [
        ("09:00", "10:34", 94 * 60, "locked"),
        ("11:19", "11:39", 20 * 60, "idle"),
        ("12:09", "12:55", 46 * 60, "suspended"),
        ("13:10", "13:31", 20 * 60, "suspended"),
    ]
    assert day.seen == [
        "09:34:08 shown",
        "09:34:15 skipped",
        "10:25 held back by call",
        "10:30 shown",
        "10:30:15 skipped",
        "10:36 bout 94.0 locked",
        "11:44 bout 20.0 idle",
        "12:39 shown",
        "12:44 missed",
        "12:54 shown",
        "13:10 bout 46.0 suspended",
        "13:10 taken",
        "09:00 bout 20.0 suspended",
    ]


def test_the_same_day_without_sensors_of_calls_and_films_loses_what_they_know() -> None:
    """What the sensors are for: the call and the talk would each have ended a bout."""
    day = Day(call_counts_as_sitting=False, playing_counts_as_sitting=False)
    day.sit(20)
    day.during(Signal.CALL, minutes=50)
    day.sit(20)
    day.during(Signal.PLAYING, minutes=25)
    assert bouts(day) == [
        ("09:00", "09:20", 20 * 60, "idle"),
        ("10:10", "10:30", 20 * 60, "idle"),
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_an_x_server_that_restarts_in_the_middle_of_a_bout_neither_ends_nor_lengthens_it(times: int) -> None:
    day = Day()
    day.sit(10)
    for _ in range(times):
        x_server_restarts(day)
    day.sit(10)
    day.leave(10)
    assert bouts(day) == [("09:00", "09:20", 20 * 60, "idle")]


def test_an_x_server_that_restarts_while_nobody_is_there_counts_as_a_sign_of_presence_and_no_more() -> None:
    """A new server's idle time begins at zero: it cannot know of the absence."""
    day = Day()
    day.sit(10)
    day.leave(20)
    x_server_restarts(day)
    day.leave(20)
    day.sit(5)
    day.leave(10)
    assert bouts(day) == [("09:00", "09:10", 10 * 60, "idle"), ("09:50", "09:55", 5 * 60, "idle")]


def test_the_night_is_never_sitting_whether_announced_or_not() -> None:
    for night in (lambda day: day.suspend(16 * 60), lambda day: day.freeze(16 * 60), lambda day: day.lock(16 * 60)):
        day = Day("2026-11-23 16:30")
        day.sit(20)
        night(day)
        day.sit(20)
        day.leave(10)
        assert [seconds for _, _, seconds, _ in bouts(day)] == [20 * 60, 20 * 60]
