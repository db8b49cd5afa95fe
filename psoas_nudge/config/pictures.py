"""The pictures of routines in config.toml: files beside it, checked and drawn again like those of packs.

The results are in the cache, in a folder named after a hash of the content: they are drawn once, and again after a
change.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec.structs import replace

from psoas_nudge import places
from psoas_nudge.config.kinds import Place, ReportMistake, nearest
from psoas_nudge.confined.child import ChildFailed, ask
from psoas_nudge.core.routines import Routine
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.pictures import kept
from psoas_nudge.pictures.wire import (
    CPU_SECONDS,
    MOST_BYTES,
    MOST_FILES,
    NEEDED,
    Drawn,
    NotTaken,
    PictureRequest,
    PictureResult,
    bytes_of,
)

SECONDS = 30.0
"""Timeout for the child."""
Draw = Callable[[dict[str, bytes]], PictureResult]
"""Draws files again, or says why not."""
WHERE: Place = ("stretch", "routines")


def with_pictures(
    routines: Iterable[Routine | None], folder: Path, report: ReportMistake, draw: Draw | None = None
) -> tuple[Routine | None, ...]:
    """The routines, each with the folder of its pictures. `folder`: the names of pictures are relative to it.

    `draw` gets the pictures that are not in the cache; without it they are drawn now, which may take SECONDS.
    """
    every = tuple(routines)
    names = dict.fromkeys(name for routine in every if routine for _, _, name in routine.names)
    if not names:
        return every
    files, wrong = _read(tuple(names), folder)
    homes = {index: _home(each, files) for index, each in enumerate(every) if each and _is_complete(each, files)}
    undrawn = [index for index, home in homes.items() if not home.is_dir()]
    wanted = {name: files[name] for index in undrawn for _, _, name in _of(every[index])}
    result = (draw or _draw)(wanted) if wanted else PictureResult(pictures={}, refused={})
    wrong |= result.refused
    for index in undrawn:
        mine = {name: result.pictures[name] for _, _, name in _of(every[index]) if name in result.pictures}
        if _is_complete(every[index], mine) and (why := _keep(homes[index], mine)):
            wrong |= dict.fromkeys(mine, why)
    for index, routine in enumerate(every):
        for step, field, name in _of(routine):
            if name in wrong:
                report((*WHERE, index, "steps", step, field), wrong[name])
    return tuple(
        replace(each, pictures=str(homes[index])) if each and index in homes else each
        for index, each in enumerate(every)
    )


def _of(routine: Routine | None) -> list[tuple[int, str, str]]:
    return list(routine.names) if routine else []


def _is_complete(routine: Routine | None, files: Mapping[str, object]) -> bool:
    """Whether it has pictures and all of them are in `files`."""
    return bool(_of(routine)) and all(name in files for _, _, name in _of(routine))


def _read(names: tuple[str, ...], folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files by name, and the mistakes in the others."""
    files: dict[str, bytes] = {}
    wrong = dict.fromkeys(names[MOST_FILES:], f"There are {len(names)} pictures; {MOST_FILES} is the limit.")
    room = MOST_BYTES
    for name in names[:MOST_FILES]:
        try:
            files[name] = _file(folder, name, room)
            room -= len(files[name])
        except FileNotFoundError:
            wrong[name] = _missing(folder, name)
        except NotTaken as error:
            wrong[name] = str(error)
        except OSError as error:
            wrong[name] = f"{folder / name} cannot be read: {error.strerror or error}."
    return files, wrong


def _file(folder: Path, name: str, room: int) -> bytes:
    for between in list((folder / name).relative_to(folder).parents)[:-1]:
        if (folder / between).is_symlink():
            raise NotTaken(f"{between} is a link. Put the folder itself there.")
    return bytes_of(folder / name, room, f"With this one the pictures are larger than {MOST_BYTES // 1_000_000} MB.")


def _missing(folder: Path, name: str) -> str:
    try:
        there = [each.name for each in (folder / name).parent.iterdir() if each.suffix.lower() in {".png", ".svg"}]
    except OSError:
        there = []
    hint = nearest(Path(name).name, there)
    return f'There is no file "{name}" in {folder.absolute()}.{hint or " Put the picture there, or delete this key."}'


def _home(routine: Routine, files: Mapping[str, bytes]) -> Path:
    """The folder of its pictures in the cache."""
    content = sorted((name, sha256(files[name]).hexdigest()) for _, _, name in routine.names)
    return _homes() / sha256(repr(content).encode()).hexdigest()[:32]


def _draw(files: dict[str, bytes]) -> PictureResult:
    with ThreadPoolExecutor(1) as thread:  # at its start, the daemon's main thread already runs an event loop
        return thread.submit(asyncio.run, drawn(files)).result()


async def drawn(files: dict[str, bytes]) -> PictureResult:
    """The pictures, drawn again in a limited child, and why others are refused."""
    if any(find_spec(module) is None for module in NEEDED):
        why = "Pictures cannot be checked here yet. First: pip install 'psoas-nudge[packs]'"
    else:
        question = msgspec.json.encode(PictureRequest(files))
        try:
            answer = await ask("psoas_nudge.pictures", question, SECONDS, "The reader of pictures")
            return msgspec.json.decode(answer, type=PictureResult)
        except ChildFailed as error:
            much = f"Drawing the pictures takes more than {CPU_SECONDS} s of computing."
            why = much if error.exhausted else str(error)
    return PictureResult(pictures={}, refused=dict.fromkeys(files, why))


def forget_except(routines: Iterable[Routine]) -> None:
    """Delete the drawings in the cache that these routines do not use."""
    used = {routine.pictures for routine in routines}
    for home in _homes().iterdir() if _homes().is_dir() else ():
        if str(home) not in used:
            shutil.rmtree(home, ignore_errors=True)


def _homes() -> Path:
    return places.cache_directory() / "pictures"


def _keep(home: Path, pictures: Mapping[str, Drawn]) -> str | None:
    """Store the pictures; returns why that failed."""
    try:
        parent = places.private_directory(home.parent)
        made = Path(tempfile.mkdtemp(prefix=".drawing-", dir=parent))
        try:
            kept.write(made / "pictures", pictures)
            (made / "pictures").rename(home)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except (OSError, PsoasNudgeError) as error:
        if not home.is_dir():  # else another process was faster
            return f"It cannot be kept: {getattr(error, 'strerror', None) or error}."
    return None
