"""A sensor for a D-Bus property or method that is on or off, read again after certain D-Bus signals.

Do-not-disturb and lock have this form on most desktops, so each is a SwitchSpec in switches.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from dbus_fast import Variant
from msgspec import Struct

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.guarded import RereadingSensor
from psoas_nudge.presence.port import DesktopSession

FOREIGN = frozenset(
    f"org.freedesktop.DBus.Error.{what}"
    for what in ("UnknownInterface", "UnknownMethod", "UnknownObject", "UnknownProperty", "InvalidArgs")
)
"""Errors of a service that does not have the member: another program owns this bus name."""

PROPERTIES = "org.freedesktop.DBus.Properties"


class SwitchSpec(Struct, frozen=True, kw_only=True):
    """Where to read a signal, and which D-Bus signals announce its changes.

    `member`: a property, or a method where `arguments` is not None. `changes`: (interface, member) of D-Bus signals
    from `path`; for a property also PropertiesChanged. `is_on` converts the value. `absent`: the error that means off.
    `read_every`: seconds between readings, only for services that announce nothing.
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


class BusSwitch(RereadingSensor):
    def __init__(self, spec: SwitchSpec) -> None:
        self.name, self.spec = spec.name, spec
        super().__init__()

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable where the service is missing or does not have the member."""
        spec = self.spec
        bus = session.session_bus if spec.bus == "session" else session.system_bus
        if bus is None:
            raise Unavailable(f"no {spec.bus} bus")
        self._bus = bus
        if await self.watch_owner(bus, spec.bus_name, self._on_owner) is None:
            raise Unavailable(f"no program here provides {spec.bus_name}")
        changes = list(spec.changes)
        if spec.arguments is None:
            changes.append((PROPERTIES, "PropertiesChanged"))
        try:
            for interface, member in changes:
                await self.subscribe(
                    bus, self.read_again, sender=spec.bus_name, interface=interface, member=member, path=spec.path
                )
            await self.read()
        except CallFailed as error:
            if error.name in FOREIGN:
                raise Unavailable(f"another program answers as {spec.bus_name} here") from error
            raise Unavailable(f"{spec.bus_name} does not answer: {error}") from error

    async def read(self) -> None:
        bus, spec = self._bus, self.spec
        try:
            if spec.arguments is None:
                value = await bus.get(spec.bus_name, spec.path, spec.interface, spec.member)
            else:
                value = await _call(bus, spec, *spec.arguments)
        except CallFailed as error:
            if not spec.absent or error.name != spec.absent:
                raise
            value = False
        self.report(SignalChanged(signal=spec.signal, on=spec.is_on(value)))
        if spec.read_every:
            self.later(spec.read_every, self.read_again)

    def _on_owner(self, owner: str | None) -> None:
        if owner is None:
            self.lose(f"{self.spec.bus_name} went away")
        else:
            self.read_again()


async def _call(bus: Bus, spec: SwitchSpec, signature: str = "", *values: str) -> Any:
    """Call the method. `values` are texts; those with the signature "u" are converted to numbers."""
    body = [int(v) if kind == "u" else v for kind, v in zip(signature, values, strict=True)]
    got = (await bus.call(spec.bus_name, spec.path, spec.interface, spec.member, signature, *body))[0]
    return got.value if isinstance(got, Variant) else got
