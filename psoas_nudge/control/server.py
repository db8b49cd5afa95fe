"""The daemon's side of the control socket: answers one request a line, and sends every status change to followers.

No client can block the daemon: lines have a maximum length, a client that sends nothing times out, and a follower that
does not read is disconnected. Only processes of the same user get answers. When the connection of a guide closes, the
engine is told. A request whose client has gone is dropped: the client was told that nobody knows whether it was done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import get_args

import msgspec

from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import AnyRequest, Failed, Follow, Ok, Reply, WatchGuide
from psoas_nudge.core.events import GuideEnded, GuideHeld, GuideStarted
from psoas_nudge.core.ranges import LONGEST_LINE, mistake
from psoas_nudge.core.status import Status
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.places import private_directory
from psoas_nudge.system.channel import Listening
from psoas_nudge.tasks import Tasks, log_failure

log = logging.getLogger(__name__)

SILENT_SECONDS = 30.0
LONGEST_BACKLOG = 256 * 1024
"""Bytes that may wait for a client that does not read, before it is disconnected."""

MOST_CLIENTS = 64
"""Connections at a time; one more takes the place of the one that has been silent for the longest time."""

Handler = Callable[[AnyRequest], Ok]
KINDS: dict[str, type[msgspec.Struct]] = {kind.__struct_config__.tag: kind for kind in get_args(AnyRequest)}


class Tagged(msgspec.Struct, frozen=True):
    """The field of a request that names its type."""

    event: str


class ControlServer:
    """Serves `handler` at `path`; needs the lock.

    A PsoasNudgeError that `handler` raises becomes Failed. `gone` is called when the connection of a guide has closed.
    """

    def __init__(
        self, path: Path, handler: Handler, lock: Lock, gone: Callable[[WatchGuide], None] = lambda _guide: None
    ) -> None:
        if not lock.held:
            raise ValueError("the lock must be held")
        self._path = path
        self._handler, self._gone = handler, gone
        self._listening: Listening | None = None
        self._clients = Tasks(log, "a client of the control socket")
        self._writers: dict[asyncio.StreamWriter, None] = {}
        """In the order in which they came."""
        self._followers: set[asyncio.StreamWriter] = set()
        self._guides: dict[asyncio.StreamWriter, WatchGuide] = {}
        self._decoder = msgspec.json.Decoder(AnyRequest)

    async def start(self) -> None:
        """Listen. Raises PsoasNudgeError when that is not possible."""
        private_directory(self._path.parent)
        self._listening = Listening(self._path)
        try:
            await self._listening.start(self._accept, LONGEST_LINE)
        except OSError as error:
            raise PsoasNudgeError(f"The socket {self._path} cannot be made: {error.strerror}.") from error

    async def close(self) -> None:
        """Disconnect all clients and remove the socket. Release the lock only afterwards."""
        if self._listening is None:
            return
        self._listening.close()
        await self._clients.cancel()
        self._listening = None

    @property
    def followed(self) -> bool:
        """Whether there are followers; without any, no status has to be computed."""
        return bool(self._followers)

    def publish(self, status: Status) -> None:
        """Send the status to the followers."""
        line = _line(Ok(status=status))
        for follower in list(self._followers):
            if follower.transport.get_write_buffer_size() > LONGEST_BACKLOG:
                log.info("disconnected a program that follows the status but does not read it")
                self._followers.discard(follower)
                follower.transport.abort()
            else:
                follower.write(line)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= MOST_CLIENTS:
            stay = self._followers | self._guides.keys()
            oldest = next((each for each in self._writers if each not in stay), writer)
            log.info("more than %d programs are connected: the oldest was disconnected", MOST_CLIENTS)
            self._writers.pop(oldest, None)
            oldest.transport.abort()
            if oldest is writer:
                return
        self._writers[writer] = None
        self._clients.start(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._listening is None:
                return
            if other_user := await self._listening.other_user(reader, writer):
                log.warning("refused a connection from %s", other_user)
                writer.write(_line(Failed(message="This psoas-nudge runs for another user.")))
                return
            while await self._serve_line(reader, writer):
                pass
        except OSError as error:
            log.debug("a client went away: %s", error)
        finally:
            self._writers.pop(writer, None)
            self._followers.discard(writer)
            if guide := self._guides.pop(writer, None):
                self._gone(guide)
            writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):  # for a client that does not read the last reply
                    await writer.wait_closed()
            writer.transport.abort()

    async def _serve_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; returns False when the connection has to be closed."""
        try:
            waits = writer in self._followers or writer in self._guides
            async with asyncio.timeout(None if waits else SILENT_SECONDS):
                line = await reader.readline()
        except ValueError:
            writer.write(_line(Failed(message=f"A request may have {LONGEST_LINE} bytes.", exit_code=2)))
            return False
        except TimeoutError:
            writer.write(_line(Failed(message=f"There was no request for {SILENT_SECONDS:g} s.", exit_code=2)))
            return False
        if not line.endswith(b"\n"):  # the client has closed the connection, maybe in the middle of a line
            return False
        try:
            request = self._decoder.decode(line)
        except (msgspec.DecodeError, ValueError) as error:
            writer.write(_line(Failed(message=_mistake(line, error), exit_code=2)))
        else:
            if self._given_up(request, writer):
                return False
            writer.write(_line(self._answer(request)))
            if isinstance(request, Follow):
                self._followers.add(writer)
            if isinstance(request, WatchGuide):
                self._guides[writer] = request
        async with asyncio.timeout(SILENT_SECONDS):
            await writer.drain()
        return True

    def _given_up(self, request: AnyRequest, writer: asyncio.StreamWriter) -> bool:
        """Whether the client has gone. What a guide reports has happened all the same."""
        if isinstance(request, GuideStarted | GuideHeld | GuideEnded):
            return False
        gone = self._listening is not None and self._listening.hung_up(writer)
        if gone:
            log.warning("a request was dropped, its client did not wait for the answer: %s", type(request).__name__)
        return gone

    def _answer(self, request: AnyRequest) -> Reply:
        try:
            return self._handler(request)
        except PsoasNudgeError as error:
            return Failed(message=str(error), exit_code=error.exit_code)
        except Exception as error:  # noqa: BLE001 - a bug in one request must not end the daemon
            log_failure(log, type(request).__name__, error)
            return Failed(
                message="psoas-nudge could not do that because of an error of its own. The log has the details."
            )


def _mistake(line: bytes, error: Exception) -> str:
    """What is wrong with a line that is not a request."""
    try:
        kind = KINDS.get(msgspec.json.decode(line, type=Tagged).event)
    except (msgspec.DecodeError, ValueError):
        kind = None
    if kind and (sentence := mistake(error, kind)):
        return sentence
    return f"The request was not understood: {error}. psoas-nudge in the background may be another version. Restart it."


def _line(reply: Reply) -> bytes:
    return msgspec.json.encode(reply) + b"\n"
