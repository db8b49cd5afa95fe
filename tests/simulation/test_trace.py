"""A trace as a person writes it: one JSON object a line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from psoas_nudge.core.events import PLAIN, Accept, Asked, Pause, Skip, Snooze
from psoas_nudge.core.words import MINUTE, Signal
from psoas_nudge.errors import BadInput
from psoas_nudge.simulation.desk import Act, During
from psoas_nudge.simulation.trace import read_trace

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("signal", ["input", *Signal])
def test_every_signal_that_a_sensor_can_report_may_stand_in_a_trace(signal: str) -> None:
    line = f'{{"from": "2026-11-23T09:00:00Z", "to": "2026-11-23T09:00:00Z", "signal": "{signal}"}}'
    assert read_trace("trace", [line.encode()]) == [During(AT, AT, signal)]


@pytest.mark.parametrize(
    ("do", "asked"),
    [
        ("accept", Accept(via="trace")),
        ("skip", Skip(via="trace")),
        ("snooze", Snooze(via="trace")),
        ("snooze 7m", Snooze(via="trace", delay=7 * MINUTE)),
        ("pause", Pause(via="trace")),
        ("pause 30m", Pause(via="trace", length=30 * MINUTE)),
        ("pause until tomorrow", Pause(via="trace", until_tomorrow=True)),
        ("pause until 10:00", Pause(via="trace", until=AT.replace(hour=10))),
        *((name, kind(via="trace")) for name, kind in PLAIN.items()),
    ],
)
def test_what_a_person_may_do_at_the_desk(do: str, asked: Asked) -> None:
    line = f'{{"at": "2026-11-23T09:00:00Z", "do": "{do}"}}'
    assert read_trace("trace", [b"", line.encode()]) == [Act(AT, asked)]


def test_a_signal_that_does_not_exist_is_answered_with_those_that_do() -> None:
    line = b'{"from": "2026-11-23T09:00:00Z", "to": "2026-11-23T09:00:00Z", "signal": "telepathy"}'
    with pytest.raises(
        BadInput, match=r'^trace:1: "telepathy" is not a signal\. The signals are input, .*screen-share'
    ):
        read_trace("trace", [line])
