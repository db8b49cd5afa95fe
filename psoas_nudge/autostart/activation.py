"""The D-Bus activation file: whoever calls io.github.psoas_nudge starts the daemon when it is not running.

It belongs to the ways that exist beside a session bus, and comes and goes with them.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from psoas_nudge.autostart.port import LABEL, Computer


def path(computer: Computer) -> Path:
    """Where a session bus looks for a person's own services."""
    return computer.data() / "dbus-1" / "services" / f"{LABEL}.service"


def render(argv: Sequence[str], unit: str | None = None) -> str:
    """The service file; with `unit`, a bus that works with systemd lets that unit start instead of the command."""
    handed_over = f"SystemdService={unit}\n" if unit else ""
    return f"[D-BUS Service]\nName={LABEL}\nExec={' '.join(_quoted(word) for word in argv)}\n{handed_over}"


def tell_the_bus(computer: Computer) -> None:
    """Have the session bus read its service files again: it does not watch a folder that was not there at its start.

    Where this fails the bus reads them at the next login, so a failure is none. Without an address in the environment
    it is not tried, because dbus-send would then start a bus of its own.
    """
    if not computer.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return
    bus = "org.freedesktop.DBus"
    computer.run(["dbus-send", "--session", f"--dest={bus}", "/org/freedesktop/DBus", f"{bus}.ReloadConfig"])


def _quoted(word: str) -> str:
    # the bus first undoes escapes of the value, then splits it as a shell would
    return shlex.quote(word).replace("\\", "\\\\")
