"""Rules 14 and 15: what survives a stop, a kill, a reboot and new settings."""

from datetime import timedelta

import pytest

from psoas_nudge.core.explain import status
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.core.model import (
    GuideStarted,
    HeldBackEntry,
    HoursEntry,
    NotShownEntry,
    Pause,
    Shown,
    Signal,
    SignalChanged,
    Stand,
    Stopping,
    StretchEntry,
    Withdraw,
)
from psoas_nudge.core.routines import Routine, Step
from tests.core.timeline import Day, rules

MORNINGS = WorkingHours(zone="Europe/Berlin", week=((Range(540, 570),),) * 7)


def minutes(day: Day) -> list[tuple[float, str]]:
    return [(b.sitting_seconds / 60, b.ended_by) for b in day.bouts]


def test_a_restart_within_two_minutes_goes_on_with_the_bout() -> None:
    day = Day()
    day.sit(20)
    day.stop()
    day.restart(1)
    day.sit(11)
    day.read(0.5)
    assert day.shown == ["09:32:08"]
    day.touch()
    day.answer("skip")
    day.leave(6)
    assert minutes(day) == [(31.5, "idle")]


def test_a_kill_costs_the_bout_nothing_but_the_time_since_the_last_sign_of_life() -> None:
    day = Day()
    day.sit(20.5)
    day.kill()
    day.restart(1)
    day.sit(10)
    day.leave(6)
    assert minutes(day) == [(30, "idle")]
    assert day.clock(day.bouts[0].started) == "09:00"


def test_a_restart_after_two_minutes_ends_the_bout_at_the_last_sign_of_life() -> None:
    day = Day()
    day.sit(20.5)
    day.kill()
    day.restart(1.5)
    day.sit(10)
    day.leave(6)
    assert minutes(day) == [(20, "restart"), (10, "idle")]
    assert day.clock(day.bouts[0].ended) == "09:20"


@pytest.mark.parametrize("reboot", [True, False])
def test_a_machine_that_was_off_for_the_night_begins_a_new_bout_in_the_morning(reboot: bool) -> None:
    day = Day()
    day.sit(20)
    day.kill()
    day.restart(24 * 60, reboot=reboot)
    day.sit(10)
    day.leave(6)
    assert minutes(day) == [(20, "restart"), (10, "idle")]
    assert [day.clock(b.started) for b in day.bouts] == ["09:00", "09:20"]


def test_a_reboot_of_a_minute_goes_on_with_the_bout_although_the_ticks_begin_anew() -> None:
    day = Day()
    day.sit(20)
    day.kill()
    day.restart(1, reboot=True)
    day.sit(10)
    day.leave(6)
    assert minutes(day) == [(30, "idle")]


def test_nothing_counts_until_the_person_is_seen_again() -> None:
    day = Day()
    day.kill()
    day.restart(60)
    day.leave(60)
    day.sit(5)
    day.leave(6)
    assert minutes(day) == [(5, "idle")]


def test_a_lock_that_began_before_the_kill_ends_the_bout_where_it_began() -> None:
    day = Day()
    day.sit(20)
    day.feed(SignalChanged(signal=Signal.LOCKED, on=True))
    day.read(1)
    day.kill()
    day.restart(1.5)
    assert minutes(day) == [(20, "locked")]
    assert day.clock(day.bouts[0].ended) == "09:20"


def test_a_call_goes_on_through_a_restart() -> None:
    day = Day()
    day.sit(5)
    day.feed(SignalChanged(signal=Signal.CALL, on=True))
    day.read(60)
    day.stop()
    day.restart(0.1)
    day.feed(SignalChanged(signal=Signal.CALL, on=True))
    day.read(20)
    day.feed(SignalChanged(signal=Signal.CALL, on=False))
    day.touch()
    day.leave(6)
    assert minutes(day) == [(85, "idle")]


def test_an_open_prompt_is_withdrawn_by_a_restart_and_comes_again_after_a_minute() -> None:
    day = Day()
    day.sit(36)
    day.kill()
    day.restart(0.5)
    assert [(p.outcome, p.because, p.notifier) for p in day.prompts] == [("withdrawn", "restart", "fake")]
    assert Withdraw(prompt=1, notifier="fake", ref="") in day.effects
    day.sit(1)
    day.read(0.5)
    assert day.shown == ["09:35", "09:37:38"]


def test_an_orderly_stop_has_withdrawn_it_already() -> None:
    day = Day()
    day.sit(36)
    day.stop()
    day.restart(0.5)
    assert [(p.outcome, p.because) for p in day.prompts] == [("withdrawn", "shutdown")]


def test_a_prompt_decided_but_never_shown_is_closed_after_a_kill() -> None:
    day = Day(notifier="hangs")
    day.sit(36)
    day.kill()
    day.restart(0.5)
    assert [(p.outcome, p.because, p.shown_at) for p in day.prompts] == [("withdrawn", "restart", None)]
    assert day.state.today.prompts == 0
    day.feed(Shown(prompt=1, notifier="slow", ref="3"))
    assert day.state.prompt is None


