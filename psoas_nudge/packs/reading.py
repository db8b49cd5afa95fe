"""Makes one zip file of a pack, be it a folder or a zip. What is in the files, only the child looks at."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

from psoas_nudge.packs.limits import MOST_BYTES, MOST_FILES
from psoas_nudge.packs.wire import PackRefused

LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory"})
TOO_LARGE = f"The pack is larger than {MOST_BYTES // 1_000_000} MB."
MADE = (1980, 1, 1, 0, 0, 0)
"""The time that files get in a zip made of a folder, so that the same files make the same zip."""


def zipped(path: Path) -> bytes:
    """The pack as the bytes of a zip file: that file, or one made of the folder. Raises PackRefused."""
    name = str(path)
    try:
        if path.is_dir():
            return _of_folder(path)
        return _bytes_of(path.resolve(), MOST_BYTES)
    except _BadFile as error:
        raise PackRefused(name, (str(error),)) from None
    except FileNotFoundError:
        raise PackRefused(name, ("There is no such file or folder.",)) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise PackRefused(name, (f"It cannot be read: {why}.",)) from None


class _BadFile(Exception):
    """Why a file is not taken."""


def _of_folder(folder: Path) -> bytes:
    found = sorted(each.name for each in folder.iterdir() if each.name not in LEFT_BY_DESKTOPS)
    if len(found) > MOST_FILES:
        raise _BadFile(f"It has {len(found)} files; {MOST_FILES} is the limit.")
    made, room = io.BytesIO(), MOST_BYTES
    with zipfile.ZipFile(made, "w") as archive:
        for name in found:
            data = _bytes_of(folder / name, room)
            room -= len(data)
            archive.writestr(zipfile.ZipInfo(name, MADE), data)
    return made.getvalue()


def _bytes_of(path: Path, most: int) -> bytes:
    """The content of an ordinary file that is no link."""
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        raise _BadFile(f"{path.name} is a link. Put the file itself there.")
    if stat.S_ISDIR(kind):
        raise _BadFile(f"{path.name} is a folder. Put the pictures beside pack.toml.")
    if not stat.S_ISREG(kind):
        raise _BadFile(f"{path.name} is no ordinary file.")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise _BadFile(TOO_LARGE)
    return data
