"""The numbers in the rule book are the ones that hold where nobody has changed a setting."""

from __future__ import annotations

import re
from typing import get_type_hints

import pytest

from psoas_nudge.core import machine
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.words import QUIETING, milliseconds

BOOK = " ".join((machine.__doc__ or "").split())
RULES = Rules(hours=WorkingHours())
COUNTS = {"daily_limit", "max_snoozes"}
LENGTHS = sorted({name for name, kind in get_type_hints(Rules).items() if kind is int} - COUNTS)


@pytest.mark.parametrize("name", LENGTHS)
def test_each_length_of_time_is_as_long_as_the_rule_book_says(name: str) -> None:
    said = re.findall(rf"`{name}`(?: \(|, )(\d+ (?:s|min|h))", BOOK)
    assert said, "the rule book names each"
    assert {milliseconds(parse_duration(each)) for each in said} == {getattr(RULES, name)}


def test_each_count_and_choice_is_as_the_rule_book_says() -> None:
    assert f"fewer than `daily_limit` ({RULES.daily_limit}) prompts today" in BOOK
    assert f"at most `max_snoozes` ({RULES.max_snoozes}) times in a row" in BOOK
    assert "2. A call or a playing video counts as sitting" in BOOK
    assert RULES.call_counts_as_sitting
    assert RULES.playing_counts_as_sitting
    assert "Quiet (do-not-disturb, a full-screen window, a call, a shared screen, a busy calendar, a pause)" in BOOK
    assert RULES.quiet == QUIETING
    assert not RULES.floor, "nobody is asked to lie down before they have said that they can"
