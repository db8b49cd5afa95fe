"""The only place that reads clocks: the wall clock for schedules, and one that counts suspend for durations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from psoas_nudge.core.events import Moment
from psoas_nudge.system.clock import milliseconds


class Clock(Protocol):
    """Where moments come from: the system, or virtual time."""

    def now(self) -> Moment: ...


class SystemClock:
    """The system's clocks."""

    def now(self) -> Moment:
        return Moment(datetime.now(UTC), milliseconds())
