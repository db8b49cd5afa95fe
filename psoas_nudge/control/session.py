"""Which desktop session a daemon belongs to, and whether that session is still there.

A program that XDG autostart started outlives a logout where user processes are not killed. The lock names the session
of its daemon, so that the next login can tell a daemon that is needed from one that was left behind.
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
"""One file per login session, written by logind and elogind; sd_session_get_state(3) reads the same."""
X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers listen
CONNECT_SECONDS = 1.0


class LoginSession(Struct, frozen=True, omit_defaults=True):
    """Empty: there is none, or it is not on this machine."""

    id: str = ""
    """Of the login session (XDG_SESSION_ID)."""
    display: str = ""
    """Socket of the compositor or X server."""
    bus: str = ""
    """Socket of the session bus; "@" begins an abstract one."""


def session_of(environ: Mapping[str, str]) -> LoginSession:
    """The session that a process with these variables runs in. On Windows no process outlives its own."""
    if sys.platform == "win32":
        return LoginSession()
    return LoginSession(id=environ.get("XDG_SESSION_ID", ""), display=_display(environ), bus=bus_socket(environ))


def bus_socket(environ: Mapping[str, str]) -> str:
    """Where the session bus listens or would listen; `$XDG_RUNTIME_DIR/bus` unless another address is set."""
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
    """A connection to a local socket; None when nobody listens there."""
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
    """Whether somebody listens on a local socket."""
    client = connected(address)
    if client is None:
        return False
    client.close()
    return True


def gone(session: LoginSession, sessions: Path = SESSIONS) -> str:
    """Why the session has ended; an empty text when it has not, or nobody can tell."""
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
