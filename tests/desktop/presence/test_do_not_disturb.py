"""Do-not-disturb and lock: dunst, Xfconf, dconf for real; Plasma and the screen savers by stand-ins."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest
from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method, signal

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import switches
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.gnome_banners import GnomeBanners
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.table import SENSORS

QUIET, LOUD = (
    SignalChanged(signal=Signal.DO_NOT_DISTURB, on=True),
    SignalChanged(signal=Signal.DO_NOT_DISTURB, on=False),
)
LOCKED, OPEN = SignalChanged(signal=Signal.LOCKED, on=True), SignalChanged(signal=Signal.LOCKED, on=False)


@pytest.fixture
async def program(session_bus, folder):
    """Starts a real service on the private bus: `program("/path/xfconfd", owns="org.xfce.Xfconf")`."""
    started = []

    def start(*argv, owns, **environ):
        everything = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": session_bus.address, "HOME": str(folder)}
        everything |= {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_RUNTIME_DIR": str(folder)} | environ
        started.append(subprocess.Popen(argv, env=everything, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        session_bus.wait_for(owns)
        return everything

    yield start
    for process in started:
        process.terminate()
        process.wait()


async def run(*argv, env):
    child = await asyncio.create_subprocess_exec(*argv, env=env)
    assert await child.wait() == 0


async def test_dunst_is_paused_and_goes_on(dunst, on_session_bus, heard):
    sensor = switches.switch("dunst")
    await sensor.start(on_session_bus, heard)
    await heard.until(LOUD)
    dunst.pause()
    await heard.until(QUIET)
    dunst.pause(False)
    await heard.until(LOUD)
    dunst.kill()
    await heard.until(SourceLost)
    await sensor.stop()


async def test_dunst_was_paused_before(dunst, on_session_bus, heard):
    dunst.pause()
    sensor = switches.switch("dunst")
    await sensor.start(on_session_bus, heard)
    assert heard == [QUIET]
    await sensor.stop()


async def test_a_dunst_that_starts_later_is_heard_and_its_silence_ends_with_it(dunst, on_session_bus, heard):
    dunst.kill()
    presence = Presence((), [row for row in SENSORS if row.name in {"dunst", "plasma"}])
    await presence.start(on_session_bus, heard)
    assert {c.name: c.why for c in presence.choices()}[
        "dunst"
    ] == "no program here provides org.freedesktop.Notifications"
    await asyncio.to_thread(dunst.start)
    dunst.pause()
    await heard.until(QUIET)
    choices = {c.name: c for c in presence.choices()}
    assert choices["dunst"].state == "chosen"
    assert "another program answers as org.freedesktop.Notifications" in choices["plasma"].why
    dunst.kill()
    await heard.until(LOUD)
    await presence.stop()


async def test_the_bus_is_killed_and_restarted_and_dunst_is_heard_again(dunst, session_bus, on_session_bus, heard):
    presence = Presence((), [row for row in SENSORS if row.name == "dunst"])
    await presence.start(on_session_bus, heard)
    dunst.pause()
    await heard.until(QUIET)
    session_bus.kill()
    await heard.until(LOUD)
    dunst.kill()
    session_bus.start()
    await asyncio.to_thread(dunst.start)
    dunst.pause()
    await heard.until(QUIET, within=20)
    await presence.stop()


@pytest.mark.heavy
async def test_xfce_keeps_do_not_disturb_in_xfconf(program, on_session_bus, heard, desktop_need):
    desktop_need("xfconf-query")
    xfconfd = next(str(path) for path in Path("/usr/lib").glob("**/xfce4/xfconf/xfconfd"))
    env = program(xfconfd, owns="org.xfce.Xfconf")
    sensor = switches.switch("xfce")
    await sensor.start(on_session_bus, heard)
    await heard.until(LOUD)
    query = ("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb")
    await run(*query, "-n", "-t", "bool", "-s", "true", env=env)
    await heard.until(QUIET)
    await run(*query, "-s", "false", env=env)
    await heard.until(LOUD)
    await sensor.stop()


@pytest.mark.heavy
async def test_gnome_shows_no_banners(program, on_session_bus, heard, session_bus, desktop_need):
    """dconf and gsettings are real; only GNOME Shell's name is owned by a stand-in."""
    service = "/usr/libexec/dconf-service"
    desktop_need("gsettings", service, "/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml")
    env = program(service, owns="ca.desrt.dconf")
    here = DesktopSession(environ=env, session_bus=on_session_bus.session_bus)
    sensor = GnomeBanners()
    with pytest.raises(Unavailable, match="GNOME Shell is not running"):
        await sensor.start(here, heard)
    shell = await MessageBus(session_bus.address).connect()
    await shell.request_name("org.gnome.Shell")
    await sensor.start(here, heard)
    await heard.until(LOUD)
    setting = ("gsettings", "set", "org.gnome.desktop.notifications", "show-banners")
    await run(*setting, "false", env=env)
    await heard.until(QUIET)
    await run(*setting, "true", env=env)
    await heard.until(LOUD)
    await sensor.stop()
    shell.disconnect()
    await shell.wait_for_disconnect()


