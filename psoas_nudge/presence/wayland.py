"""Enough of Wayland's wire protocol to bind a global and hear its events, on the asyncio loop.

pywayland costs 3 MB of the daemon's memory and blocks while it waits; what is needed here sends and receives numbers,
strings and arrays only, never file descriptors. Layout: "Wire Format" in the Wayland book.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from psoas_nudge.errors import Unavailable

DISPLAY = 1
SYNC, GET_REGISTRY, BIND = 0, 1, 0
ERROR, DELETE_ID = 0, 1
GLOBAL, GLOBAL_REMOVE = 0, 1
ANSWER_SECONDS = 5.0

OnEvent = Callable[[int, bytes], None]


def text(value: str) -> bytes:
    """A string argument: length with its end, content, padding."""
    content = value.encode() + b"\0"
    return struct.pack("=I", len(content)) + content + bytes(-len(content) % 4)


def read_text(data: bytes, at: int = 0) -> str:
    """The string argument at this offset."""
    (length,) = struct.unpack_from("=I", data, at)
    return data[at + 4 : at + 4 + length].rstrip(b"\0").decode(errors="replace")


def read_numbers(data: bytes, at: int = 0) -> tuple[int, ...]:
    """The array argument at this offset, as 32-bit numbers."""
    (length,) = struct.unpack_from("=I", data, at)
    return struct.unpack_from(f"={length // 4}I", data, at + 4)


def socket_of(environ: dict[str, str]) -> Path:
    """The compositor's socket; raises Unavailable outside of a Wayland session."""
    display = environ.get("WAYLAND_DISPLAY")
    if not display:
        raise Unavailable("no Wayland session: WAYLAND_DISPLAY is not set")
    return Path(environ.get("XDG_RUNTIME_DIR", "")) / display


class Compositor:
    """A connection to the compositor. `globals`: interface → (name, version), complete once `connect` returns."""

    def __init__(self, on_lost: Callable[[str], None]) -> None:
        self.globals: dict[str, tuple[int, int]] = {}
        self._on_lost = on_lost
        self._handlers: dict[int, OnEvent] = {DISPLAY: self._on_display}
        self._next_id = DISPLAY + 1
        self._free: list[int] = []
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._registry = 0
        self._why = "the compositor went away"

    async def connect(self, environ: dict[str, str]) -> None:
        """Connect and learn what is offered; raises Unavailable when no compositor answers."""
        path = socket_of(environ)
        try:
            reader, self._writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise Unavailable(f"no compositor answers at {path}: {error.strerror}") from error
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))
        self._registry = self.new(self._on_registry)
        self.send(DISPLAY, GET_REGISTRY, struct.pack("=I", self._registry))
        try:
            await self.round_trip()
        except (TimeoutError, ConnectionError) as error:
            await self.close()
            raise Unavailable(f"the compositor at {path} does not answer") from error

    async def close(self) -> None:
        """Disconnect; nothing is heard afterwards."""
        reading, self._reading = self._reading, None
        if reading:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if self._writer:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None

    def new(self, on_event: OnEvent) -> int:
        """An id for a new object, whose events (opcode, arguments) go to `on_event`."""
        if self._free:
            number = self._free.pop()
        else:
            number, self._next_id = self._next_id, self._next_id + 1
        self._handlers[number] = on_event
        return number

    def hear(self, number: int, on_event: OnEvent) -> None:
        """Hear the events of an object that the compositor made."""
        self._handlers[number] = on_event

    def ignore(self, number: int) -> None:
        """Hear no more of an object; its id is used again when the compositor agrees."""
        self._handlers[number] = lambda _opcode, _data: None

    def bind(self, interface: str, at_most: int, on_event: OnEvent = lambda _opcode, _data: None) -> tuple[int, int]:
        """Bind a global: its object and version. Raises Unavailable when the compositor does not offer it."""
        if interface not in self.globals:
            raise Unavailable(f"this compositor does not offer {interface}")
        name, offered = self.globals[interface]
        version, number = min(offered, at_most), self.new(on_event)
        arguments = struct.pack("=I", name) + text(interface) + struct.pack("=II", version, number)
        self.send(self._registry, BIND, arguments)
        return number, version

    def send(self, number: int, opcode: int, arguments: bytes = b"") -> None:
        """Send a request; after a loss it goes nowhere."""
        if self._writer and not self._writer.is_closing():
            self._writer.write(struct.pack("=II", number, (8 + len(arguments)) << 16 | opcode) + arguments)

    async def round_trip(self) -> None:
        """Wait until everything sent was understood; raises TimeoutError or ConnectionError."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_done(_opcode: int, _data: bytes) -> None:
            if not done.done():
                done.set_result(None)

        callback = self.new(on_done)
        self.send(DISPLAY, SYNC, struct.pack("=I", callback))
        if self._reading is None:
            raise ConnectionError
        await asyncio.wait({done, self._reading}, timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            raise ConnectionError(self._why) if self._reading is None or self._reading.done() else TimeoutError

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                number, size = struct.unpack("=II", await reader.readexactly(8))
                arguments = await reader.readexactly(max(0, (size >> 16) - 8))
                handler = self._handlers.get(number)
                if handler:
                    handler(size & 0xFFFF, arguments)
        if self._reading:
            if self._writer:
                self._writer.close()
            self._on_lost(self._why)

    def _on_display(self, opcode: int, data: bytes) -> None:
        (number,) = struct.unpack_from("=I", data)
        if opcode == ERROR:
            self._why = f"the compositor refused: {read_text(data, 8)}"
        elif opcode == DELETE_ID:
            self._handlers.pop(number, None)
            self._free.append(number)

    def _on_registry(self, opcode: int, data: bytes) -> None:
        (name,) = struct.unpack_from("=I", data)
        if opcode == GLOBAL:
            interface = read_text(data, 4)
            (version,) = struct.unpack_from("=I", data, len(data) - 4)
            self.globals.setdefault(interface, (name, version))
        elif opcode == GLOBAL_REMOVE:
            self.globals = {i: known for i, known in self.globals.items() if known[0] != name}
