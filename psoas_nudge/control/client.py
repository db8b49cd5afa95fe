"""The client side of the control socket: send a request and wait for the answer, with blocking sockets.

It does not use asyncio, which would slow down a command that sends one request.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from psoas_nudge.control.messages import AnyRequest, Failed, Follow, Looks, Ok, Reply, WatchGuide
from psoas_nudge.core.ranges import LONGEST_LINE, mistake
from psoas_nudge.core.status import Status
from psoas_nudge.errors import BadInput, DaemonSilent, NoDaemon, PsoasNudgeError, Refused
from psoas_nudge.system.channel import connect

ANSWER_SECONDS = 3.0
CONNECT_SECONDS = 0.5
"""For the connection of a guide, which plays on without one."""


def ask(request: AnyRequest, path: Path, within: float = ANSWER_SECONDS) -> Ok:
    """The daemon's answer to one request.

    Raises BadInput for a field that is out of range, NoDaemon when none listens at `path`, DaemonSilent when it does
    not answer `within` seconds, and Refused, with the exit status from the daemon, when it refuses. A request that the
    daemon has not begun by then is not done later (server.py).
    """
    line = _encoded(request)
    with closing(_connected(path, within)) as connection, connection.makefile("rb") as lines:
        _send(connection, line, within)
        try:
            return _next(lines, within)
        except DaemonSilent:
            raise DaemonSilent(within, maybe_done=not isinstance(request, Looks)) from None


def follow(path: Path) -> Iterator[Status]:
    """The status now and at each change, until the daemon ends. Raises the same as `ask`."""
    with closing(_connected(path, ANSWER_SECONDS)) as connection, connection.makefile("rb") as lines:
        _send(connection, _encoded(Follow()), ANSWER_SECONDS)
        reply = _next(lines, ANSWER_SECONDS)
        connection.settimeout(None)
        with suppress(NoDaemon):
            while True:
                if reply.status:
                    yield reply.status
                reply = _next(lines, 0.0)


class GuideConnection:
    """Open for as long as this process plays the guide, so that the daemon notices its end, however it comes."""

    def __init__(self, path: Path, request: WatchGuide) -> None:
        self._path, self._line = path, _encoded(request)
        self._open: socket.socket | None = None

    def keep(self) -> None:
        """Connect, also again after the daemon was restarted. Where there is none, nothing happens."""
        if self._open and not _ended(self._open):
            return
        self.close()
        with suppress(PsoasNudgeError):
            self._open = _connected(self._path, CONNECT_SECONDS)
            _send(self._open, self._line, CONNECT_SECONDS)

    def close(self) -> None:
        """The guide has said how it ended."""
        if self._open:
            self._open.close()
            self._open = None


def _ended(connection: socket.socket) -> bool:
    """Whether the other end has closed it. What has arrived is read and dropped."""
    connection.setblocking(False)
    try:
        while connection.recv(LONGEST_LINE):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _connected(path: Path, within: float) -> socket.socket:
    try:
        return connect(path, within)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        raise NoDaemon from None
    except (TimeoutError, BlockingIOError):  # BlockingIOError: the backlog is full
        raise DaemonSilent(within) from None
    except OSError as error:
        raise PsoasNudgeError(f"psoas-nudge cannot be reached at {path}: {error.strerror}.") from error


def _encoded(request: AnyRequest) -> bytes:
    try:
        line = msgspec.json.encode(request)
        msgspec.json.decode(line, type=type(request))
    except UnicodeEncodeError:
        raise BadInput("That is not text in UTF-8.") from None
    except msgspec.ValidationError as error:
        raise BadInput(mistake(error, type(request)) or str(error)) from None
    return line + b"\n"


def _send(connection: socket.socket, line: bytes, within: float) -> None:
    if len(line) > LONGEST_LINE:
        raise Refused("That is too long.")
    try:
        connection.sendall(line)
    except TimeoutError:
        raise DaemonSilent(within) from None
    except OSError:
        return  # the daemon has closed the connection; its reason may be readable


def _next(lines: BinaryIO, within: float) -> Ok:
    try:
        line = lines.readline(LONGEST_LINE)
    except TimeoutError:
        raise DaemonSilent(within) from None
    except OSError:
        line = b""
    if not line.endswith(b"\n"):  # the daemon ended before it answered
        raise NoDaemon
    try:
        reply: Reply = msgspec.json.decode(line, type=Reply)
    except (msgspec.DecodeError, ValueError) as error:
        raise PsoasNudgeError(
            f"The answer was not understood ({error}). The running psoas-nudge may be another version. Restart it."
        ) from error
    if isinstance(reply, Failed):
        refused = Refused(reply.message)
        refused.exit_code = reply.exit_code
        raise refused
    return reply
