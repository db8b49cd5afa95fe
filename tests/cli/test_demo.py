"""The demo, as far as it can be told without playing it: tests/simulation/test_desk.py plays days like it."""

from __future__ import annotations

from psoas_nudge.cli.demo import rules_of_the_day
from psoas_nudge.core.words import MINUTE


def test_the_demo_opens_its_hours_by_the_clock_that_its_timeline_shows() -> None:
    assert rules_of_the_day({"TZ": "Asia/Tokyo"}).hours.zone == "Asia/Tokyo"


def test_a_persons_own_settings_do_not_change_the_story() -> None:
    assert rules_of_the_day({"PSOAS_NUDGE_PROMPT_NUDGE_AFTER": "5m"}).nudge_after == 30 * MINUTE
