"""Stand-ins for the servers behind the wire clients, whose bytes a test can damage.

Each is written from its protocol's document, and does only what the sensor in question needs.
"""

from __future__ import annotations

import asyncio
import struct

from psoas_nudge.presence.microphone import INVALID, blob, number, text
from psoas_nudge.presence.wayland import text as wayland_text


class StandIn:
    """Counts the bytes it sends, and inverts the one at `damaged`.

    `event()` is what a healthy session would see next; `probe()` is sent whole, and again and again.
    """

    def __init__(self, folder):
        self.folder, self.sent, self.damaged = folder, 0, None
        self.writer = None
        self.clients = {}

    async def start(self, path):
        self.server = await asyncio.start_unix_server(self.accept, path)

    async def stop(self):
        """Close also the connection of a client that came a moment ago and has gone."""
        self.server.close()
        for writer, serving in self.clients.items():
            serving.cancel()
            writer.close()
        await asyncio.gather(*self.clients.values(), return_exceptions=True)

    def accept(self, reader, writer):
        self.writer = writer
        self.clients[writer] = asyncio.create_task(self.talk(reader, writer))

    async def talk(self, reader, writer):
        try:
            await self.serve(reader)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    @property
    def ready(self):
        """Whether it has answered all that a sensor asks at its start."""
        return self.sent > 0

    def send(self, data):
        data = bytearray(data)
        if self.damaged is not None and 0 <= self.damaged - self.sent < len(data):
            data[self.damaged - self.sent] ^= 0xFF
        self.sent += len(data)
        if not self.writer.is_closing():
            self.writer.write(data)


class WaylandStandIn(StandIn):
    """A compositor with ext_idle_notifier_v1."""

    SEAT, NOTIFIER = 1, 2

    def __init__(self, folder):
        super().__init__(folder)
        self.environ = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(folder)}
        self.notification, self.idle = 0, False

    async def open(self):
        await self.start(self.folder / "wayland-0")

    def message(self, to, opcode, data=b""):
        self.send(struct.pack("=II", to, (8 + len(data)) << 16 | opcode) + data)

    async def serve(self, reader):
        kinds = {1: "display"}
        while True:
            to, word = struct.unpack("=II", await reader.readexactly(8))
            data, opcode = await reader.readexactly((word >> 16) - 8), word & 0xFFFF
            kind = kinds.get(to)
            if kind == "display" and opcode == 1:
                registry = struct.unpack("=I", data)[0]
                kinds[registry] = "registry"
                for name, interface in ((self.SEAT, "wl_seat"), (self.NOTIFIER, "ext_idle_notifier_v1")):
                    known = struct.pack("=I", name) + wayland_text(interface) + struct.pack("=I", 2)
                    self.message(registry, 0, known)
            elif kind == "display":
                self.message(struct.unpack("=I", data)[0], 0, bytes(4))
                self.message(1, 1, data)
            elif kind == "registry":
                name = struct.unpack_from("=I", data)[0]
                if name not in {self.SEAT, self.NOTIFIER}:
                    self.message(1, 0, struct.pack("=II", 1, 0) + wayland_text("no such global"))
                    return
                kinds[struct.unpack_from("=I", data, len(data) - 4)[0]] = "seat" if name == self.SEAT else "notifier"
            elif kind == "notifier" and opcode == 2:
                self.notification = struct.unpack_from("=I", data)[0]

    def event(self):
        self.probe()

    @property
    def ready(self):
        return bool(self.notification)

    def probe(self):
        if self.notification:
            self.message(self.notification, 1 if self.idle else 0)
            self.idle = not self.idle


class PulseStandIn(StandIn):
    """A sound server on which one program records."""

    def __init__(self, folder):
        super().__init__(folder)
        self.environ = {"PULSE_SERVER": f"unix:{folder}/pulse", "HOME": str(folder)}

    async def open(self):
        await self.start(self.folder / "pulse")

    def message(self, *parts):
        payload = b"".join(parts)
        self.send(struct.pack(">5I", len(payload), INVALID, 0, 0, 0) + payload)

    async def serve(self, reader):
        properties = b"P" + text("media.name") + number(5) + blob(b"talk\0") + b"N"
        recording = (
            *map(number, (7, 1, 2, 3)),
            number(4),
            b"a" + struct.pack(">BBI", 3, 2, 48000),
            b"m" + bytes((1, 0)),
            b"U" + bytes(8),
            b"U" + bytes(8),
            text("copy"),
            text("native"),
            properties,
            b"0",
        )
        source = (number(4), text("mic"), text("a microphone"), *[number(0)] * 5, number(INVALID))
        while True:
            length, *_ = struct.unpack(">5I", await reader.readexactly(20))
            command, tag = struct.unpack_from(">xIxI", await reader.readexactly(length))
            body = {8: (number(19),), 9: (number(1),), 32: recording, 23: source}.get(command, ())
            self.message(number(2), number(tag), *body)

    def event(self):
        self.probe()

    def probe(self):
        self.message(number(66), number(INVALID), number(0x21), number(7))


