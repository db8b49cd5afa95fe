"""The file pack.toml of a pack: its name and its routines, checked as [[stretch.routines]] are.

What is imported (psoas_nudge/packs) is read again with every start and reload, like the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from psoas_nudge.config.kinds import Key, Pattern, Place, Text, nearest
from psoas_nudge.config.lists import Field, Tables
from psoas_nudge.config.problems import Problems
from psoas_nudge.config.tables import ROUTINE_FIELDS, routine
from psoas_nudge.config.text import read_text
from psoas_nudge.core.catalogue import TITLES
from psoas_nudge.core.routines import Routine

PACK_FILE = "pack.toml"
PICTURES = "pictures"
"""The folder of a kept pack with its pictures drawn anew."""
MOST_ROUTINES = 50
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

PACK_ID = Pattern("an id", r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*", "after-surgery")
PACK_FIELDS = (
    Field(
        "id", Pattern("an id", r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*", "after-surgery"), "A short name.", required=True
    ),
    Field("title", Text(80, empty=False), "What the pack is.", required=True),
    Field("by", Text(200), "Who wrote it."),
    Field("routines", Tables("[[routines]]", ROUTINE_FIELDS, routine, least=1), "The routines.", required=True),
)


class Pack(Struct, frozen=True, kw_only=True):
    """A plan: routines that belong together. `by`: who wrote it."""

    id: str
    title: str
    by: str = ""
    routines: tuple[Routine, ...]

    @property
    def pictures(self) -> frozenset[str]:
        """The files that its steps name."""
        return frozenset(name for routine in self.routines for _, _, name in routine.names)


def parse(text: str, name: str) -> Pack:
    """The pack that a text describes, called `name` in messages; raises ConfigInvalid with all mistakes."""
    problems = Problems(name, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    raw = problems.tables()
    values: dict[str, Any] = {}
    known = {field.name: field for field in PACK_FIELDS}
    for key, value in raw.items():
        if key in known:
            values[key] = known[key].kind.read(value, (key,), problems.add)
        else:
            near = nearest(key, known) or f" The keys here are {', '.join(known)}."
            problems.add((Key(key),), f"There is no such key.{near}")
    for field in PACK_FIELDS:
        if field.required and field.name not in raw:
            problems.add((), f'The key "{field.name}" is missing: {field.help[0].lower()}{field.help[1:]}')
    for place in _unprintable(raw, ()):
        problems.add(place, "This text has control characters. Write plain text on one line.")
    if not problems.found and not problems.syntax:
        for place, what in _clashes(values["routines"]):
            problems.add(place, what)
    problems.fail()
    routines = tuple(replace(each, pack=values["id"]) for each in values["routines"])
    return Pack(**{**values, "routines": routines})


def _unprintable(raw: Any, at: Place) -> Iterator[Place]:
    """Texts that could move a terminal's cursor, or show their letters in another order."""
    if isinstance(raw, str) and CONTROLS.search(raw):
        yield at
    elif isinstance(raw, dict | list):
        for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from _unprintable(value, (*at, key))


def _clashes(routines: Iterable[Routine]) -> Iterator[tuple[Place, str]]:
    seen: set[str] = set()
    for index, each in enumerate(routines):
        place = ("routines", index, "id")
        if each.id in seen:
            yield place, f'There are two routines "{each.id}". Rename one.'
        elif each.id in TITLES:
            yield place, f'"{each.id}" is a built-in routine. Choose another id.'
        seen.add(each.id)
    if len(seen) > MOST_ROUTINES:
        yield ("routines",), f"{len(seen)} routines are too many; {MOST_ROUTINES} is the limit."


def imported(directory: Path) -> list[Pack]:
    """The packs that are kept in a directory, in the order of their ids; raises ConfigInvalid."""
    if not directory.is_dir():
        return []
    return [_kept(file) for file in sorted(directory.glob(f"*/{PACK_FILE}"))]


def _kept(file: Path) -> Pack:
    pack, pictures = parse(read_text(file), str(file)), str(file.parent / PICTURES)
    return replace(pack, routines=tuple(replace(each, pictures=pictures) for each in pack.routines))
