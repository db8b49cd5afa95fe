"""A client for the part of Wayland's wire protocol that binds globals and receives events, on the asyncio loop.

pywayland costs 3 MB of the daemon's memory and blocks while it waits. Only numbers, strings and arrays are sent and
received, no file descriptors. Layout: "Wire Format" in the Wayland book.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.wire import ServerGone, ServerRefused, Stream

DISPLAY = 1
SYNC, GET_REGISTRY, BIND = 0, 1, 0
ERROR, DELETE_ID = 0, 1
GLOBAL, GLOBAL_REMOVE = 0, 1
HEAD = struct.Struct("=II")
"""A message's header: object; size including the header, and opcode."""

OnEvent = Callable[[int, bytes], None]


def text(value: str) -> bytes:
    """A string argument: length including the NUL, content, padding."""
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
        self._handlers: dict[int, OnEvent] = {DISPLAY: self._on_display}
        self._next_id = DISPLAY + 1
        self._free: list[int] = []
        self._registry = 0
        self._stream: Stream[None] = Stream(
            "the compositor",
            HEAD.size,
            lambda head: (HEAD.unpack(head)[1] >> 16) - HEAD.size,
            self._on_message,
            on_lost,
        )
        self.close = self._stream.close

    async def connect(self, environ: dict[str, str]) -> None:
        """Connect and read the globals; raises Unavailable when no compositor answers. `close` also then."""
        path = socket_of(environ)
        try:
            await self._stream.open(str(path))
        except OSError as error:
            raise Unavailable(f"no compositor answers at {path}: {error.strerror}") from error
        self._registry = self.new(self._on_registry)
        self.send(DISPLAY, GET_REGISTRY, struct.pack("=I", self._registry))
        try:
            await self.round_trip()
        except (ServerGone, ServerRefused) as error:
            raise Unavailable(f"the compositor at {path} does not answer: {error}") from error

    def new(self, on_event: OnEvent) -> int:
        """An id for a new object, whose events (opcode, arguments) go to `on_event`."""
        if self._free:
            number = self._free.pop()
        else:
            number, self._next_id = self._next_id, self._next_id + 1
        self._handlers[number] = on_event
        return number

    def on_events(self, number: int, on_event: OnEvent) -> None:
        """Register for the events of an object that the compositor has created."""
        self._handlers[number] = on_event

    def ignore(self, number: int) -> None:
        """Drop further events of an object; its id is reused after the compositor has confirmed."""
        self._handlers[number] = lambda _opcode, _data: None

    def bind(self, interface: str, at_most: int, on_event: OnEvent = lambda _opcode, _data: None) -> tuple[int, int]:
        """Bind a global; returns its object and version. Raises Unavailable when the compositor does not offer it."""
        if interface not in self.globals:
            raise Unavailable(f"this compositor does not offer {interface}")
        name, offered = self.globals[interface]
        version, number = min(offered, at_most), self.new(on_event)
        arguments = struct.pack("=I", name) + text(interface) + struct.pack("=II", version, number)
        self.send(self._registry, BIND, arguments)
        return number, version

    def send(self, number: int, opcode: int, arguments: bytes = b"") -> None:
        """Send a request; does nothing after a loss."""
        self._stream.send(HEAD.pack(number, (HEAD.size + len(arguments)) << 16 | opcode) + arguments)

    async def round_trip(self) -> None:
        """Wait until the compositor has handled all requests; raises ServerGone."""
        number = self.new(lambda _opcode, _data: self._stream.answered(number, None))
        self.send(DISPLAY, SYNC, struct.pack("=I", number))
        await self._stream.answer(number)

    def _on_message(self, head: bytes, arguments: bytes) -> None:
        number, word = HEAD.unpack(head)
        if number not in self._handlers:
            raise ValueError(f"an event of object {number}, which does not exist")
        self._handlers[number](word & 0xFFFF, arguments)

    def _on_display(self, opcode: int, data: bytes) -> None:
        (number,) = struct.unpack_from("=I", data)
        if opcode == ERROR:
            raise ServerRefused(f"the compositor refused: {read_text(data, 8)}")
        if opcode == DELETE_ID:
            del self._handlers[number]
            self._free.append(number)

    def _on_registry(self, opcode: int, data: bytes) -> None:
        (name,) = struct.unpack_from("=I", data)
        if opcode == GLOBAL:
            interface = read_text(data, 4)
            (version,) = struct.unpack_from("=I", data, len(data) - 4)
            self.globals.setdefault(interface, (name, version))
        elif opcode == GLOBAL_REMOVE:
            self.globals = {i: known for i, known in self.globals.items() if known[0] != name}
