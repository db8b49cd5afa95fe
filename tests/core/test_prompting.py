"""Rules 6 and 8 to 11: when a prompt comes, and how it ends."""

import itertools

import pytest
from msgspec.json import encode

from psoas_nudge.core.explain import explain, status
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.core.model import (
    MINUTE,
    SECOND,
    Active,
    GuideEnded,
    GuideHeld,
    GuideStarted,
    LateAnswerEntry,
    NotifierAppeared,
    NotShown,
    NotShownEntry,
    Outcome,
    Renew,
    Resume,
    Show,
    Shown,
    Signal,
    SignalChanged,
    Sit,
    Stand,
    Stopping,
    Watch,
    Withdraw,
)
from psoas_nudge.core.state import Open
from tests.core.timeline import Day

ALWAYS = WorkingHours(zone="Europe/Berlin", week=((Range(0, 1440),),) * 7)


def offered(day: Day) -> list[bool]:
    """Whether each prompt had a snooze button."""
    return [effect.snooze for effect in day.effects if isinstance(effect, Show)]


def prompted(**settings: object) -> Day:
    """A day on which a prompt is on the screen since 09:30:08, and the person is back at the keys since 09:31."""
    day = Day(**settings)
    day.sit(30)
    day.read(1)
    day.touch()
    assert day.shown == ["09:30:08"]
    return day


# --- rule 6: due ---------------------------------------------------------------------------------------------------


def test_after_half_an_hour_the_prompt_comes_in_the_first_pause_of_eight_seconds() -> None:
    day = Day()
    day.sit(30)
    day.read(1)
    assert day.seen == ["09:30:08 shown"]


def test_the_prompt_says_for_how_long_one_has_sat() -> None:
    day = Day()
    day.sit(20)
    day.lock(1)
    day.sit(15)
    assert [(e.sat, day.shown) for e in day.effects if isinstance(e, Show)] == [(35 * MINUTE, ["09:36"])]


def test_early_birds_are_left_alone_until_hours_have_been_open_for_ten_minutes() -> None:
    day = Day("2026-11-23 07:30")
    day.sit(120)
    assert day.seen == ["09:00 hours open", "09:15 shown", "09:20 missed"]
    day = Day("2026-11-23 07:30", settle_in=0)
    day.sit(91)
    day.read(1)
    assert day.seen == ["09:00 hours open", "09:01:08 shown"]


def test_no_prompt_comes_in_the_last_ten_minutes() -> None:
    day = Day("2026-11-23 16:15")
    day.sit(60)
    day.leave(6)
    assert day.seen == ["17:00 hours closed", "17:20 bout 60.0 idle"]
    day = Day("2026-11-23 16:15", wind_down=0)
    day.sit(60)
    assert day.shown == ["16:50"]


def test_a_day_shorter_than_settling_in_and_winding_down_has_no_prompt() -> None:
    day = Day("2026-11-23 08:00", settle_in=5 * 3600, wind_down=5 * 3600)
    for _ in range(20):
        day.sit(29)
        day.read(1)
    assert day.shown == []


def test_when_hours_close_the_open_prompt_goes_and_the_bout_goes_on_silently() -> None:
    day = Day("2026-11-23 16:22", wind_down=0)
    day.sit(68)
    day.leave(10)
    assert day.seen == ["16:57 shown", "17:00 hours closed", "17:00 withdrawn", "17:35 bout 68.0 idle"]
    assert day.prompts[0].because == "working hours ended"


def test_the_day_has_a_budget_of_eight_and_a_new_one_tomorrow() -> None:
    day = Day(nudge_after=600, daily_limit=3)
    for _ in range(10):
        day.sit(10)
        day.read(1)
        day.touch()
        if day.state.prompt:
            day.answer("skip")
    assert day.shown == ["09:10:08", "09:21:08", "09:32:08"]
    day.leave(24 * 60 - 110)
    day.sit(10)
    day.read(1)
    assert day.shown[3:] == ["09:10:08"]


def worked_through(until: str) -> Day:
    """A day of typing with a short pause every two minutes; nobody answers."""
    day = Day(nudge_after=45 * 60, ask_again_after=15 * 60)
    while day.clock() < until:
        day.sit(2)
        day.read(0.2)
        day.touch()
    return day


def test_prompts_that_are_asked_again_do_not_use_up_the_day_by_the_early_afternoon() -> None:
    day = worked_through("17:00")
    assert day.outcomes == ["missed"] * 8
    assert [at[:5] for at in day.shown] == ["09:46", "10:08", "11:20", "11:42", "12:55", "13:17", "14:29", "15:00"]


