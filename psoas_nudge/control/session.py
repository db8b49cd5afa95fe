"""The desktop session that a daemon belongs to, and whether it still exists.

A program started by XDG autostart outlives a logout where user processes are not killed. The lock file has the session
of its daemon, so that the next login can tell a daemon in use from one that was left behind.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from psoas_nudge.system.channel import short, unix_socket

SESSIONS = Path("/run/systemd/sessions")
"""One file for each login session, written by logind and elogind; sd_session_get_state(3) reads them too."""
X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers listen
CONNECT_SECONDS = 1.0


class LoginSession(Struct, frozen=True, omit_defaults=True):
    """A field is empty where there is none, or where it is on another machine."""

    id: str = ""
    """XDG_SESSION_ID."""
    display: str = ""
    """The socket of the compositor or X server."""
    bus: str = ""
    """The socket of the session bus; an abstract one begins with "@"."""


def session_of(environ: Mapping[str, str]) -> LoginSession:
    """The session of a process with these variables. Empty on Windows, where no process outlives its session."""
    if sys.platform == "win32":
        return LoginSession()
    return LoginSession(id=environ.get("XDG_SESSION_ID", ""), display=_display(environ), bus=bus_socket(environ))


def bus_socket(environ: Mapping[str, str]) -> str:
    """The socket of the session bus: `$XDG_RUNTIME_DIR/bus` unless another address is set."""
    address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if not address:
        runtime = environ.get("XDG_RUNTIME_DIR", "")
        return f"{runtime}/bus" if runtime else ""
    found = re.match(r"unix:(?:.*,)?(path|abstract)=([^,;]+)", address)
    return ("@" if found[1] == "abstract" else "") + unquote(found[2]) if found else ""


def _display(environ: Mapping[str, str]) -> str:
    if name := environ.get("WAYLAND_DISPLAY"):
        return str(Path(environ.get("XDG_RUNTIME_DIR", ""), name))
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", environ.get("DISPLAY", ""))
    return str(X_SOCKETS / f"X{local[1]}") if local else ""


def connected(address: str) -> socket.socket | None:
    """A connection to a local socket; None when no process listens there."""
    try:
        client = unix_socket()
    except OSError:
        return None
    client.settimeout(CONNECT_SECONDS)
    with suppress(OSError):
        if address.startswith("@"):
            client.connect("\0" + address[1:])
        else:
            with short(Path(address)) as path:
                client.connect(path)
        return client
    client.close()
    return None


def answers(address: str) -> bool:
    """Whether a process listens on a local socket."""
    client = connected(address)
    if client is None:
        return False
    client.close()
    return True


def gone(session: LoginSession, sessions: Path = SESSIONS) -> str:
    """Why the session has ended; "" when it has not, or when that is unknown."""
    if session.id and sessions.is_dir():
        try:
            state = (sessions / session.id).read_text()
        except OSError:
            return f"login session {session.id} has ended"
        if re.search(r"^STATE=closing$", state, re.MULTILINE):
            return f"login session {session.id} is closing"
    for address, what in ((session.display, "display"), (session.bus, "session bus")):
        if address and not answers(address):
            return f"its {what} {address} does not answer"
    return ""
