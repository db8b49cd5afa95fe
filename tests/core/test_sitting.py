"""Rules 1 to 5: what counts as sitting, told as a person's morning."""

from typing import Any

import pytest

from psoas_nudge.core.explain import status
from psoas_nudge.core.model import LEAVING, Active, Moved, PostureEntry, PromptEntry, Signal, SignalChanged, Sit, Stand
from psoas_nudge.core.state import Bout
from tests.core.timeline import Day


def bouts(day: Day) -> list[tuple[str, str, float, str]]:
    return [(day.clock(b.started), day.clock(b.ended), b.sitting_seconds / 60, b.ended_by) for b in day.bouts]


def test_reading_for_four_minutes_is_still_sitting() -> None:
    day = Day()
    day.sit(10)
    day.read(4)
    day.sit(6)
    day.leave(10)
    assert bouts(day) == [("09:00", "09:20", 20, "idle")]


def test_five_minutes_without_input_end_the_bout_at_the_last_input() -> None:
    day = Day()
    day.sit(10)
    day.leave(5)
    assert bouts(day) == [("09:00", "09:10", 10, "idle")]
    assert day.seen == ["09:15 bout 10.0 idle"]
    day.sit(3)
    day.leave(60)
    assert bouts(day)[1:] == [("09:15", "09:18", 3, "idle")]


def test_nobody_sits_before_the_first_input() -> None:
    day = Day()
    day.leave(30)
    assert day.state.bout is None
    day.touch()
    day.leave(6)
    day.sit(1)
    day.leave(6)
    assert bouts(day) == [("09:36", "09:37", 1, "idle")]


def test_one_key_in_five_minutes_is_enough() -> None:
    day = Day()
    for _ in range(6):
        day.touch()
        day.read(4.9)
    day.leave(5)
    assert [minutes for _, _, minutes, _ in bouts(day)] == [pytest.approx(24.5)]


@pytest.mark.parametrize("signal", [Signal.CALL, Signal.PLAYING])
def test_forty_minutes_in_a_call_or_before_a_film_are_sitting(signal: Signal) -> None:
    day = Day()
    day.sit(5)
    day.during(signal, minutes=40)
    day.sit(1)
    day.leave(10)
    assert bouts(day) == [("09:00", "09:46", 46, "idle")]


@pytest.mark.parametrize(
    ("signal", "settings"),
    [
        (Signal.CALL, {"call_counts_as_sitting": False}),
        (Signal.PLAYING, {"playing_counts_as_sitting": False}),
        (Signal.FULLSCREEN, {}),
        (Signal.BUSY, {}),
        (Signal.SCREEN_SHARE, {}),
        (Signal.DO_NOT_DISTURB, {}),
    ],
)
def test_what_is_no_sign_of_being_there_does_not_replace_input(signal: Signal, settings: dict[str, Any]) -> None:
    day = Day(**settings)
    day.sit(5)
    day.during(signal, minutes=40)
    assert bouts(day) == [("09:00", "09:05", 5, "idle")]


def test_a_film_that_plays_to_an_empty_room_is_believed_for_two_hours() -> None:
    day = Day()
    day.sit(5)
    day.during(Signal.PLAYING, minutes=119.9)
    assert day.bouts == []
    day = Day()
    day.sit(5)
    day.during(Signal.PLAYING, minutes=121)
    assert bouts(day) == [("09:00", "09:05", 5, "idle")]
    assert day.clock(day.bouts[0].at) == "11:05"


def test_leaving_at_the_end_of_a_call_ends_the_bout_there() -> None:
    day = Day()
    day.sit(5)
    day.during(Signal.CALL, minutes=20)
    day.read(4)
    assert day.bouts == []
    day.leave(1)
    assert bouts(day) == [("09:00", "09:25", 25, "idle")]