def test_while_the_prompts_are_spread_explain_says_so_and_keeps_its_word() -> None:
    day = worked_through("14:36")
    said = explain(day.state, day.at, day.rules)
    assert [reason.kind for reason in said.reasons] == ["asked-again", "spread"]
    assert said.reasons[1].text == "Prompts are spread over the day. The next one comes at 15:00 at the earliest."
    assert said.next_prompt is not None
    assert day.clock(said.next_prompt) == "15:00"


def test_the_prompts_of_a_night_are_spread_until_midnight_at_most() -> None:
    night = WorkingHours(zone="Europe/Berlin", week=((Range(22 * 60 + 40, 30 * 60),),) * 7)
    day = Day("2026-11-23 22:40", hours=night, nudge_after=3600, daily_limit=2, ask_again_after=60)
    day.sit(72)
    said = explain(day.state, day.at, day.rules)
    assert [reason.kind for reason in said.reasons] == ["spread"]
    assert said.next_prompt is not None
    assert day.clock(said.next_prompt) == "00:00"
    day.sit(15)
    assert day.shown == ["23:45", "00:05"]


def test_who_answers_gets_the_usual_interval_all_day() -> None:
    day = Day(nudge_after=45 * 60)
    for _ in range(8):
        day.sit(45)
        day.read(0.2)
        day.answer("skip")
    assert day.shown == ["09:45:08", "10:30:20", "11:15:32", "12:00:44", "12:45:56", "13:31:08", "14:16:20", "15:01:32"]


def test_two_prompts_a_day_are_spread_by_no_more_than_backing_off_asks_for() -> None:
    day = Day("2026-11-23 08:00", nudge_after=45 * 60, daily_limit=2)
    day.sit(75)
    day.answer("skip")
    day.sit(60)
    assert day.shown == ["09:15", "10:12:30"]


def test_a_budget_of_nothing_means_no_prompts() -> None:
    day = Day(daily_limit=0)
    for _ in range(12):
        day.sit(30)
        day.read(1)
    assert day.shown == []


def test_a_skip_gives_half_an_hour() -> None:
    day = prompted()
    day.answer("skip", because="meeting")
    assert (day.prompts[0].outcome, day.prompts[0].via, day.prompts[0].because) == ("skipped", "test", "meeting")
    day.sit(30)
    day.read(0.5)
    assert day.shown[1:] == ["10:01:08"]


def test_after_a_real_break_the_half_hour_begins_anew() -> None:
    day = Day()
    day.sit(29)
    day.lock(10)
    day.sit(29)
    day.lock(2)
    assert day.shown == []


# --- rule 8: the lull ----------------------------------------------------------------------------------------------


def test_who_never_stops_typing_is_interrupted_after_five_minutes() -> None:
    day = Day()
    day.sit(40)
    assert day.shown == ["09:35"]


def test_who_is_reading_when_it_becomes_due_gets_it_in_the_first_pause_after_the_next_input() -> None:
    day = Day()
    day.sit(29)
    day.read(2)
    assert day.shown == []
    assert status(day.state, day.rules).why == (
        "A prompt is due. It comes after you next touch the keyboard or mouse.",
    )
    day.touch()
    day.read(1)
    assert day.shown == ["09:31:08"]


def test_who_comes_back_typing_is_given_the_whole_patience_again() -> None:
    day = Day()
    day.sit(29)
    day.read(4.5)
    day.sit(6)
    assert day.shown == ["09:38:30"]


def test_a_pause_in_typing_that_is_just_long_enough_when_the_prompt_becomes_due_is_one() -> None:
    day = Day()
    day.sit(30 - 8 / 60)
    day.read(1)
    assert day.shown == ["09:30"]


def test_pauses_shorter_than_the_lull_are_no_lull() -> None:
    day = Day()
    day.sit(30)
    for _ in range(20):
        day.touch()
        day.read(7 / 60)
    assert day.shown == []
    day.touch()
    day.read(8 / 60)
    assert day.shown == ["09:32:28"]


def test_leaving_while_it_waits_for_a_lull_is_a_natural_break() -> None:
    day = Day()
    day.sit(31)
    day.lock(10)
    assert day.seen == ["09:33 bout 31.0 locked"]
    day.sit(29)
    assert day.shown == []


