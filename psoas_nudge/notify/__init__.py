"""Ways to show a prompt: one file each, one table in chooser.py."""

from pathlib import Path

ICON = str(Path(__file__).parents[1] / "data" / "icon-128.png")
"""The product's picture for a Message."""
