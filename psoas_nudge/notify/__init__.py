"""Ways to show a prompt: one file each, one table in chooser.py."""

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
ICON = str(DATA / "icon-128.png")
"""The product's picture for a Message."""


def picture(routine_id: str) -> str:
    """The picture of a routine for a Message; the product's own for a routine that has none."""
    found = DATA / "pictures" / f"{routine_id}.png"
    return str(found) if found.is_file() else ICON
