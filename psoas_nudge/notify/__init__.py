"""Notifiers show prompts: one file each, one table in chooser.py."""

from pathlib import Path

from psoas_nudge.core.routines import Routine
from psoas_nudge.pictures import kept

DATA = Path(__file__).parents[1] / "data"
ICON = str(DATA / "icon-128.png")
"""The program's icon, for a Message."""


def picture(routine: Routine) -> str:
    """The picture of a routine for a Message; the program's icon for a routine without one."""
    found = DATA / "pictures" / f"{routine.id}.png"
    if routine.pictures:
        found = kept.icon(routine.pictures, routine.picture)
    return str(found) if found.is_file() else ICON
