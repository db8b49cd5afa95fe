"""How wide the output is, and how long lines are kept in it."""

from __future__ import annotations

import os
import shutil
import sys
from textwrap import fill


def columns() -> int:
    """The columns of the terminal; without one, and without $COLUMNS, a script reads, and lines are not broken."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return sys.maxsize


def hanging(first: str, text: str, width: int) -> str:
    """`text` after `first`, broken at `width`, its further lines under its beginning."""
    return fill(
        text,
        max(width, len(first) + 20),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
    )
