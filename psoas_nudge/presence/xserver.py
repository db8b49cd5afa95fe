"""A client for the part of the X11 protocol that sends requests and receives replies and events, on the asyncio loop.

libxcb blocks while it waits for a reply, and a client that grabs the server (some window managers do while a window is
moved) would block the whole daemon. Xlib also ends the process when the server ends. Only requests, replies and events
of fixed layout are needed: see the X Window System Protocol (x.org), and Xau(3) for the cookie.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.wire import ServerGone, ServerRefused, Stream, connect_unix

ERROR, REPLY, GENERIC_EVENT = 0, 1, 35
MESSAGE_BYTES = 32
QUERY_EXTENSION = 98
SETUP_REFUSED, SETUP_DONE = 0, 1
COOKIE, LOCAL, ANY_HOST = b"MIT-MAGIC-COOKIE-1", 256, 65535
TCP_PORT = 6000
CONNECT_SECONDS = 5.0
SETUP = -1
"""The number of the first answer; those of replies are 16-bit sequence numbers."""
REPLY_SECONDS = 30.0
"""Timeout for a reply, longer than a client grabs the server."""


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def cookie_for(number: str, content: bytes) -> bytes:
    """The cookie for a display of this machine, from the content of an Xauthority file; empty when there is none."""
    here = socket.gethostname().encode()
    found = b""
    at = 0
    while at + 2 <= len(content):
        (family,) = struct.unpack_from(">H", content, at)
        at += 2
        parts = []
        for _ in range(4):
            (size,) = struct.unpack_from(">H", content, at)
            parts.append(content[at + 2 : at + 2 + size])
            at += 2 + size
        address, display, name, secret = parts
        if name == COOKIE and display in {b"", number.encode()}:
            if family == ANY_HOST or (family == LOCAL and address == here):
                return secret
            found = found or secret
    return found


def _cookie(environ: dict[str, str], number: str) -> bytes:
    named = environ.get("XAUTHORITY")
    try:
        return cookie_for(number, (Path(named) if named else Path(environ.get("HOME", ""), ".Xauthority")).read_bytes())
    except (OSError, struct.error):
        return b""


async def _reach(display: str) -> tuple[str, asyncio.StreamReader, asyncio.StreamWriter]:
    """The display's number and a connection to it; raises OSError or Unavailable."""
    found = re.fullmatch(r"(?:unix)?([^/]*?):(\d+)(?:\.\d+)?", display)
    if not found:
        raise Unavailable(f"DISPLAY={display} is not understood; a local display looks like :0")
    host, number = found.groups()
    if host:
        return number, *await asyncio.open_connection(host, TCP_PORT + int(number))
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    try:
        return number, *await connect_unix(f"\0{path}")
    except OSError:
        return number, *await connect_unix(path)


class XConnection:
    """A connection. `on_event` gets each event's 32 bytes; `on_lost` the reason when the connection ends."""

    def __init__(self, on_event: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self.root = 0
        self._on_event = on_event
        self._sequence = 0
        self._next_id = self._id_step = 0
        self._stream: Stream[bytes] = Stream(
            "the X server", 8, lambda head: int(4 * struct.unpack_from("<6xH", head)[0]), self._on_setup, on_lost
        )
        self.close = self._stream.close

    async def connect(self, environ: dict[str, str]) -> None:
        """Connect to DISPLAY; raises Unavailable when no server answers or this user may not. `close` also then."""
        display = environ.get("DISPLAY", "")
        if not display:
            raise Unavailable("no X11 session: DISPLAY is not set")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                number, reader, writer = await _reach(display)
        except OSError as error:
            raise Unavailable(f"no X server answers on display {display}") from error
        self._stream.begin(reader, writer)
        secret = _cookie(environ, number)
        name = COOKIE if secret else b""
        hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(secret))
        self._stream.send(hello + _padded(name) + _padded(secret))
        try:
            setup = await self._stream.answer(SETUP, CONNECT_SECONDS)
            self._next_id, id_mask, vendor_length, formats = struct.unpack_from("<4xII4xHxxxB", setup)
            self._id_step = id_mask & -id_mask
            (self.root,) = struct.unpack_from("<I", setup, 32 + len(_padded(bytes(vendor_length))) + 8 * formats)
        except ServerGone as error:
            raise Unavailable(f"no X server answers on display {display}: {error}") from error

    def new_id(self) -> int:
        """An id for a new resource."""
        self._next_id += self._id_step
        return self._next_id

    async def extension(self, name: str) -> tuple[int, int]:
        """The code of an extension's requests, and that of its first event; raises Unavailable when there is none."""
        reply = await self.ask(QUERY_EXTENSION, 0, struct.pack("<HH", len(name), 0) + name.encode())
        present, major, first_event = struct.unpack_from("<8x3B", reply)
        if not present:
            raise Unavailable(f"the X server has no {name} extension")
        return major, first_event

    def send(self, major: int, minor: int, data: bytes = b"") -> None:
        """Send a request without a reply. `minor`: the second byte; `data`: what follows the length."""
        body = _padded(data)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._stream.send(struct.pack("<BBH", major, minor, 1 + len(body) // 4) + body)

    async def ask(self, major: int, minor: int, data: bytes = b"") -> bytes:
        """Send a request and wait for its whole reply; raises ServerRefused or ServerGone."""
        self.send(major, minor, data)
        return await self._stream.answer(self._sequence, REPLY_SECONDS)

    def _on_setup(self, head: bytes, body: bytes) -> None:
        if head[0] != SETUP_DONE:
            said = body[: head[1]] if head[0] == SETUP_REFUSED else body
            raise ServerRefused(f"the X server refused: {said.decode(errors='replace').strip(chr(0)).strip()}")
        self._stream.head, self._stream.length = MESSAGE_BYTES, self._length
        self._stream.on_message = self._on_message
        self._stream.answered(SETUP, body)

    @staticmethod
    def _length(head: bytes) -> int:
        if head[0] & 0x7F not in {REPLY, GENERIC_EVENT}:
            return 0
        return int(4 * struct.unpack_from("<4xI", head)[0])

    def _on_message(self, head: bytes, body: bytes) -> None:
        kind = head[0]
        if kind not in {ERROR, REPLY}:
            self._on_event(head)
            return
        (sequence,) = struct.unpack_from("<2xH", head)
        if kind == REPLY:
            self._stream.answered(sequence, head + body)
        else:  # nobody waits where the window or alarm of a request without a reply no longer exists
            self._stream.refused(sequence, ServerRefused(f"X error {head[1]} for request {head[10]}"))
