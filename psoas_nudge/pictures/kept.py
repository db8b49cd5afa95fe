"""A folder of pictures drawn anew: three files for each picture, under its own name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from psoas_nudge.pictures.wire import Drawn


def png(folder: str | Path, name: str) -> Path:
    """The picture `name` of a folder."""
    return Path(folder) / f"{_flat(name)}.png"


def icon(folder: str | Path, name: str) -> Path:
    """The same, small and square, for a notification."""
    return Path(folder) / f"{_flat(name)}.icon.png"


def dots(folder: str | Path, name: str) -> Path:
    """The same for a terminal: lines of "#" and "." (guide/figures/dots.py)."""
    return Path(folder) / f"{_flat(name)}.dots"


def write(folder: Path, pictures: Mapping[str, Drawn]) -> None:
    """Write them into a new folder that nobody else can read; raises OSError."""
    folder.mkdir(mode=0o700)
    for name, drawn in pictures.items():
        put(png(folder, name), drawn.png)
        put(icon(folder, name), drawn.icon)
        put(dots(folder, name), drawn.dots.encode())


def put(path: Path, data: bytes) -> None:
    """Write a new file that nobody else can read, over a power cut; raises OSError."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
    ) as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _flat(name: str) -> str:
    """A name may have folders; "+" is in no name."""
    return name.replace("/", "+")
