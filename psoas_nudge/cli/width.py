"""The width of the output."""

from __future__ import annotations

import os
import shutil
import sys
from textwrap import fill


def columns() -> int:
    """Columns of the terminal or $COLUMNS. Without either the output goes to a script, and lines are not wrapped."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return sys.maxsize


def hanging(first: str, text: str, width: int) -> str:
    """`first` and `text`, wrapped at `width` with a hanging indent as wide as `first`."""
    return fill(
        text,
        max(width, len(first) + 20),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
    )
