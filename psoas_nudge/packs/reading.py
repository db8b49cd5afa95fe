"""Reads a pack, a folder or a zip, as zip bytes. Only the child process looks into the files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from psoas_nudge.core.words import counted
from psoas_nudge.packs.wire import PackRefused
from psoas_nudge.pictures.wire import MOST_BYTES, MOST_FILES, NotTaken, bytes_of

LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory"})
TOO_LARGE = f"The pack is larger than {MOST_BYTES // 1_000_000} MB."
MADE = (1980, 1, 1, 0, 0, 0)
"""Modification time of files in a zip made from a folder, so that the same files give the same zip."""


def zipped(path: Path) -> bytes:
    """The content of a zip file, or a zip made from a folder. Raises PackRefused."""
    name = str(path)
    try:
        if path.is_dir():
            return _of_folder(path)
        return bytes_of(path.resolve(), MOST_BYTES, TOO_LARGE)
    except NotTaken as error:
        raise PackRefused(name, (str(error),)) from None
    except FileNotFoundError:
        raise PackRefused(name, ("There is no such file or folder.",)) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PackRefused(name, (f"It cannot be read: {why}.",)) from None


def _of_folder(folder: Path) -> bytes:
    found = sorted(each.name for each in folder.iterdir() if each.name not in LEFT_BY_DESKTOPS)
    if len(found) > MOST_FILES:
        raise NotTaken(f"It has {counted(len(found), 'file')}; {MOST_FILES} is the limit.")
    made, room = io.BytesIO(), MOST_BYTES
    with zipfile.ZipFile(made, "w") as archive:
        for name in found:
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                raise NotTaken(f"{name} is a folder. Put the pictures beside pack.toml.")
            data = bytes_of(folder / name, room, TOO_LARGE)
            room -= len(data)
            archive.writestr(zipfile.ZipInfo(name, MADE), data)
    return made.getvalue()