class PipeWireStandIn(StandIn):
    """A server on which a screen is shared now and then."""

    def __init__(self, folder):
        super().__init__(folder)
        self.environ = {"XDG_RUNTIME_DIR": str(folder)}
        self.number = 40

    async def open(self):
        await self.start(self.folder / "pipewire-0")

    def message(self, to, opcode, *values):
        from psoas_nudge.presence.screen_share import record

        payload = record(*values)
        self.send(struct.pack("=4I", to, opcode << 24 | len(payload), 0, 0) + payload)

    async def serve(self, reader):
        while True:
            to, word, *_ = struct.unpack("=4I", await reader.readexactly(16))
            await reader.readexactly(word & 0xFFFFFF)
            if (to, word >> 24) == (0, 2):
                self.offer()
                self.message(0, 2, 1, 2)
                self.message(0, 1, 0, 1)

    def offer(self):
        from psoas_nudge.presence.screen_share import record

        about = record(1, "media.class", "Stream/Output/Video")
        self.message(2, 0, self.number, 0o700, "PipeWire:Interface:Node", 3, about)

    def event(self):
        self.message(2, 1, self.number)

    def probe(self):
        self.number += 1
        self.offer()


class XStandIn(StandIn):
    """An X server with the SYNC extension."""

    MAJOR, FIRST_EVENT, IDLETIME = 134, 83, 0x5A

    def __init__(self, folder):
        super().__init__(folder)
        self.environ = {"DISPLAY": f":{folder.name}"}
        self.sequence, self.alarms, self.idle = 0, {}, False

    async def open(self):
        await self.start(self.folder / "X0")

    def reply(self, second, data, more=b""):
        head = struct.pack("<BBHI", 1, second, self.sequence, len(more) // 4) + data.ljust(24, b"\0")
        self.send(head + more)

    async def serve(self, reader):
        await reader.readexactly(12)
        vendor, formats, screen = b"none", bytes(8), struct.pack("<I", 0x4D) + bytes(36)
        body = struct.pack("<4I2H8B4x", 1, 0x200000, 0x1FFFFF, 0, 4, 0xFFFF, 1, 1, 0, 0, 0, 0, 8, 255)
        body += vendor + formats + screen
        self.send(struct.pack("<BxHHH", 1, 11, 0, len(body) // 4) + body)
        while True:
            major, minor, length = struct.unpack("<BBH", await reader.readexactly(4))
            data = await reader.readexactly(4 * length - 4)
            self.sequence += 1
            if major == 98:
                self.reply(0, struct.pack("<3B", 1, self.MAJOR, self.FIRST_EVENT))
            elif major == self.MAJOR:
                self.sync(minor, data)
            else:
                self.refuse(major)

    def refuse(self, major):
        self.send(struct.pack("<BBH6xB21x", 0, 1, self.sequence, major))

    def sync(self, minor, data):
        if minor == 0:
            self.reply(3, b"\1")
        elif minor == 1:
            name = b"IDLETIME"
            counter = struct.pack("<IiIH", self.IDLETIME, 0, 4, len(name)) + name
            self.reply(0, struct.pack("<I", 1), counter + bytes(-len(counter) % 4))
        elif minor == 5 and struct.unpack("<I", data)[0] != self.IDLETIME:
            self.refuse(self.MAJOR)
        elif minor == 5:
            self.reply(0, struct.pack("<iI", 0, 5))
        elif minor in {8, 9}:
            alarm, _mask, *values = struct.unpack(f"<II{(len(data) - 8) // 4}I", data)
            self.alarms[alarm] = values[3 if minor == 8 else 2]

    def event(self):
        self.probe()

    @property
    def ready(self):
        return len(self.alarms) == 2

    def probe(self):
        if not self.ready:
            return
        alarm, value = list(self.alarms.items())[1 if self.idle else 0]
        self.idle = not self.idle
        self.send(struct.pack("<BBHIiIiIIB3x", self.FIRST_EVENT + 1, 0, self.sequence, alarm, 0, value, 0, value, 0, 0))
