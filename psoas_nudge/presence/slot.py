"""One row of the sensor table in this session: starts and stops its sensor and knows why it does not run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Reading, Sensor
from psoas_nudge.presence.table import SensorRow

log = logging.getLogger(__name__)

Port = Literal["idle", "signals"]
SensorState = Literal["chosen", "available", "missing", "lost"]
UNTRIED = "not tried yet"


class SensorChoice(Struct, frozen=True):
    """The state of one row of the table. "available": it would work, but a better one is in use."""

    port: Port
    name: str
    state: SensorState
    why: str
    about: str


class Slot:
    """The sensor of a row, and why it does not run when it does not."""

    def __init__(self, row: SensorRow) -> None:
        self.row = row
        self.sensor: Sensor | None = None
        self.why = UNTRIED
        self.lost = False
        self.on: set[Signal] = set()
        """The signals that the sensor reports as on."""
        self.tries = 0
        self.started_at = 0.0
        """On the event loop's clock."""
        self.closed = False
        self._starting = asyncio.Lock()

    def choice(self, port: Port, *, chosen: bool) -> SensorChoice:
        """What `doctor` shows."""
        state: SensorState = "chosen" if chosen else "lost" if self.lost else "missing" if self.why else "available"
        return SensorChoice(port, self.row.name, state, self.why, self.row.about)

    async def start(
        self, session: DesktopSession, report: Callable[[Sensor, Reading], None]
    ) -> Literal["running", "missing", "failed"]:
        """Start the sensor unless it runs. "missing": it cannot work here; "failed": it may work later."""
        async with self._starting:
            if self.sensor:
                return "running"
            if self.closed:
                return "missing"
            if missing := self.row.missing(session) or await self._unowned(session):
                self.why = missing
                return "missing"
            try:
                sensor = self.row.load()
                await sensor.start(session, lambda reading: report(sensor, reading))
            except (Unavailable, ImportError) as error:
                self.why = str(error)
                log.debug("%s cannot be used: %s", self.row.name, error)
                return "failed"
            except Exception as error:  # a bug in one sensor must not affect the others
                self.why = f"failed: {type(error).__name__}: {error}"
                log.error("%s %s; please report it", self.row.name, self.why)  # noqa: TRY400 - no traceback for people
                log.debug("where it came from", exc_info=error)
                return "failed"
            self.sensor, self.why, self.lost = sensor, "", False
            self.started_at = asyncio.get_running_loop().time()
            return "running"

    async def end(self) -> None:
        """Stop the sensor if it runs."""
        if self.sensor:
            sensor, self.sensor = self.sensor, None
            await sensor.stop()

    async def _unowned(self, session: DesktopSession) -> str | None:
        """Why the service is missing. Asking the bus is cheaper than importing the sensor."""
        service = self.row.service(session)
        if service is None:
            return None
        bus, name = service
        return None if await bus.owner(name) else f"no program here provides {name}"
