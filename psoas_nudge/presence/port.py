"""The interface of sensors.

A sensor never decides. It is started with a `report` function and calls it, on the daemon's event loop, with a
reading. A sensor never fails in silence either: see presence/guarded.py, on which all are built. Each file of a sensor
also runs alone as a probe: `python -m psoas_nudge.presence.x11`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from msgspec import Struct

from psoas_nudge.bus import Bus
from psoas_nudge.core.events import Sensed


class SourceLost(Struct, frozen=True):
    """The sensor failed, or its server is gone. It reports nothing more until it is started again."""

    why: str


Reading = Sensed | SourceLost
ReportReading = Callable[[Reading], None]


class DesktopSession(Struct, frozen=True):
    """What sensors may use: the environment variables and the buses (None where there is none)."""

    environ: dict[str, str]
    session_bus: Bus | None = None
    system_bus: Bus | None = None


class Sensor(Protocol):
    """One source of readings.

    `start` raises errors.Unavailable, with the reason and what would mend it, when it cannot work in this session.
    After `stop` nothing is reported. A sensor that reports signals first reports each that is on.
    """

    name: str

    async def start(self, session: DesktopSession, report: ReportReading) -> None: ...

    async def stop(self) -> None: ...


@runtime_checkable
class IdleSource(Sensor, Protocol):
    """A sensor of input. Reads only how long ago any input was, never what it was.

    After `start`, nothing is reported until `watch`. `watch(threshold)` (milliseconds, > 0) may be called again at any
    time and replaces the threshold. The first call reports at once what holds: Idle when there has been no input for
    the threshold, else Active. A later call reports Idle at once when it holds already. From then on the two
    alternate: one Idle each time the threshold is reached, one Active at the first input after it. Between them the
    process is not woken where the platform can send events.
    """

    async def watch(self, threshold: int) -> None: ...
