"""Lengths of time as a person writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.durations import format_duration, parse_duration
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
    ],
)
def test_a_length_is_read_as_seconds(written: str, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written",
    ["", " ", "30", "30 minutes", "-5m", "5m 1h", "5m 5m", "1d", "h", "1e3s", "\u0663\u0660m", "30M", "inf", "1h,5m"],
)
def test_what_is_no_length_is_refused_with_what_would_be_right(written: str) -> None:
    with pytest.raises(BadInput, match='"45s", "30m" or "1h 15m"'):
        parse_duration(written)


@given(st.integers(min_value=0, max_value=10**11))
def test_a_length_survives_being_written_and_read(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == milliseconds / 1000


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0s"), (-1, "0s"), (5400, "1h 30m"), (3601, "1h 1s"), (0.5, "0.5s"), (59.9999, "1m")]
)
def test_a_length_is_written_as_short_as_it_can_be(seconds: float, written: str) -> None:
    assert format_duration(seconds) == written
