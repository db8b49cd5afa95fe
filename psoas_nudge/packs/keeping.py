"""Stores imported packs: the original zip, pack.toml, which is read at each start, and the rendered pictures.

Adding and removing a pack is atomic: its directory is written under a temporary name and renamed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from psoas_nudge import places
from psoas_nudge.config.packs import PACK_FILE, PICTURES
from psoas_nudge.errors import BadInput, PsoasNudgeError
from psoas_nudge.packs.checking import Checked
from psoas_nudge.packs.unpacking import files
from psoas_nudge.pictures import kept
from psoas_nudge.system.files import write

ORIGINAL = "original.zip"


def keep(checked: Checked, taken: Collection[str]) -> None:
    """Store a pack. `taken`: the ids of existing routines. Raises BadInput when an id is taken."""
    pack = checked.pack
    there = places.packs_directory() / pack.id
    if there.exists():
        raise BadInput(f'A pack "{pack.id}" is imported already. To replace it: psoas-nudge routines remove {pack.id}')
    if clash := [each.id for each in pack.routines if each.id in taken]:
        raise BadInput(f"You already have a routine called {', '.join(clash)}. Rename or remove one of the two first.")
    with _written(there):
        made = Path(tempfile.mkdtemp(prefix=".pack-", dir=places.private_directory(places.data_directory())))
        try:
            write(made / ORIGINAL, checked.zipped, durable=True, new=True)
            write(made / PACK_FILE, checked.text.encode(), durable=True, new=True)
            kept.write(made / PICTURES, checked.pictures)
            places.private_directory(there.parent)
            made.rename(there)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise


def original(pack_id: str) -> bytes:
    """The original zip. Raises BadInput when there is no such pack."""
    with _written(found := _found(pack_id)):
        return (found / ORIGINAL).read_bytes()


def export(pack_id: str, folder: Path) -> None:
    """Write the files of a pack to a new folder. Raises PsoasNudgeError when it exists already."""
    content = files(original(pack_id))
    try:
        folder.mkdir()
    except FileExistsError:
        raise PsoasNudgeError(f"{folder} already exists. Nothing was written.") from None
    except OSError as error:
        raise PsoasNudgeError(f"{folder} cannot be created: {error.strerror}.") from error
    with _written(folder):
        for name, data in content.items():
            (folder / name).write_bytes(data)


def remove(pack_id: str) -> None:
    """Delete a pack. Raises BadInput when there is no such pack."""
    with _written(found := _found(pack_id)):
        away = Path(tempfile.mkdtemp(prefix=".removed-", dir=found.parent.parent))
        found.rename(away / pack_id)
        shutil.rmtree(away)


def _found(pack_id: str) -> Path:
    packs = places.packs_directory()
    there = sorted(each.name for each in packs.iterdir()) if packs.is_dir() else []
    if pack_id not in there:
        which = f"You have: {', '.join(there)}." if there else "You have not imported any."
        raise BadInput(f'There is no pack "{pack_id}". {which}')
    return packs / pack_id


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PsoasNudgeError(f"{path}: {error.strerror or error}.") from error
