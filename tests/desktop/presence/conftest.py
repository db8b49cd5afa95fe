"""What the tests of sensors share: the stages of idle sources, private buses, a list that can be waited on."""

from __future__ import annotations

import shutil

import pytest

from psoas_nudge.bus import Bus
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.presence.x11 import X11Idle
from psoas_nudge.presence.xscreensaver import XScreenSaverIdle
from tests.desktop.presence.stages import FakeStage, Heard, KWinStage, MutterStage, Sway, SwayStage, XStage, wakeups


def x11(request):
    return XStage(X11Idle(), request.getfixturevalue("xvfb"))


def xscreensaver(request):
    stage = XStage(XScreenSaverIdle(), request.getfixturevalue("xvfb"))
    stage.silent = False
    return stage


def fake(request):
    return FakeStage(request.getfixturevalue("fake_idle")())


def mutter(request):
    request.getfixturevalue("desktop_need")("mutter")
    return MutterStage(request.getfixturevalue("session_bus"), request.getfixturevalue("folder"))


def kwin(request):
    request.getfixturevalue("desktop_need")("kwin_wayland")
    return KWinStage(request.getfixturevalue("session_bus"), request.getfixturevalue("folder"))


def sway_1_7(request):
    return SwayStage(request.getfixturevalue("sway"))


HEAVY = [pytest.param(stage, marks=pytest.mark.heavy) for stage in (mutter, kwin, sway_1_7)]


@pytest.fixture(params=[fake, x11, xscreensaver, *HEAVY], ids=lambda stage: stage.__name__)
async def stage(request):
    stage = request.param(request)
    try:
        await stage.open()
        yield stage
    finally:
        await stage.close()


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def count_wakeups():
    return wakeups


@pytest.fixture
async def on_session_bus(session_bus):
    """A Session on the private session bus."""
    bus = Bus("session", session_bus.address)
    await bus.connect()
    yield DesktopSession(environ={}, session_bus=bus)
    await bus.close()


@pytest.fixture
async def on_system_bus(system_bus):
    """A Session on the private system bus."""
    bus = Bus("system", system_bus.address, negotiate_fds=True)
    await bus.connect()
    yield DesktopSession(environ={"XDG_SESSION_ID": "c1"}, system_bus=bus)
    await bus.close()


@pytest.fixture
def sway(folder, session_bus, desktop_need, eventually):
    desktop_need("sway", "foot", "mako", "makoctl", "swaync", "swaync-client")
    sway = Sway(folder, session_bus)
    try:
        eventually(sway.ready, within=20)
        yield sway
    finally:
        sway.stop()
        shutil.rmtree(sway.runtime, ignore_errors=True)
