"""Reads a pack, a folder or a zip, as zip bytes, and has the child process validate it.

Only the child looks into the files.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

from psoas_nudge.config.packs import Pack, parse
from psoas_nudge.confined.child import ChildFailed, ask
from psoas_nudge.core.words import counted
from psoas_nudge.errors import BadInput, Unavailable
from psoas_nudge.packs.unpacking import LEFT_BY_DESKTOPS, TOO_LARGE, PackRequest, PackResult
from psoas_nudge.pictures.wire import CPU_SECONDS, MOST_BYTES, MOST_FILES, NEEDED, SECONDS, Drawn, NotTaken, bytes_of

MADE = (1980, 1, 1, 0, 0, 0)
"""Modification time of files in a zip made from a folder, so that the same files give the same zip."""


class PackRefused(BadInput):
    """A pack is refused; one reason per line."""

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        lines = [each if each.startswith(name) else f"{name}: {each}" for each in problems]
        super().__init__("\n".join(lines))


class Checked(Struct, frozen=True, kw_only=True):
    """A valid pack: the original zip, the parsed pack.toml, and the pictures rendered again."""

    zipped: bytes
    text: str
    pack: Pack
    pictures: dict[str, Drawn]


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


def check(zipped: bytes, name: str) -> Checked:
    """Validate a pack. `name`: for messages. Raises PackRefused with all reasons, Unavailable without the libraries."""
    if any(find_spec(module) is None for module in NEEDED):
        raise Unavailable("Packs cannot be checked here yet. First: pip install 'psoas-nudge[packs]'")
    question = msgspec.json.encode(PackRequest(zipped))
    try:
        found = msgspec.json.decode(
            asyncio.run(ask("psoas_nudge.packs", question, SECONDS, "The reader of packs")), type=PackResult
        )
    except ChildFailed as error:
        why = f"Drawing its pictures takes more than {CPU_SECONDS} s of computing." if error.exhausted else str(error)
        raise PackRefused(name, (why,)) from None
    if found.problems:
        raise PackRefused(name, found.problems)
    return Checked(zipped=zipped, text=found.text, pack=parse(found.text, name), pictures=found.pictures)