def test_after_a_short_lock_the_prompt_is_there_at_the_unlocking() -> None:
    day = Day()
    day.sit(34)
    day.lock(1)
    day.read(0.2)
    assert day.seen == ["09:35:08 shown"]


@pytest.mark.parametrize("back", ["unlocked", "sat down"])
def test_who_comes_back_from_a_short_break_types_for_a_minute_at_most_before_it_comes(back: str) -> None:
    day = Day()
    day.sit(28)
    for _ in range(3):  # never the five minutes of patience in one piece
        day.sit(4)
        if back == "unlocked":
            day.lock(0.5)
        else:
            day.feed(Stand(via="test"))
            day.sit(0.5)
            day.feed(Sit(via="test"))
    assert day.shown[0] == "09:33:30"


def test_who_leaves_just_before_it_is_due_gets_no_prompt_at_an_empty_desk() -> None:
    day = Day()
    day.sit(29)
    day.leave(13)
    assert day.seen == ["09:34 bout 29.0 idle"]
    day.sit(4)
    assert day.shown == []


def test_who_leaves_within_the_lull_itself_has_left_before_it_was_shown_and_no_prompt_is_counted() -> None:
    day = Day()
    day.sit(31)
    day.leave(13)
    assert day.seen == ["09:31:08 shown", "09:36 bout 31.0 idle", "09:36 withdrawn"]
    assert [p.because for p in day.prompts] == ["left before it was shown"]
    assert status(day.state, day.rules).prompts_today == 0


def test_who_uses_the_computer_while_the_prompt_is_open_and_then_leaves_has_taken_the_break() -> None:
    day = Day()
    day.sit(31)
    day.read(0.2)
    day.sit(3.5)  # the prompt would expire a minute and a half later
    day.leave(10)
    assert day.outcomes == ["taken"]
    assert status(day.state, day.rules).prompts_today == 1


def test_who_reads_through_the_expiry_of_the_prompt_and_comes_back_has_missed_it() -> None:
    day = Day()
    day.sit(31)
    day.read(0.2)
    day.sit(3.5)
    day.read(3)
    assert day.outcomes == []
    day.touch()
    assert day.outcomes == ["missed"]


def test_without_patience_it_comes_at_once() -> None:
    day = Day(patience=0)
    day.sit(31)
    assert day.shown == ["09:30"]


def test_without_a_lull_it_comes_at_once() -> None:
    day = Day(lull=0)
    day.sit(31)
    assert day.shown == ["09:30"]


# --- rule 9: one prompt, one outcome -------------------------------------------------------------------------------


def test_no_answer_for_five_minutes_at_the_keys_is_a_miss() -> None:
    day = Day()
    day.sit(41)
    assert day.seen == ["09:35 shown", "09:40 missed"]


def test_leaving_without_answering_is_a_break_taken_and_not_a_miss() -> None:
    day = Day()
    day.sit(36)
    day.leave(10)
    assert day.seen == ["09:35 shown", "09:41 bout 36.0 idle", "09:41 taken"]


def test_locking_for_two_minutes_without_answering_is_a_break_taken() -> None:
    day = Day()
    day.sit(36)
    day.lock(2)
    assert day.seen == ["09:35 shown", "09:38 bout 36.0 locked", "09:38 taken"]


def test_locking_for_a_minute_is_not() -> None:
    day = Day()
    day.sit(39.5)
    day.lock(1)
    assert day.seen == ["09:35 shown", "09:40:30 missed"]


def test_whether_silence_was_reading_or_leaving_is_known_when_input_comes_back() -> None:
    day = Day()
    day.sit(36)
    day.read(4.5)
    assert day.outcomes == []
    day.touch()
    assert day.seen == ["09:35 shown", "09:40:30 missed"]


def test_reading_for_three_minutes_and_then_typing_is_a_miss_in_time() -> None:
    day = Day()
    day.sit(36)
    day.read(3)
    day.sit(2)
    assert day.seen == ["09:35 shown", "09:40 missed"]


def test_a_laptop_closed_on_an_open_prompt_for_the_evening_is_a_break_taken() -> None:
    day = Day("2026-11-23 16:00")
    day.sit(36)
    day.suspend(180)
    assert day.seen == ["16:35 shown", "19:36 bout 36.0 suspended", "19:36 taken", "19:36 hours closed"]


def test_a_prompt_is_withdrawn_when_the_daemon_stops() -> None:
    day = prompted()
    day.feed(Stopping())
    assert [(p.outcome, p.because) for p in day.prompts] == [("withdrawn", "shutdown")]
    assert day.wake is None


