"""Whether a video is playing: a player reports Playing (MPRIS) while something keeps the screen from going idle.

Neither alone is enough: music may play all day, and a download may inhibit sleep. Only the status of a player is read,
not what it plays.
"""

from __future__ import annotations

import logging
from typing import Any

from psoas_nudge.bus import DBUS, PROPERTIES, Bus, CallFailed
from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Reading, RereadingSensor, SourceLost
from psoas_nudge.presence.switches import BusSwitch, SwitchSpec

log = logging.getLogger(__name__)

PLAYERS, PLAYER, PLAYER_PATH = "org.mpris.MediaPlayer2", "org.mpris.MediaPlayer2.Player", "/org/mpris/MediaPlayer2"

INHIBITORS = (
    SwitchSpec(
        name="GNOME session",
        signal=Signal.PLAYING,
        bus_name="org.gnome.SessionManager",
        member="IsInhibited",
        arguments=("u", 8),  # inhibits going idle
        changes=("InhibitorAdded", "InhibitorRemoved"),
    ),
    SwitchSpec(
        name="Plasma",
        signal=Signal.PLAYING,
        bus_name="org.kde.Solid.PowerManagement.PolicyAgent",
        member="HasInhibition",
        arguments=("u", 4),  # inhibits changes to the screen
        changes=("InhibitionsChanged",),
    ),
    SwitchSpec(
        name="power manager",
        signal=Signal.PLAYING,
        bus_name="org.freedesktop.PowerManagement",
        path="/org/freedesktop/PowerManagement/Inhibit",
        interface="org.freedesktop.PowerManagement.Inhibit",
        member="HasInhibit",
        arguments=(),
        changes=("HasInhibitChanged",),
    ),
    SwitchSpec(
        name="logind",
        signal=Signal.PLAYING,
        bus_name="org.freedesktop.login1",
        interface="org.freedesktop.login1.Manager",
        member="BlockInhibited",
        is_on=lambda blocked: "idle" in str(blocked).split(":"),
        bus="system",
    ),
)


class Playing(RereadingSensor):
    """Reports PLAYING."""

    name = "playing"

    def __init__(self) -> None:
        super().__init__()
        self._switches = 0
        self._inhibited: set[str] = set()
        self._plays = False

    async def open(self, session: DesktopSession) -> None:
        """Raises Unavailable where no service reports whether the screen is kept on."""
        bus = self._bus = session.bus("session")
        self.report_signal(Signal.PLAYING, on=False)
        for spec in INHIBITORS:
            await self._start_switch(spec, session)
        if not self._switches:
            raise Unavailable("nothing here reports whether the screen is kept on: no session manager, no logind")
        await self.subscribe(
            bus, self._on_changed, sender=None, interface=PROPERTIES, member="PropertiesChanged", path=PLAYER_PATH
        )
        await self.subscribe(
            bus, self.read_again, sender=DBUS[0], interface=DBUS[2], member="NameOwnerChanged", namespace=PLAYERS
        )
        await self.read()

    async def _start_switch(self, spec: SwitchSpec, session: DesktopSession) -> None:
        def on_reading(reading: Reading) -> None:
            if isinstance(reading, SourceLost):
                self.lose(reading.why)
            elif isinstance(reading, SignalChanged):
                (self._inhibited.add if reading.on else self._inhibited.discard)(spec.name)
                self._merge()

        switch = BusSwitch(spec)
        try:
            await switch.start(session, on_reading)
        except Unavailable as error:
            log.debug("no inhibitors from %s: %s", spec.name, error)
        else:
            self._switches += 1
            self.close_at_end(switch.stop)

    async def read(self) -> None:
        names = (await self._bus.call(*DBUS, "ListNames"))[0]
        plays = False
        for name in names:
            if name.startswith(f"{PLAYERS}.") and await _plays(self._bus, name):
                plays = True
                break
        self._plays = plays
        self._merge()

    def _on_changed(self, body: list[Any]) -> None:
        if body[0] == PLAYER and ("PlaybackStatus" in body[1] or "PlaybackStatus" in body[2]):
            self.read_again()

    def _merge(self) -> None:
        self.report_change(Signal.PLAYING, on=self._plays and bool(self._inhibited))


async def _plays(bus: Bus, name: str) -> bool:
    try:
        return bool(await bus.get(name, PLAYER_PATH, PLAYER, "PlaybackStatus") == "Playing")
    except CallFailed:
        return False  # it has ended, or does not answer
