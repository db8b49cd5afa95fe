"""A film on Wayland, told by version 2 of ext-idle-notify: a stand-in compositor, written from the protocol.

No compositor of Debian 12 has version 2; version 1 is held to the suite of idle sources on a real KWin.
"""

from __future__ import annotations

import asyncio
import struct

import pytest

from psoas_nudge.core.events import Active, Idle, SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.ext_idle import ExtIdle
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.wayland import text

FILM, NO_FILM = SignalChanged(signal=Signal.PLAYING, on=True), SignalChanged(signal=Signal.PLAYING, on=False)
IDLED, RESUMED = 0, 1


class CompositorStandIn:
    """Offers a seat and ext_idle_notifier_v1; the test says when its notifications are idle."""

    def __init__(self, folder):
        self.folder, self.offers = folder, [("wl_seat", 7), ("ext_idle_notifier_v1", 2)]
        self.environ = {"WAYLAND_DISPLAY": "wayland-stand-in", "XDG_RUNTIME_DIR": str(folder)}
        self.notifications, self.refuse = {}, False

    async def start(self):
        self.server = await asyncio.start_unix_server(self.serve, self.folder / "wayland-stand-in")

    async def stop(self):
        self.server.close()
        self.writer.close()
        await self.server.wait_closed()

    def send(self, number, opcode, data=b""):
        self.writer.write(struct.pack("=II", number, (8 + len(data)) << 16 | opcode) + data)

    async def serve(self, reader, writer):
        self.writer = writer
        objects = {1: "wl_display"}
        try:
            while True:
                number, size = struct.unpack("=II", await reader.readexactly(8))
                data = await reader.readexactly((size >> 16) - 8)
                self.understand(objects, objects[number], number, size & 0xFFFF, data)
        except asyncio.IncompleteReadError:
            writer.close()

    def understand(self, objects, kind, number, opcode, data):
        if kind == "wl_display" and opcode == 1:
            registry = struct.unpack("=I", data)[0]
            objects[registry] = "wl_registry"
            for name, (interface, version) in enumerate(self.offers, 1):
                self.send(registry, 0, struct.pack("=I", name) + text(interface) + struct.pack("=I", version))
        elif kind == "wl_display":
            callback = struct.unpack("=I", data)[0]
            if self.refuse:
                self.send(1, 0, struct.pack("=II", 1, 3) + text("out of patience"))
                self.writer.close()
                return
            self.send(callback, 0, struct.pack("=I", 0))
            self.send(1, 1, struct.pack("=I", callback))
        elif kind == "wl_registry":
            objects[struct.unpack_from("=I", data, len(data) - 4)[0]] = data[8:].split(b"\0")[0].decode()
        elif kind == "ext_idle_notifier_v1":
            new, milliseconds, _seat = struct.unpack("=III", data)
            objects[new] = "notification"
            self.notifications[new] = ("input" if opcode == 2 else "inhibitable", milliseconds)
        elif kind == "notification":
            del self.notifications[number]
            self.send(1, 1, struct.pack("=I", number))

    def tell(self, kind, what):
        for number, (its_kind, _) in self.notifications.items():
            if its_kind == kind:
                self.send(number, what)


@pytest.fixture
async def compositor(folder):
    compositor = CompositorStandIn(folder)
    await compositor.start()
    yield compositor
    await compositor.stop()


@pytest.fixture
async def source(compositor, heard, monkeypatch):
    monkeypatch.setattr("psoas_nudge.presence.ext_idle.INHIBITED_AFTER", 0.05)
    source = ExtIdle()
    await source.start(DesktopSession(environ=compositor.environ), heard)
    await source.watch(300_000)
    await heard.until(Active)
    yield source
    await source.stop()


async def test_leaving_the_desk_is_no_film(source, compositor, heard):
    compositor.tell("input", IDLED)
    compositor.tell("inhibitable", IDLED)
    await heard.until(Idle(idle_for=300_000))
    await asyncio.sleep(0.1)
    compositor.tell("inhibitable", RESUMED)
    compositor.tell("input", RESUMED)
    await heard.until(Active)
    assert heard == []


async def test_watching_a_film_is_no_input_and_a_film(source, compositor, heard):
    compositor.tell("input", IDLED)
    await heard.until(Idle(idle_for=300_000))
    await heard.until(FILM)
    compositor.tell("inhibitable", IDLED)
    await heard.until(NO_FILM)
    compositor.tell("inhibitable", RESUMED)
    await heard.until(FILM)
    compositor.tell("input", RESUMED)
    await heard.until(Active)
    await heard.until(NO_FILM)


async def test_old_wishes_are_taken_back_when_the_threshold_changes(source, compositor, heard):
    await source.watch(8_000)
    await source.watch(20_000)
    await asyncio.sleep(0.05)
    assert sorted(compositor.notifications.values()) == [("inhibitable", 20_000), ("input", 20_000)]


async def test_a_compositor_that_cannot_tell_is_said_so(compositor, heard):
    compositor.offers.pop()
    with pytest.raises(Unavailable, match="does not offer ext_idle_notifier_v1; Plasma from"):
        await ExtIdle().start(DesktopSession(environ=compositor.environ), heard)


async def test_the_compositor_refuses_and_says_why(compositor, heard):
    compositor.refuse = True
    with pytest.raises(Unavailable, match=r"does not answer.*out of patience"):
        await ExtIdle().start(DesktopSession(environ=compositor.environ), heard)


async def test_the_compositor_crashes(source, compositor, heard):
    compositor.writer.close()
    await heard.until(SourceLost)
    await source.watch(5_000)


async def test_outside_of_wayland_it_is_said_so(folder, heard):
    with pytest.raises(Unavailable, match="WAYLAND_DISPLAY is not set"):
        await ExtIdle().start(DesktopSession(environ={}), heard)
    with pytest.raises(Unavailable, match="no compositor answers"):
        await ExtIdle().start(DesktopSession(environ={"WAYLAND_DISPLAY": "x", "XDG_RUNTIME_DIR": str(folder)}), heard)