def test_a_call_that_begins_too_late_does_not_bring_the_bout_back() -> None:
    day = Day()
    day.sit(5)
    day.leave(6)
    day.during(Signal.CALL, minutes=30)
    assert bouts(day) == [("09:00", "09:05", 5, "idle")]


def test_two_calls_that_overlap_are_over_with_the_last() -> None:
    day = Day()
    day.sit(5)
    day.feed(SignalChanged(signal=Signal.CALL, on=True))
    day.read(10)
    day.feed(SignalChanged(signal=Signal.PLAYING, on=True))
    day.feed(SignalChanged(signal=Signal.CALL, on=False))
    day.read(10)
    day.feed(SignalChanged(signal=Signal.PLAYING, on=False))
    day.leave(5)
    assert bouts(day) == [("09:00", "09:25", 25, "idle")]


def test_a_short_lock_is_no_break_and_no_sitting() -> None:
    day = Day()
    day.sit(10)
    day.lock(1.5)
    day.sit(10)
    day.leave(10)
    assert bouts(day) == [("09:00", "09:21:30", 20, "idle")]


@pytest.mark.parametrize("signal", sorted(LEAVING))
def test_lock_suspend_or_another_user_end_the_bout_where_they_began(signal: Signal) -> None:
    day = Day()
    day.sit(10)
    day.during(signal, minutes=2)
    day.sit(3)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:10", 10, signal.value), ("09:12", "09:15", 3, "idle")]


def test_typing_behind_the_lock_is_not_sitting_at_work() -> None:
    day = Day()
    day.sit(10)
    day.during(Signal.LOCKED, minutes=30, typing=True)
    assert bouts(day) == [("09:00", "09:10", 10, "locked")]


def test_an_automatic_lock_after_reading_does_not_move_the_end_of_the_bout() -> None:
    day = Day()
    day.sit(10)
    day.leave(4)
    day.lock(30)
    assert bouts(day) == [("09:00", "09:10", 10, "idle")]


def test_a_closed_lid_locks_and_suspends_and_counts_once() -> None:
    day = Day()
    day.sit(10)
    day.feed(SignalChanged(signal=Signal.LOCKED, on=True))
    day.suspend(60)
    day.read(1)
    day.feed(SignalChanged(signal=Signal.LOCKED, on=False))
    day.sit(5)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:10", 10, "locked"), ("10:11", "10:16", 5, "idle")]


def test_a_suspend_of_a_minute_is_a_short_break() -> None:
    day = Day()
    day.sit(10)
    day.suspend(1)
    day.sit(10)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:21", 20, "idle")]


def test_the_same_lock_reported_twice_is_one_lock() -> None:
    day = Day()
    day.sit(10)
    day.feed(SignalChanged(signal=Signal.LOCKED, on=True))
    day.read(1)
    day.feed(SignalChanged(signal=Signal.LOCKED, on=True))
    day.read(0.5)
    day.feed(SignalChanged(signal=Signal.LOCKED, on=False))
    day.feed(SignalChanged(signal=Signal.LOCKED, on=False))
    day.sit(10)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:21:30", 20, "idle")]


def test_a_sleep_that_nobody_announced_ends_the_bout_at_the_last_sign_of_life() -> None:
    day = Day()
    day.sit(10.5)
    day.freeze(600)
    day.sit(5)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:10", 10, "gap"), ("19:10:30", "19:15:30", 5, "idle")]


def test_a_stop_shorter_than_a_break_is_only_left_out() -> None:
    day = Day(shortest_break=600)
    day.sit(10)
    day.freeze(5)
    day.sit(10)
    day.leave(11)
    assert bouts(day) == [("09:00", "09:25", 20, "idle")]


def test_standing_stops_the_bout_until_sitting_down() -> None:
    day = Day()
    day.sit(10)
    day.feed(Stand())
    day.sit(20)
    day.feed(Sit())
    day.sit(5)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:35", 15, "idle")]
    assert [(p.posture, p.by) for p in day.of(PostureEntry)] == [("standing", "person"), ("sitting", "person")]


