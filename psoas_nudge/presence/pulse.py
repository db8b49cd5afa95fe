"""Enough of PulseAudio's native protocol to know who records: connect, subscribe, list.

PipeWire's pulse server speaks the same. Client libraries cost 3 MB each in the daemon; this reads tagged values, of
which a dozen kinds occur here. Layouts: pulsecore/protocol-native.c and pulse/tagstruct.c, at protocol version 19.
No sound is opened, recorded or listened to.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

VERSION = 19
COMMAND_ERROR, COMMAND_REPLY, AUTH, SET_CLIENT_NAME = 0, 2, 8, 9
GET_SOURCE_INFO, GET_SOURCE_OUTPUT_INFO_LIST, SUBSCRIBE, SUBSCRIBE_EVENT = 23, 32, 35, 66
MASK_SOURCE_OUTPUT = 0x0008
INVALID = 0xFFFFFFFF
MOST_BYTES = 4 << 20

FIXED = {b"L": ">I", b"B": ">B", b"U": ">Q", b"r": ">q", b"R": ">Q", b"T": ">II", b"V": ">I", b"a": ">BBI"}
"""Tagged values of fixed size: number, byte, microseconds, integers, time, volume, sample format."""

FLAGS = {b"N": None, b"1": True, b"0": False}


class Refused(Exception):
    """The server answered with an error."""


def number(value: int) -> bytes:
    """A number as a tagged value."""
    return b"L" + struct.pack(">I", value)


def text(value: str | None) -> bytes:
    """A text, or none, as a tagged value."""
    return b"N" if value is None else b"t" + value.encode() + b"\0"


def blob(value: bytes) -> bytes:
    """Bytes as a tagged value."""
    return b"x" + struct.pack(">I", len(value)) + value


def values(data: bytes) -> list[Any]:
    """All tagged values in order; a property list becomes a dict. Raises ValueError for what is not understood."""
    found: list[Any] = []
    at = 0
    while at < len(data):
        value, at = _value(data, at)
        found.append(value)
    return found


def _value(data: bytes, at: int) -> tuple[Any, int]:
    tag, at = data[at : at + 1], at + 1
    if tag in FIXED:
        size = struct.calcsize(FIXED[tag])
        got = struct.unpack_from(FIXED[tag], data, at)
        return got[0] if len(got) == 1 else got, at + size
    if tag in FLAGS:
        return FLAGS[tag], at
    if tag == b"t":
        end = data.index(b"\0", at)
        return data[at:end].decode(errors="replace"), end + 1
    if tag == b"P":
        return _properties(data, at)
    return _sized(tag, data, at)


def _sized(tag: bytes, data: bytes, at: int) -> tuple[Any, int]:
    """Values that begin with their size: bytes, a channel map, volumes."""
    if tag == b"x":
        size = struct.unpack_from(">I", data, at)[0]
        return data[at + 4 : at + 4 + size], at + 4 + size
    if tag == b"m":
        return data[at + 1 : at + 1 + data[at]], at + 1 + data[at]
    if tag == b"v":
        return struct.unpack_from(f">{data[at]}I", data, at + 1), at + 1 + 4 * data[at]
    raise ValueError(f"unknown kind of value {tag!r}")


def _properties(data: bytes, at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while True:
        key, at = _value(data, at)
        if key is None:
            return found, at
        _, at = _value(data, at)
        content, at = _value(data, at)
        found[key] = content.rstrip(b"\0").decode(errors="replace")


class Client:
    """A connection. `on_change` is called when somebody begins, changes or ends recording; `on_lost` at its end."""

    def __init__(self, on_change: Callable[[], None], on_lost: Callable[[str], None]) -> None:
        self._on_change, self._on_lost = on_change, on_lost
        self._waiting: dict[int, asyncio.Future[list[Any]]] = {}
        self._tag = 0
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def open(self, path: str, cookie: bytes) -> None:
        """Connect and subscribe; raises OSError, or Refused when this user may not."""
        reader, self._writer = await asyncio.open_unix_connection(path)
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))
        await self.ask(AUTH, number(VERSION) + blob(cookie.ljust(256, b"\0")[:256]))
        name = b"P" + text("application.name") + number(12) + blob(b"psoas-nudge\0") + b"N"
        await self.ask(SET_CLIENT_NAME, name)
        await self.ask(SUBSCRIBE, number(MASK_SOURCE_OUTPUT))

    async def close(self) -> None:
        """Disconnect."""
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None
        if self._writer:
            self._writer.close()
            self._writer = None

    async def ask(self, command: int, body: bytes = b"") -> list[Any]:
        """Send a command and wait for the values of its reply; raises Refused or OSError."""
        if self._writer is None:
            raise ConnectionResetError("not connected")
        self._tag += 1
        payload = number(command) + number(self._tag) + body
        future = self._waiting[self._tag] = asyncio.get_running_loop().create_future()
        self._writer.write(struct.pack(">5I", len(payload), INVALID, 0, 0, 0) + payload)
        try:
            async with asyncio.timeout(5.0):
                values: list[Any] = await future
                return values
        except TimeoutError:
            raise ConnectionResetError("the sound server does not answer") from None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        why = "the sound server went away"
        try:
            while True:
                length, channel, *_ = struct.unpack(">5I", await reader.readexactly(20))
                payload = await reader.readexactly(min(length, MOST_BYTES))
                if channel == INVALID:
                    self._understand(payload)
        except (asyncio.IncompleteReadError, OSError) as error:
            log.debug("%s: %s", why, error)
        except (ValueError, IndexError, struct.error) as error:
            why = f"the sound server said something unknown: {error}"
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError(why))
        self._waiting.clear()
        if self._writer:
            self._writer.close()
            self._writer = None
        self._on_lost(why)

    def _understand(self, payload: bytes) -> None:
        command, tag = struct.unpack_from(">xIxI", payload)
        if command == SUBSCRIBE_EVENT:
            self._on_change()
            return
        future = self._waiting.pop(tag, None)
        if future is None or future.done():
            return
        got = values(payload[10:])
        if command == COMMAND_REPLY:
            future.set_result(got)
        else:
            future.set_exception(Refused(f"the sound server refused with error {got[0] if got else '?'}"))
