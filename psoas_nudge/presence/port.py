"""The interface of sensors.

A sensor makes no decisions. It calls its `report` function, on the daemon's event loop, with each reading, and reports
its own failure too (presence/guarded.py, the base of all sensors). Each sensor also runs alone: presence/probe.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct

from psoas_nudge.bus import Bus
from psoas_nudge.core.events import Sensed
from psoas_nudge.errors import Unavailable


class SourceLost(Struct, frozen=True):
    """The sensor has failed or its server is gone. It reports nothing until it is started again."""

    why: str


Reading = Sensed | SourceLost
ReportReading = Callable[[Reading], None]


class DesktopSession(Struct, frozen=True):
    """What sensors may use: the environment variables and the buses, None where there is none."""

    environ: dict[str, str]
    session_bus: Bus | None = None
    system_bus: Bus | None = None

    def bus(self, kind: Literal["session", "system"]) -> Bus:
        """Raises Unavailable where there is none."""
        bus = self.session_bus if kind == "session" else self.system_bus
        if bus is None:
            raise Unavailable(f"no {kind} bus")
        return bus


class Sensor(Protocol):
    """One source of readings.

    `start` raises errors.Unavailable, with the reason and how to fix it, when the sensor cannot work in this session.
    After `stop` nothing is reported. A signal sensor first reports each signal that is on.
    """

    name: str

    async def start(self, session: DesktopSession, report: ReportReading) -> None: ...

    async def stop(self) -> None: ...


@runtime_checkable
class IdleSource(Sensor, Protocol):
    """A sensor of input. It only reads how long ago the last input was, not what it was.

    After `start`, nothing is reported until `watch`. `watch(threshold)` (milliseconds, > 0) may be called again at any
    time and replaces the threshold. The first call reports the current state at once: Idle when there has been no input
    for the threshold, else Active. A later call reports Idle at once if the threshold is reached already. From then on
    the two alternate: Idle when the threshold is reached, Active at the next input. Between them the process is not
    woken where the platform can send events.
    """

    async def watch(self, threshold: int) -> None: ...
