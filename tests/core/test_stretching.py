"""Rule 12: after Accept. What was done is recorded, never what was planned."""

from typing import Any

import pytest

from psoas_nudge.core.model import (
    Active,
    Feel,
    GuideEnded,
    GuideGone,
    GuideHeld,
    GuideStarted,
    Show,
    Signal,
    SignalChanged,
    StartGuide,
    Stretch,
    StretchEntry,
)
from tests.core.timeline import Day

ROUTINE = "standing-hip-flexor"


def accepted(**settings: Any) -> Day:
    """Accepted at 09:31 after half an hour of sitting."""
    day = Day(**settings)
    day.sit(30)
    day.read(1)
    day.touch()
    day.answer("accept")
    return day


def stretches(day: Day) -> list[tuple[bool, float, float, int | None]]:
    return [(e.performed, e.left_seconds, e.right_seconds, e.prompt) for e in day.of(StretchEntry)]


def started(day: Day, prompt: int | None = 1) -> None:
    day.feed(GuideStarted(routine=ROUTINE, prompt=prompt))


def ended(day: Day, prompt: int | None = 1, left: float = 60.0, right: float = 60.0) -> None:
    day.feed(GuideEnded(routine=ROUTINE, prompt=prompt, left_seconds=left, right_seconds=right))


def test_accepting_ends_the_bout_and_opens_the_guide() -> None:
    day = accepted()
    assert day.seen == ["09:30:08 shown", "09:31 accepted", "09:31 bout 31.0 accepted"]
    assert [e for e in day.effects if isinstance(e, StartGuide)] == [StartGuide(routine=ROUTINE, prompt=1)]


def test_what_was_held_is_recorded_side_by_side_and_the_next_bout_begins_with_the_return() -> None:
    day = accepted()
    started(day)
    day.read(3)
    ended(day, left=60, right=45.5)
    assert stretches(day) == [(True, 60, 45.5, 1)]
    day.read(1)
    day.sit(30)
    day.read(0.5)
    assert day.shown[1:] == ["10:05:08"]


def test_a_guide_that_is_closed_at_once_was_no_stretch() -> None:
    day = accepted()
    started(day)
    day.read(0.5)
    ended(day, left=0, right=0)
    assert stretches(day) == [(False, 0, 0, 1)]


@pytest.mark.parametrize(("held", "recorded"), [(0.4, (False, 0, 0, 1)), (1.0, (True, 1, 0, 1))])
def test_a_hold_that_had_only_begun_is_no_stretch(held: float, recorded: tuple[bool, float, float, int]) -> None:
    day = accepted()
    started(day)
    ended(day, left=held, right=0)
    assert stretches(day) == [recorded]
    assert day.state.rotation_order.count == (2 if recorded[0] else 1)


def test_accepting_and_typing_on_for_three_minutes_is_not_performed_and_the_bout_goes_on_from_the_answer() -> None:
    day = accepted()
    day.sit(10)
    day.lock(5)
    assert day.seen[3:] == ["09:34 stretch", "09:43 bout 10.0 locked"]
    assert stretches(day) == [(False, 0, 0, 1)]


def test_the_guide_that_ran_beside_the_typing_adds_nothing() -> None:
    day = accepted()
    started(day)
    day.sit(4)
    ended(day)
    assert stretches(day) == [(False, 0, 0, 1)]


def test_a_guide_opened_again_after_typing_on_does_not_block_the_next_prompt() -> None:
    day = accepted()
    day.sit(4)
    started(day)
    ended(day)
    assert day.state.stretching is None
    day.sit(30)
    day.read(0.5)
    assert len(day.shown) == 2


def test_a_look_of_ten_seconds_at_the_screen_does_not_break_the_typing_but_fifteen_do() -> None:
    day = accepted()
    day.sit(1)
    day.read(14 / 60)
    day.sit(2)
    assert stretches(day) == [(False, 0, 0, 1)]
    day = accepted()
    day.sit(1)
    day.read(15 / 60)
    day.sit(10)
    assert stretches(day) == []