def test_after_a_restart_the_sensors_get_a_minute_to_say_that_it_is_quiet() -> None:
    day = Day()
    day.sit(25)
    day.feed(SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True))
    day.sit(10)
    day.kill()
    day.restart(0.1)
    day.touch()
    day.read(0.5)
    day.feed(SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True))
    day.sit(10)
    assert day.shown == []
    day.feed(SignalChanged(signal=Signal.DO_NOT_DISTURB, on=False))
    day.sit(7)
    assert len(day.shown) == 1
    assert [e.reasons for e in day.of(HeldBackEntry)] == [("do-not-disturb",)]


def test_after_a_restart_a_due_prompt_waits_a_minute_for_the_sensors_and_at_the_very_first_start_it_does_not() -> None:
    day = Day()
    day.sit(36)
    day.kill()
    day.restart(0.1)
    day.touch()
    day.read(0.5)
    assert status(day.state, day.rules).why == (
        "A call or similar has just ended, or psoas-nudge has just started. Prompts wait until 09:37.",
    )
    day.sit(0.7)
    day.read(0.5)
    assert day.shown == ["09:35", "09:37:26"]
    day = Day()
    day.sit(31)
    day.kill()
    day.restart(0.1)
    assert any("just started. Prompts wait" in why for why in status(day.state, day.rules).why), "before any prompt"
    assert not any("just started. Prompts wait" in why for why in status(Day().state, rules()).why)


def test_a_restart_at_once_costs_not_even_a_millisecond() -> None:
    day = Day()
    day.sit(20)
    day.stop()
    day.restart()
    day.sit(10)
    day.leave(6)
    assert minutes(day) == [(30, "idle")]


@pytest.mark.parametrize("signal", [Signal.LOCKED, Signal.DO_NOT_DISTURB])
def test_what_sensors_had_reported_is_forgotten_with_a_restart(signal: Signal) -> None:
    day = Day()
    day.sit(32)
    day.feed(SignalChanged(signal=signal, on=True))
    day.kill()
    day.restart(1)
    assert status(day.state, day.rules).quiet == ()
    day.sit(2)
    day.read(0.5)
    assert status(day.state, day.rules).presence == "sitting"
    assert day.shown == ["09:35:08"]


def test_the_budget_survives_a_kill() -> None:
    day = Day(daily_limit=1)
    day.sit(36)
    day.answer("skip")
    day.kill()
    day.restart(0.5)
    for _ in range(4):
        day.sit(30)
        day.read(0.5)
    assert day.shown == ["09:35"]


def test_an_answer_survives_a_kill_that_follows_at_once() -> None:
    day = Day()
    day.sit(36)
    day.answer("skip")
    day.kill()
    day.restart(0.5)
    assert day.outcomes == ["skipped"]
    day.sit(28)
    assert len(day.shown) == 1


def test_a_snooze_and_its_count_survive_a_kill() -> None:
    day = Day(max_snoozes=1)
    day.sit(36)
    day.answer("snooze")
    day.sit(1)
    day.kill()
    day.restart(1)
    day.sit(3)
    assert len(day.shown) == 1
    day.read(0.5)
    assert day.shown == ["09:35", "09:41:08"]
    day.answer("snooze")
    assert len(day.refused) == 1


def test_misses_survive_a_kill() -> None:
    day = Day()
    day.sit(41)
    day.kill()
    day.restart(0.5)
    day.sit(30)
    assert day.outcomes == ["missed", "missed"]
    assert day.state.pacing.backed_off_on is not None


def test_a_pause_survives_a_kill_and_ends_in_time() -> None:
    day = Day()
    day.sit(5)
    day.feed(Pause(length=3_600_000))
    day.sit(5)
    day.kill()
    day.restart(30, reboot=True)
    day.sit(30)
    assert day.seen[0] == "09:05 pause"
    assert day.seen[-1] == "10:05 resume"


def test_a_pause_that_ended_while_the_machine_was_off_is_over() -> None:
    day = Day()
    day.feed(Pause(length=600_000))
    day.kill()
    day.restart(30)
    assert day.seen == ["09:00 pause", "09:30 resume"]


def test_standing_survives_a_kill() -> None:
    day = Day()
    day.sit(10)
    day.feed(Stand())
    day.sit(5)
    day.kill()
    day.restart(1)
    day.sit(5)
    day.lock(5)
    assert minutes(day) == [(10, "locked")]


def test_the_night_after_an_accepted_prompt_is_no_typing() -> None:
    day = Day()
    day.sit(36)
    day.answer("accept")
    day.kill()
    day.restart(15 * 60, reboot=True)
    day.sit(5)
    day.leave(6)
    assert day.of(StretchEntry) == []
    assert minutes(day) == [(36, "accepted"), (5, "idle")]


def test_after_a_kill_nobody_claims_to_know_whether_the_person_rose() -> None:
    day = Day()
    day.sit(36)
    day.answer("accept")
    day.sit(1)
    day.kill()
    day.restart(0.1)
    day.sit(3)
    assert day.of(StretchEntry) == []
    assert day.state.stretching is None
    assert day.state.bout is not None


