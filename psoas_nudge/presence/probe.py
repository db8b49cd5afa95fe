"""Runs one sensor alone and prints its readings: `python -m psoas_nudge.presence.probe x11`.

These are the readings that the daemon gets. A bug report about another desktop can include them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import suppress

from psoas_nudge.bus import buses
from psoas_nudge.core.events import Active, ClockSet, Idle, SignalChanged
from psoas_nudge.core.words import SECOND
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, IdleSource, Reading, SourceLost
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS, SensorRow

THRESHOLD = 3 * SECOND


def words(reading: Reading) -> str:
    match reading:
        case Active():
            return "input"
        case Idle(idle_for=idle_for):
            return f"no input for {idle_for / SECOND:.1f} s"
        case SignalChanged(signal=signal, on=on):
            return f"{signal.value} {'on' if on else 'off'}"
        case ClockSet():
            return "the clock was set, or the computer slept"
        case SourceLost(why=why):
            return f"lost: {why}"


def show(reading: Reading) -> None:
    """Print one reading with the time of day."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words(reading)}\n")
    sys.stdout.flush()


async def watch(row: SensorRow) -> None:
    """Print the readings of a sensor without end; raises Unavailable when it cannot work here."""
    async with buses(lambda _kind, why: sys.stderr.write(f"{why}\n")) as (session_bus, system_bus):
        session = DesktopSession(dict(os.environ), session_bus, system_bus)
        if missing := row.missing(session):
            raise Unavailable(missing)
        sensor = row.load()
        await sensor.start(session, show)
        try:
            if isinstance(sensor, IdleSource):
                await sensor.watch(THRESHOLD)
            sys.stderr.write(f"{row.name} works; its readings follow until Ctrl+C\n")
            await asyncio.Event().wait()
        finally:
            await sensor.stop()


def main() -> None:
    """Print readings until Ctrl+C; exit status 1 when the sensor cannot work here."""
    rows = {row.name: row for row in (*IDLE_SOURCES, *SENSORS)}
    name = " ".join(sys.argv[1:])
    if name not in rows:
        sys.exit(f"Name one sensor: {', '.join(rows)}")
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(watch(rows[name]))
    except Unavailable as error:
        sys.exit(f"{name}: {error}")


if __name__ == "__main__":
    main()
