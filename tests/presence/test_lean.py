"""What is not there is not imported: sensors of other desktops cost no memory, and without dbus-fast the rest works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

LOADED = """
import asyncio, sys
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession

async def main():
    presence = Presence()
    await presence.start(DesktopSession(environ={}), lambda reading: None)
    await presence.stop()

asyncio.run(main())
print(*sorted(name.removeprefix("psoas_nudge.presence.") for name in sys.modules if name.startswith("psoas_nudge.presence.")))
"""

WITHOUT_DBUS_FAST = """
import asyncio, sys
sys.modules["dbus_fast"] = None  # as on Windows
import psoas_nudge.engine.service
from psoas_nudge.bus import buses

async def main():
    async with buses(lambda kind, why: print(why)) as found:
        print(found)

asyncio.run(main())
"""


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_only_sensors_that_could_work_are_imported() -> None:
    linux = " ".join(
        [
            "camera",
            "chooser",
            "clock",
            "microphone",
            "port",
            "screen_share",
            "slot",
            "table",
            "wire",
        ]
    )
    assert python(LOADED).strip() == (linux if sys.platform == "linux" else "chooser port slot table")


def test_without_dbus_fast_there_are_no_buses_and_everything_else() -> None:
    assert python(WITHOUT_DBUS_FAST).splitlines() == [
        "no session bus: dbus-fast is not installed",
        "no system bus: dbus-fast is not installed",
        "(None, None)",
    ]
