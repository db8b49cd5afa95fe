"""A folder of pictures drawn anew: three files for each picture, under its own name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from psoas_nudge.pictures.wire import Drawn
from psoas_nudge.system import files


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
        for file, data in ((png, drawn.png), (icon, drawn.icon), (dots, drawn.dots.encode())):
            files.write(file(folder, name), data, durable=True, new=True)


def _flat(name: str) -> str:
    """A name may have folders; "+" is in no name."""
    return name.replace("/", "+")
