"""No sensor stops in silence: whatever fails in it, or its server sends, it goes on or is a lost source with a reason."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from psoas_nudge.core.events import Active, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import ext_idle, wire, xserver
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.ext_idle import ExtIdle
from psoas_nudge.presence.microphone import Microphone
from psoas_nudge.presence.port import DesktopSession, IdleSource, Sensor, SourceLost
from psoas_nudge.presence.screen_share import ScreenShare
from psoas_nudge.presence.table import SensorRow
from psoas_nudge.presence.x11 import X11Idle
from tests.presence.servers import PipeWireStandIn, PulseStandIn, WaylandStandIn, XStandIn

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the servers are those of Linux desktops")

PACKAGE = Path(wire.__file__).parent
HERE = DesktopSession(environ={})


async def until(condition, within=5):
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the condition is anything at all
            await asyncio.sleep(0.002)


# --- a mistake in a callback ------------------------------------------------------------------------------------


class Broken(IdleSource):
    """Works until `fault` fires; then a callback of that kind raises."""

    name = "broken"

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    async def open(self, session):
        self.ours, self.theirs = os.pipe()
        self.at_end(lambda: os.close(self.ours))
        self.at_end(lambda: os.close(self.theirs))
        self.readable(self.ours, self.oops)
        self.signal = self.guard(lambda _body: self.oops())

    async def set_threshold(self, threshold):
        if self.kind == "watch":
            self.oops()

    def oops(self):
        raise ZeroDivisionError("oops")

    async def oops_later(self):
        await asyncio.sleep(0)
        self.oops()

    async def fault(self):
        match self.kind:
            case "a timer":
                self.later(0, self.oops)
            case "a task":
                self.background(self.oops_later())
            case "a descriptor":
                os.write(self.theirs, b"x")
            case "a D-Bus signal":
                self.signal([])
            case "watch":
                await self.watch(300)


KINDS = ["a timer", "a task", "a descriptor", "a D-Bus signal", "watch"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_mistake_is_a_lost_source_with_its_place_and_is_told_once(kind):
    heard, sensor = [], Broken(kind)
    await sensor.start(HERE, heard.append)
    await sensor.fault()
    await until(lambda: heard)
    [lost] = heard
    assert lost.why.startswith("unexpected error, please report it: ZeroDivisionError: oops (")
    await sensor.fault()
    await asyncio.sleep(0.01)
    assert len(heard) == 1
    await sensor.stop()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_next_source_takes_over_and_doctor_says_why(kind, fake_idle):
    broken, heard = Broken(kind), []
    rows = (
        SensorRow("broken", "about it", "linux", lambda: broken),
        SensorRow("next", "about it", "linux", fake_idle),
    )
    presence = Presence(rows, (), retry_seconds=(60,))
    await presence.start(HERE, heard.append)
    await broken.fault()
    await until(lambda: presence.choices()[1].state == "chosen")
    lost, _ = presence.choices()
    assert lost.state == "lost"
    assert "ZeroDivisionError: oops" in lost.why
    await presence.stop()


async def test_a_loss_while_it_starts_is_the_reason_why_it_cannot_be_used():
    class Short(Sensor):
        async def open(self, session):
            self.report(SignalChanged(signal=Signal.CALL, on=False))
            self.lose("the server went away")

    heard = []
    with pytest.raises(Unavailable, match="the server went away"):
        await Short().start(HERE, heard.append)
    assert not [reading for reading in heard if isinstance(reading, SourceLost)]


async def test_after_a_stop_nothing_that_was_under_way_reports():
    heard, sensor = [], Broken("a timer")
    await sensor.start(HERE, heard.append)
    sensor.later(0, lambda: sensor.report(Active()))
    sensor.background(sensor.oops_later())
    os.write(sensor.theirs, b"x")
    await sensor.stop()
    await asyncio.sleep(0.01)
    assert heard == []


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_sensors_register_callbacks_only_where_they_are_guarded(path):
    if path.stem in {"port", "chooser"}:
        return
    unguarded = (
        ".call_later(",
        ".call_soon(",
        ".call_at(",
        "create_task(",
        "add_reader(",
        ".subscribe(bus, ",
        "bus.subscribe(",
    )
    text = path.read_text().replace("self.subscribe(", "")
    assert not [name for name in unguarded if name in text]


# --- damaged messages -------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(ext_idle, "INHIBITED_AFTER", 0.01)


@pytest.fixture
def impatient(monkeypatch):
    """Called when only servers follow that may never answer: a healthy one may take its time on a busy computer."""

    def impatient():
        monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.25)
        monkeypatch.setattr(xserver, "CONNECT_SECONDS", 0.25)
        monkeypatch.setattr(xserver, "REPLY_SECONDS", 0.25)

    return impatient


SERVERS = {
    "wayland": (WaylandStandIn, ExtIdle),
    "pulse": (PulseStandIn, Microphone),
    "pipewire": (PipeWireStandIn, lambda: ScreenShare(settle=0.01)),
    "x11": (XStandIn, X11Idle),
}


class Trial:
    """One sensor and one server, of whose bytes one is damaged."""

    def __init__(self, name, folder, damaged):
        server, sensor = SERVERS[name]
        folder.mkdir()
        self.server, self.sensor, self.heard = server(folder), sensor(), []
        self.server.damaged = damaged

    async def run(self):
        """What became of it: "unavailable", "lost" or "works"; anything else would be a silent death."""
        await self.server.open()
        try:
            return await self.live()
        finally:
            await self.sensor.stop()
            await self.server.stop()

    async def live(self):
        try:
            await self.sensor.start(DesktopSession(environ=self.server.environ), self.heard.append)
        except Exception:  # noqa: BLE001 - the chooser takes any; without one `start` has returned
            return "unavailable"
        if isinstance(self.sensor, IdleSource):
            await self.sensor.watch(300_000)
        if self.server.damaged is None:
            await until(lambda: self.server.ready and self.heard)
        else:
            await asyncio.sleep(0.005)
        self.server.event()
        self.bytes = self.server.sent
        await asyncio.sleep(0.02)
        self.server.damaged = None
        known = len(self.heard)
        async with asyncio.timeout(5):
            while True:
                if lost := [reading for reading in self.heard if isinstance(reading, SourceLost)]:
                    assert lost[0].why
                    assert lost == self.heard[-1:], "told more than once, or something after it"
                    return "lost"
                if len(self.heard) > known + 1:
                    return "works"
                self.server.probe()
                await asyncio.sleep(0.02)


@pytest.fixture
def displays(monkeypatch, tmp_path):
    """X servers of all users listen in one folder; here each trial has a folder of its own, named like its display."""
    reach = xserver.connect_unix

    async def connect(path):
        return await reach(str(tmp_path / path.rpartition("X")[2] / "X0"))

    monkeypatch.setattr(xserver, "connect_unix", connect)


@pytest.mark.parametrize("name", SERVERS)
async def test_one_damaged_byte_anywhere_never_stops_a_sensor_in_silence(name, tmp_path, impatient, displays):
    healthy = Trial(name, tmp_path / "9999", None)
    assert await healthy.run() == "works"
    impatient()
    outcomes = []
    for begin in range(0, healthy.bytes, 25):
        here = range(begin, min(begin + 25, healthy.bytes))
        outcomes += await asyncio.gather(*(Trial(name, tmp_path / str(at), at).run() for at in here))
    assert len(outcomes) == healthy.bytes
    assert set(outcomes) >= {"unavailable", "lost"}


async def test_a_short_event_of_the_display_is_a_lost_source_and_the_next_takes_over(tmp_path, fake_idle):
    server, heard = WaylandStandIn(tmp_path), []
    await server.open()
    rows = (
        SensorRow("ext-idle-notify", "about it", "wayland", ExtIdle),
        SensorRow("next", "about it", "linux", fake_idle),
    )
    presence = Presence(rows, (), retry_seconds=(60,))
    await presence.start(DesktopSession(environ=server.environ), heard.append)
    assert presence.choices()[0].state == "chosen"
    server.message(1, 1, b"")
    await until(lambda: presence.choices()[1].state == "chosen")
    lost = presence.choices()[0]
    assert lost.state == "lost"
    assert "the compositor sent something unknown: error: unpack_from requires" in lost.why
    await presence.stop()
    await server.stop()
