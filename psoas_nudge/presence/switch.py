"""A signal that some D-Bus service keeps: a property or method to read, and D-Bus signals after which to read again.

Most of what a desktop knows about quiet and leaving has this form, so each is a row of switches.py and no code.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Literal

from dbus_fast import Variant
from msgspec import Struct

from psoas_nudge.bus import Bus, CallFailed, Subscription
from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, Session, SignalChanged, SourceLost
from psoas_nudge.presence.rereading import Rereading

log = logging.getLogger(__name__)

FOREIGN = frozenset(
    f"org.freedesktop.DBus.Error.{what}"
    for what in ("UnknownInterface", "UnknownMethod", "UnknownObject", "UnknownProperty", "InvalidArgs")
)
"""The errors of a service that does not know what it is asked: it is not the program that this switch is of."""

PROPERTIES = "org.freedesktop.DBus.Properties"


class Switch(Struct, frozen=True, kw_only=True):
    """Where a signal is read and what announces its changes.

    `member` is a property, or a method where `arguments` is not None. `changes`: (interface, member) of D-Bus signals
    from `path`; for a property PropertiesChanged is heard as well. `is_on` turns the value into on or off.
    `absent`: the error that means off. `read_every`: seconds, only for services that announce nothing.
    """

    name: str
    signal: Signal
    bus_name: str
    path: str
    interface: str
    member: str
    arguments: tuple[str, ...] | None = None
    changes: tuple[tuple[str, str], ...] = ()
    is_on: Callable[[Any], bool] = bool
    absent: str = ""
    bus: Literal["session", "system"] = "session"
    read_every: float | None = None


class BusSwitch:
    """The sensor of one switch."""

    def __init__(self, switch: Switch) -> None:
        self.name, self.switch = switch.name, switch
        self._bus: Bus | None = None
        self._subscriptions: list[Subscription] = []
        self._reading = Rereading(switch.name, self._read, (CallFailed,))
        self._timer: asyncio.TimerHandle | None = None

    async def start(self, session: Session, report: Report) -> None:
        """Read once and subscribe; raises Unavailable where the service is not there or does not offer this."""
        bus = session.session_bus if self.switch.bus == "session" else session.system_bus
        if bus is None:
            raise Unavailable(f"no {self.switch.bus} bus")
        self._report = report
        try:
            owner = await bus.watch_owner(self.switch.bus_name, self._on_owner)
        except CallFailed as error:
            raise Unavailable(f"the {self.switch.bus} bus does not answer: {error}") from error
        self._bus = bus
        if owner is None:
            await self.stop()
            raise Unavailable(f"nobody offers {self.switch.bus_name} here")
        try:
            await self._subscribe(bus)
            await self._read()
        except CallFailed as error:
            await self.stop()
            if error.name in FOREIGN:
                raise Unavailable(f"another program answers as {self.switch.bus_name} here") from error
            raise Unavailable(f"{self.switch.bus_name} does not tell: {error}") from error

    async def stop(self) -> None:
        """Listen no more."""
        if self._bus:
            self._bus.unwatch_owner(self.switch.bus_name, self._on_owner)
            self._bus = None
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        if self._timer:
            self._timer.cancel()
        await self._reading.stop()

    async def _subscribe(self, bus: Bus) -> None:
        switch = self.switch
        wanted = list(switch.changes)
        if switch.arguments is None:
            wanted.append((PROPERTIES, "PropertiesChanged"))
        for interface, member in wanted:
            self._subscriptions.append(
                await bus.subscribe(
                    self._on_change, sender=switch.bus_name, interface=interface, member=member, path=switch.path
                )
            )

    async def _read(self) -> None:
        bus, switch = self._bus, self.switch
        if bus is None:
            return
        try:
            if switch.arguments is None:
                value = await bus.get(switch.bus_name, switch.path, switch.interface, switch.member)
            else:
                value = await _call(bus, switch, *switch.arguments)
        except CallFailed as error:
            if not switch.absent or error.name != switch.absent:
                raise
            value = False
        self._report(SignalChanged(switch.signal, switch.is_on(value)))
        if switch.read_every:
            self._timer = asyncio.get_running_loop().call_later(switch.read_every, self._on_change, [])

    def _on_change(self, _body: list[Any]) -> None:
        """Read again; a burst of changes while a reading is under way costs one more reading."""
        if self._bus:
            self._reading.ask()

    def _on_owner(self, owner: str | None) -> None:
        if self._bus is None:
            return
        if owner is None:
            self._report(SourceLost(f"{self.switch.bus_name} went away"))
        else:
            self._on_change([])


async def _call(bus: Bus, switch: Switch, signature: str = "", *values: str) -> Any:
    """Call the method; arguments are written as text in the table, numbers by signature "u"."""
    body = [int(v) if kind == "u" else v for kind, v in zip(signature, values, strict=True)]
    got = (await bus.call(switch.bus_name, switch.path, switch.interface, switch.member, signature, *body))[0]
    return got.value if isinstance(got, Variant) else got
