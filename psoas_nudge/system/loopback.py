"""The channel where Python has no Unix sockets: loopback TCP, and a secret in a file that only its person can read.

Any user of the computer can connect to a port, so a client says the secret first. It is made anew at each start.
Nothing in here belongs to Windows alone: the tests of the conversation run over it on every system.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from psoas_nudge.system.files import NEW, put_over

if TYPE_CHECKING:  # a command that asks one question does without asyncio
    import asyncio

    OnClient = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]

HOST = "127.0.0.1"
SECRET_BYTES = 32
SECRET_SECONDS = 5.0
"""For a client to say it."""


def connect(path: Path, within: float) -> socket.socket:
    """A connection to the daemon whose port is in the file `path`, whose operations take at most `within` seconds.

    Raises OSError: FileNotFoundError and ConnectionRefusedError when there is none."""
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
    """The daemon's end; its port and secret are in the file `path`. The lock of the daemon must be held."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._secret = secrets.token_urlsafe(SECRET_BYTES).encode() + b"\n"
        self._server: asyncio.Server | None = None

    async def start(self, on_client: OnClient, limit: int) -> None:
        """Call `on_client` for each that connects; lines have at most `limit` bytes. Raises OSError."""
        import asyncio

        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        part = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            if exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None):  # Windows: nobody else may share the port
                listening.setsockopt(socket.SOL_SOCKET, exclusive, 1)
            listening.bind((HOST, 0))
            self._server = await asyncio.start_server(on_client, sock=listening, limit=limit)
            port = listening.getsockname()[1]
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NEW, 0o600), "wb") as file:
                file.write(b"%d %s" % (port, self._secret))
            put_over(part, self._path)
        except BaseException:
            if self._server:
                self._server.close()  # and its socket
            else:
                listening.close()
            part.unlink(missing_ok=True)
            raise

    async def stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """Who a client is when it is not this person; empty when it is. Reads the secret."""
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
        """Let nobody in any more, and remove the file."""
        if self._server:
            self._server.close()
            self._path.unlink(missing_ok=True)
