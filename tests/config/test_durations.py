"""Lengths of time as a person writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.durations import format_duration, meant, parse_duration
from psoas_nudge.errors import BadInput


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("45s", 45.0),
        ("30m", 1800.0),
        ("1h 15m", 4500.0),
        ("1h15m", 4500.0),
        (" 2 h 3 s ", 7203.0),
        ("0s", 0.0),
        ("90m", 5400.0),
        ("1.5h", 5400.0),
        ("0.25s", 0.25),
        ("45 minutes", 2700.0),
        ("45min", 2700.0),
        ("45 min", 2700.0),
        ("1 hour 15 mins", 4500.0),
        ("2 hrs", 7200.0),
        ("1 hr 1 sec", 3601.0),
        ("90 seconds", 90.0),
    ],
)
def test_a_length_is_read_as_seconds(written: str, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written", ["", " ", "-5m", "5m 1h", "5m 5m", "h", "1e3s", "\u0663\u0660m", "inf", "5 ms", "m5"]
)
def test_what_is_no_length_is_refused_with_what_would_be_right(written: str) -> None:
    with pytest.raises(BadInput, match='Write it like "45s", "30m" or "1h 15m"'):
        parse_duration(written)


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("30", ["30m", "30s"]),
        ("30M", ["30m"]),
        ("45 Minutes", ["45m"]),
        ("1d", ["24h"]),
        ("1h,5m", ["1h 5m"]),
        ("1 hour and 15 minutes", ["1h 15m"]),
        ("1,5h", ["1h 30m"]),
        ("1:30", ["1h 30m"]),
        ("00:45:00", ["45m"]),
        ("PT45M", ["45m"]),
        ("\u201c45m\u201d", ["45m"]),
        ("'45m'", ["45m"]),
    ],
)
def test_a_length_in_another_form_gets_a_suggestion_that_can_be_used(written: str, near: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        parse_duration(written)
    suggested = " or ".join(f'"{each}"' for each in near)
    assert f"Did you mean {suggested}?" in str(refused.value)
    assert all(parse_duration(each) for each in near)


@given(st.text(alphabet="0123456789 hmsinutedayPT:,.and\"'-"))
def test_whatever_is_suggested_for_a_length_is_one(text: str) -> None:
    for each in meant(text):
        parse_duration(each)


@given(st.integers(min_value=0, max_value=10**11))
def test_a_length_survives_being_written_and_read(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == milliseconds / 1000


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0s"), (-1, "0s"), (5400, "1h 30m"), (3601, "1h 1s"), (0.5, "0.5s"), (59.9999, "1m")]
)
def test_a_length_is_written_as_short_as_it_can_be(seconds: float, written: str) -> None:
    assert format_duration(seconds) == written
