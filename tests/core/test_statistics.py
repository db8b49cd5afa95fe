"""What counts, on which day, and what does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.model import (
    AnyEntry,
    BoutEntry,
    LateAnswerEntry,
    Outcome,
    PauseEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.statistics import SUMS, Totals, add_to, added_by, months, total, weeks

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def prompt(outcome: Outcome, *, shown: bool = True) -> PromptEntry:
    return PromptEntry(
        at=NOON, number=1, shown_at=NOON - timedelta(minutes=5) if shown else None, closed_at=NOON, outcome=outcome,
        routine="r", notifier="n" if shown else None,
    )  # fmt: skip


def day_of(*entries: AnyEntry) -> Totals:
    sums: dict[str, float] = {}
    for entry in entries:
        add_to(sums, (added_by(entry) or (NOON, {}))[1])
    return Totals(first=MONDAY, last=MONDAY, **sums)


def test_bouts_add_up_and_the_longest_stands_out() -> None:
    bouts = [
        BoutEntry(at=NOON, started=NOON, ended=NOON, sitting_seconds=seconds, ended_by="idle")
        for seconds in (600.0, 2400.0, 60.0)
    ]
    day = day_of(*bouts)
    assert (day.sitting_seconds, day.longest_bout_seconds, day.bouts) == (3060.0, 2400.0, 3)


def test_a_bout_counts_where_it_began() -> None:
    late = NOON.replace(hour=23, minute=40)
    bout = BoutEntry(at=late + timedelta(hours=9), started=late, ended=late + timedelta(hours=1),
                     sitting_seconds=3600.0, ended_by="restart")  # fmt: skip
    assert added_by(bout)[0] == late


@pytest.mark.parametrize("outcome", ["accepted", "skipped", "snoozed", "missed", "taken", "withdrawn"])
def test_each_outcome_is_counted_by_itself(outcome: Outcome) -> None:
    day = day_of(prompt(outcome), prompt(outcome))
    assert getattr(day, outcome) == day.prompts == 2
    assert added_by(prompt(outcome))[0] == NOON - timedelta(minutes=5)


def test_what_nobody_saw_or_did_counts_nothing() -> None:
    assert added_by(prompt("withdrawn", shown=False)) is None
    assert added_by(StretchEntry(at=NOON, routine="r", performed=False, left_seconds=9.0)) is None
    assert added_by(LateAnswerEntry(at=NOON, answer="accept", via="tray")) is None
    assert added_by(PauseEntry(at=NOON, until=None)) is None


def test_a_stretch_counts_as_held_without_rest_and_walking() -> None:
    day = day_of(
        StretchEntry(at=NOON, routine="r", performed=True, left_seconds=30.0, right_seconds=12.5, other_seconds=99.0)
    )
    assert (day.stretches, day.stretch_seconds) == (1, 42.5)


days = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3600)), unique_by=lambda pair: pair[0]).map(
    lambda pairs: [
        Totals(
            first=MONDAY + timedelta(days=n),
            last=MONDAY + timedelta(days=n),
            sitting_seconds=float(s),
            longest_bout_seconds=s / 2,
            accepted=s % 3,
        )
        for n, s in sorted(pairs)
    ]
)


@given(days)
def test_weeks_lose_and_invent_nothing(days: list[Totals]) -> None:
    found = list(weeks(days))
    first, last = MONDAY, MONDAY + timedelta(days=99)
    assert total(found, first, last) == total(days, first, last)
    for week in found:
        assert week.first.weekday() == 0
        assert week.last - week.first == timedelta(days=6)
        mine = [day for day in days if week.first <= day.first <= week.last]
        assert week.longest_bout_seconds == max(day.longest_bout_seconds for day in mine)
    assert [week.first for week in found] == sorted({day.first - timedelta(days=day.first.weekday()) for day in days})


def test_every_sum_begins_at_nothing() -> None:
    assert all(getattr(Totals(first=MONDAY, last=MONDAY), name) == 0 for name in SUMS)


def test_months_are_those_of_the_calendar() -> None:
    def sat(day: date, seconds: float) -> Totals:
        return Totals(first=day, last=day, sitting_seconds=seconds)

    days = [
        sat(date(2025, 12, 31), 1.0),
        sat(date(2026, 1, 1), 2.0),
        sat(date(2026, 1, 31), 4.0),
        sat(date(2026, 2, 28), 8.0),
        sat(date(2026, 4, 1), 16.0),
    ]
    assert [(month.first, month.last, month.sitting_seconds) for month in months(days)] == [
        (date(2025, 12, 1), date(2025, 12, 31), 1.0),
        (date(2026, 1, 1), date(2026, 1, 31), 6.0),
        (date(2026, 2, 1), date(2026, 2, 28), 8.0),
        (date(2026, 4, 1), date(2026, 4, 30), 16.0),
    ]