def test_without_a_guide_a_pause_and_a_return_begin_a_new_bout() -> None:
    day = accepted()
    day.sit(0.5)
    day.read(2)
    day.sit(10)
    day.leave(6)
    assert day.seen[3:] == ["09:48:30 bout 10.0 idle"]


def test_locking_to_stretch_is_a_pause() -> None:
    day = accepted()
    day.lock(1)
    day.sit(10)
    day.leave(6)
    assert stretches(day) == []
    assert [b.sitting_seconds for b in day.bouts] == [31 * 60, 600]


def test_no_prompt_comes_and_no_bout_runs_while_the_guide_is_open() -> None:
    day = accepted()
    started(day, prompt=None)
    day.reload(nudge_after=60)
    for _ in range(10):
        day.sit(1)
        day.read(0.5)
    assert len(day.shown) == 1
    assert day.state.bout is None


def test_a_guide_that_died_is_forgotten_after_an_hour() -> None:
    day = accepted()
    started(day)
    day.read(2)
    day.sit(70)
    assert [b.ended_by for b in day.bouts] == ["accepted"]
    assert day.state.bout is not None
    day.lock(5)
    assert day.bouts[1].sitting_seconds == 12 * 60


def test_a_guide_that_died_is_forgotten_although_nobody_stopped_typing() -> None:
    day = Day()
    day.sit(5)
    started(day, prompt=None)
    day.sit(61)
    assert day.state.stretching is None


def test_a_stretch_of_ones_own_ends_the_bout_too() -> None:
    day = Day()
    day.sit(20)
    started(day, prompt=None)
    day.read(3)
    ended(day, prompt=None)
    day.sit(1)
    assert day.seen == ["09:20 bout 20.0 stretch", "09:23 stretch"]
    assert stretches(day) == [(True, 60, 60, None)]


def test_stretching_on_ones_own_while_a_prompt_is_open_answers_it() -> None:
    day = Day()
    day.sit(36)
    started(day, prompt=None)
    assert day.outcomes == ["accepted"]
    assert day.prompts[0].via == "guide"
    day.read(3)
    ended(day, prompt=None)
    assert stretches(day) == [(True, 60, 60, None)]
    assert day.state.stretching is None


def test_typing_during_a_stretch_of_ones_own_is_not_held_against_it() -> None:
    day = Day()
    day.sit(5)
    started(day, prompt=None)
    day.sit(5)
    ended(day, prompt=None)
    assert stretches(day) == [(True, 60, 60, None)]


def test_a_guide_that_reports_late_is_still_recorded() -> None:
    day = accepted()
    day.read(1)
    day.sit(5)
    ended(day)
    assert stretches(day) == [(True, 60, 60, 1)]
    assert day.state.bout is not None


def test_a_lid_closed_after_accepting_is_no_typing_and_no_sitting() -> None:
    day = accepted()
    day.freeze(600)
    day.sit(5)
    assert stretches(day) == []
    day.leave(6)
    assert day.bouts[1].sitting_seconds == 300


def test_accepting_and_going_home_leaves_nothing_open() -> None:
    day = accepted()
    day.feed(SignalChanged(signal=Signal.LOCKED, on=True))
    day.read(900)
    assert day.state.stretching is None
    assert day.seen[3:] == ["17:00 hours closed"]


@pytest.mark.parametrize("guided", [True, False])
def test_where_nothing_tells_of_missing_input_only_the_guide_says_what_was_done(guided: bool) -> None:
    day = Day(watches=False)
    day.feed(Active())
    day.sit(36)
    day.answer("accept")
    if guided:
        started(day)
    day.read(4)
    if guided:
        assert day.state.stretching is not None
        ended(day)
    assert stretches(day) == ([(True, 60, 60, 1)] if guided else [])
    assert day.state.bout is not None


def test_a_routine_done_without_a_prompt_is_not_the_next_to_be_suggested():
    day = Day()
    day.feed(GuideStarted(routine=ROUTINE, prompt=None))
    ended(day, prompt=None)
    day.sit(36)
    assert [effect.routine for effect in day.effects if isinstance(effect, Show)] != [ROUTINE]
    assert day.shown


