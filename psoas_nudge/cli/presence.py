"""`presence`: live output of the sensors, as text or as JSON lines. It starts its own sensors and needs no daemon."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime

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


def print_reading(name: str, reading: Reading) -> None:
    """Print a raw reading of one sensor as text."""
    print(f"{time.strftime('%H:%M:%S')}  {name:<20} {words(reading)}", flush=True)


def print_event(event: Sensed) -> None:
    """Print an event that the daemon would get as JSON; `kind` is active, idle, signal or clock-jumped."""
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
    live(parse_duration(idle_after), as_json=as_json)


def live(idle_after: float = IDLE_AFTER, *, as_json: bool = False) -> None:
    """Print until Ctrl+C, or until the reading end of the pipe is closed. `idle_after`: seconds.

    As text it prints what each sensor says, as JSON what the sensors add up to.
    """
    try:
        asyncio.run(_live(idle_after, as_json))
    except KeyboardInterrupt:
        return


async def _live(idle_after: float, as_json: bool) -> None:
    unread: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    write: Callable[..., None] = print_event if as_json else print_reading

    def show(*what: object) -> None:
        try:
            write(*what)
        except BrokenPipeError as error:
            if not unread.done():
                unread.set_exception(error)

    sensors = Presence() if as_json else Presence(listen=show)
    on_event = show if as_json else lambda _event: None
    async with buses(lambda _kind, why: print(why, file=sys.stderr)) as (session_bus, system_bus):
        try:
            await sensors.start(DesktopSession(dict(os.environ), session_bus, system_bus), on_event)
            await sensors.watch(max(milliseconds(idle_after), 100))
            await unread
        finally:
            await sensors.stop()
