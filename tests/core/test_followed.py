"""When prompts are followed, and what the record speaks for: only what chance does not explain."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from psoas_nudge.core.followed import by_hour, periods, share, suggestions
from psoas_nudge.core.history import PastPrompt
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.shares import Share
from psoas_nudge.core.statistics import Totals
from psoas_nudge.core.words import Outcome

RULES = Rules(hours=WorkingHours(), rotation=("a", "b", "c"))
MONDAY = datetime.combine(date(2026, 11, 23), time(9))


def prompts(count: int, followed: int, hour: int, nth: int = 1, routine: str = "a") -> list[PastPrompt]:
    """Prompts at an hour, spread over working days, of which the first ones were followed."""
    days = [MONDAY - timedelta(days=day) for day in range(400) if (MONDAY - timedelta(days=day)).weekday() < 5]
    return [
        PastPrompt(days[n].replace(hour=hour), "accepted" if n < followed else "skipped", routine, nth)
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [("accepted", Share(1, 1)), ("taken", Share(1, 1)), ("skipped", Share(0, 1)), ("missed", Share(0, 1)),
     ("snoozed", Share(0, 0)), ("withdrawn", Share(0, 0))],
)  # fmt: skip
def test_silence_is_not_success_and_a_snooze_is_asked_again(outcome: Outcome, counted: Share) -> None:
    asked = [PastPrompt(MONDAY, outcome, "a", 1)]
    assert share(asked) == counted
    assert by_hour(asked) == ({(0, 9): counted} if counted.of else {})


def test_prompts_late_in_the_day_that_are_seldom_followed_suggest_to_end_earlier() -> None:
    asked = prompts(60, 36, 10) + prompts(60, 30, 14) + prompts(21, 2, 16)
    [found] = suggestions(asked, RULES)
    assert (found.key, found.value) == ("prompt.wind_down", "1h")
    assert (found.seldom, found.others) == (Share(2, 21), Share(66, 120))
    assert (found.when, found.then) == ("from 16:00 on", "end prompts at 16:00, when hours close at 17:00")


def test_hours_that_close_at_another_time_need_another_value() -> None:
    hours = WorkingHours(week=((Range(8 * 60, 16 * 60 + 30),),) * 5 + ((), ()))
    asked = prompts(60, 36, 10) + prompts(30, 2, 15) + prompts(10, 0, 16)
    [found] = suggestions(asked, Rules(hours=hours, rotation=("a",)))
    assert found.value == "1h 30m"


def test_nothing_is_suggested_that_is_in_force_already() -> None:
    asked = prompts(60, 36, 10) + prompts(21, 2, 16)
    assert suggestions(asked, Rules(hours=WorkingHours(), rotation=("a",), wind_down=3_600_000)) == []


def test_prompts_early_in_the_day_that_are_seldom_followed_suggest_to_begin_later() -> None:
    [found] = suggestions(prompts(40, 2, 9) + prompts(60, 36, 11), RULES)
    assert (found.key, found.value, found.when) == ("prompt.settle_in", "1h", "before 10:00")


def test_the_last_of_many_prompts_suggest_fewer() -> None:
    asked = [each for nth in range(1, 5) for each in prompts(40, 24, 8 + nth, nth)]
    asked += [each for nth in (5, 6) for each in prompts(30, 2, 11, nth)]
    [found] = suggestions(asked, RULES)
    assert (found.key, found.value, found.when) == ("prompt.daily_limit", "4", "after the first 4 of a day")


def test_a_routine_that_is_nearly_always_skipped_may_go() -> None:
    asked = prompts(60, 36, 10) + prompts(60, 36, 11, routine="b") + prompts(60, 4, 12, routine="c")
    [found] = suggestions(asked, RULES)
    assert (found.key, found.value) == ("stretch.rotation", '["a", "b"]')


def test_twenty_prompts_on_either_side_are_enough() -> None:
    assert suggestions(prompts(60, 36, 10) + prompts(20, 0, 16), RULES)[0].value == "1h"
    assert suggestions(prompts(20, 20, 10) + prompts(60, 0, 16), RULES)[0].value == "1h"


def test_a_snoozed_prompt_is_no_evidence() -> None:
    snoozed = [PastPrompt(each.at, "snoozed", "a", 1) for each in prompts(40, 0, 16)]
    [found] = suggestions(prompts(60, 36, 10) + prompts(21, 2, 16) + snoozed, RULES)
    assert found.seldom == Share(2, 21)


def test_late_prompts_are_blamed_once_although_they_are_the_last_of_their_day_too() -> None:
    [found] = suggestions(prompts(60, 36, 10) + prompts(60, 2, 16, nth=6), RULES)
    assert found.key == "prompt.wind_down"


def test_working_hours_lose_three_hours_at_most_at_either_end() -> None:
    [late] = suggestions([*prompts(60, 40, 10), *(p for h in range(13, 17) for p in prompts(30, 1, h))], RULES)
    assert (late.value, late.seldom) == ("3h", Share(3, 90))
    [early] = suggestions([*prompts(60, 40, 15), *(p for h in range(9, 13) for p in prompts(30, 1, h))], RULES)
    assert (early.value, early.seldom) == ("3h", Share(3, 90))


def test_two_bad_hours_in_the_morning_go_and_the_good_one_after_them_stays() -> None:
    [found] = suggestions(prompts(30, 1, 9) + prompts(30, 1, 10) + prompts(60, 40, 11), RULES)
    assert (found.value, found.seldom, found.others) == ("2h", Share(2, 60), Share(40, 60))
    assert found.then == "begin prompts at 11:00, when hours open at 9:00"


def test_hours_that_close_a_quarter_past_can_lose_that_quarter() -> None:
    hours = WorkingHours(week=((Range(9 * 60, 17 * 60 + 15),),) * 5 + ((), ()))
    [found] = suggestions(prompts(60, 40, 10) + prompts(21, 0, 17), Rules(hours=hours, rotation=("a",)))
    assert (found.value, found.then) == ("15m", "end prompts at 17:00, when hours close at 17:15")


def test_hours_that_close_at_midnight_say_so() -> None:
    hours = WorkingHours(week=((Range(9 * 60, 24 * 60),),) * 7)
    [found] = suggestions(prompts(60, 40, 10) + prompts(21, 0, 23), Rules(hours=hours, rotation=("a",)))
    assert found.then == "end prompts at 23:00, when hours close at 0:00"


def test_a_late_start_that_is_in_force_already_is_not_suggested() -> None:
    asked = prompts(40, 2, 9) + prompts(60, 36, 11)
    assert suggestions(asked, Rules(hours=WorkingHours(), rotation=("a",), settle_in=3_600_000)) == []


def test_an_hour_of_which_a_third_is_followed_does_not_go_with_the_bad_one_after_it() -> None:
    [found] = suggestions(prompts(60, 40, 10) + prompts(21, 7, 15) + prompts(60, 0, 16), RULES)
    assert found.value == "1h"


def test_a_good_prompt_of_the_day_does_not_go_with_the_bad_ones_after_it() -> None:
    asked = [each for nth in (1, 2, 3) for each in prompts(40, 24, 8 + nth, nth)]
    asked += prompts(10, 5, 12, 4) + prompts(40, 0, 13, 5)
    [found] = suggestions(asked, RULES)
    assert found.value == "4"


def test_two_prompts_a_day_are_the_fewest_that_are_suggested() -> None:
    asked = [each for nth in (1, 2) for each in prompts(40, 24, 8 + nth, nth)] + prompts(60, 2, 12, 3)
    assert [found.value for found in suggestions(asked, RULES)] == ["2"]
    assert suggestions(prompts(60, 40, 9) + prompts(60, 2, 12, 2), RULES) == []


def test_a_few_bad_ones_at_the_end_of_the_day_suggest_nothing() -> None:
    assert suggestions(prompts(60, 40, 9) + prompts(12, 0, 11, 5), RULES) == []


def test_of_two_routines_none_is_left_out_for_they_take_turns() -> None:
    two = Rules(hours=WorkingHours(), rotation=("a", "b"))
    assert suggestions(prompts(60, 40, 10) + prompts(60, 4, 12, routine="b"), two) == []


def test_without_working_hours_no_hour_is_blamed() -> None:
    never = Rules(hours=WorkingHours(week=((),) * 7), rotation=("a",))
    assert suggestions(prompts(60, 40, 10) + prompts(60, 2, 16), never) == []
    assert suggestions(prompts(60, 40, 10) + prompts(60, 2, 1), never) == [], "they do not open at midnight"


def test_few_prompts_suggest_nothing() -> None:
    assert suggestions(prompts(60, 36, 10) + prompts(19, 0, 16), RULES) == []
    assert suggestions(prompts(19, 19, 10) + prompts(60, 0, 16), RULES) == []
    assert suggestions([], RULES) == []


def test_who_follows_few_prompts_at_any_hour_gets_no_hour_blamed() -> None:
    assert suggestions(prompts(60, 6, 10) + prompts(60, 3, 16), RULES) == []


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
def test_chance_alone_hardly_ever_suggests_anything(rate: float) -> None:
    """300 people who follow every prompt alike, half a year each."""
    chance = random.Random(7)
    fooled = 0
    for _ in range(300):
        asked = [
            PastPrompt(
                MONDAY - timedelta(days=day) + timedelta(hours=hour),
                "accepted" if chance.random() < rate else "missed",
                chance.choice(RULES.rotation),
                hour + 1,
            )
            for day in range(180) if day % 7 < 5 for hour in chance.sample(range(8), 5)
        ]  # fmt: skip
        fooled += bool(suggestions(asked, RULES))
    assert fooled <= 6


def day(first: date, accepted: int = 0, missed: int = 0) -> Totals:
    return Totals(first=first, last=first, accepted=accepted, missed=missed)


def test_a_short_history_goes_week_by_week() -> None:
    today = date(2026, 11, 24)
    found = periods([day(date(2026, 11, 11), 1, 1), day(date(2026, 11, 23), 2, 0)], today)
    assert [(p.first, p.last, p.share) for p in found] == [
        (date(2026, 11, 11), date(2026, 11, 15), Share(1, 2)),
        (date(2026, 11, 23), date(2026, 11, 29), Share(2, 2)),
    ]


def test_a_long_one_goes_by_four_weeks_and_loses_nothing() -> None:
    today = date(2026, 11, 24)
    days = [day(today - timedelta(days=n), n % 3, n % 2) for n in range(700, -1, -1)]
    found = periods(days, today)
    assert found[-1].last == date(2026, 11, 29)
    assert all((b.first - a.last).days == 1 for a, b in pairwise(found))
    assert all((p.last - p.first).days == 27 for p in found[1:])
    assert sum(p.share.of for p in found) == sum(d.accepted + d.missed for d in days)


def test_sixteen_weeks_are_shown_one_by_one_and_seventeen_by_four() -> None:
    today = date(2026, 11, 24)
    for first, length in ((date(2026, 8, 10), 7), (date(2026, 8, 3), 28)):
        found = periods([day(first, 1), day(today, 1)], today)
        assert [(p.last - p.first).days + 1 for p in found][-1] == length


def test_breaks_taken_count_for_and_skipped_prompts_against() -> None:
    record = Totals(first=MONDAY.date(), last=MONDAY.date(), accepted=1, taken=2, skipped=3, missed=4)
    [found] = periods([record], date(2026, 11, 24))
    assert found.share == Share(3, 10)


def test_without_a_record_there_is_nothing_to_show() -> None:
    assert periods([], date(2026, 11, 24)) == []