def test_an_answer_after_the_prompt_has_gone_is_recorded_and_changes_nothing() -> None:
    day = Day()
    day.sit(41)
    before = day.state
    day.answer("accept", prompt=1)
    assert day.state == before
    assert [(e.answer, e.prompt) for e in day.of(LateAnswerEntry)] == [("accept", 1)]
    assert day.refused == ["No prompt is open."]
    assert day.outcomes == ["missed"]


def test_an_answer_to_yesterdays_prompt_does_not_close_todays() -> None:
    day = prompted()
    day.answer("skip", prompt=7)
    assert day.outcomes == []
    day.answer("skip", prompt=1)
    assert day.outcomes == ["skipped"]


def test_a_second_press_is_a_late_answer() -> None:
    day = prompted()
    day.answer("skip", prompt=1)
    day.answer("skip", prompt=1)
    assert (day.outcomes, len(day.of(LateAnswerEntry))) == (["skipped"], 1)


def test_there_is_never_more_than_one_prompt() -> None:
    day = Day(nudge_after=0, lull=0, patience=0, settle_in=0)
    day.sit(4)
    assert len(day.shown) == 1


def test_a_prompt_that_takes_long_to_appear_is_taken_away_again_when_the_person_has_left() -> None:
    day = Day(notifier="hangs")
    day.sit(36)
    day.lock(3)
    assert [(p.outcome, p.shown_at) for p in day.prompts] == [("withdrawn", None)]
    day.feed(Shown(prompt=1, notifier="slow", ref="42"))
    assert Withdraw(prompt=1, notifier="slow", ref="42") in day.effects
    assert day.state.today.prompts == 0


def test_a_notifier_that_never_answers_is_given_up_on() -> None:
    day = Day(notifier="hangs")
    day.sit(41)
    assert [(day.clock(p.closed_at), p.outcome, p.shown_at) for p in day.prompts] == [("09:40", "withdrawn", None)]
    assert day.state.today.prompts == 0


def test_what_could_not_be_shown_comes_at_once_when_a_notification_service_appears() -> None:
    day = Day(notifier=None)
    day.sit(30)
    day.read(1)
    assert [day.clock(entry.at) for entry in day.of(NotShownEntry)] == ["09:30:08"]
    day.notifier = "fake"
    day.sit(2)
    assert day.shown == []
    day.feed(NotifierAppeared())
    day.read(1)
    assert day.shown == ["09:33:08"]


def test_a_notification_service_that_crashes_with_each_prompt_is_not_fed_in_a_loop() -> None:
    day = Day(notifier=None, lull=0, patience=0)
    day.sit(30)
    for _ in range(180):
        day.feed(NotifierAppeared())
        day.sit(1 / 60)
    assert [day.clock(entry.at) for entry in day.of(NotShownEntry)] == ["09:30", "09:31", "09:32", "09:33"]


def test_a_notification_service_that_appears_brings_nothing_that_is_not_due() -> None:
    day = Day()
    day.sit(20)
    day.feed(NotifierAppeared())
    day.read(1)
    assert day.shown == []
    day.touch()
    day.sit(9)
    day.read(1)
    day.answer("snooze", prompt=1)
    day.feed(NotifierAppeared())
    day.read(1)
    assert len(day.shown) == 1


def test_an_answer_proves_that_the_prompt_was_seen() -> None:
    day = Day(notifier="hangs", daily_limit=1)
    day.sit(36)
    day.answer("skip", prompt=1)
    day.sit(100)
    assert day.outcomes == ["skipped"]
    assert day.prompts[0].shown_at is not None


def test_a_prompt_confirmed_twice_counts_once() -> None:
    day = prompted()
    before = day.state
    day.feed(Shown(prompt=1, notifier="fake", ref="other"))
    assert day.state == before
    assert status(before, day.rules).prompts_today == 1


def test_what_no_notifier_could_show_is_no_prompt_and_is_tried_again_later() -> None:
    day = Day(notifier=None)
    day.sit(36)
    assert [(day.clock(e.at), e.why) for e in day.of(NotShownEntry)] == [("09:35", "no notifier")]
    day.notifier = "fake"
    day.sit(15)
    assert day.shown == ["09:50"]
    assert status(day.state, day.rules).prompts_today == 1
    assert day.prompts == []


