"""What the child that draws pictures is asked and answers, each one line of JSON; the limits of files and child."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from msgspec import Struct

MOST_BYTES = 20_000_000
"""Of the pack, of all its files unpacked, and of all pictures beside a configuration."""
MOST_FILES = 100
MOST_PIXELS = 25_000_000
"""Of one PNG. Pictures of phone cameras have fewer."""
MOST_ELEMENTS = 50_000
"""Of one SVG."""
LONGEST_SIDE = 1600
"""Pixels of the longer side of a rendered picture."""
NARROWEST = 8.0
"""Maximum ratio of the longer side of a picture to the shorter one."""

MEGABYTES = 1024
"""Address space of the child. The largest picture needs about 300; the renderer's threads reserve the rest."""
CPU_SECONDS = 60
SECONDS = 120.0
"""Time limit for the child: twice its CPU time, because other programs run, too."""

NEEDED = ("defusedxml", "PIL", "resvg_py")
"""What the child needs; the extra is called packs."""


class NotTaken(Exception):
    """A file that is refused; the message is the reason."""


class PictureRequest(Struct, frozen=True):
    """Files by name."""

    files: dict[str, bytes]


class Drawn(Struct, frozen=True, kw_only=True):
    """A picture drawn anew: PNG, a small square PNG, and lines of "#" and "." for a terminal."""

    png: bytes
    icon: bytes
    dots: str


class PictureResult(Struct, frozen=True, kw_only=True):
    """The pictures by name, and for each that is refused the reason."""

    pictures: dict[str, Drawn]
    refused: dict[str, str]


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
