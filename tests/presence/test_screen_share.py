"""PipeWire's registry as bytes: what is read of it, and what happens when the server says something else."""

from __future__ import annotations

import asyncio
import struct
import sys

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import wire
from psoas_nudge.presence.port import DesktopSession, SourceLost
from psoas_nudge.presence.screen_share import NODE, ScreenShare, fields, properties, record, socket_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PipeWire is Linux'")

SHARED, NOT_SHARED = (
    SignalChanged(signal=Signal.SCREEN_SHARE, on=True),
    SignalChanged(signal=Signal.SCREEN_SHARE, on=False),
)
DONE, PING, ERROR = 1, 2, 3
LONG = struct.pack("=IIq", 8, 5, 1 << 40)
FOOTER = record(LONG)
CAST = record(2, "node.name", "gnome-shell", "media.class", "Stream/Output/Video")


def message(number, opcode, payload):
    return struct.pack("=4I", number, opcode << 24 | len(payload), 0, 0) + payload


ALL_TOLD = message(0, DONE, record(0, 1))


def offered(who, kind=NODE, about=CAST):
    return message(2, 0, record(who, 0o700, kind, 3, about))


def gone(who):
    return message(2, 1, record(who))


class Server:
    """Says `greeting` to whoever asks for the registry; hears (object, opcode, payload)."""

    def __init__(self, path):
        self.path, self.heard, self.greeting = path, [], ALL_TOLD

    async def open(self):
        self.server = await asyncio.start_unix_server(self.serve, self.path)

    async def serve(self, reader, writer):
        self.writer = writer
        try:
            while True:
                number, word, *_ = struct.unpack("=4I", await reader.readexactly(16))
                self.heard.append((number, word >> 24, await reader.readexactly(word & 0xFFFFFF)))
                if self.heard[-1][:2] == (0, 2):
                    writer.write(self.greeting)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def close(self):
        self.server.close()
        await self.server.wait_closed()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the condition is anything at all
            await asyncio.sleep(0.005)


@pytest.fixture
def readings():
    return []


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a socket is limited to 108 bytes
    return DesktopSession(environ={"XDG_RUNTIME_DIR": "."})


@pytest.fixture
async def server(here):
    server = Server("pipewire-0")
    await server.open()
    yield server
    await server.close()


@pytest.fixture
async def sensor(server):
    sensor = ScreenShare(settle=0.3)
    yield sensor
    await sensor.stop()


def test_a_struct_is_read_as_it_was_written():
    inner = record(1, "media.class", "Video/Source")
    got = fields(record(-7, "", "naïve", LONG, inner) + FOOTER)
    assert got == [-7, "", "naïve", None, inner]
    assert properties(inner) == {"media.class": "Video/Source"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x04\0\0",
        LONG,
        record(1, "text")[:-9],
        struct.pack("=II", 1 << 31, 14),
        struct.pack("=IIII", 8, 14, 99, 8),
    ],
    ids=["nothing", "half a head", "no struct", "cut off", "too long", "too long inside"],
)
def test_what_is_no_struct_is_refused(data):
    with pytest.raises(ValueError, match=r"struct|cut off|longer"):
        fields(data)


async def test_it_introduces_itself_and_asks_for_the_registry(sensor, server, here, readings):
    await sensor.start(here, readings.append)
    hello, about, registry, sync = server.heard
    assert hello == (0, 1, record(3))
    assert properties(fields(about[2])[0]) == {"application.name": "psoas-nudge"}
    assert registry == (0, 5, record(3, 2))
    assert sync == (0, 2, record(0, 1))
    assert readings == [NOT_SHARED]


async def test_a_ping_is_answered(sensor, server, here, readings):
    await sensor.start(here, readings.append)
    server.writer.write(message(0, PING, record(0, 1234) + FOOTER))
    await until(lambda: server.heard[-1] == (0, 3, record(0, 1234)))