def test_four_stretches_of_ones_own_in_a_row_are_four_different_routines() -> None:
    day = Day(floor=True)
    day.sit(5)
    for _ in range(4):
        day.feed(Stretch())
        routine = [effect for effect in day.effects if isinstance(effect, StartGuide)][-1].routine
        day.feed(GuideStarted(routine=routine))
        day.read(3)
        day.feed(GuideEnded(routine=routine, left_seconds=60, right_seconds=60))
        day.sit(1)
    chosen = [effect.routine for effect in day.effects if isinstance(effect, StartGuide)]
    assert len(set(chosen)) == 4, chosen


def test_a_stretch_that_was_only_opened_keeps_its_turn() -> None:
    day = Day()
    for _ in range(2):
        day.feed(Stretch())
        day.feed(GuideStarted(routine=ROUTINE))
        day.feed(GuideEnded(routine=ROUTINE))
    assert [effect.routine for effect in day.effects if isinstance(effect, StartGuide)] == [ROUTINE, ROUTINE]


def test_a_hip_stretch_is_refused_while_stretches_are_put_off_and_the_walk_opens() -> None:
    day = Day()
    day.feed(Feel(afterwards="pain", pain="sharp"))
    day.feed(Stretch(routine=ROUTINE))
    assert [effect for effect in day.effects if isinstance(effect, StartGuide)] == []
    [why] = day.refused
    assert why.startswith("Stretches are put off because you reported ")
    assert why.endswith("When you can stretch again: psoas-nudge feel --clear")
    day.feed(Stretch())
    day.feed(Stretch(routine="stand-and-walk"))
    assert [effect.routine for effect in day.effects if isinstance(effect, StartGuide)] == ["stand-and-walk"] * 2


def held(day: Day, left: float, prompt: int | None = 1, routine: str = ROUTINE) -> None:
    day.feed(GuideHeld(routine=routine, prompt=prompt, left_seconds=left))


def test_a_guide_that_was_killed_in_the_middle_of_a_hold_is_recorded_with_what_it_had_told_when_it_last_spoke() -> None:
    day = accepted()
    started(day)
    day.read(1)
    held(day, 25)
    day.read(19.9)
    assert stretches(day) == [], "the person may have paused it"
    day.read(0.1)
    assert stretches(day) == [(True, 25, 0, 1)]
    assert day.clock(day.of(StretchEntry)[0].at) == "09:32"
    assert day.state.stretching is None
    day.sit(31)
    day.read(0.5)
    assert len(day.shown) == 2, "prompts come again"


def test_what_is_reported_as_it_is_held_is_recorded_once_when_the_guide_ends() -> None:
    day = accepted()
    started(day)
    for seconds in range(5, 65, 5):
        day.read(5 / 60)
        held(day, seconds)
    ended(day, left=61.5, right=0)
    assert stretches(day) == [(True, 61.5, 0, 1)]


def test_a_guide_that_speaks_again_after_it_was_given_up_adds_only_what_is_new() -> None:
    day = accepted()
    started(day)
    held(day, 25)
    day.read(30)
    held(day, 40)
    day.read(1)
    ended(day, left=45, right=30)
    assert stretches(day) == [(True, 25, 0, 1), (True, 20, 30, 1)]
    ended(day, left=0, right=0, prompt=None)
    assert len(stretches(day)) == 2


def test_a_guide_that_ends_after_it_was_given_up_and_has_held_no_more_adds_nothing() -> None:
    day = accepted()
    started(day)
    held(day, 25)
    day.read(30)
    ended(day, left=25, right=0)
    assert stretches(day) == [(True, 25, 0, 1)]


