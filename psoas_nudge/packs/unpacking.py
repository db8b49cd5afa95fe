"""What the child process is asked and answers; it unpacks a zip in memory, and refuses path traversal and zip bombs.

https://docs.python.org/3/library/zipfile.html#decompression-pitfalls
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator

from msgspec import Struct

from psoas_nudge.core.words import counted
from psoas_nudge.pictures.wire import MOST_BYTES, MOST_FILES, Drawn, NotTaken

LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory"})
TOO_LARGE = f"The pack is larger than {MOST_BYTES // 1_000_000} MB."
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")
ENCRYPTED = 0x1
"""The bit of an entry's flags (APPNOTE.TXT 4.4.4)."""


class PackRequest(Struct, frozen=True):
    """A pack as one zip file."""

    zipped: bytes


class PackResult(Struct, frozen=True, kw_only=True):
    """The content of the pack, or its problems."""

    problems: tuple[str, ...] = ()
    text: str = ""
    """The text of pack.toml."""
    pictures: dict[str, Drawn] = {}


def files(zipped: bytes) -> dict[str, bytes]:
    """The files by name, without a common top folder. Raises NotTaken."""
    try:
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            entries = list(_entries(archive.infolist()))
            return _read(archive, entries)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, ValueError, OSError) as error:
        raise NotTaken(f"This is not a zip file that can be read: {error}.") from None


def _entries(found: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    """The entries that are files of the pack, without those that file managers add."""
    if len(found) > MOST_FILES:
        raise NotTaken(f"It has {counted(len(found), 'file')}; {MOST_FILES} is the limit.")
    for entry in found:
        # zipfile cuts `filename` at a NUL and replaces the system's separator; `orig_filename` is unchanged
        name = entry.orig_filename
        parts = name.split("/")
        shown = ascii(name)[1:-1]
        if name.startswith("/") or "\\" in name or ":" in name or ".." in parts or "\0" in name:
            raise NotTaken(f"{shown} would be outside the folder of the pack.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise NotTaken(f"{shown} is a link. Put the file itself there.")
        if entry.flag_bits & ENCRYPTED:
            raise NotTaken(f"{shown} is encrypted.")
        if not entry.is_dir() and parts[0] != "__MACOSX" and parts[-1] not in LEFT_BY_DESKTOPS:
            yield entry


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise NotTaken(f"Unpacked, it is larger than {MOST_BYTES // 1_000_000} MB.")
    tops = {entry.filename.split("/")[0] if "/" in entry.filename else "" for entry in entries}
    top = f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""
    read: dict[str, bytes] = {}
    room = MOST_BYTES
    for entry in entries:
        name = entry.filename.removeprefix(top)
        if "/" in name:
            raise NotTaken(f"{ascii(name)[1:-1]} is in a folder. Put the pictures beside pack.toml.")
        if not FILE_NAME.fullmatch(name):
            raise NotTaken(f"{ascii(name)[1:-1]}: Use letters, digits, spaces, dots and hyphens in the names of files.")
        if name.lower() in {each.lower() for each in read}:
            raise NotTaken(f"{name} is there twice.")
        with archive.open(entry) as opened:
            data = opened.read(room + 1)
        room -= len(data)
        if room < 0:
            raise NotTaken(TOO_LARGE)
        read[name] = data
    return read