def test_a_broken_notifier_is_never_tried_in_a_loop() -> None:
    day = Day(notifier=None, ask_again_after=0, lull=0, patience=0)
    day.sit(35)
    assert [day.clock(e.at) for e in day.of(NotShownEntry)] == ["09:30", "09:31", "09:32", "09:33", "09:34", "09:35"]


def test_the_routines_take_turns() -> None:
    day = Day(rotation=("standing-hip-flexor", "chair-edge-hip-flexor"))
    for _ in range(4):
        day.sit(30)
        day.read(1)
        day.touch()
        day.answer("skip")
    names = [prompt.routine for prompt in day.prompts]
    assert names == ["standing-hip-flexor", "chair-edge-hip-flexor"] * 2


def test_prompts_that_expire_at_once_end_with_the_budget() -> None:
    day = Day(expires_after=0, ask_again_after=0, nudge_after=0, lull=0, patience=0, settle_in=0)
    day.sit(30)
    assert day.outcomes == ["missed"] * 8


# --- rule 10: snooze -----------------------------------------------------------------------------------------------


def snoozed(day: Day) -> None:
    """Snooze, type on, and pause when it comes back."""
    day.touch()
    day.answer("snooze")
    day.sit(5)
    day.read(0.5)


def test_a_snoozed_prompt_comes_back_after_five_minutes() -> None:
    day = prompted()
    snoozed(day)
    assert day.seen == ["09:30:08 shown", "09:31 snoozed", "09:36:08 shown"]


def test_a_third_snooze_is_neither_offered_nor_granted_and_the_prompt_stays_open() -> None:
    day = prompted()
    snoozed(day)
    snoozed(day)
    assert offered(day) == [True, True, False]
    day.answer("snooze")
    assert day.refused == ["You have snoozed this prompt twice. That is the limit (prompt.max_snoozes)."]
    assert day.outcomes == ["snoozed", "snoozed"]
    day.answer("skip")
    day.sit(30)
    day.read(0.5)
    assert offered(day)[3:] == [True]


def test_snoozing_can_be_switched_off() -> None:
    day = prompted(max_snoozes=0)
    assert offered(day) == [False]
    day.answer("snooze")
    assert day.refused == ["Snoozing is turned off: prompt.max_snoozes is 0."]


def test_one_snooze_only() -> None:
    day = prompted(max_snoozes=1)
    snoozed(day)
    day.answer("snooze")
    assert day.refused == ["You have snoozed this prompt once. That is the limit (prompt.max_snoozes)."]


def test_the_last_prompt_of_the_day_can_be_snoozed_and_comes_back() -> None:
    day = prompted(daily_limit=1)
    assert offered(day) == [True]
    day.answer("snooze")
    day.sit(10.5)
    assert day.shown == ["09:30:08", "09:41"]
    day.answer("skip")
    day.sit(120)
    assert day.outcomes == ["snoozed", "skipped"]


def test_a_snooze_of_ones_own_length() -> None:
    day = prompted()
    day.answer("snooze", delay=20 * MINUTE)
    day.sit(20)
    day.read(0.5)
    assert day.shown[1:] == ["09:51:08"]


@pytest.mark.parametrize("delay", [0.0, -5.0])
def test_a_snooze_of_no_length_comes_back_at_the_next_pause(delay: float) -> None:
    day = prompted()
    day.answer("snooze", delay=delay)
    day.read(0.5)
    assert day.shown[1:] == ["09:31:08"]


def test_a_snooze_for_longer_than_a_life_does_no_harm() -> None:
    day = prompted()
    day.answer("snooze", delay=1e15)
    day.sit(60)
    assert day.outcomes == ["snoozed"]


def test_who_leaves_after_snoozing_has_had_the_break() -> None:
    day = prompted()
    day.answer("snooze")
    day.sit(1)
    day.lock(10)
    day.sit(29)
    assert day.shown == ["09:30:08"]
    day.sit(2)
    day.read(0.5)
    assert offered(day) == [True, True]
    assert day.state.pacing.snoozes == 0


# --- rule 11: missed -----------------------------------------------------------------------------------------------


def test_a_miss_is_asked_again_once_and_two_in_a_row_make_the_interval_half_as_long_again_and_never_more() -> None:
    day = Day("2026-11-23 00:00", settle_in=0, daily_limit=99, hours=ALWAYS)
    day.sit(16 * 60)
    shown = [_minutes(at) for at in day.shown]
    assert day.outcomes == ["missed"] * len(day.outcomes)
    between = [b - a for a, b in itertools.pairwise(shown)]
    # five to be missed and five of patience on top: again after 10, then 45, again, then 45
    assert between[:8] == [20, 55, 20, 55, 20, 55, 20, 55]


