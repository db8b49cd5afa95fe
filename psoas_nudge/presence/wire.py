"""A connection to a server whose messages have a fixed header and a body: Wayland, PulseAudio, PipeWire, X11.

All wire clients use this reader. `on_lost` is called once, with the reason, when the server closes the connection,
stops in the middle of a message (also after a garbage length), or sends something that cannot be decoded.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from psoas_nudge.errors import Unavailable, fault
from psoas_nudge.tasks import Tasks

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
"""Timeout for an answer, and for the rest of a message that has begun."""

MOST_BYTES = 1 << 20
"""A message that claims to be longer is damaged."""

T = TypeVar("T")


class ServerGone(Unavailable):
    """The connection has ended, or the server does not answer."""


class ServerRefused(Unavailable):
    """The server answered with an error."""


async def connect_unix(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a Unix socket; raises OSError."""
    if sys.platform == "win32":
        raise Unavailable("Windows has no Unix sockets")
    return await asyncio.open_unix_connection(path)


class Stream(Generic[T]):
    """`server`: its name for people. A message is `head` bytes, then as many bytes as `length` returns for these.

    Any exception in `length` or `on_message(head, body)` ends the connection. Both, and `head`, may be replaced between
    two messages. Answers are told apart by the client's own numbers.
    """

    def __init__(
        self,
        server: str,
        head: int,
        length: Callable[[bytes], int],
        on_message: Callable[[bytes, bytes], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.server, self.head, self.length = server, head, length
        self.on_message, self._on_lost = on_message, on_lost
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[T]] = {}
        self._tasks = Tasks(log, server)

    async def open(self, path: str) -> None:
        """Connect to a Unix socket; raises OSError."""
        self.begin(*await connect_unix(path))

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read from an open connection."""
        self._writer = writer
        self._tasks.start(self._read(reader))

    def send(self, data: bytes) -> None:
        """Send; does nothing after a loss."""
        if self._writer and not self._writer.is_closing():
            self._writer.write(data)

    async def answer(self, number: int, seconds: float | None = None) -> T:
        """Wait for `answered(number, …)`; raises ServerGone when the connection ends or it times out."""
        if self._writer is None or self._writer.is_closing():
            raise ServerGone(f"{self.server} went away")
        limit = ANSWER_SECONDS if seconds is None else seconds
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            async with asyncio.timeout(limit):  # not wait_for: up to Python 3.11 it can forget a cancellation
                return await future
        except TimeoutError:
            raise ServerGone(f"{self.server} does not answer within {limit:g} s") from None
        finally:
            del self._waiting[number]

    def answered(self, number: int, answer: T) -> None:
        """Give an answer to the one who waits for it, if anybody still does."""
        if (future := self._waiting.get(number)) and not future.done():
            future.set_result(answer)

    def refused(self, number: int, error: Unavailable) -> None:
        """Raise an error where this answer is waited for."""
        if (future := self._waiting.get(number)) and not future.done():
            future.set_exception(error)

    async def close(self) -> None:
        """Disconnect; no callback is called afterwards."""
        self._on_lost = lambda _why: None
        await self._tasks.cancel()
        writer, self._writer = self._writer, None
        if writer:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _message(self, reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
        """Head and body of the next message."""
        head = await reader.readexactly(1)
        async with asyncio.timeout(ANSWER_SECONDS):
            head += await reader.readexactly(self.head - 1)
            length = self.length(head)
            if length > MOST_BYTES:
                raise ValueError(f"a message of {length} bytes")
            return head, await reader.readexactly(length)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        end: type[ServerGone | ServerRefused] = ServerGone
        try:
            while True:
                self.on_message(*await self._message(reader))
        except TimeoutError:
            why = f"{self.server} stopped in the middle of a message"
        except (asyncio.IncompleteReadError, OSError) as error:
            log.debug("%s: %s", self.server, error)
            why = f"{self.server} went away"
        except ServerRefused as error:
            why, end = str(error), ServerRefused
        except Exception as error:
            log.debug("where it came from", exc_info=error)
            why = f"{self.server} sent something unknown: {fault(error)}"
        if self._writer:
            self._writer.close()
        for number in self._waiting:
            self.refused(number, end(why))
        self._on_lost(why)
