"""A film is on: a stand-in for a player and for GNOME's session manager, both written from their specifications."""

from __future__ import annotations

import asyncio

import pytest
from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method, signal

from psoas_nudge.bus import Bus
from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.playing import Playing
from psoas_nudge.presence.port import DesktopSession

FILM, NO_FILM = SignalChanged(signal=Signal.PLAYING, on=True), SignalChanged(signal=Signal.PLAYING, on=False)


class PlayerStandIn(ServiceInterface):
    """A media player, as MPRIS describes it."""

    def __init__(self):
        super().__init__("org.mpris.MediaPlayer2.Player")
        self.status = "Playing"

    @dbus_property(access=PropertyAccess.READ)
    def PlaybackStatus(self) -> "s":  # noqa: F821, N802, UP037 - dbus-fast reads the signature from the text
        return self.status

    def becomes(self, status):
        self.status = status
        self.emit_properties_changed({"PlaybackStatus": status})


class SessionManagerStandIn(ServiceInterface):
    """GNOME's session manager, as its introspection data describes inhibitors."""

    def __init__(self):
        super().__init__("org.gnome.SessionManager")
        self.flags = 0

    @method()
    def IsInhibited(self, flags: "u") -> "b":  # noqa: F821, N802, UP037 - see above
        return bool(self.flags & flags)

    @signal()
    def InhibitorAdded(self) -> "o":  # noqa: F821, N802, UP037 - see above
        return "/org/gnome/SessionManager/Inhibitor1"

    @signal()
    def InhibitorRemoved(self) -> "o":  # noqa: F821, N802, UP037 - see above
        return "/org/gnome/SessionManager/Inhibitor1"

    def inhibit(self, flags):
        self.flags = flags
        if flags:
            self.InhibitorAdded()
        else:
            self.InhibitorRemoved()


class Room:
    """Players come and go; the session manager stays."""

    def __init__(self, address):
        self.address, self.buses = address, []

    async def offer(self, name, path, interface):
        bus = await MessageBus(self.address).connect()
        self.buses.append(bus)
        bus.export(path, interface)
        await bus.request_name(name)
        return interface

    async def player(self, name="mpv"):
        return await self.offer(f"org.mpris.MediaPlayer2.{name}", "/org/mpris/MediaPlayer2", PlayerStandIn())

    async def leave(self):
        bus = self.buses.pop()
        bus.disconnect()
        await bus.wait_for_disconnect()


@pytest.fixture
async def room(session_bus):
    room = Room(session_bus.address)
    room.manager = await room.offer("org.gnome.SessionManager", "/org/gnome/SessionManager", SessionManagerStandIn())
    yield room
    while room.buses:
        await room.leave()


@pytest.fixture
async def sensor(room, on_session_bus, heard):
    sensor = Playing()
    await sensor.start(on_session_bus, heard)
    await heard.until(NO_FILM)
    yield sensor
    await sensor.stop()


async def test_music_alone_is_no_film(sensor, room, heard):
    await room.player()
    await asyncio.sleep(0.2)
    assert heard == []


async def test_a_screen_that_is_kept_on_alone_is_no_film(sensor, room, heard):
    room.manager.inhibit(8)
    await asyncio.sleep(0.2)
    assert heard == []


async def test_a_film_begins_pauses_goes_on_and_the_player_is_closed(sensor, room, heard):
    player = await room.player()
    room.manager.inhibit(8)
    await heard.until(FILM)
    player.becomes("Paused")
    await heard.until(NO_FILM)
    player.becomes("Playing")
    await heard.until(FILM)
    await room.leave()
    await heard.until(NO_FILM)


async def test_a_download_that_inhibits_sleep_does_not_make_music_a_film(sensor, room, heard):
    await room.player()
    room.manager.inhibit(4)
    await asyncio.sleep(0.2)
    assert heard == []


async def test_logind_alone_tells_what_keeps_the_screen_on(logind, session_bus, system_bus, heard):
    """The logind stand-in has no BlockInhibited until the test gives it one."""
    logind.bus.call(
        logind.NAME,
        logind.MANAGER,
        f"{logind.MOCK}.AddProperty",
        "org.freedesktop.login1.Manager",
        "BlockInhibited",
        "<''>",
    )
    here, there = Bus("session", session_bus.address), Bus("system", system_bus.address)
    await here.connect()
    await there.connect()
    sensor = Playing()
    await sensor.start(DesktopSession(environ={}, session_bus=here, system_bus=there), heard)
    room = Room(session_bus.address)
    await room.player()
    update = f"{logind.MOCK}.UpdateProperties"
    logind.bus.call(
        logind.NAME, logind.MANAGER, update, "org.freedesktop.login1.Manager", "{'BlockInhibited': <'sleep:idle'>}"
    )
    await heard.until(FILM)
    logind.bus.call(
        logind.NAME,
        logind.MANAGER,
        update,
        "org.freedesktop.login1.Manager",
        "{'BlockInhibited': <'handle-lid-switch'>}",
    )
    await heard.until(NO_FILM)
    await sensor.stop()
    await room.leave()
    await here.close()
    await there.close()


async def test_where_nothing_tells_it_is_said_so(on_session_bus, heard):
    with pytest.raises(Unavailable, match="nothing here reports"):
        await Playing().start(on_session_bus, heard)