@pytest.mark.parametrize("other", [ROUTINE, "glute-squeeze"])
def test_the_next_guide_does_not_wait_for_the_one_that_was_killed(other: str) -> None:
    day = Day()
    day.sit(5)
    started(day, prompt=None)
    held(day, 25, prompt=None)
    day.feed(GuideStarted(routine=other))
    assert stretches(day) == [(True, 25, 0, None)]
    day.read(1)
    day.feed(GuideEnded(routine=other, left_seconds=10))
    assert stretches(day) == [(True, 25, 0, None), (True, 10, 0, None)]


@pytest.mark.parametrize(("minutes", "recorded"), [(1, []), (10, []), (21, [(True, 25, 0, 1)])])
def test_what_was_held_survives_the_daemon_too(minutes: float, recorded: list[object]) -> None:
    day = accepted()
    started(day)
    held(day, 25)
    day.kill()
    day.restart(minutes)
    assert stretches(day) == recorded
    if not recorded:
        ended(day, left=60, right=60)
        assert stretches(day) == [(True, 60, 60, 1)]


def test_holds_reported_beside_three_minutes_of_typing_are_no_stretch() -> None:
    day = accepted()
    started(day)
    for _ in range(8):
        day.sit(0.5)
        held(day, 60)
    assert day.state.bout is not None, "sitting goes on"
    ended(day)
    assert stretches(day) == [(False, 0, 0, 1)]
    assert [bout.ended_by for bout in day.bouts] == ["accepted"]


def test_going_to_stretch_somewhere_else_with_a_killed_guide_is_recorded_when_work_goes_on() -> None:
    day = accepted()
    started(day)
    held(day, 25)
    day.freeze(600)
    day.sit(1)
    assert stretches(day) == [(True, 25, 0, 1)]


def gone(day: Day, prompt: int | None = 1) -> None:
    day.feed(GuideGone(routine=ROUTINE, prompt=prompt))


def test_a_guide_whose_process_is_gone_is_recorded_at_once_with_what_it_had_told() -> None:
    day = accepted()
    started(day)
    day.read(1)
    held(day, 25)
    gone(day)
    assert stretches(day) == [(True, 25, 0, 1)]
    assert day.state.stretching is None
    day.read(30)
    assert stretches(day) == [(True, 25, 0, 1)]


def test_a_guide_that_was_only_cut_off_goes_on_and_no_second_is_counted_twice() -> None:
    day = accepted()
    started(day)
    day.read(1)
    held(day, 25)
    gone(day)
    held(day, 40)
    ended(day, left=60, right=0)
    assert stretches(day) == [(True, 25, 0, 1), (True, 35, 0, 1)]


def test_the_end_of_a_guide_that_had_said_it_was_done_or_was_another_changes_nothing() -> None:
    day = accepted()
    started(day)
    held(day, 25)
    gone(day, prompt=7)
    assert day.state.stretching is not None
    ended(day, left=30, right=0)
    gone(day)
    assert stretches(day) == [(True, 30, 0, 1)]


def test_a_guide_that_is_gone_before_any_hold_keeps_nobody_waiting_for_an_hour() -> None:
    day = accepted()
    started(day)
    day.read(1)
    gone(day)
    assert day.state.stretching is not None, "the person may stretch without it"
    day.sit(10)
    day.leave(6)
    assert [bout.sitting_seconds for bout in day.bouts] == [31 * 60, 600]


def entries(day: Day) -> list[tuple[str, float, int | None]]:
    return [(e.routine, e.left_seconds, e.prompt) for e in day.of(StretchEntry) if e.performed]


def test_a_guide_that_opens_late_gives_no_more_time_to_stop_typing() -> None:
    day = accepted()
    day.sit(1)
    started(day)
    day.sit(3)
    assert day.seen[3:] == ["09:34 stretch"]
    assert stretches(day) == [(False, 0, 0, 1)]


@pytest.mark.parametrize(("seconds", "performed"), [(12, [False]), (20, [])])
def test_a_pause_that_began_before_the_answer_counts_from_its_beginning(seconds: int, performed: list[bool]) -> None:
    day = Day()
    day.sit(30)
    day.read(10 / 60)
    assert day.shown == ["09:30:08"]
    day.answer("accept")
    day.read((seconds - 10) / 60)
    day.sit(4)
    assert [recorded for recorded, *_ in stretches(day)] == performed


