"""`presence`: live output of the sensors, as text or as JSON lines. It starts its own sensors and needs no daemon."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import click
import msgspec

from psoas_nudge.bus import buses
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.events import Active, ClockSet, Idle, Sensed, SignalChanged
from psoas_nudge.core.words import SECOND, milliseconds
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession, Reading
from psoas_nudge.presence.probe import words

IDLE_AFTER = 10.0


class Out(Protocol):
    """Receives the merged events that the daemon would get, and the raw readings of each sensor."""

    def merged(self, event: Sensed) -> None: ...

    def sensor(self, name: str, reading: Reading) -> None: ...


class ByName:
    """Prints the readings of each sensor as text."""

    def merged(self, event: Sensed) -> None:
        """Ignored: `sensor` prints the readings."""

    def sensor(self, name: str, reading: Reading) -> None:
        print(f"{time.strftime('%H:%M:%S')}  {name:<20} {words(reading)}", flush=True)


class AsJson:
    """Prints the merged events as JSON, one object per line."""

    def merged(self, event: Sensed) -> None:
        """`kind` is active, idle, signal or clock-jumped."""
        line: dict[str, object] = {"at": datetime.now().astimezone().isoformat(timespec="milliseconds")}
        match event:
            case Active():
                line["kind"] = "active"
            case Idle(idle_for=idle_for):
                line |= {"kind": "idle", "seconds": idle_for / SECOND}
            case SignalChanged(signal=signal, on=on):
                line |= {"kind": "signal", "signal": signal.value, "on": on}
            case ClockSet():
                line["kind"] = "clock-jumped"
        print(msgspec.json.encode(line).decode(), flush=True)

    def sensor(self, name: str, reading: Reading) -> None:
        """Ignored: `merged` prints the events."""


@click.command(epilog="Examples: psoas-nudge presence; psoas-nudge presence --json --idle-after 1m")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print what the sensors add up to as JSON: one object per line, one line for each change.",
)
@click.option(
    "--idle-after",
    metavar="LENGTH",
    default="10s",
    help='Time without input after which you count as idle. The default is "10s".',
)
def presence(as_json: bool, idle_after: str) -> None:
    """Show what the sensors see, live, until you press Ctrl+C.

    They see how long ago you typed, but not what you typed.
    """
    live(AsJson() if as_json else ByName(), parse_duration(idle_after))


def live(out: Out, idle_after: float = IDLE_AFTER) -> None:
    """Print readings until Ctrl+C, or until the reading end of the pipe is closed. `idle_after`: seconds."""
    try:
        asyncio.run(_live(out, idle_after))
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        # as in cli/__init__.py: flushing the buffer at exit must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _live(out: Out, idle_after: float) -> None:
    unread: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def guarded(write: Callable[..., None]) -> Callable[..., None]:
        def guarded_write(*what: object) -> None:
            try:
                write(*what)
            except BrokenPipeError as error:
                if not unread.done():
                    unread.set_exception(error)

        return guarded_write

    sensors = Presence(listen=guarded(out.sensor))
    async with buses(lambda _kind, why: print(why, file=sys.stderr)) as (session_bus, system_bus):
        try:
            await sensors.start(DesktopSession(dict(os.environ), session_bus, system_bus), guarded(out.merged))
            await sensors.watch(max(milliseconds(idle_after), 100))
            await unread
        finally:
            await sensors.stop()
