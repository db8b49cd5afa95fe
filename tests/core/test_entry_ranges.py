"""Numbers and instants with which nobody can reckon: named where they come in, and looked for in a stored state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core.entries import AnyEntry, BoutEntry, FeelEntry, LateAnswerEntry, StretchEntry
from psoas_nudge.core.hours import Span
from psoas_nudge.core.ranges import EARLIEST, LATEST, MOST_IN_STATE, invalid_value, out_of_range
from psoas_nudge.core.state import Bout, OpenHours, RotationOrder, State, Timeline

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
A_DAY = 86_400.0
MILLENNIA = 9000 * 365 * 86_400_000


def held(seconds: float) -> StretchEntry:
    return StretchEntry(at=AT, routine="r", performed=True, left_seconds=seconds)


def sat(seconds: float) -> BoutEntry:
    return BoutEntry(at=AT, started=AT, ended=AT, sitting_seconds=seconds, ended_by="idle")


def late(number: int) -> LateAnswerEntry:
    return LateAnswerEntry(at=AT, answer="accept", via="x", prompt=number)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (held(0), ""),
        (held(A_DAY), ""),
        (held(-0.1), "left_seconds is not between 0 and 86400"),
        (held(A_DAY + 1), "left_seconds is not between 0 and 86400"),
        (held(float("nan")), "left_seconds is not between 0 and 86400"),
        (sat(3650 * A_DAY), ""),
        (sat(3650 * A_DAY + 1), "sitting_seconds is not between 0 and 315360000"),
        (FeelEntry(at=AT, level=10), ""),
        (FeelEntry(at=AT, level=11), "level is not between 0 and 10"),
        (FeelEntry(at=AT, level=-1), "level is not between 0 and 10"),
        (late(2**53), ""),
        (late(2**53 + 1), "prompt is not between 0 and 9007199254740992"),
        (FeelEntry(at=EARLIEST), ""),
        (FeelEntry(at=LATEST), ""),
        (FeelEntry(at=EARLIEST - timedelta(seconds=1)), "at is not between the years 1970 and 2200"),
        (FeelEntry(at=LATEST + timedelta(seconds=1)), "at is not between the years 1970 and 2200"),
        (FeelEntry(at=AT.replace(tzinfo=None)), "at has no UTC offset"),
    ],
)
def test_an_entry_that_no_arithmetic_can_use_is_named_with_its_range(entry: AnyEntry, why: str) -> None:
    assert out_of_range(entry) == why


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State(), ""),
        (State(bout_ended=MILLENNIA), ""),
        (State(bout_ended=-MILLENNIA), ""),
        (State(bout_ended=MILLENNIA + 1), f"{MILLENNIA + 1} is not a valid number"),
        (State(bout_ended=-MILLENNIA - 1), f"{-MILLENNIA - 1} is not a valid number"),
        (State(bout=Bout(started=0, breaks=((1, 10**18),))), f"{10**18} is not a valid number"),
        (State(rotation_order=RotationOrder(last={"standing-march": 10**18})), f"{10**18} is not a valid number"),
        (State(hours=OpenHours(span=Span(AT, AT))), ""),
        (State(time=Timeline(at=EARLIEST)), ""),
        (State(time=Timeline(at=datetime(1969, 12, 31, tzinfo=UTC))), "1969-12-31T00:00:00+00:00 is not a valid time"),
        (State(time=Timeline(at=datetime(2026, 3, 4))), "2026-03-04T00:00:00 is not a valid time"),  # noqa: DTZ001
    ],
)
def test_a_stored_state_is_searched_to_the_bottom(state: State, why: str) -> None:
    assert invalid_value(state) == why
    assert MOST_IN_STATE == MILLENNIA
