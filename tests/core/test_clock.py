"""Time itself: the clock is set, ticks go back, nights are skipped or repeated, hours run past midnight."""

from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.core.machine import step
from tests.core.timeline import Day

NIGHTS = WorkingHours(zone="Europe/Berlin", week=((Range(22 * 60, 30 * 60),),) * 7)
ALWAYS = WorkingHours(zone="Europe/Berlin", week=((Range(0, 1440),),) * 7)


def minutes(day: Day) -> list[float]:
    return [b.sitting_seconds / 60 for b in day.bouts]


@pytest.mark.parametrize("jump", [-90, -5, 5, 90])
def test_setting_the_clock_makes_nobody_sit_longer_or_shorter(jump: float) -> None:
    day = Day("2026-11-23 11:00")
    day.sit(20)
    day.set_clock(jump)
    day.sit(5)
    day.leave(6)
    assert minutes(day) == [25]
    assert day.bouts[0].ended - day.bouts[0].started == timedelta(minutes=25)


@pytest.mark.parametrize("jump", [-90, 90])
def test_a_prompt_expires_after_five_minutes_whatever_the_clock_says(jump: float) -> None:
    day = Day("2026-11-23 11:00")
    day.sit(36)
    day.set_clock(jump)
    day.sit(3.9)
    assert day.outcomes == []
    day.sit(0.1)
    assert day.outcomes == ["missed"]


def test_a_pause_of_an_hour_lasts_an_hour_and_a_pause_until_noon_until_the_clock_says_noon() -> None:
    day = Day("2026-11-23 10:00")
    day.feed(m.Pause(length=3_600_000))
    day.set_clock(50)
    day.sit(59)
    assert day.state.paused is not None
    day.sit(1)
    assert day.state.paused is None
    day = Day("2026-11-23 10:00")
    day.feed(m.Pause(until=datetime(2026, 11, 23, 11, tzinfo=UTC)))
    day.set_clock(90)
    day.sit(29)
    assert day.state.paused is not None
    day.sit(1)
    assert day.state.paused is None


def test_a_clock_set_past_closing_time_withdraws_the_prompt_and_one_set_back_opens_again() -> None:
    day = Day("2026-11-23 11:00")
    day.sit(36)
    day.set_clock(6 * 60)
    assert day.seen[1:] == ["17:36 hours closed", "17:36 withdrawn"]
    day.set_clock(-6 * 60)
    day.sit(5)
    assert day.seen[3:] == ["11:36 hours open", "11:41 shown"]


def test_a_clock_set_without_a_word_is_noticed_with_the_next_event() -> None:
    day = Day("2026-11-23 11:00")
    day.sit(36)
    day.at += timedelta(hours=6)
    day.sit(1)
    assert day.seen[1:] == ["17:37 hours closed", "17:37 withdrawn"]


def test_the_days_budget_follows_the_date_that_the_clock_shows() -> None:
    day = Day(daily_limit=1)
    day.sit(36)
    day.answer("skip")
    day.set_clock(24 * 60)
    day.sit(36)
    assert len(day.shown) == 2


def test_events_that_come_with_an_older_time_count_zero() -> None:
    day = Day()
    day.sit(10)
    older = m.Moment(day.at - timedelta(minutes=5), day.tick - 300_000)
    day.state, _ = step(day.state, older, m.Active(), day.rules)
    day.sit(5)
    day.leave(6)
    assert minutes(day) == [15]


@pytest.mark.parametrize("sitting", [True, False])
def test_the_shortest_pause_ends(sitting: bool) -> None:
    day = Day()
    if sitting:
        day.touch()
    day.feed(m.Pause(length=1))
    day.read(1)
    assert day.seen == ["09:00 pause", "09:00 resume"]


def test_a_working_night_is_one_stretch_with_the_budget_of_each_date() -> None:
    day = Day("2026-11-23 22:00", hours=NIGHTS, daily_limit=1)
    for _ in range(8):
        day.sit(59)
        day.read(1)
        if day.state.prompt:
            day.touch()
            day.answer("skip")
    assert day.shown == ["22:35", "00:05"]
    assert [line for line in day.seen if "hours" in line] == ["06:00 hours closed"]


def test_an_open_prompt_at_midnight_is_nothing_special() -> None:
    day = Day("2026-11-23 23:22", hours=NIGHTS, daily_limit=1)
    day.sit(41)
    assert day.seen == ["23:57 shown", "00:02 missed"]


def test_the_night_in_which_the_clocks_go_back_is_an_hour_longer_and_the_sitting_with_it() -> None:
    day = Day("2024-10-27 01:00", hours=ALWAYS, nudge_after=7200, daily_limit=1)
    day.sit(180)
    assert day.clock() == "03:00"
    day.leave(6)
    assert minutes(day) == [180]
    assert day.shown == ["02:05"]
    assert day.prompts[0].shown_at == datetime(2024, 10, 27, 1, 5, tzinfo=UTC)


def test_the_night_in_which_the_clocks_go_forward_is_an_hour_shorter() -> None:
    day = Day("2024-03-31 01:00", hours=ALWAYS)
    day.sit(36)
    day.answer("skip")
    day.sit(36)
    assert day.shown == ["01:35", "03:11"]


def test_shift_work_over_the_night_of_the_change_closes_by_the_wall_clock() -> None:
    day = Day("2024-10-26 21:00", hours=NIGHTS, daily_limit=0)
    day.sit(11 * 60)
    assert day.seen == ["22:00 hours open", "06:00 hours closed"]
    assert day.clock() == "07:00"


def test_lunch_is_settled_into_twice() -> None:
    office = WorkingHours(zone="Europe/Berlin", week=((Range(9 * 60, 12 * 60), Range(13 * 60, 17 * 60)),) * 7)
    day = Day("2026-11-23 11:30", hours=office)
    day.sit(115)
    assert day.shown == ["13:15"]
    assert [line for line in day.seen if "hours" in line] == ["12:00 hours closed", "13:00 hours open"]


def test_an_unseen_sleep_over_the_weekend_ends_everything_where_it_began() -> None:
    day = Day("2026-11-27 16:00")
    day.sit(36)
    day.freeze(3 * 24 * 60 - 36)
    day.sit(1)
    assert day.seen == ["16:35 shown", "16:00 bout 36.0 gap", "16:00 taken"]


def test_a_year_without_working_hours_costs_no_wake_up() -> None:
    day = Day(hours=WorkingHours(zone="UTC", week=((),) * 7))
    day.sit(10)
    day.leave(10)
    assert day.wake is None
