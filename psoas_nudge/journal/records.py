"""A stored entry, its id, and its JSON form for output.

Ids are UUIDs of version 7 (RFC 9562, 6.2 method 2): they sort by time, and merging a journal twice adds nothing. The
standard library has them since Python 3.14 only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import msgspec
from msgspec import Struct

from psoas_nudge.core.model import EPOCH, MILLISECOND, AnyEntry

RANDOM_BITS = 74


class Stored(Struct, frozen=True, kw_only=True):
    """An entry with its id and the UTC offset of local time, in minutes, when it was recorded."""

    id: str
    offset_minutes: int
    entry: AnyEntry

    @property
    def zone(self) -> tzinfo:
        """The local time zone when the entry was recorded."""
        return timezone(timedelta(minutes=self.offset_minutes)) if self.offset_minutes else UTC


class Ids:
    """Makes ids that increase within one process, also when the clock is set back."""

    def __init__(self, randomness: Callable[[int], bytes] = os.urandom) -> None:
        self._randomness = randomness
        self._last = 0

    def stored(self, entries: Iterable[AnyEntry], zone: tzinfo) -> tuple[Stored, ...]:
        """The entries with new ids and the UTC offset of `zone` at their instants."""
        return tuple(
            Stored(
                id=id_text(self.new(milliseconds(entry.at))), offset_minutes=offset_minutes(entry.at, zone), entry=entry
            )
            for entry in entries
        )

    def new(self, at_ms: int) -> bytes:
        """The 16 bytes of an id for the instant `at_ms` (milliseconds UTC)."""
        fresh = int.from_bytes(self._randomness(10), "big") >> (80 - RANDOM_BITS)
        step = 1 + int.from_bytes(self._randomness(4), "big")
        self._last = max(at_ms << RANDOM_BITS | fresh, self._last + step)
        ms, chance = divmod(self._last, 1 << RANDOM_BITS)
        high, low = divmod(chance, 1 << 62)
        return (ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low).to_bytes(16, "big")


def id_text(raw: bytes) -> str:
    """An id as text, 8-4-4-4-12 hexadecimal digits."""
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def id_bytes(text: str) -> bytes:
    """The opposite of `id_text`; raises ValueError."""
    with suppress(ValueError):
        raw = bytes.fromhex(text.replace("-", ""))
        if id_text(raw) == text:
            return raw
    raise ValueError(f"{text[:60]!r} is not an id")


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970 UTC, rounded down."""
    return (at - EPOCH) // MILLISECOND


def offset_minutes(at: datetime, zone: tzinfo) -> int:
    """The UTC offset of `zone` at that instant, in whole minutes."""
    return round((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() / 60)


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """The instant in local time; unchanged at the ends of the calendar, where that would overflow."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def as_json(stored: Stored) -> bytes:
    """One object: id, at, kind, then the entry's own fields. Instants are RFC 3339 with the local offset of their time.
    `journal --json`, `journal export` and `simulate` print this form."""
    entry, zone = stored.entry, stored.zone
    fields = {
        name: in_zone(value, zone) if isinstance(value, datetime) else value
        for name, value in msgspec.structs.asdict(entry).items()
    }
    kind = entry.__struct_config__.tag
    return msgspec.json.encode({"id": stored.id, "at": fields.pop("at"), "kind": kind, **fields})
