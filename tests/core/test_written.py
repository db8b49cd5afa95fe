"""Moments and pauses as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from psoas_nudge.core.events import Pause
from psoas_nudge.core.words import DAY, MINUTE, SECOND, harmless
from psoas_nudge.core.written import parse_moment, parse_pause
from psoas_nudge.errors import BadInput

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 13, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:00", datetime(2026, 11, 23, 14, tzinfo=BERLIN)),
        ("9:05", datetime(2026, 11, 23, 9, 5, tzinfo=BERLIN)),
        ("9:05:30", datetime(2026, 11, 23, 9, 5, 30, tzinfo=BERLIN)),
        ("now", NOW),
        ("today", datetime(2026, 11, 23, tzinfo=BERLIN)),
        ("Tomorrow", datetime(2026, 11, 24, tzinfo=BERLIN)),
        ("yesterday", datetime(2026, 11, 22, tzinfo=BERLIN)),
        ("2026-12-24", datetime(2026, 12, 24, tzinfo=BERLIN)),
        ("2026-12-24 10:30", datetime(2026, 12, 24, 10, 30, tzinfo=BERLIN)),
        ("2026-12-24T10:30Z", datetime(2026, 12, 24, 10, 30, tzinfo=UTC)),
    ],
)
def test_people_write_times_in_many_ways(text, moment):
    assert parse_moment(text, NOW, BERLIN) == moment


def test_a_time_of_day_that_is_over_means_tomorrow_when_the_future_is_meant():
    assert parse_moment("9:00", NOW, BERLIN, future=True) == datetime(2026, 11, 24, 9, tzinfo=BERLIN)
    assert parse_moment("13:30", NOW, BERLIN, future=True) == datetime(2026, 11, 24, 13, 30, tzinfo=BERLIN)


@pytest.mark.parametrize("text", ["", "25:00", "soon", "2026-13-01", "12.30", "14:60"])
def test_what_is_no_time_is_refused_with_an_example(text):
    with pytest.raises(BadInput, match="Write a time like"):
        parse_moment(text, NOW, BERLIN)


@pytest.mark.parametrize(
    ("words", "pause"),
    [
        ((), Pause(via="test")),
        (("30m",), Pause(via="test", length=30 * MINUTE)),
        (("90",), Pause(via="test", length=90 * MINUTE)),
        (("45", "min"), Pause(via="test", length=45 * MINUTE)),
        (("1h", "15m"), Pause(via="test", length=75 * MINUTE)),
        (("until", "tomorrow"), Pause(via="test", until_tomorrow=True)),
        (("Until", "Tomorrow"), Pause(via="test", until_tomorrow=True)),
        (("until", "9:00"), Pause(via="test", until=datetime(2026, 11, 24, 9, tzinfo=BERLIN))),
    ],
)
def test_a_pause_is_a_length_or_a_time_or_open(words, pause):
    assert parse_pause(words, NOW, BERLIN, via="test") == pause


@pytest.mark.parametrize("words", [("0s",), ("until", "2026-01-01"), ("until",), ("lunch",), ("until", "2500-01-01")])
def test_a_pause_that_makes_no_sense_is_refused(words):
    with pytest.raises(BadInput):
        parse_pause(words, NOW, BERLIN, via="test")


def test_a_date_in_another_order_gets_the_right_one():
    with pytest.raises(BadInput, match=r'"24\.12\.2026" is not a time. Did you mean "2026-12-24"\?'):
        parse_moment("24.12.2026", NOW, BERLIN)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("24 December 2026", "2026-12-24"),
        ("31 dec 2026", "2026-12-31"),
        ("March 1 2027", "2027-03-01"),
        ("2026 December 24", "2026-12-24"),
    ],
)
def test_a_month_in_words_is_understood_in_any_order(text: str, meant: str) -> None:
    with pytest.raises(BadInput, match=f'Did you mean "{meant}"'):
        parse_moment(text, NOW, BERLIN)


def test_a_pause_may_be_as_short_as_a_second_and_as_long_as_ten_years() -> None:
    assert parse_pause(("1s",), NOW, BERLIN, via="test").length == SECOND
    assert parse_pause(("87600h",), NOW, BERLIN, via="test").length == 3650 * DAY
    with pytest.raises(BadInput) as refused:
        parse_pause((f"87600h{' ' * 50}1s",), NOW, BERLIN, via="test")
    assert str(refused.value) == f'"87600h{" " * 34}" is longer than ten years.'


def test_a_pause_until_now_is_in_the_past() -> None:
    with pytest.raises(BadInput, match="2026-11-23 13:30 is in the past"):
        parse_pause(("until", "2026-11-23", "13:30"), NOW, BERLIN, via="test")


def test_what_somebody_typed_cannot_change_the_terminal_and_stays_readable() -> None:
    assert harmless("Hüfte \x1b[31m tut weh\n") == "Hüfte \\x1b[31m tut weh\\n"