def test_a_stretch_without_holds_is_over_after_a_restart_that_took_as_long_as_a_short_break() -> None:
    day = Day()
    day.sit(20)
    started(day, prompt=None)
    day.stop()
    day.restart(2)
    assert day.state.stretching is None


def test_a_guide_whose_start_nobody_heard_goes_on_although_the_mouse_is_touched() -> None:
    day = accepted()
    held(day, 10)
    day.read(1)
    day.touch()
    ended(day, left=40, right=0)
    assert stretches(day) == [(True, 40, 0, 1)]


@pytest.mark.parametrize("before", [0.0, 25.0])
def test_holds_of_another_guide_are_recorded_as_its_own(before: float) -> None:
    day = accepted()
    started(day)
    if before:
        held(day, before)
    held(day, 10, prompt=None, routine="glute-squeeze")
    first = [(ROUTINE, before, 1)] if before else []
    assert entries(day) == first
    day.read(20)
    assert entries(day) == [*first, ("glute-squeeze", 10, None)]


@pytest.mark.parametrize("minutes", [1, 30])
def test_another_guide_that_ends_takes_nothing_from_the_one_that_was_killed(minutes: float) -> None:
    day = accepted()
    started(day)
    held(day, 25)
    day.read(minutes)
    day.feed(GuideEnded(routine="glute-squeeze", left_seconds=10))
    assert entries(day) == [(ROUTINE, 25, 1), ("glute-squeeze", 10, None)]


def test_one_second_held_by_a_guide_that_was_killed_is_recorded_and_half_a_second_more_is_not() -> None:
    day = accepted()
    started(day)
    held(day, 1)
    day.read(20)
    assert stretches(day) == [(True, 1, 0, 1)]
    held(day, 1.5)
    day.read(20)
    assert len(stretches(day)) == 1
    held(day, 2.5)
    day.read(20)
    assert stretches(day)[1:] == [(True, 1, 0, 1)]


def test_the_late_end_of_a_guide_that_was_not_followed_leaves_the_stretch_of_now_open() -> None:
    day = accepted()
    day.sit(4)
    started(day, prompt=None)
    ended(day)
    assert day.state.stretching is not None
    ended(day, prompt=None)
    assert stretches(day) == [(False, 0, 0, 1), (True, 60, 60, None)]


def test_a_stretch_of_ones_own_that_is_closed_at_once_is_recorded_as_not_done() -> None:
    day = Day()
    day.sit(5)
    started(day, prompt=None)
    ended(day, prompt=None, left=0, right=0)
    assert stretches(day) == [(False, 0, 0, None)]


def test_a_stretch_of_ones_own_is_no_long_break() -> None:
    day = Day(floor=True, rotation=("constructive-rest", ROUTINE))
    day.feed(Stretch())
    assert [effect.routine for effect in day.effects if isinstance(effect, StartGuide)] == [ROUTINE]


def test_a_guide_that_tells_of_the_right_side_only_has_held_nothing_else() -> None:
    day = accepted()
    started(day)
    day.feed(GuideHeld(routine=ROUTINE, prompt=1, right_seconds=10))
    day.read(20)
    [entry] = day.of(StretchEntry)
    assert (entry.left_seconds, entry.right_seconds, entry.other_seconds) == (0, 10, 0)


def test_of_each_side_only_what_is_new_is_added_when_a_guide_speaks_again() -> None:
    day = accepted()
    started(day)
    day.feed(GuideHeld(routine=ROUTINE, prompt=1, right_seconds=10, other_seconds=5))
    day.read(30)
    day.feed(GuideEnded(routine=ROUTINE, prompt=1, left_seconds=2, right_seconds=30, other_seconds=8))
    assert [(e.left_seconds, e.right_seconds, e.other_seconds) for e in day.of(StretchEntry)] == [
        (0, 10, 5),
        (2, 20, 3),
    ]
