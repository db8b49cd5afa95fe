"""Rule 14: how long the daemon lived after it last wrote its state, and how long nothing has been heard of it since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.engine.engine import Heartbeats, started
from psoas_nudge.journal.heartbeat import Heartbeat, HeartbeatFile

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
STORED = m.State(time=m.Timeline(at=NINE, tick=1_000_000))


def moment(after: float, tick: float) -> m.Moment:
    """Seconds after nine, and the clock reading in seconds."""
    return m.Moment(NINE + timedelta(seconds=after), m.milliseconds(tick))


def lived_and_silent(last: Heartbeat | None, now: m.Moment, boot: str, stored: m.State = STORED) -> tuple[float, float]:
    """In seconds."""
    event = started(stored, last, now, boot)
    return event.lived / m.SECOND, event.silent_for / m.SECOND


def test_a_first_start_has_no_past() -> None:
    assert lived_and_silent(None, moment(0, 5), "a", m.State()) == (0, 0)


def test_killed_a_minute_after_the_last_heartbeat() -> None:
    assert lived_and_silent(Heartbeat(moment(300, 1300), "a"), moment(360, 1360), "a") == (300, 60)


def test_an_older_heartbeat_says_nothing_about_a_newer_state() -> None:
    assert lived_and_silent(Heartbeat(moment(-300, 700), "a"), moment(40, 1040), "a") == (0, 40)


def test_the_machine_was_started_anew_meanwhile() -> None:
    assert lived_and_silent(Heartbeat(moment(300, 1300), "a"), moment(390, 20), "b") == (300, 90)


def test_a_heartbeat_of_another_boot_that_is_older_than_the_state() -> None:
    assert lived_and_silent(Heartbeat(moment(-9000, 88_000), "a"), moment(50, 1050), "b") == (0, 50)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_was_set_meanwhile_makes_nobody_away(hours: int) -> None:
    last = Heartbeat(moment(300 + hours * 3600, 1300), "a")
    assert lived_and_silent(last, moment(310 + hours * 3600, 1310), "a") == (300, 10)


def test_a_clock_that_went_back_over_a_reboot_gives_no_negative_time() -> None:
    assert lived_and_silent(None, moment(-500, 3), "b") == (0, 0)


def test_without_a_boot_id_the_wall_clock_has_to_do() -> None:
    assert lived_and_silent(Heartbeat(moment(300, 1300), ""), moment(360, 9), "") == (300, 60)


def test_a_heartbeat_comes_with_every_step_while_somebody_sits_and_with_none_while_nobody_does(
    tmp_path: Path, engine, clock
) -> None:
    with HeartbeatFile(tmp_path / "heartbeat") as file:
        engine.listen(Heartbeats(file))
        clock.move(60)
        engine.feed(m.Woke())
        last = file.read()
        assert last is not None
        assert last.moment == clock.now()
        clock.move(400)
        engine.feed(m.Idle(idle_for=400 * m.SECOND))
        assert engine.state.bout is None
        assert file.read() == last