def test_killed_every_few_minutes_a_day_is_still_the_same_day() -> None:
    day = Day(after_quiet=0)
    for _ in range(12):
        day.sit(7.5)
        day.kill()
        day.restart(0.25)
    day.leave(6)
    assert len(day.bouts) == 1
    assert day.bouts[0].ended - day.bouts[0].started == timedelta(minutes=12 * 7.75 - 0.25)
    assert 12 * 7 <= day.bouts[0].sitting_seconds / 60 <= 12 * 7.5
    assert day.outcomes == ["withdrawn", "missed", "missed"]


def test_the_first_start_of_all_is_where_time_begins() -> None:
    assert Day().state.now == 0


def test_hours_that_closed_while_the_machine_was_off_are_recorded_at_the_next_start() -> None:
    day = Day("2026-11-23 16:30")
    day.sit(10)
    day.kill()
    day.restart(60)
    assert [(day.clock(entry.at), entry.open) for entry in day.of(HoursEntry)][-1] == ("17:40", False)


def test_hours_that_were_changed_while_the_daemon_was_off_hold_from_the_start() -> None:
    day = Day()
    day.sit(20)
    day.kill()
    day.rules = rules(hours=WorkingHours(zone="Europe/Berlin", week=((),) * 7))
    day.restart(1)
    day.sit(30)
    assert day.shown == []


def test_a_stretch_whose_guide_has_reported_nothing_ends_with_a_restart_that_takes_long() -> None:
    for minutes, presence in ((1, "stretching"), (3, "sitting")):
        day = Day()
        day.sit(20)
        day.feed(GuideStarted(routine="standing-march", prompt=None))
        day.read(1)
        day.kill()
        day.restart(minutes)
        day.touch()
        assert status(day.state, day.rules).presence == presence


def test_stopping_before_anything_has_happened_is_harmless() -> None:
    day = Day("2026-11-22 12:00")
    day.feed(Stopping())
    assert day.entries == []


# --- rule 15: new settings -----------------------------------------------------------------------------------------


def test_a_shorter_interval_takes_effect_at_once() -> None:
    day = Day()
    day.sit(20)
    day.reload(nudge_after=900)
    day.read(0.5)
    assert day.shown == ["09:20:08"]


def test_an_open_prompt_and_the_bout_stay_when_settings_change() -> None:
    day = Day()
    day.sit(36)
    day.reload(nudge_after=7200, daily_limit=1)
    assert day.outcomes == []
    day.answer("skip", prompt=1)
    day.leave(6)
    assert (day.outcomes, minutes(day)) == (["skipped"], [(36, "idle")])


def test_a_shorter_expiry_can_end_the_open_prompt_at_once() -> None:
    day = Day()
    day.sit(37)
    day.reload(expires_after=60)
    assert day.outcomes == ["missed"]


def test_hours_that_no_longer_contain_now_withdraw_the_prompt() -> None:
    day = Day()
    day.sit(36)
    day.reload(hours=MORNINGS)
    assert day.seen[1:] == ["09:36 hours closed", "09:36 withdrawn"]


def test_a_lower_budget_keeps_what_was_shown() -> None:
    day = Day()
    day.sit(36)
    day.answer("skip")
    day.reload(daily_limit=1)
    day.sit(100)
    assert len(day.shown) == 1


def test_a_snooze_that_has_become_too_many_is_refused() -> None:
    day = Day()
    day.sit(36)
    day.answer("snooze")
    day.sit(11)
    day.reload(max_snoozes=1)
    day.answer("snooze")
    assert day.refused == ["You have snoozed this prompt once. That is the limit (prompt.max_snoozes)."]


def test_a_reason_switched_off_lets_the_waiting_prompt_go() -> None:
    day = Day()
    day.sit(25)
    day.feed(SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True))
    day.sit(10)
    day.reload(quiet=frozenset())
    day.sit(1)
    day.read(0.5)
    assert day.shown == ["09:36:08"]


def test_a_prompt_for_a_routine_that_was_removed_goes_and_another_is_suggested() -> None:
    own = Routine(id="mine", title="Mine", purpose="", steps=(Step(text="Hold.", seconds=30, hold=True),))
    day = Day(routines=(own,), rotation=("mine",))
    day.sit(36)
    day.reload(routines=(), rotation=("standing-march",))
    day.sit(6)
    day.answer("skip")
    assert [(each.outcome, each.because, each.routine) for each in day.prompts] == [
        ("withdrawn", "routine removed", "mine"),
        ("skipped", None, "standing-march"),
    ]


def test_a_reload_a_second_changes_nothing() -> None:
    day = Day()
    for _ in range(40):
        day.sit(1)
        day.reload()
    assert day.shown == ["09:35"]
    assert day.outcomes == ["missed"]


def test_a_failed_notifier_is_not_forgotten_by_a_restart() -> None:
    day = Day(notifier=None)
    day.sit(36)
    day.kill()
    day.restart(0.1)
    day.sit(8)
    assert len(day.of(NotShownEntry)) == 1
