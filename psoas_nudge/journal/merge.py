"""Reads entries to merge: an export (lines of JSON, see records.as_json) or the journal of another machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from psoas_nudge.core.model import AnyEntry
from psoas_nudge.core.ranges import LONGEST_LINE, out_of_range
from psoas_nudge.errors import BadInput
from psoas_nudge.journal.file import MAGIC
from psoas_nudge.journal.records import Stored, id_bytes
from psoas_nudge.journal.store import Journal


class Envelope(Struct, frozen=True):
    """The fields of an exported line besides those of the entry."""

    id: str
    at: datetime


def from_json(line: bytes) -> Stored:
    """The opposite of `as_json`; raises ValueError (msgspec.DecodeError is one) with what is wrong."""
    try:
        envelope = msgspec.json.decode(line, type=Envelope)
        entry: AnyEntry = msgspec.json.decode(line, type=AnyEntry)
    except RecursionError:
        raise ValueError("nested too deep to be an entry") from None
    id_bytes(envelope.id)
    if why := out_of_range(entry):
        raise ValueError(why)
    instants = {name: value for name, value in msgspec.structs.asdict(entry).items() if isinstance(value, datetime)}
    return Stored(
        id=envelope.id,
        offset_minutes=(envelope.at.utcoffset() or timedelta()) // timedelta(minutes=1),
        entry=msgspec.structs.replace(entry, **{name: value.astimezone(UTC) for name, value in instants.items()}),
    )


def entries_of(file: Path, wrong: Callable[[str], None]) -> Iterator[Stored]:
    """The entries in `file`; `wrong` gets a message for each that cannot be used. Raises BadInput or JournalBroken."""
    try:
        with file.open("rb") as lines:
            if lines.read(len(MAGIC)) != MAGIC:
                lines.seek(0)
                yield from _lines_of(file.name, lines, wrong)
                return
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    other = Journal.open_reading(file)
    if other is not None:
        with other:
            for stored in other.read(impossible=True):
                if why := out_of_range(stored.entry):
                    wrong(f"{file.name}, entry {stored.id}: {why}")
                else:
                    yield stored


def _lines_of(name: str, lines: BinaryIO, wrong: Callable[[str], None]) -> Iterator[Stored]:
    number = 0
    while line := lines.readline(LONGEST_LINE + 1):
        number += 1
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            wrong(f"{name}, line {number}: longer than {LONGEST_LINE // 1024} kB")
            while line and not line.endswith(b"\n"):  # skip the rest without keeping it in memory
                line = lines.readline(LONGEST_LINE)
            continue
        try:
            stored = from_json(line)
        except ValueError as error:
            wrong(f"{name}, line {number}: {error}")
        else:
            yield stored
