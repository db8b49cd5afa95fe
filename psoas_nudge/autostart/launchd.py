"""A LaunchAgent of macOS. Written from launchd.plist(5) and tested against fakes; never run on a real Mac."""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from psoas_nudge.autostart.port import LABEL, Computer, Found, clear, put
from psoas_nudge.errors import Unavailable


def render(argv: Sequence[str]) -> bytes:
    """The property list."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(argv),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 30,
            "ProcessType": "Background",
            "LimitLoadToSessionType": "Aqua",
        }
    )


def command_in(content: bytes) -> tuple[str, ...]:
    """The command in a property list; empty when it is none of ours."""
    try:
        words = plistlib.loads(content).get("ProgramArguments", [])
    except (plistlib.InvalidFileException, ExpatError, AttributeError, ValueError):
        return ()
    return tuple(str(word) for word in words)


class Launchd:
    """The way for macOS."""

    name = "launchd"
    title = "LaunchAgent"

    def unavailable(self, computer: Computer) -> Unavailable | None:
        """Only where launchd is."""
        return None if computer.platform == "darwin" else Unavailable("LaunchAgents exist on macOS only")

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        """Write the list; a changed one is loaded anew, so that the old command is forgotten."""
        changed = put({self._list(computer): render(argv)})
        if changed or not self._loaded(computer):
            computer.run(["launchctl", "bootout", self._service(computer)])
            done = computer.run(["launchctl", "bootstrap", f"gui/{computer.uid}", str(self._list(computer))])
            if done.code:
                raise Unavailable(f"launchctl bootstrap failed: {done.text}")
            changed = True
        return changed

    def disable(self, computer: Computer) -> bool:
        """Remove the list, then unload it, which also ends what it started."""
        if computer.platform != "darwin":
            return False
        changed = clear([self._list(computer)], computer.home)
        if self._loaded(computer):
            computer.run(["launchctl", "bootout", self._service(computer)])
            changed = True
        return changed

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """The list on disk and what launchd says of it."""
        path = self._list(computer)
        if not path.is_file():
            return None
        content = path.read_bytes()
        state = computer.run(["launchctl", "print", self._service(computer)])
        return Found(
            place=str(path),
            starts=command_in(content),
            enabled=state.code == 0,
            running="state = running" in state.text,
            as_written_now=content == render(argv),
        )

    def start_now(self, computer: Computer) -> list[str]:
        """Loading starts it; this is for one that was ended."""
        return ["launchctl", "kickstart", f"gui/{computer.uid}/{LABEL}"]

    def _list(self, computer: Computer) -> Path:
        return computer.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def _service(self, computer: Computer) -> str:
        return f"gui/{computer.uid}/{LABEL}"

    def _loaded(self, computer: Computer) -> bool:
        return computer.run(["launchctl", "print", self._service(computer)]).code == 0
