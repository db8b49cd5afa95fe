"""How wide the output is, and how long lines are kept in it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from textwrap import fill

from psoas_nudge.called import as_called


def columns() -> int:
    """The columns of the terminal; without one, and without $COLUMNS, a script reads, and lines are not broken."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return sys.maxsize


TOGETHER = re.compile(r"(?<=\d) (?=[a-z])|(?<=\dh) (?=\d)|(?<=\d h) (?=\d)|(?<=psoas-nudge) (?=[a-z])")
"""Spaces at which no line is broken: between a number and its unit, and in a command."""
NO_BREAK = "\u00a0"


def hanging(first: str, text: str, width: int) -> str:
    """`text` after `first`, broken at `width`, its further lines under its beginning."""
    filled = fill(
        TOGETHER.sub(NO_BREAK, as_called(text)),
        max(width, len(first) + 20),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return filled.replace(NO_BREAK, " ")
