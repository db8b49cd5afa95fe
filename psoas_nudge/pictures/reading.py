"""Reads one file of somebody's: an ordinary file, no link, and no larger than allowed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from psoas_nudge.pictures.wire import NotTaken


def bytes_of(path: Path, most: int, too_large: str) -> bytes:
    """The content of a file. Raises NotTaken, with `too_large` for more than `most` bytes, and OSError."""
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        raise NotTaken(f"{path.name} is a link. Put the file itself there.")
    if not stat.S_ISREG(kind):
        raise NotTaken(f"{path.name} is not an ordinary file.")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise NotTaken(too_large)
    return data
