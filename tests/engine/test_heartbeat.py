"""Rule 14: how long the daemon lived after it last wrote its state, and how long nothing has been heard of it since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.daemon.clock import Moment
from psoas_nudge.daemon.service import lived_and_silent

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
STORED = m.State(at=NINE, tick=1000.0)


def after(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def test_a_first_start_has_no_past() -> None:
    assert lived_and_silent(m.State(), None, Moment(NINE, 5.0), "a") == (0.0, 0.0)


def test_killed_a_minute_after_the_last_sign() -> None:
    sign = (after(300), 1300.0, "a")
    assert lived_and_silent(STORED, sign, Moment(after(360), 1360.0), "a") == (300.0, 60.0)


def test_an_older_sign_says_nothing_about_a_newer_state() -> None:
    sign = (after(-300), 700.0, "a")
    assert lived_and_silent(STORED, sign, Moment(after(40), 1040.0), "a") == (0.0, 40.0)


def test_the_machine_was_started_anew_meanwhile() -> None:
    sign = (after(300), 1300.0, "a")
    assert lived_and_silent(STORED, sign, Moment(after(390), 20.0), "b") == (300.0, 90.0)


def test_a_sign_of_another_boot_that_is_older_than_the_state() -> None:
    sign = (after(-9000), 88_000.0, "a")
    assert lived_and_silent(STORED, sign, Moment(after(50), 1050.0), "b") == (0.0, 50.0)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_was_set_meanwhile_makes_nobody_away(hours: int) -> None:
    sign = (after(300 + hours * 3600), 1300.0, "a")
    now = Moment(after(310 + hours * 3600), 1310.0)
    assert lived_and_silent(STORED, sign, now, "a") == (300.0, 10.0)


def test_a_clock_that_went_back_over_a_reboot_gives_no_negative_time() -> None:
    assert lived_and_silent(STORED, None, Moment(after(-500), 3.0), "b") == (0.0, 0.0)


def test_without_a_boot_id_the_wall_clock_has_to_do() -> None:
    sign = (after(300), 1300.0, "")
    assert lived_and_silent(STORED, sign, Moment(after(360), 9.0), "") == (300.0, 60.0)
