"""Enough of PipeWire's native protocol to know which objects there are: connect, get the registry, hear it change.

Client libraries cost megabytes in the daemon; of the values (SPA pods) only numbers, texts and structs occur here.
Layouts: PipeWire's documentation, "Native Protocol" and "SPA POD". No stream is opened and nothing is seen or heard.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)

INT, STRING, STRUCT = 4, 8, 14
CORE, CLIENT, REGISTRY = 0, 1, 2
"""Objects of a connection: the first two are given, the third is the first number free."""
HELLO, SYNC, PONG, GET_REGISTRY = 1, 2, 3, 5
UPDATE_PROPERTIES = 2
CORE_EVENTS = {1: "done", 2: "ping", 3: "error"}
REGISTRY_EVENTS = {0: "global", 1: "gone"}
VERSION = 3
"""Of the core and of its registry, since PipeWire 0.3."""
ALL_TOLD = [CORE, 1]
"""Comes back behind the list of what is there. The server also says that it is done with what was not asked (-1, 0)."""
MOST_BYTES = 1 << 20
ANSWER_SECONDS = 5.0


class Refused(Exception):
    """The server answered with an error, or ended the connection before it told what is there."""


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body + bytes(-len(body) % 8)


def record(*values: int | str | bytes) -> bytes:
    """A struct of numbers, texts and what is a pod already."""
    body = b""
    for value in values:
        if isinstance(value, int):
            body += _pod(INT, struct.pack("=i", value))
        elif isinstance(value, str):
            body += _pod(STRING, value.encode() + b"\0")
        else:
            body += value
    return _pod(STRUCT, body)


def fields(data: bytes) -> list[Any]:
    """The values of the struct that `data` begins with: numbers and texts; a struct inside, for `fields` again; None
    for every other kind. Raises ValueError for what is no struct.
    """
    size, kind = _head(data, 0, len(data))
    if kind != STRUCT:
        raise ValueError(f"a struct was expected, not a value of kind {kind}")
    found: list[Any] = []
    at, end = 8, 8 + size
    while at < end:
        size, kind = _head(data, at, end)
        body = data[at + 8 : at + 8 + size]
        if kind == INT:
            found.append(struct.unpack_from("=i", body)[0])
        elif kind == STRING:
            found.append(body.rstrip(b"\0").decode(errors="replace"))
        else:
            found.append(data[at : at + 8 + size] if kind == STRUCT else None)
        at += 8 + size + -size % 8
    return found


def _head(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Size and kind of the pod at this place."""
    if at + 8 > end:
        raise ValueError("a value is cut off")
    size, kind = struct.unpack_from("=II", data, at)
    if at + 8 + size > end:
        raise ValueError("a value is longer than what it is in")
    return size, kind


def properties(data: bytes) -> dict[str, str]:
    """A dictionary, which is a struct: how many, then each key and value. Raises ValueError."""
    _count, *rest = fields(data)
    return {key: value for key, value in zip(rest[::2], rest[1::2], strict=True) if isinstance(value, str)}


def _header(data: bytes) -> tuple[int, int, int]:
    """Of a message: for which object, opcode, size. What follows, a count and that of descriptors, is not needed."""
    number, word = struct.unpack_from("=II", data)
    if word & 0xFFFFFF > MOST_BYTES:
        raise ValueError(f"a message of {word & 0xFFFFFF} bytes")
    return number, word >> 24, word & 0xFFFFFF


class Client:
    """A connection. `on_global` hears of every object (number, kind, properties) and `on_remove` of its end, those that
    are there before `open` returns; `on_lost` hears of the connection's end.
    """

    def __init__(
        self,
        on_global: Callable[[int, str, dict[str, str]], None],
        on_remove: Callable[[int], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._on_global, self._on_remove, self._on_lost = on_global, on_remove, on_lost
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._sent = 0

    async def open(self, path: str) -> None:
        """Connect and learn what is there; raises OSError or Refused."""
        reader, self._writer = await asyncio.open_unix_connection(path)
        self._known: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))
        self._send(CORE, HELLO, record(VERSION))
        self._send(CLIENT, UPDATE_PROPERTIES, record(record(1, "application.name", "psoas-nudge")))
        self._send(CORE, GET_REGISTRY, record(VERSION, REGISTRY))
        self._send(CORE, SYNC, record(*ALL_TOLD))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._known
        except TimeoutError:
            raise Refused("it does not answer") from None

    async def close(self) -> None:
        """Disconnect; nothing is heard afterwards."""
        reading, self._reading = self._reading, None
        if reading:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        await self._hang_up()

    async def _hang_up(self) -> None:
        writer, self._writer = self._writer, None
        if writer:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _send(self, number: int, opcode: int, payload: bytes) -> None:
        if self._writer:
            self._writer.write(struct.pack("=4I", number, opcode << 24 | len(payload), self._sent, 0) + payload)
            self._sent += 1

    async def _read(self, reader: asyncio.StreamReader) -> None:
        why = "PipeWire went away"
        try:
            while True:
                number, opcode, size = _header(await reader.readexactly(16))
                payload = await reader.readexactly(size)
                if number in {CORE, REGISTRY}:
                    self._understand(number, opcode, payload)
        except (asyncio.IncompleteReadError, OSError) as error:
            log.debug("%s: %s", why, error)
        except (ValueError, TypeError, struct.error) as error:
            why = f"PipeWire said something unknown: {error}"
        except Refused as error:
            why = str(error)
        await self._hang_up()
        if not self._known.done():
            self._known.set_exception(Refused(why))
        elif self._reading:
            self._on_lost(why)

    def _understand(self, number: int, opcode: int, payload: bytes) -> None:
        """What follows the first struct is a footer, of no interest here."""
        match (CORE_EVENTS if number == CORE else REGISTRY_EVENTS).get(opcode):
            case "global":
                who, _permissions, kind, _version, about, *_ = fields(payload)
                self._on_global(who, kind, properties(about) if about else {})
            case "gone":
                who, *_ = fields(payload)
                self._on_remove(who)
            case "done" if fields(payload)[:2] == ALL_TOLD and not self._known.done():
                self._known.set_result(None)
            case "ping":
                self._send(CORE, PONG, record(*fields(payload)))
            case "error":
                _who, _sequence, _code, message, *_ = fields(payload)
                log.debug("PipeWire reports an error: %s", message)
                if not self._known.done():
                    raise Refused(message)
