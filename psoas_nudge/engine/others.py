"""Finds other break reminders on this desktop: a person who is reminded twice may turn both off.

Used once, at the very first start, and by `doctor`. It reads the names of this user's processes and one setting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from psoas_nudge.system.files import is_mine

PROCESSES = {
    "workrave": "Workrave",
    "safeeyes": "Safe Eyes",
    "stretchly": "Stretchly",
    "rsibreak": "RSIBreak",
    "gnome-break-tim": "GNOME Break Timer",  # the kernel keeps 15 letters
}
GNOME = "the break reminders in GNOME's settings, under Wellbeing"
GSETTINGS = ("gsettings", "get", "org.gnome.desktop.break-reminders", "selected-breaks")
ANSWER_SECONDS = 3.0


async def running(environ: Mapping[str, str], proc: Path = Path("/proc")) -> list[str]:
    """The titles of the reminders that run or are turned on."""
    found = sorted({title for name in _processes(proc) if (title := PROCESSES.get(name.lower()))})
    if "GNOME" in environ.get("XDG_CURRENT_DESKTOP", "").split(":") and await _gnome_reminds():
        found.append(GNOME)
    return found


def advice(found: Iterable[str]) -> str:
    """A sentence with what to do about them."""
    names = " and ".join(found)
    return f"You would be reminded twice: by psoas-nudge and by {names}. Turn one of them off."


def _processes(proc: Path) -> Iterable[str]:
    for entry in proc.glob("[0-9]*"):
        try:
            if is_mine(entry.stat()):
                yield (entry / "comm").read_text().strip()
        except OSError:  # it has ended meanwhile
            continue


async def _gnome_reminds() -> bool:
    """Whether GNOME's own break reminders are on (GNOME 48 and later; older ones do not have the setting)."""
    try:
        asked = await asyncio.create_subprocess_exec(
            *GSETTINGS, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        return False
    try:
        value, _ = await asyncio.wait_for(asked.communicate(), ANSWER_SECONDS)
    except TimeoutError:
        asked.kill()
        await asked.wait()
        return False
    return b"'" in value  # an empty list is printed as @as []
