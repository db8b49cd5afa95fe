"""Rules 7 and 13: what holds a prompt back, for how long, and that nothing is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from psoas_nudge.core.explain import status
from psoas_nudge.core.model import (
    QUIETING,
    HeldBackEntry,
    Pause,
    PauseEntry,
    Resume,
    ResumeEntry,
    Shown,
    Signal,
    SignalChanged,
    Sit,
    Skip,
    Stand,
    Withdraw,
)
from tests.core.timeline import Day


def held(day: Day) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(day.clock(e.since), day.clock(e.until), e.reasons) for e in day.of(HeldBackEntry)]


def withdrawn(day: Day) -> list[str | None]:
    return [prompt.because for prompt in day.prompts if prompt.outcome == "withdrawn"]


def on(day: Day, *signals: Signal) -> None:
    for signal in signals:
        day.feed(SignalChanged(signal=signal, on=True))


def off(day: Day, *signals: Signal) -> None:
    for signal in signals:
        day.feed(SignalChanged(signal=signal, on=False))


@pytest.mark.parametrize("signal", sorted(QUIETING))
def test_a_due_prompt_waits_for_quiet_to_end_and_a_minute_more(signal: Signal) -> None:
    day = Day()
    day.sit(25)
    day.during(signal, minutes=20, typing=True)
    day.sit(1)
    day.read(0.5)
    assert day.seen == [f"09:46 held back by {signal.value}", "09:46:08 shown"]
    assert held(day) == [("09:30", "09:45", (signal.value,))]


@pytest.mark.parametrize("signal", sorted(QUIETING))
def test_a_reason_that_is_switched_off_holds_nothing_back(signal: Signal) -> None:
    day = Day(quiet=QUIETING - {signal})
    day.sit(25)
    day.during(signal, minutes=9, typing=True)
    day.sit(2)
    assert day.shown == ["09:35"]
    assert held(day) == []


def test_music_is_no_reason_to_be_quiet() -> None:
    day = Day()
    day.during(Signal.PLAYING, minutes=36, typing=True)
    assert day.shown == ["09:35"]


def test_every_reason_of_the_wait_is_recorded_in_the_order_in_which_it_came() -> None:
    day = Day()
    day.sit(25)
    on(day, Signal.CALL, Signal.BUSY)
    day.sit(10)
    on(day, Signal.SCREEN_SHARE)
    off(day, Signal.CALL, Signal.BUSY)
    day.sit(10)
    on(day, Signal.DO_NOT_DISTURB)
    off(day, Signal.SCREEN_SHARE)
    day.sit(1)
    off(day, Signal.DO_NOT_DISTURB)
    day.sit(1)
    assert held(day) == [("09:30", "09:46", ("busy", "call", "screen-share", "do-not-disturb"))]
    day.sit(5)
    assert day.shown == ["09:52"]


def test_quiet_that_comes_back_within_the_minute_was_never_over() -> None:
    day = Day()
    day.sit(25)
    for _ in range(4):
        day.during(Signal.FULLSCREEN, minutes=9, typing=True)
        day.read(0.9)
        assert day.shown == []
    day.read(0.1)
    assert day.shown == [], "a minute after the end nobody has been seen since"
    day.touch()
    day.read(0.2)
    assert day.shown == ["10:04:50"]
    assert held(day) == [("09:30", "10:03:42", ("fullscreen",))]


def test_a_meeting_of_two_hours_is_sitting_and_its_prompt_comes_afterwards() -> None:
    day = Day()
    day.sit(5)
    on(day, Signal.CALL)
    day.read(100)
    off(day, Signal.CALL)
    day.read(2)
    assert day.shown == [], "nobody has been seen since the call"
    day.touch()
    day.read(1)
    assert day.shown == ["10:47:08"]
    assert held(day) == [("09:30", "10:45", ("call",))]
    day.touch()
    day.answer("skip")
    day.leave(6)
    assert [b.sitting_seconds for b in day.bouts] == [108 * 60]


def test_leaving_during_quiet_is_a_break_and_nothing_is_shown() -> None:
    day = Day()
    day.sit(25)
    on(day, Signal.DO_NOT_DISTURB)
    day.sit(10)
    day.lock(5)
    off(day, Signal.DO_NOT_DISTURB)
    day.sit(20)
    assert day.shown == []
    assert held(day) == [("09:30", "09:37", ("do-not-disturb",))]


def test_a_wait_that_ends_by_leaving_ends_then_although_it_was_quiet_before() -> None:
    day = Day()
    day.sit(10)
    day.during(Signal.FULLSCREEN, minutes=5, typing=True)
    day.sit(5)
    day.feed(SignalChanged(signal=Signal.FULLSCREEN, on=True))
    day.sit(15)
    day.leave(6)
    [held] = day.of(HeldBackEntry)
    assert (day.clock(held.since), day.clock(held.until)) == ("09:30", "09:40")


def test_the_longer_calm_after_an_interruption_ends_with_that_prompt() -> None:
    day = Day()
    day.sit(36)
    day.during(Signal.CALL, minutes=1, typing=True)
    day.sit(11)
    assert day.shown[1:] == ["09:47"]
    day.answer("skip")
    day.sit(29)
    day.during(Signal.CALL, minutes=3, typing=True)
    day.sit(8)
    assert day.shown[2:] == ["10:26"]


def test_a_short_lock_during_quiet_does_not_end_the_wait() -> None:
    day = Day()
    day.sit(25)
    on(day, Signal.DO_NOT_DISTURB)
    day.sit(10)
    day.lock(1)
    day.sit(4)
    off(day, Signal.DO_NOT_DISTURB)
    day.sit(2)
    day.read(0.5)
    assert held(day) == [("09:30", "09:40", ("do-not-disturb",))]
    assert day.shown == ["09:42:08"]


def test_without_after_quiet_it_comes_with_the_end_of_the_last_reason() -> None:
    day = Day(after_quiet=0)
    day.sit(25)
    day.during(Signal.CALL, minutes=10, typing=True)
    day.read(0.2)
    assert day.shown == ["09:35:08"]


def test_quiet_that_ended_long_ago_is_no_reason_to_wait() -> None:
    day = Day()
    day.sit(5)
    day.during(Signal.CALL, minutes=5, typing=True)
    day.sit(20)
    day.read(0.5)
    assert day.shown == ["09:30:08"]


def test_quiet_that_begins_while_it_waits_for_a_lull_holds_it_back() -> None:
    day = Day()
    day.sit(31)
    on(day, Signal.SCREEN_SHARE)
    day.read(3)
    assert day.shown == []
    off(day, Signal.SCREEN_SHARE)
    day.sit(1)
    day.read(1)
    assert day.shown == ["09:35:08"]
    assert held(day) == [("09:31", "09:34", ("screen-share",))]


def test_a_call_takes_the_open_prompt_away_and_it_comes_back_afterwards() -> None:
    day = Day()
    day.sit(36)
    day.during(Signal.CALL, minutes=10, typing=True)
    assert day.seen == ["09:35 shown", "09:36 withdrawn"]
    assert withdrawn(day) == ["call"]
    day.sit(4)
    day.read(0.5)
    assert day.shown == ["09:35"], "it waits for as long as it would be open, so that it does not flicker"
    day.sit(2)
    day.read(0.5)
    assert day.shown == ["09:35", "09:52:38"]
    assert held(day) == [("09:36", "09:46", ("call",))]
    assert status(day.state, day.rules).prompts_today == 1, "what the call took away is not counted"


def test_between_short_calls_the_prompt_comes_back_after_as_long_as_a_prompt_takes() -> None:
    day = Day()
    day.sit(36)
    for _ in range(4):
        day.during(Signal.CALL, minutes=4, typing=True)
        day.sit(2.5)
    assert day.shown == ["09:35"]
    day.during(Signal.CALL, minutes=4, typing=True)
    day.sit(2)
    day.read(0.5)
    assert day.shown == ["09:35", "10:08:08"]  # 30 minutes after the first was taken away


def test_a_prompt_that_calls_take_away_twice_in_a_row_comes_back_after_a_whole_interval() -> None:
    day = Day()
    day.sit(36)
    for _ in range(10):
        day.during(Signal.CALL, minutes=1, typing=True)
        day.sit(12)
    assert withdrawn(day) == ["call"] * 4
    assert day.shown == ["09:35", "09:47", "10:24", "11:03", "11:42"]


def test_an_open_prompt_is_not_touched_by_what_counts_as_no_reason() -> None:
    day = Day(quiet=frozenset())
    day.sit(36)
    on(day, *QUIETING)
    assert withdrawn(day) == []


def test_quiet_that_begins_before_the_notifier_is_ready_takes_the_prompt_back() -> None:
    day = Day(notifier="hangs")
    day.sit(36)
    on(day, Signal.SCREEN_SHARE)
    assert [(p.shown_at, p.because) for p in day.prompts] == [(None, "screen-share")]
    day.feed(Shown(prompt=1, notifier="slow", ref="7"))
    assert day.effects.count(Withdraw(prompt=1, notifier="slow", ref="7")) == 1


def test_standing_up_at_the_desk_takes_the_open_prompt_away() -> None:
    day = Day()
    day.sit(36)
    day.feed(Stand())
    assert withdrawn(day) == ["standing"]
    day.sit(10)
    day.feed(Sit())
    day.read(0.5)
    assert day.shown == ["09:35", "09:46:08"]


# --- rule 13: pauses -----------------------------------------------------------------------------------------------


def test_a_pause_of_an_hour_is_over_after_an_hour_and_the_prompt_comes() -> None:
    day = Day()
    day.sit(10)
    day.feed(Pause(length=3_600_000))
    day.sit(60)
    assert day.seen == ["09:10 pause", "10:10 resume"]
    assert [day.clock(e.until) for e in day.of(PauseEntry)] == ["10:10"]
    assert [e.by for e in day.of(ResumeEntry)] == ["time"]
    day.sit(1)
    day.read(0.5)
    assert day.shown == ["10:11:08"]
    assert held(day) == [("09:30", "10:10", ("paused",))]


def test_a_pause_until_noon_is_over_at_noon() -> None:
    day = Day()
    day.feed(Pause(until=datetime(2026, 11, 23, 11, tzinfo=UTC)))
    day.sit(200)
    assert day.seen[:2] == ["09:00 pause", "12:00 resume"]
    assert day.shown[0] == "12:06"


def test_a_pause_without_an_end_lasts_until_resumed() -> None:
    day = Day()
    day.feed(Pause())
    for _ in range(20):
        day.sit(20)
    assert day.shown == []
    day.feed(Resume())
    assert [e.until for e in day.of(PauseEntry)] == [None]
    assert [(day.clock(e.at), e.by) for e in day.of(ResumeEntry)] == [("15:40", "person")]


def test_a_pause_takes_the_open_prompt_away() -> None:
    day = Day()
    day.sit(36)
    day.feed(Pause(length=600_000))
    assert withdrawn(day) == ["paused"]
    day.sit(11)
    day.read(0.5)
    assert day.shown == ["09:35", "09:47:08"]


def test_resuming_early_is_enough_and_resuming_without_a_pause_is_nothing() -> None:
    day = Day()
    day.feed(Resume())
    assert day.seen == []
    day.sit(31)
    day.feed(Pause(length=36_000_000))
    day.sit(3)
    day.feed(Resume())
    day.sit(1)
    day.read(0.5)
    assert day.shown == ["09:35:08"]
    assert [e.by for e in day.of(ResumeEntry)] == ["person"]


def test_the_last_pause_counts() -> None:
    day = Day()
    day.feed(Pause())
    day.sit(5)
    day.feed(Pause(length=600_000))
    day.sit(11)
    assert day.seen == ["09:00 pause", "09:05 pause", "09:15 resume"]


@pytest.mark.parametrize(
    "pause",
    [{"length": 0.0}, {"length": -60.0}, {"until": datetime(2026, 11, 23, 8, tzinfo=UTC)}],
)
def test_a_pause_that_is_over_at_once_changes_nothing(pause: dict[str, Any]) -> None:
    day = Day()
    day.sit(36)
    day.feed(Pause(**pause))
    assert day.seen == ["09:35 shown", "09:36 pause", "09:36 resume"]


def test_a_pause_for_longer_than_the_calendar_goes_does_no_harm() -> None:
    day = Day()
    day.feed(Pause(length=3_600_000_000_000_000))
    day.sit(60)
    assert day.shown == []
    assert day.of(PauseEntry)[0].until - day.of(PauseEntry)[0].at > timedelta(days=3000)


def test_a_pause_into_the_night_does_not_hold_tomorrow_up() -> None:
    day = Day("2026-11-23 16:00")
    day.feed(Pause(length=8 * 3_600_000))
    day.sit(60)
    day.lock(16 * 60)
    assert day.seen == [
        "16:00 pause",
        "17:00 hours closed",
        "17:00 held back by paused",
        "17:02 bout 60.0 locked",
        "00:00 resume",
        "09:00 hours open",
    ]


def test_a_pause_goes_on_while_the_machine_sleeps() -> None:
    day = Day()
    day.sit(5)
    day.feed(Pause(length=3_600_000))
    day.suspend(90)
    assert day.seen == ["09:05 pause", "10:35 bout 5.0 suspended", "10:35 resume"]


def test_a_prompt_can_be_answered_the_moment_quiet_begins() -> None:
    day = Day()
    day.sit(36)
    day.feed(Skip(via="test", prompt=1))
    on(day, Signal.CALL)
    assert day.outcomes == ["skipped"]
