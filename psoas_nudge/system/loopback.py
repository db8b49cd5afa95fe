"""The channel where Python has no Unix sockets: loopback TCP, and a secret in a file that only its owner can read.

Every user of the computer can connect to a port, so a client first sends the secret. Each start makes a new one.
The code works on every system, and the tests of the protocol run over it too.
"""

from __future__ import annotations

import hmac
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from psoas_nudge.system.files import write

if TYPE_CHECKING:  # a command that sends one request does not import asyncio
    import asyncio

    OnClient = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]

HOST = "127.0.0.1"
SECRET_BYTES = 32
SECRET_SECONDS = 5.0
"""Timeout for a client to send it."""


def connect(path: Path, within: float) -> socket.socket:
    """A connection to the daemon whose port is in the file `path`; each operation times out after `within` seconds.

    Raises OSError: FileNotFoundError and ConnectionRefusedError when no daemon listens."""
    port, _, secret = path.read_bytes().partition(b" ")
    if not port.isdigit() or not secret:
        raise ConnectionRefusedError(f"{path} names no port")
    connection = socket.create_connection((HOST, int(port)), timeout=within)
    try:
        connection.sendall(secret)
    except BaseException:
        connection.close()
        raise
    return connection


class Listening:
    """The daemon's side; its port and secret are in the file `path`. It needs the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._secret = secrets.token_urlsafe(SECRET_BYTES).encode() + b"\n"
        self._server: asyncio.Server | None = None

    async def start(self, on_client: OnClient, limit: int) -> None:
        """Call `on_client` for each client; lines have at most `limit` bytes. Raises OSError."""
        import asyncio

        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None):  # Windows: no program may share it
                listening.setsockopt(socket.SOL_SOCKET, exclusive, 1)
            listening.bind((HOST, 0))
            self._server = await asyncio.start_server(on_client, sock=listening, limit=limit)
            port = listening.getsockname()[1]
            write(self._path, b"%d %s" % (port, self._secret))
        except BaseException:
            if self._server:
                self._server.close()  # and its socket
            else:
                listening.close()
            raise

    async def other_user(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """Who a client is when it does not send the secret; "" when it does."""
        import asyncio

        try:
            said = await asyncio.wait_for(reader.readline(), SECRET_SECONDS)
        except (ValueError, TimeoutError):
            said = b""
        known = hmac.compare_digest(said, self._secret)
        return "" if known else f"a program at {writer.get_extra_info('peername')} that does not know the secret"

    def hung_up(self, writer: asyncio.StreamWriter) -> bool:  # noqa: ARG002 - see channel.py
        """TCP cannot tell a client that has closed from one that only says no more."""
        return False

    def close(self) -> None:
        """Stop listening and remove the file."""
        if self._server:
            self._server.close()
            self._path.unlink(missing_ok=True)
