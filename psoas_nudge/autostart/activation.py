"""The D-Bus activation file: a call to io.github.psoas_nudge starts the daemon if it is not running.

Installed and removed together with the systemd unit or the XDG autostart entry.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from psoas_nudge.autostart.port import Computer
from psoas_nudge.places import APPLICATION


def path(computer: Computer) -> Path:
    """The path of the file, in the session bus's directory for user services."""
    return computer.data() / "dbus-1" / "services" / f"{APPLICATION}.service"


def render(argv: Sequence[str], unit: str | None = None) -> str:
    """The service file. With `unit`, a bus that supports systemd starts that unit instead of the command."""
    handed_over = f"SystemdService={unit}\n" if unit else ""
    return f"[D-BUS Service]\nName={APPLICATION}\nExec={' '.join(_quoted(word) for word in argv)}\n{handed_over}"


def reload_bus(computer: Computer) -> None:
    """Make the session bus read its service files again: it does not watch a directory created after it started.

    Failures are ignored, because the bus reads the files at the next login. Without an address in the environment it is
    not tried, because dbus-send would autolaunch a bus.
    """
    if not computer.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return
    bus = "org.freedesktop.DBus"
    computer.run(["dbus-send", "--session", f"--dest={bus}", "/org/freedesktop/DBus", f"{bus}.ReloadConfig"])


def _quoted(word: str) -> str:
    # the bus first unescapes the value, then splits it like a shell
    return shlex.quote(word).replace("\\", "\\\\")
