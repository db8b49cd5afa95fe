"""The client side of the control socket: send a request and wait for the answer, with blocking sockets.

It does not use asyncio, which would slow down a command that sends one request.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import msgspec

from psoas_nudge.control.messages import LONGEST_LINE, AnyRequest, Failed, Follow, Ok, Reply
from psoas_nudge.core.ranges import out_of_range
from psoas_nudge.core.status import Status
from psoas_nudge.errors import BadInput, DaemonSilent, NoDaemon, PsoasNudgeError, Refused
from psoas_nudge.system.channel import connect

ANSWER_SECONDS = 3.0


def ask(request: AnyRequest, path: Path, within: float = ANSWER_SECONDS) -> Ok:
    """The daemon's answer to one request.

    Raises BadInput for a field that is out of range, NoDaemon when none listens at `path`, DaemonSilent when it does
    not answer `within` seconds, and Refused, with the exit status from the daemon, when it refuses.
    """
    line = _encoded(request)
    with closing(_connected(path, within)) as connection, connection.makefile("rb") as lines:
        _send(connection, line, within)
        return _next(lines, within)


def follow(path: Path) -> Iterator[Status]:
    """The status now and at each change, until the daemon ends. Raises the same as `ask`."""
    with closing(_connected(path, ANSWER_SECONDS)) as connection, connection.makefile("rb") as lines:
        _send(connection, _encoded(Follow()), ANSWER_SECONDS)
        first = _next(lines, ANSWER_SECONDS)
        if first.status:
            yield first.status
        connection.settimeout(None)
        while True:
            try:
                reply = _next(lines, 0.0)
            except NoDaemon:
                return
            if reply.status:
                yield reply.status


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
        raise BadInput(out_of_range(error, type(request)) or str(error)) from None
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
