"""The file pack.toml of a pack: its name and its routines, checked like [[stretch.routines]].

Imported packs (psoas_nudge/packs) are read again at every start and reload, like the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from psoas_nudge.config.kinds import FreeText, Pattern, Place
from psoas_nudge.config.lists import Field, Tables, read_fields
from psoas_nudge.config.problems import Problems, read_text
from psoas_nudge.config.tables import ID, ROUTINE_FIELDS, routine
from psoas_nudge.core.catalogue import TITLES
from psoas_nudge.core.routines import Routine
from psoas_nudge.core.words import counted
from psoas_nudge.errors import ConfigInvalid

PACK_FILE = "pack.toml"
PICTURES = "pictures"
"""The folder of an imported pack with its pictures, drawn again."""
MOST_ROUTINES = 50
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

PACK_ID = Pattern("an id", rf"(?=.{{1,60}}$){ID}", "after-surgery")
PACK_FIELDS = (
    Field("id", PACK_ID, "A short name.", required=True),
    Field("title", FreeText(80, empty=False), "What the pack is.", required=True),
    Field("by", FreeText(200), "Who wrote it."),
    Field("routines", Tables("[[routines]]", ROUTINE_FIELDS, routine, least=1), "The routines.", required=True),
)


class Pack(Struct, frozen=True, kw_only=True):
    """A plan: a set of routines. `by`: who wrote it."""

    id: str
    title: str
    by: str = ""
    routines: tuple[Routine, ...]

    @property
    def pictures(self) -> frozenset[str]:
        """The names of the picture files that its steps use."""
        return frozenset(name for routine in self.routines for _, _, name in routine.names)


def parse(text: str, name: str) -> Pack:
    """The pack in a text, which is called `name` in messages; raises ConfigInvalid with all mistakes."""
    problems = Problems(name, text)
    raw = problems.tables()
    values = read_fields(PACK_FIELDS, raw, (), problems.add)
    for place in _unprintable(raw, ()):
        problems.add(place, "This text has control characters. Write plain text on one line.")
    if not problems.found and not problems.syntax:
        _check_ids(values["routines"], problems)
    if mistakes := problems.texts():
        raise ConfigInvalid(mistakes)
    routines = tuple(replace(each, pack=values["id"]) for each in values["routines"])
    return Pack(**{**values, "routines": routines})


def _unprintable(raw: Any, at: Place) -> Iterator[Place]:
    """The places of texts that could move a terminal's cursor or change the order of letters."""
    if isinstance(raw, str) and CONTROLS.search(raw):
        yield at
    elif isinstance(raw, dict | list):
        for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from _unprintable(value, (*at, key))


def _check_ids(routines: Iterable[Routine], problems: Problems) -> None:
    seen: set[str] = set()
    for index, each in enumerate(routines):
        place = ("routines", index, "id")
        if each.id in seen:
            problems.add(place, f'There are two routines "{each.id}". Rename one.')
        elif each.id in TITLES:
            problems.add(place, f'"{each.id}" is a built-in routine. Choose another id.')
        seen.add(each.id)
    if len(seen) > MOST_ROUTINES:
        problems.add(("routines",), f"This pack has {counted(len(seen), 'routine')}; {MOST_ROUTINES} is the limit.")


def imported(directory: Path) -> list[Pack]:
    """The packs in a directory, ordered by id; raises ConfigInvalid."""
    if not directory.is_dir():
        return []
    packs = []
    for file in sorted(directory.glob(f"*/{PACK_FILE}")):
        pack, pictures = parse(read_text(file), str(file)), str(file.parent / PICTURES)
        packs.append(replace(pack, routines=tuple(replace(each, pictures=pictures) for each in pack.routines)))
    return packs
