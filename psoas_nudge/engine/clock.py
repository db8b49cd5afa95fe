"""The only place that reads a clock: the wall clock for schedules, and one that counts suspend for durations."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from psoas_nudge.core.events import Moment


class Clock(Protocol):
    """Where moments come from: the system, or virtual time."""

    def now(self) -> Moment: ...


class SystemClock:
    """CLOCK_BOOTTIME where there is one (Linux); elsewhere the monotonic clock, which may stop while suspended."""

    def __init__(self) -> None:
        self._id = getattr(time, "CLOCK_BOOTTIME", None)

    def now(self) -> Moment:
        """Both clocks, now."""
        nanoseconds = time.monotonic_ns() if self._id is None else time.clock_gettime_ns(self._id)
        return Moment(datetime.now(UTC), nanoseconds // 1_000_000)