class PlasmaStandIn(ServiceInterface):
    """Plasma's notification service, as far as its introspection data shows do-not-disturb."""

    def __init__(self):
        super().__init__("org.freedesktop.Notifications")
        self.inhibited = False

    @dbus_property(access=PropertyAccess.READ)
    def Inhibited(self) -> "b":  # noqa: F821, N802, UP037 - dbus-fast reads the signature from the text
        return self.inhibited

    def switch(self, on):
        self.inhibited = on
        self.emit_properties_changed({"Inhibited": on})


class SaverStandIn(ServiceInterface):
    """org.freedesktop.ScreenSaver, as its specification describes it."""

    def __init__(self, name):
        super().__init__(name)
        self.active = False

    @method()
    def GetActive(self) -> "b":  # noqa: F821, N802, UP037 - dbus-fast reads the signature from the text
        return self.active

    @signal()
    def ActiveChanged(self) -> "b":  # noqa: F821, N802, UP037 - dbus-fast reads the signature from the text
        return self.active


@pytest.fixture
async def stand_in(session_bus):
    """Offers an object under a name on the private bus."""
    bus = await MessageBus(session_bus.address).connect()

    async def offer(name, path, interface):
        bus.export(path, interface)
        await bus.request_name(name)
        return interface

    yield offer
    bus.disconnect()
    await bus.wait_for_disconnect()


async def test_plasma_is_silenced(stand_in, on_session_bus, heard):
    """A stand-in written from Plasma's introspection data, not Plasma itself."""
    plasma = await stand_in("org.freedesktop.Notifications", "/org/freedesktop/Notifications", PlasmaStandIn())
    sensor = switches.switch("plasma")
    await sensor.start(on_session_bus, heard)
    await heard.until(LOUD)
    plasma.switch(True)
    await heard.until(QUIET)
    plasma.switch(False)
    await heard.until(LOUD)
    await sensor.stop()


@pytest.mark.parametrize("name", [spec.name for spec in switches.SPECS if spec.member == "GetActive"])
async def test_a_screen_saver_locks(stand_in, on_session_bus, heard, name):
    """Stand-ins written from the published interface."""
    sensor = switches.switch(name)
    bus_name = sensor.spec.bus_name
    saver = await stand_in(bus_name, "/" + bus_name.replace(".", "/"), SaverStandIn(bus_name))
    await sensor.start(on_session_bus, heard)
    await heard.until(OPEN)
    saver.active = True
    saver.ActiveChanged()
    await heard.until(LOCKED)
    saver.active = False
    saver.ActiveChanged()
    await heard.until(OPEN)
    await sensor.stop()
