"""Do-not-disturb, lock and inhibitors, from D-Bus services with a property or a method that is on or off.

Each service is a SwitchSpec. Its sensor reads the value again after certain D-Bus signals. Sources: the introspection
data of dunst, Plasma, swaync, mako, Xfconf and the screen savers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from psoas_nudge.bus import PROPERTIES, CallFailed
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, RereadingSensor

FOREIGN = frozenset(
    f"org.freedesktop.DBus.Error.{what}"
    for what in ("UnknownInterface", "UnknownMethod", "UnknownObject", "UnknownProperty", "InvalidArgs")
)
"""Errors of a service that does not have the member: another program owns this bus name."""


class SwitchSpec(Struct, frozen=True, kw_only=True):
    """Where to read a signal, and which D-Bus signals announce its changes.

    `path`, `interface`: without one, that of `bus_name`. `member`: a property, or a method where `arguments`, its
    signature and values, is not None. `changes`: signals of the interface; PropertiesChanged always counts. `is_on`
    converts the value. `absent`: the error that means off. `read_every`: seconds between readings, only for services
    that announce nothing.
    """

    name: str
    signal: Signal
    bus_name: str
    path: str = ""
    interface: str = ""
    member: str
    arguments: tuple[Any, ...] | None = None
    changes: tuple[str, ...] = ()
    is_on: Callable[[Any], bool] = bool
    absent: str = ""
    bus: Literal["session", "system"] = "session"
    read_every: float | None = None


class BusSwitch(RereadingSensor):
    def __init__(self, spec: SwitchSpec) -> None:
        self.name, self.spec = spec.name, spec
        super().__init__()
        self._path = spec.path or "/" + spec.bus_name.replace(".", "/")
        self._interface = spec.interface or spec.bus_name

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable where the service is missing or does not have the member."""
        name, bus = self.spec.bus_name, session.bus(self.spec.bus)
        self._bus = bus
        if await self.watch_owner(bus, name, self._on_owner) is None:
            raise Unavailable(f"no program here provides {name}")
        changes = [(self._interface, member) for member in self.spec.changes]
        try:
            for interface, member in (*changes, (PROPERTIES, "PropertiesChanged")):
                await self.subscribe(
                    bus, self.read_again, sender=name, interface=interface, member=member, path=self._path
                )
            await self.read()
        except CallFailed as error:
            if error.name in FOREIGN:
                raise Unavailable(f"another program answers as {name} here") from error
            raise Unavailable(f"{name} does not answer: {error}") from error

    async def read(self) -> None:
        spec, member = self.spec, (self.spec.bus_name, self._path, self._interface, self.spec.member)
        try:
            if spec.arguments is None:
                value = await self._bus.get(*member)
            else:
                value = (await self._bus.call(*member, *spec.arguments))[0]
        except CallFailed as error:
            if error.name != spec.absent:
                raise
            on = False
        else:
            on = spec.is_on(value)
        self.report_signal(spec.signal, on=on)
        if spec.read_every:
            self.later(spec.read_every, self.read_again)

    def _on_owner(self, owner: str | None) -> None:
        if owner is None:
            self.lose(f"{self.spec.bus_name} went away")
        else:
            self.read_again()


NOTIFICATIONS = "org.freedesktop.Notifications"


def _screen_saver(name: str, bus_name: str) -> SwitchSpec:
    return SwitchSpec(
        name=name,
        signal=Signal.LOCKED,
        bus_name=bus_name,
        member="GetActive",
        arguments=(),
        changes=("ActiveChanged",),
    )


SPECS = (
    # `dunstctl set-paused true`.
    SwitchSpec(
        name="dunst",
        signal=Signal.DO_NOT_DISTURB,
        bus_name=NOTIFICATIONS,
        interface="org.dunstproject.cmd0",
        member="paused",
    ),
    # KDE Plasma's do-not-disturb; a setting of Plasma also turns it on while screens are mirrored or shared.
    SwitchSpec(name="plasma", signal=Signal.DO_NOT_DISTURB, bus_name=NOTIFICATIONS, member="Inhibited"),
    # SwayNotificationCenter's do-not-disturb.
    SwitchSpec(
        name="swaync",
        signal=Signal.DO_NOT_DISTURB,
        bus_name="org.erikreider.swaync.cc",
        member="GetDnd",
        arguments=(),
        changes=("Subscribe", "SubscribeV2"),
    ),
    # mako's mode do-not-disturb (`makoctl mode -a do-not-disturb`); mako up to 1.7 sends no D-Bus signal for it.
    SwitchSpec(
        name="mako",
        signal=Signal.DO_NOT_DISTURB,
        bus_name=NOTIFICATIONS,
        path="/fr/emersion/Mako",
        interface="fr.emersion.Mako",
        member="ListModes",
        arguments=(),
        is_on=lambda modes: "do-not-disturb" in modes or "dnd" in modes,
        read_every=60.0,
    ),
    # xfce4-notifyd's do-not-disturb, a setting in Xfconf; it does not exist before it was first switched.
    SwitchSpec(
        name="xfce",
        signal=Signal.DO_NOT_DISTURB,
        bus_name="org.xfce.Xfconf",
        member="GetProperty",
        arguments=("ss", "xfce4-notifyd", "/do-not-disturb"),
        changes=("PropertyChanged", "PropertyRemoved"),
        is_on=lambda variant: bool(variant.value),
        absent="org.xfce.Xfconf.Error.PropertyNotFound",
    ),
    _screen_saver("screensaver", "org.freedesktop.ScreenSaver"),  # Plasma's screen locker and others
    _screen_saver("gnome-screensaver", "org.gnome.ScreenSaver"),
    _screen_saver("cinnamon-screensaver", "org.cinnamon.ScreenSaver"),
    _screen_saver("mate-screensaver", "org.mate.ScreenSaver"),
    _screen_saver("xfce-screensaver", "org.xfce.ScreenSaver"),
)


def switch(name: str) -> BusSwitch:
    """The sensor of this name."""
    return BusSwitch(next(spec for spec in SPECS if spec.name == name))