async def test_from_the_preview_to_the_call_the_share_goes_on(sensor, server, here, readings):
    server.greeting = offered(40) + server.greeting
    await sensor.start(here, readings.append)
    server.writer.write(gone(40) + message(0, PING, record(0, 1)))
    await until(lambda: server.heard[-1] == (0, 3, record(0, 1)))
    await asyncio.sleep(0.05)
    server.writer.write(offered(41) + gone(7) + offered(42, "PipeWire:Interface:Client"))
    await until(lambda: len(readings) == 2)
    await asyncio.sleep(0.4)
    assert readings == [SHARED, SHARED]
    server.writer.write(gone(41))
    await until(lambda: len(readings) == 3)
    assert readings[-1] == NOT_SHARED


async def test_the_list_ends_only_where_it_was_asked_to(sensor, server, here, readings):
    server.greeting = message(0, DONE, record(-1, 0))
    starting = asyncio.create_task(sensor.start(here, readings.append))
    await until(lambda: len(server.heard) == 4)
    await asyncio.sleep(0.05)
    assert readings == []
    server.writer.write(offered(40) + ALL_TOLD)
    await starting
    assert readings == [SHARED]


async def test_an_object_without_properties_is_nothing_to_us(sensor, server, here, readings):
    nothing = struct.pack("=II", 0, 1)
    server.greeting = offered(40, about=nothing) + server.greeting
    await sensor.start(here, readings.append)
    assert readings == [NOT_SHARED]


async def test_a_refusal_is_told_with_its_reason(sensor, server, here, readings):
    server.greeting = message(0, ERROR, record(0, 0, -1, "no permission"))
    with pytest.raises(Unavailable, match="no permission"):
        await sensor.start(here, readings.append)
    assert readings == []


async def test_a_server_that_hangs_up_or_says_nothing_is_told(sensor, server, here, readings, monkeypatch):
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.05)
    server.greeting = b""
    with pytest.raises(Unavailable, match="does not answer"):
        await sensor.start(here, readings.append)
    server.greeting = b"HTTP/1.1 400 Bad Request"
    with pytest.raises(Unavailable, match="something unknown"):
        await sensor.start(here, readings.append)
    assert readings == []


NONSENSE = {
    "too few": message(2, 0, record(1, "short")),
    "empty": message(2, 1, record()),
    "no struct": message(2, 1, b"?"),
    "a number cut off": message(2, 1, struct.pack("=IIII", 10, 14, 2, 4) + b"??"),
    "properties are a number": message(2, 0, record(40, 0, NODE, 3, 9)),
    "a ping of nothing": message(0, PING, record(LONG)),
    "too long": b"\xff" * 16,
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
async def test_a_server_that_talks_nonsense_is_given_up(sensor, server, here, readings, nonsense):
    server.greeting = offered(40) + server.greeting
    await sensor.start(here, readings.append)
    server.writer.write(nonsense)
    await until(lambda: len(readings) == 2)
    assert "something unknown" in readings[1].why


async def test_the_server_goes_away(sensor, server, here, readings):
    await sensor.start(here, readings.append)
    server.writer.close()
    await until(lambda: len(readings) == 2)
    assert readings[1] == SourceLost("PipeWire went away")


async def test_a_socket_with_nobody_behind_it_is_told(sensor, server, here, readings):
    await server.close()
    with pytest.raises(Unavailable, match=r"cannot be used|not running"):
        await sensor.start(here, readings.append)


async def test_where_the_server_is_can_be_said(server, here, tmp_path):
    told = tmp_path / "pipewire-0"
    assert socket_of({"PIPEWIRE_RUNTIME_DIR": str(tmp_path), "XDG_RUNTIME_DIR": "/elsewhere"}) == told
    assert socket_of({"PIPEWIRE_REMOTE": str(told), "XDG_RUNTIME_DIR": "/elsewhere"}) == told
    with pytest.raises(Unavailable, match="pipewire is not running"):
        socket_of({"PIPEWIRE_REMOTE": "pipewire-1", "XDG_RUNTIME_DIR": str(tmp_path)})