def test_a_walk_that_the_computer_did_not_notice_can_be_reported() -> None:
    day = Day()
    day.sit(20)
    day.read(4)
    day.sit(1)
    day.feed(Moved())
    assert bouts(day) == [("09:00", "09:25", 25, "moved")]
    assert day.state.bout == Bout(started=day.state.now)
    day.sit(29)
    assert day.state.prompt is None
    day.sit(7)
    assert day.state.prompt is not None


def test_having_moved_answers_the_open_prompt_as_taken() -> None:
    day = Day()
    day.sit(36)
    day.feed(Moved())
    assert [(prompt.outcome, prompt.via) for prompt in day.of(PromptEntry)] == [("taken", None)]
    assert day.state.prompt is None
    assert bouts(day) == [("09:00", "09:36", 36, "moved")]


def test_having_moved_ends_back_off() -> None:
    day = Day()
    day.sit(60)
    assert status(day.state, day.rules).backed_off
    day.sit(52)
    assert day.state.prompt is not None
    day.feed(Moved())
    assert [prompt.outcome for prompt in day.of(PromptEntry)] == ["missed", "missed", "taken"]
    assert not status(day.state, day.rules).backed_off


def test_having_moved_changes_nothing_for_somebody_who_does_not_sit() -> None:
    day = Day()
    day.sit(10)
    day.leave(10)
    before = len(day.entries)
    day.feed(Moved())
    assert len(day.entries) == before


def test_standing_that_is_forgotten_turns_into_sitting_after_an_hour() -> None:
    day = Day()
    day.sit(10)
    day.feed(Stand())
    day.sit(64)
    day.leave(6)
    assert bouts(day) == [("09:00", "10:14", 14, "idle")]
    assert [(p.posture, p.by) for p in day.of(PostureEntry)] == [("standing", "person"), ("sitting", "time")]
    assert day.clock(day.of(PostureEntry)[1].at) == "10:10"


def test_no_prompt_comes_while_standing() -> None:
    day = Day()
    day.sit(29)
    day.feed(Stand())
    day.sit(50)
    assert day.shown == []
    day.feed(Sit())
    day.sit(1.5)
    day.read(1)
    assert day.shown == ["10:20:38"]


def test_standing_up_twice_is_standing_up_once() -> None:
    day = Day()
    day.feed(Sit())
    day.sit(10)
    day.feed(Stand())
    day.sit(5)
    day.feed(Stand())
    day.sit(5)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:20", 10, "idle")]
    assert len(day.of(PostureEntry)) == 1


def test_a_lock_while_standing_is_left_out_only_once() -> None:
    day = Day()
    day.sit(10)
    day.feed(Stand())
    day.sit(5)
    day.lock(1)
    day.sit(4)
    day.feed(Sit())
    day.sit(10)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:30", 20, "idle")]


def test_going_home_from_the_standing_desk_counts_only_what_was_sat() -> None:
    day = Day()
    day.sit(10)
    day.feed(Stand())
    day.sit(15)
    day.lock(600)
    assert bouts(day) == [("09:00", "09:25", 10, "locked")]


def test_a_bout_of_nothing_but_standing_is_not_recorded() -> None:
    day = Day()
    day.feed(Stand())
    day.sit(20)
    day.lock(5)
    assert day.bouts == []


def test_standing_for_no_time_at_all_is_over_at_once() -> None:
    day = Day(standing_for=0)
    day.sit(10)
    day.feed(Stand())
    day.sit(5)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:15", 15, "idle")]
    assert [p.posture for p in day.of(PostureEntry)] == ["standing", "sitting"]


def test_with_no_shortest_break_every_lock_ends_the_bout() -> None:
    day = Day(shortest_break=0)
    day.sit(10)
    day.lock(1 / 60)
    day.sit(5)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:10", 10, "locked"), ("09:10:01", "09:15:01", 5, "idle")]


