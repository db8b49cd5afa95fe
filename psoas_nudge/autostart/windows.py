"""The Run key of Windows. Tested with a fake registry and under Wine, never on Windows itself.

The "Startup apps" switch of the Task Manager is a separate value: enabling removes it, and status takes it into
account.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from psoas_nudge.autostart.port import Computer, Found, Way
from psoas_nudge.errors import Unavailable
from psoas_nudge.system.command_line import split_windows
from psoas_nudge.system.processes import without_console

if sys.platform == "win32":
    import winreg

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
VALUE = "psoas-nudge"


def render(argv: Sequence[str]) -> str:
    """The command line, with pythonw.exe so that no console appears."""
    program, *rest = argv
    return subprocess.list2cmdline([without_console(program), *rest])


class CurrentUser:
    """Access to HKEY_CURRENT_USER. Tests pass another one."""

    def get(self, key: str, name: str) -> str | bytes | None:
        """The value; None if it does not exist."""
        if sys.platform == "win32":
            with suppress(FileNotFoundError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                value = winreg.QueryValueEx(opened, name)[0]
                return value if isinstance(value, bytes) else str(value)
        return None

    def set(self, key: str, name: str, value: str) -> None:
        if sys.platform == "win32":
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Delete a value if it exists."""
        if sys.platform == "win32":
            with (
                suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened,
            ):
                winreg.DeleteValue(opened, name)


class RunKey(Way):
    """For Windows: a value in HKEY_CURRENT_USER that Windows runs at login."""

    name = "windows"
    title = "Run key"

    def __init__(self, registry: CurrentUser | None = None) -> None:
        self._registry = registry or CurrentUser()

    def unavailable(self, computer: Computer) -> Unavailable | None:
        return None if computer.platform == "win32" else Unavailable("the Run key exists on Windows only")

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        """Write the value and remove the Task Manager's switch."""
        found = self.find(computer, argv)
        if found and found.as_written_now and found.enabled:
            return False
        self._registry.set(RUN, VALUE, render(argv))
        self._registry.delete(APPROVED, VALUE)
        return True

    def disable(self, computer: Computer) -> bool:
        """Remove both values."""
        found = self.find(computer, ())
        self._registry.delete(RUN, VALUE)
        self._registry.delete(APPROVED, VALUE)
        return found is not None

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """The value, and the Task Manager's switch: an odd first byte means off."""
        if computer.platform != "win32":
            return None
        value = self._registry.get(RUN, VALUE)
        if value is None:
            return None
        switch = self._registry.get(APPROVED, VALUE)
        return Found(
            place=rf"HKEY_CURRENT_USER\{RUN}\{VALUE}",
            starts=tuple(split_windows(str(value))),
            enabled=not (isinstance(switch, bytes) and switch[:1] and switch[0] % 2),
            as_written_now=bool(argv) and value == render(argv),
        )
