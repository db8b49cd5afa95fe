"""Other break reminders on this desktop: being reminded twice is a reason to turn both off.

Asked once, at the very first start, and by `doctor`. Only names of this user's processes are read, and one setting.
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
    """The names of those that run or are on, as a person knows them."""
    found = sorted({title for name in _processes(proc) if (title := PROCESSES.get(name.lower()))})
    if "GNOME" in environ.get("XDG_CURRENT_DESKTOP", "").split(":") and await _gnome_reminds():
        found.append(GNOME)
    return found


def advice(found: Iterable[str]) -> str:
    """What to do about them."""
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
    """GNOME 48 and later; older ones do not know the setting."""
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