@pytest.mark.parametrize("away_after", [0, 60, 120])
def test_an_absence_shorter_than_a_break_never_ends_a_bout_whatever_away_after_says(away_after: float) -> None:
    day = Day(away_after=away_after)
    day.sit(10)
    day.read(1.9)
    day.sit(8.1)
    day.leave(2)
    assert bouts(day) == [("09:00", "09:20", 20, "idle")]


def test_with_both_at_zero_a_second_without_input_ends_the_bout() -> None:
    day = Day(away_after=0, shortest_break=0)
    day.sit(10)
    day.read(0.5)
    day.sit(5)
    day.leave(1)
    assert bouts(day) == [("09:00", "09:10", 10, "idle"), ("09:10:30", "09:15:30", 5, "idle")]


def test_with_no_unseen_limit_a_call_gives_no_more_than_away_after() -> None:
    day = Day(unseen_limit=0)
    day.sit(10)
    day.during(Signal.CALL, minutes=4)
    day.sit(1)
    day.during(Signal.CALL, minutes=30)
    assert bouts(day) == [("09:00", "09:15", 15, "idle")]


def test_the_nights_and_weekends_of_a_week_away_record_nothing() -> None:
    day = Day()
    day.sit(10)
    day.leave(7 * 24 * 60)
    assert bouts(day) == [("09:00", "09:10", 10, "idle")]


def test_who_has_not_come_yet_has_sat_nothing() -> None:
    day = Day()
    assert status(day.state, day.rules).sat_seconds == 0


def test_do_not_disturb_that_ends_is_no_sign_of_somebody_there() -> None:
    day = Day()
    day.sit(20)
    day.during(Signal.DO_NOT_DISTURB, minutes=4)
    day.leave(10)
    assert bouts(day) == [("09:00", "09:20", 20, "idle")]


def test_a_source_that_tells_of_typing_every_minute_does_not_put_the_prompt_off() -> None:
    day = Day()
    for _ in range(36):
        day.sit(1)
        day.feed(Active())
    assert day.shown == ["09:35"]


def test_a_computer_stopped_during_a_call_of_hours_without_input_ends_the_bout_at_the_last_input() -> None:
    day = Day()
    day.sit(10)
    day.feed(SignalChanged(signal=Signal.CALL, on=True))
    day.read(100)
    day.freeze(60)
    day.touch()
    assert bouts(day) == [("09:00", "09:10", 10, "idle")]


def test_a_stop_is_unexplained_only_when_the_heartbeat_is_a_minute_late() -> None:
    day = Day()
    day.sit(20)
    day.freeze(2)
    day.feed(SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True))
    day.sit(10)
    day.leave(6)
    assert bouts(day) == [("09:00", "09:32", 32, "idle")]


def test_a_stop_exactly_as_long_as_a_short_break_ends_the_bout() -> None:
    day = Day(shortest_break=180)
    day.sit(20)
    day.freeze(3)
    day.sit(10)
    assert bouts(day) == [("09:00", "09:20", 20, "gap")]


def test_a_second_is_the_shortest_bout_that_is_kept() -> None:
    for seconds, kept in ((0.999, []), (1, [1])):
        day = Day()
        day.sit(seconds / 60)
        day.lock(5)
        assert [bout.sitting_seconds for bout in day.bouts] == kept


def test_breaks_that_overlap_count_once_in_whatever_order_they_end() -> None:
    for first, second in (((50, 120), (10, 100)), ((10, 100), (50, 120))):
        bout = Bout(started=0).interrupted(*first).interrupted(*second)
        assert (bout.sat(0, 200), bout.sat(60, 110), bout.sat(115, 130)) == (90, 0, 10)
    assert Bout(started=0).interrupted(10, 100).interrupted(120, 150).sat(0, 200) == 80
    assert Bout(started=40).sat(0, 30) == Bout(started=0).sat(30, 20) == 0
