"""The width of the output."""

from __future__ import annotations

import os
import re
import shutil
import sys
from textwrap import fill

from psoas_nudge.called import as_called


def columns() -> int:
    """Columns of the terminal or $COLUMNS. Without either the output goes to a script, and lines are not wrapped."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return sys.maxsize


TOGETHER = re.compile(r"(?<=\d) (?=[a-z])|(?<=\dh) (?=\d)|(?<=\d h) (?=\d)|(?<=psoas-nudge) (?=[a-z])")
"""Spaces at which no line is broken: between a number and its unit, and in a command."""
NO_BREAK = "\u00a0"


def hanging(first: str, text: str, width: int) -> str:
    """`first` and `text`, wrapped at `width` with a hanging indent as wide as `first`."""
    filled = fill(
        TOGETHER.sub(NO_BREAK, as_called(text)),
        max(width, len(first) + 20),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return filled.replace(NO_BREAK, " ")
