"""A film is on: some player says Playing (MPRIS) while something keeps the screen from going idle.

Either alone says little: music plays all day, and a download may inhibit sleep. Both together are somebody who
watches. Only whether a player plays is read, never what.
"""

from __future__ import annotations

import logging
from typing import Any

from psoas_nudge.bus import Bus, CallFailed, Subscription
from psoas_nudge.core.model import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Reading, Report, Session, SignalChanged, SourceLost
from psoas_nudge.presence.rereading import Rereading
from psoas_nudge.presence.switch import BusSwitch, Switch

log = logging.getLogger(__name__)

PLAYERS, PLAYER, PLAYER_PATH = "org.mpris.MediaPlayer2", "org.mpris.MediaPlayer2.Player", "/org/mpris/MediaPlayer2"
DBUS, PROPERTIES = "org.freedesktop.DBus", "org.freedesktop.DBus.Properties"
GNOME, KDE = "org.gnome.SessionManager", "org.kde.Solid.PowerManagement.PolicyAgent"
FREEDESKTOP = "org.freedesktop.PowerManagement.Inhibit"

INHIBITORS = (
    Switch(
        name="GNOME session",
        signal=Signal.PLAYING,
        bus_name=GNOME,
        path="/org/gnome/SessionManager",
        interface=GNOME,
        member="IsInhibited",
        arguments=("u", "8"),  # 8: inhibits going idle
        changes=((GNOME, "InhibitorAdded"), (GNOME, "InhibitorRemoved")),
    ),
    Switch(
        name="Plasma",
        signal=Signal.PLAYING,
        bus_name=KDE,
        path="/org/kde/Solid/PowerManagement/PolicyAgent",
        interface=KDE,
        member="HasInhibition",
        arguments=("u", "4"),  # 4: inhibits changes to the screen
        changes=((KDE, "InhibitionsChanged"),),
    ),
    Switch(
        name="power manager",
        signal=Signal.PLAYING,
        bus_name="org.freedesktop.PowerManagement",
        path="/org/freedesktop/PowerManagement/Inhibit",
        interface=FREEDESKTOP,
        member="HasInhibit",
        arguments=(),
        changes=((FREEDESKTOP, "HasInhibitChanged"),),
    ),
    Switch(
        name="logind",
        signal=Signal.PLAYING,
        bus_name="org.freedesktop.login1",
        path="/org/freedesktop/login1",
        interface="org.freedesktop.login1.Manager",
        member="BlockInhibited",
        is_on=lambda blocked: "idle" in str(blocked).split(":"),
        bus="system",
    ),
)


class Playing:
    """Reports PLAYING."""

    name = "playing"

    def __init__(self) -> None:
        self._bus: Bus | None = None
        self._subscriptions: list[Subscription] = []
        self._switches: list[BusSwitch] = []
        self._inhibited: set[str] = set()
        self._plays = False
        self._on: bool | None = None
        self._reading = Rereading("which players play", self._look, (CallFailed,))

    async def start(self, session: Session, report: Report) -> None:
        """Look once and subscribe; raises Unavailable where nothing tells that the screen is kept on."""
        bus = session.session_bus
        if bus is None:
            raise Unavailable("no session bus")
        self._bus, self._report, self._session = bus, report, session
        for switch in INHIBITORS:
            await self._start_switch(switch)
        if not self._switches:
            await self.stop()
            raise Unavailable("nothing here tells whether the screen is kept on: no session manager, no logind")
        try:
            await self._subscribe(bus)
            await self._look()
        except CallFailed as error:
            await self.stop()
            raise Unavailable(f"the session bus does not answer: {error}") from error

    async def stop(self) -> None:
        """Listen no more."""
        self._bus = None
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        for switch in self._switches:
            await switch.stop()
        self._switches.clear()
        await self._reading.stop()

    async def _start_switch(self, row: Switch) -> None:
        switch = BusSwitch(row)

        def heard(reading: Reading) -> None:
            if isinstance(reading, SignalChanged) and reading.on:
                self._inhibited.add(row.name)
            elif isinstance(reading, SignalChanged | SourceLost):
                self._inhibited.discard(row.name)
            self._say()

        try:
            await switch.start(self._session, heard)
        except Unavailable as error:
            log.debug("no inhibitors from %s: %s", row.name, error)
        else:
            self._switches.append(switch)

    async def _subscribe(self, bus: Bus) -> None:
        changed = bus.subscribe(
            self._on_changed, sender=None, interface=PROPERTIES, member="PropertiesChanged", path=PLAYER_PATH
        )
        came_or_went = bus.subscribe(
            self._on_change, sender=DBUS, interface=DBUS, member="NameOwnerChanged", namespace=PLAYERS
        )
        self._subscriptions += [await changed, await came_or_went]

    async def _look(self) -> None:
        bus = self._bus
        if bus is None:
            return
        names = (await bus.call(DBUS, "/org/freedesktop/DBus", DBUS, "ListNames"))[0]
        self._plays = False
        for name in names:
            if name.startswith(f"{PLAYERS}.") and await _plays(bus, name):
                self._plays = True
                break
        self._say()

    def _on_changed(self, body: list[Any]) -> None:
        if body[0] == PLAYER and ("PlaybackStatus" in body[1] or "PlaybackStatus" in body[2]):
            self._on_change(body)

    def _on_change(self, _body: list[Any]) -> None:
        if self._bus:
            self._reading.ask()

    def _say(self) -> None:
        on = self._plays and bool(self._inhibited)
        if on != self._on and self._bus is not None:
            self._on = on
            self._report(SignalChanged(Signal.PLAYING, on))


async def _plays(bus: Bus, name: str) -> bool:
    try:
        return bool(await bus.get(name, PLAYER_PATH, PLAYER, "PlaybackStatus") == "Playing")
    except CallFailed:
        return False  # it left meanwhile, or does not answer


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(Playing())
