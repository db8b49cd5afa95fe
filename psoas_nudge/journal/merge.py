"""Entries from elsewhere: an export (lines of JSON, see records.as_json) or the journal of another machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from psoas_nudge.core.model import AnyEntry
from psoas_nudge.errors import BadInput
from psoas_nudge.journal.records import Stored, id_bytes
from psoas_nudge.journal.store import Journal

SQLITE = b"SQLite format 3\0"


class Envelope(Struct, frozen=True):
    """What a line of an export has besides the entry itself."""

    id: str
    at: datetime


def from_json(line: bytes) -> Stored:
    """The opposite of `as_json`; raises ValueError with what is wrong."""
    envelope = msgspec.json.decode(line, type=Envelope)
    entry: AnyEntry = msgspec.json.decode(line, type=AnyEntry)
    id_bytes(envelope.id)
    instants = {name: value for name, value in msgspec.structs.asdict(entry).items() if isinstance(value, datetime)}
    if not all(value.tzinfo for value in instants.values()):
        raise ValueError("a time without its distance from UTC")
    return Stored(
        id=envelope.id,
        offset_minutes=(envelope.at.utcoffset() or timedelta()) // timedelta(minutes=1),
        entry=msgspec.structs.replace(entry, **{name: value.astimezone(UTC) for name, value in instants.items()}),
    )


def entries_of(file: Path) -> Iterator[Stored]:
    """The entries in `file`. Raises BadInput naming file and line, or JournalBroken."""
    try:
        with file.open("rb") as lines:
            if lines.read(len(SQLITE)) != SQLITE:
                lines.seek(0)
                yield from _lines_of(file.name, lines)
                return
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    other = Journal.open_reading(file)
    if other is not None:
        with other:
            yield from other.read()


def _lines_of(name: str, lines: Iterator[bytes]) -> Iterator[Stored]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield from_json(line)
        except (msgspec.DecodeError, ValueError) as error:
            raise BadInput(
                f"{name}, line {number}: {error}. Mend it and merge again: nothing is added twice."
            ) from error
