"""The connection of commands to the daemon of the same user: a Unix socket, on Windows loopback TCP with a secret.

`path` is the socket. On Windows it is a file of the same mode with the port and a secret, and a client sends the secret
as its first line. After that the protocol is the same everywhere (control/messages.py).
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from psoas_nudge.errors import PsoasNudgeError

if TYPE_CHECKING:  # a command that sends one request does not import asyncio
    import asyncio

    OnClient = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]

__all__ = ["Listening", "connect", "short", "unix_socket"]

LONGEST = 107 if sys.platform == "linux" else 103
"""Bytes in the address of a Unix socket (sun_path)."""

if sys.platform == "win32":
    from psoas_nudge.system.loopback import Listening, connect

    def unix_socket(kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
        """Raises OSError: Python has no Unix sockets here."""
        raise OSError(errno.EAFNOSUPPORT, f"Windows has no Unix sockets ({kind.name})")

else:

    def unix_socket(kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
        """A new Unix socket; raises OSError where there are none."""
        return socket.socket(socket.AF_UNIX, kind)

    def connect(path: Path, within: float) -> socket.socket:
        """A connection to the daemon that listens at `path`, with a timeout of `within` seconds for each operation.

        Raises OSError: FileNotFoundError and ConnectionRefusedError when no daemon listens."""
        connection = unix_socket()
        connection.settimeout(within)
        try:
            with short(path) as address:
                connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection

    class Listening:
        """The daemon's side, at `path`. It needs the lock: with it, a socket that was left behind can be removed."""

        def __init__(self, path: Path) -> None:
            self._path = path
            self._server: asyncio.Server | None = None

        async def start(self, on_client: OnClient, limit: int) -> None:
            """Call `on_client` for each client; lines have at most `limit` bytes. Raises OSError."""
            import asyncio

            listening = unix_socket()
            try:
                self._path.unlink(missing_ok=True)
                with short(self._path) as address:
                    listening.bind(address)
                self._path.chmod(0o600)
                self._server = await asyncio.start_unix_server(on_client, sock=listening, limit=limit)
            except BaseException:
                listening.close()
                raise

        async def other_user(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:  # noqa: ARG002 - see loopback.py
            """Who a client is when it runs for another user; "" when it does not. Where the system cannot tell, the
            mode of the directory keeps other users out."""
            if not hasattr(socket, "SO_PEERCRED"):
                return ""
            peer: socket.socket = writer.get_extra_info("socket")
            _, uid, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return "" if uid == os.getuid() else f"user {uid}"

        def hung_up(self, writer: asyncio.StreamWriter) -> bool:
            """Whether a client has closed its end altogether; one that only says no more still waits for an answer."""
            import select

            peer: socket.socket = writer.get_extra_info("socket")
            look = select.poll()
            look.register(peer.fileno(), 0)  # POLLHUP is always reported
            return any(happened & select.POLLHUP for _, happened in look.poll(0))

        def close(self) -> None:
            """Stop listening and remove the socket."""
            if self._server:
                self._server.close()
                self._path.unlink(missing_ok=True)


@contextmanager
def short(path: Path) -> Iterator[str]:
    """An address for `path` that fits into sun_path, valid inside the `with`; on Linux a long path goes through /proc.

    Raises OSError when the directory of a long path cannot be opened, PsoasNudgeError for a long path elsewhere."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    if sys.platform != "linux":
        raise PsoasNudgeError(
            f"The path of the socket is too long for this system ({LONGEST} bytes): {path}. "
            "Set XDG_RUNTIME_DIR to a directory with a shorter path."
        )
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