@pytest.mark.parametrize(("answer", "interval"), [("skip", 45), ("snooze", 5), ("accept", 30)])
def test_only_accepting_or_leaving_brings_the_interval_back(answer: Outcome, interval: int) -> None:
    day = Day()
    day.sit(60)
    assert day.outcomes == ["missed", "missed"]
    day.sit(45)
    day.read(0.5)
    assert day.shown == ["09:35", "09:55", "10:45:08"]
    day.touch()
    at = _minutes(day.clock())
    day.answer(answer)  # type: ignore[arg-type]
    if answer == "accept":
        day.read(0.5)
    day.sit(interval)
    day.read(0.5)
    assert _minutes(day.shown[3]) - at <= interval + 1
    assert _minutes(day.shown[3]) - at >= interval


def test_leaving_an_open_prompt_brings_the_interval_back() -> None:
    day = Day()
    day.sit(106)
    day.read(0.2)
    assert len(day.shown) == 3
    day.lock(5)
    assert day.outcomes == ["missed", "missed", "taken"]
    day.sit(30)
    day.read(0.2)
    assert len(day.shown) == 4


def test_a_miss_before_a_break_is_not_asked_again_after_it() -> None:
    day = Day()
    day.sit(42)
    day.leave(10)
    day.sit(29)
    assert day.outcomes == ["missed"]
    day.sit(6)
    assert len(day.shown) == 2


def test_an_answer_ends_the_row_of_misses() -> None:
    day = Day()
    day.sit(56)
    day.answer("skip")
    day.sit(41)
    assert day.outcomes == ["missed", "skipped", "missed"]
    assert (day.state.pacing.misses, day.state.pacing.backed_off_on) == (1, None)


def test_a_snooze_ends_the_row_of_misses_too() -> None:
    day = Day()
    day.sit(56)
    day.answer("snooze")
    day.sit(20)
    assert day.outcomes == ["missed", "snoozed", "missed"]
    assert (day.state.pacing.misses, day.state.pacing.backed_off_on) == (1, None)


def test_backing_off_ends_with_the_day() -> None:
    day = Day()
    day.sit(60)
    assert day.outcomes == ["missed", "missed"]
    assert status(day.state, day.rules).needed == 45 * 60
    day.leave(24 * 60 - 60)
    day.sit(1)
    assert status(day.state, day.rules).needed == 30 * 60


def test_backing_off_that_ends_at_midnight_brings_the_prompt_then() -> None:
    day = Day("2026-11-23 22:30", hours=ALWAYS)
    day.sit(60)
    assert day.outcomes == ["missed", "missed"]
    day.sit(50)
    assert day.shown[2:] == ["00:05"]  # 35 minutes after the second miss, patience included, not 50


def test_who_has_backed_off_just_before_midnight_gets_the_usual_interval_after_it() -> None:
    day = Day("2026-11-23 22:55", hours=ALWAYS)
    day.sit(60)
    assert (day.outcomes, day.clock()) == (["missed", "missed"], "23:55")
    promised = status(day.state, day.rules).next_prompt
    assert promised is not None
    assert day.clock(promised) == "00:25"
    day.sit(36)
    assert day.shown[2:] == ["00:30"]


@pytest.mark.parametrize("way", ["stretch of one's own", "resume"])
def test_a_stretch_of_ones_own_and_resume_end_backing_off(way: str) -> None:
    day = Day()
    day.sit(60)
    assert any("after 45 min instead of 30 min" in why for why in status(day.state, day.rules).why)
    if way == "resume":
        day.feed(Resume())
    else:
        day.feed(GuideStarted(routine="glute-squeeze"))
        day.feed(GuideEnded(routine="glute-squeeze", other_seconds=30))
        day.touch()
    assert not status(day.state, day.rules).backed_off


def test_twenty_days_of_sitting_after_one_afternoon_of_misses_bring_prompts_every_day() -> None:
    day = Day()
    day.sit(180)
    assert set(day.outcomes) == {"missed"}
    for _ in range(20):
        local = day.at.astimezone(day.zone)
        day.leave(24 * 60 - (local.hour - 9) * 60 - local.minute)
        before = len(day.shown)
        for _ in range(5):
            day.sit(80)
            day.leave(10)
        assert len(day.shown) > before or local.weekday() in (4, 5)


