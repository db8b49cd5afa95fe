"""The dose ledger: what counts, for which day and week, and which side is behind."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from psoas_nudge.core.model import StretchEntry
from psoas_nudge.core.statistics import Sides, dose

WEDNESDAY = date(2026, 3, 4)


def stretch(day: int, left: float, right: float, hour: int = 12, other: float = 0.0) -> StretchEntry:
    at = datetime(2026, 3, day, hour, tzinfo=UTC)
    return StretchEntry(at=at, routine="x", performed=True, left_seconds=left, right_seconds=right, other_seconds=other)


def test_seconds_add_up_for_today_and_for_the_week_from_monday() -> None:
    entries = [stretch(1, 500, 500), stretch(2, 60, 50), stretch(4, 30, 30), stretch(4, 30, 0), stretch(5, 9, 9)]
    found = dose(entries, WEDNESDAY, datetime.date, 600)
    assert found.today == Sides(60, 30)
    assert found.week == Sides(120, 80)


def test_rest_and_pressure_are_no_part_of_the_dose() -> None:
    assert dose([stretch(4, 0, 0, other=300)], WEDNESDAY, datetime.date, 600).week == Sides()


def test_the_week_begins_on_the_persons_monday() -> None:
    east = timezone(timedelta(hours=9))
    sunday_evening_utc = stretch(1, 30, 30, hour=16)
    assert dose([sunday_evening_utc], WEDNESDAY, lambda at: at.astimezone(east).date(), 600).week == Sides(30, 30)
    assert dose([sunday_evening_utc], WEDNESDAY, datetime.date, 600).week == Sides()


def test_seconds_are_not_whole_numbers_on_a_day_without_a_stretch_either() -> None:
    found = dose([stretch(2, 60, 50)], WEDNESDAY, datetime.date, 600)
    assert repr(found.today) == "Sides(left=0.0, right=0.0)", "as `dose --json` prints them"


@pytest.mark.parametrize(
    ("left", "right", "behind", "first"),
    [
        (0, 0, None, "left"),
        (60, 60, None, "left"),
        (60, 30, None, "right"),
        (30, 60, None, "left"),
        (180, 60, "right", "right"),
        (60, 180, "left", "left"),
        (0, 45, "left", "left"),
        (45.5, 0, "right", "right"),
        (44.9, 0, None, "right"),
        (600, 540, None, "right"),
        (600, 481, None, "right"),
        (600, 480, "right", "right"),
    ],
)
def test_the_side_that_got_less_is_named_and_comes_first(
    left: float, right: float, behind: str | None, first: str
) -> None:
    found = dose([stretch(4, left, right)], WEDNESDAY, datetime.date, 600)
    assert (found.behind, found.first) == (behind, first)


def test_seconds_that_cannot_be_are_no_part_of_the_dose() -> None:
    entries = [stretch(4, 1e308, 0), stretch(4, 1e308, 0), stretch(4, 30, 30)]
    assert dose(entries, WEDNESDAY, datetime.date, 600).week == Sides(30, 30)