def test_a_prompt_that_nobody_was_there_to_notice_does_not_count_towards_backing_off() -> None:
    day = Day()
    day.sit(25)
    day.feed(SignalChanged(signal=Signal.PLAYING, on=True))
    day.read(50)
    assert day.outcomes == ["missed", "missed"]
    assert day.shown == ["09:30", "09:45"], "the next one comes after the usual sitting"
    assert not status(day.state, day.rules).backed_off


def test_of_two_prompts_without_an_answer_both_must_have_been_noticed() -> None:
    day = Day()
    day.sit(41)
    day.feed(SignalChanged(signal=Signal.PLAYING, on=True))
    day.read(30)
    assert day.outcomes == ["missed", "missed"]
    assert not status(day.state, day.rules).backed_off


def test_after_an_accepted_prompt_it_takes_two_misses_again() -> None:
    day = Day()
    day.sit(56)
    day.answer("accept")
    day.read(3)
    day.sit(41)
    assert (day.outcomes, status(day.state, day.rules).backed_off) == (["missed", "accepted", "missed"], False)
    day.sit(20)
    assert (day.outcomes[3:], status(day.state, day.rules).backed_off) == (["missed"], True)


# --- a desktop that hides prompts by itself ------------------------------------------------------------------------


def test_a_prompt_that_fades_is_shown_again_once_a_minute_of_typing_with_the_minutes_of_then() -> None:
    day = Day(notifier="fades")
    day.sit(38.5)
    assert day.seen == ["09:35 shown", "09:36 renewed", "09:37 renewed", "09:38 renewed"]
    assert [e.sat // MINUTE for e in day.effects if isinstance(e, Renew)] == [36, 37, 38]
    day.answer("skip")
    day.sit(2)
    assert day.seen[-1] == "09:38:30 skipped"


def test_a_prompt_that_fades_is_shown_again_at_the_first_input_after_a_pause() -> None:
    day = Day(notifier="fades")
    day.sit(31)
    day.read(0.4)
    day.touch()
    assert day.seen == ["09:31:08 shown", "09:31:24 renewed"]


def test_a_prompt_that_stays_by_itself_is_shown_once() -> None:
    day = Day()
    day.sit(39)
    assert day.seen == ["09:35 shown"]


def test_a_state_that_was_handed_out_is_never_changed_again() -> None:
    day = Day(notifier="fades")
    day.sit(36)
    before, stored = day.state, encode(day.state)
    assert isinstance(before.stage, Open)
    day.sit(3)
    day.feed(Shown(prompt=1, notifier="fades", ref="second", fades=True))
    assert isinstance(day.state.stage, Open)
    assert (day.state.stage.noticed, day.state.stage.ref, day.state.stage.renewed > before.stage.renewed) == (
        True,
        "second",
        True,
    )
    assert encode(before) == stored


# --- without an idle source ----------------------------------------------------------------------------------------


def test_a_notifier_that_says_nothing_of_fading_is_asked_once() -> None:
    day = Day(notifier="hangs")
    day.sit(36)
    day.feed(Shown(prompt=1, notifier="slow"))
    day.sit(4)
    assert not [effect for effect in day.effects if isinstance(effect, Renew)]


def test_a_notifier_that_was_restarted_knows_the_prompt_by_another_name() -> None:
    day = Day(notifier="fades")
    day.sit(36)
    day.feed(Shown(prompt=1, notifier="fades", ref="second", fades=True))
    day.answer("skip")
    assert [effect.ref for effect in day.effects if isinstance(effect, Withdraw)] == ["second"]


def test_a_failure_to_show_some_other_prompt_changes_nothing() -> None:
    day = Day(notifier="hangs")
    day.feed(NotShown(prompt=1, why="gone"))
    day.sit(35.5)
    day.feed(NotShown(prompt=99, why="gone"))
    day.feed(Shown(prompt=1, notifier="slow"))
    day.answer("accept")
    assert day.outcomes == ["accepted"]
    assert not day.of(NotShownEntry)


def test_every_answer_that_is_late_is_recorded_by_its_name() -> None:
    day = Day()
    for answer in ("accept", "snooze", "skip"):
        day.answer(answer)
    assert [entry.answer for entry in day.of(LateAnswerEntry)] == ["accept", "snooze", "skip"]


def test_a_stretch_of_ones_own_takes_a_prompt_back_that_is_only_on_its_way_and_accepts_one_that_led_to_it() -> None:
    for prompt, outcome in ((None, "withdrawn"), (1, "accepted")):
        day = Day(notifier="hangs")
        day.sit(35.5)
        day.feed(GuideStarted(routine="standing-hip-flexor", prompt=prompt))
        assert day.outcomes == [outcome]
        assert day.prompts[0].because == (None if prompt else "stretching")


def test_holds_of_a_guide_whose_start_was_missed_answer_the_open_prompt() -> None:
    day = prompted()
    day.feed(GuideHeld(routine="standing-hip-flexor", prompt=1, left_seconds=20))
    assert (day.outcomes, day.prompts[0].via) == (["accepted"], "guide")


def test_who_types_up_to_the_prompt_and_is_gone_has_left_before_it() -> None:
    day = Day()
    day.sit(35)
    assert day.shown == ["09:35"]
    day.leave(10)
    assert day.outcomes == ["withdrawn"]


def test_a_prompt_that_expires_within_seconds_still_gives_a_notifier_a_minute() -> None:
    day = Day(notifier="hangs", expires_after=10)
    day.sit(35.9)
    assert day.outcomes == []
    day.sit(0.2)
    assert day.outcomes == ["withdrawn"]
    day = Day(expires_after=10)
    day.sit(35.2)
    assert day.seen == ["09:35 shown", "09:35:10 missed"]


def test_the_budget_of_a_new_day_is_whole() -> None:
    day = Day(daily_limit=2, ask_again_after=60)
    day.sit(80)
    assert len(day.prompts) == 2
    day.leave(24 * 60 - 80)
    day.sit(80)
    assert len(day.prompts) == 4


def test_the_long_break_is_kept_for_the_last_prompt_before_hours_close() -> None:
    for start, routine in (
        ("15:10", "standing-hip-flexor"),
        ("15:50", "standing-hip-flexor"),
        ("15:51", "constructive-rest"),
    ):
        rotation = ("constructive-rest", "standing-hip-flexor")
        day = Day(f"2026-11-23 {start}", floor=True, rotation=rotation)
        day.sit(30 - 8 / 60)
        day.read(1)
        assert [effect.routine for effect in day.effects if isinstance(effect, Show)] == [routine], start


def test_where_nothing_can_tell_of_input_time_alone_brings_the_prompts() -> None:
    day = Day(watches=False)
    day.feed(Active())
    day.sit(36)
    assert day.shown == ["09:35"]
    day.feed(SignalChanged(signal=Signal.LOCKED, on=True))
    day.sit(3)
    assert day.outcomes == ["taken"]


def test_the_idle_source_is_asked_for_short_pauses_only_while_one_matters() -> None:
    day = Day()
    day.sit(29)
    assert thresholds(day) == [5 * MINUTE]
    day.sit(6)
    assert thresholds(day) == [5 * MINUTE, 8 * SECOND]
    day.answer("accept")
    assert thresholds(day)[2:] == [15 * SECOND], "whether typing goes on"
    day.read(1)
    assert thresholds(day)[3:] == [], "nothing is asked while there is no input"
    day.feed(GuideStarted(routine="standing-hip-flexor", prompt=1))
    day.touch()
    assert thresholds(day)[3:] == [5 * MINUTE]
    day.sit(10)
    assert len(thresholds(day)) == 4


def test_a_longer_pause_in_typing_that_new_settings_ask_for_is_waited_for() -> None:
    day = Day(away_after=1800)
    day.sit(30)
    day.read(0.5)
    day.during(Signal.DO_NOT_DISTURB, minutes=0.5)
    assert day.shown == ["09:30:08"]
    day.reload(away_after=1800, lull=600)
    day.read(15)
    assert day.shown == ["09:30:08", "09:40"]


def test_a_prompt_that_a_call_took_away_and_that_was_then_snoozed_waits_a_minute_after_the_next_quiet() -> None:
    day = prompted()
    day.during(Signal.CALL, minutes=1)
    day.sit(5)
    day.read(0.5)
    assert day.shown == ["09:30:08", "09:37:08"]
    day.touch()
    day.answer("snooze")
    day.sit(4)
    day.during(Signal.DO_NOT_DISTURB, minutes=2, typing=True)
    day.sit(1)
    day.read(0.5)
    assert day.shown[2:] == ["09:44:38"]


def thresholds(day: Day) -> list[int]:
    """What the idle source was asked for."""
    return [effect.threshold for effect in day.effects if isinstance(effect, Watch)]


def _minutes(clock: str) -> float:
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return hours * 60 + minutes + (seconds[0] / 60 if seconds else 0)
