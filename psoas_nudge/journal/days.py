"""The sums by day that `stats` shows, kept up to date in the transaction of each commit.

Ten years may have a million entries; their days are a few thousand rows. The sums can always be made anew from the
entries, and are when a version counts otherwise than the one that wrote them. That takes 8 s for a million, so it is
done in slices, in the order of the entries; a mark says how far it has come. Until it is done, readers add what lies
behind the mark themselves, and a new entry is counted at once only when it lies before the mark.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from psoas_nudge.core.statistics import FORM, SUMS, Totals, add, add_to, added_by
from psoas_nudge.journal.records import Stored, id_bytes, milliseconds


class Watermark(NamedTuple):
    """Entries up to this one, in the order of the journal, are in the sums."""

    at_ms: int
    id: bytes


NOTHING = Watermark(-(2**63), b"")
SLICE = 1000
"""Entries that are counted at a time: about 8 ms."""
UNTIL = f"{FORM} until "


def mark(db: sqlite3.Connection) -> Watermark | None:
    """How far the sums of this version have come; None when all entries are in them."""
    if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'days_form'").fetchone()[0] == 0:
        return NOTHING
    row = db.execute("SELECT form FROM days_form").fetchone()
    if row == (FORM,):
        return None
    if row is None or not row[0].startswith(UNTIL):
        return NOTHING
    at_ms, _, raw = row[0].removeprefix(UNTIL).partition(" ")
    return Watermark(int(at_ms), bytes.fromhex(raw))


def set_mark(db: sqlite3.Connection, to: Watermark | None) -> None:
    """The opposite of `mark`, inside the caller's transaction."""
    form = FORM if to is None else f"{UNTIL}{to.at_ms} {to.id.hex()}"
    db.execute("INSERT OR REPLACE INTO days_form VALUES (1, ?)", (form,))


def summed(entries: Iterable[Stored], before: Iterable[Totals] = ()) -> list[Totals]:
    """The days that these entries add up to, on top of those before, in the order of time."""
    days = {totals.first: msgspec.structs.asdict(totals) for totals in before}
    for stored in entries:
        adds = _adds(stored)
        if adds is not None:
            add_to(days.setdefault(adds[0], {}), adds[1])
    return [msgspec.convert(days[day] | {"first": day, "last": day}, Totals) for day in sorted(days)]


def count(db: sqlite3.Connection, new: Stored) -> None:
    """Add a new entry to the sums, inside the caller's transaction, unless the making of the sums is yet to meet it."""
    reached = mark(db)
    if reached is None or (milliseconds(new.entry.at), id_bytes(new.id)) <= reached:
        add_all(db, [new])


def add_all(db: sqlite3.Connection, entries: Iterable[Stored]) -> None:
    """Add entries to the sums, inside the caller's transaction."""
    for more in summed(entries):
        row = db.execute("SELECT body FROM days WHERE day = ?", (more.first.isoformat(),)).fetchone()
        before = msgspec.json.decode(row[0], type=Totals) if row else Totals(first=more.first, last=more.last)
        _write(db, add(before, {name: getattr(more, name) for name in SUMS}))


def forget(db: sqlite3.Connection) -> None:
    """Take all sums away, inside the caller's transaction, to make them anew."""
    db.execute("DELETE FROM days")


def read(db: sqlite3.Connection, since: date | None) -> Iterator[Totals]:
    """The days from `since` on that have any sums, in the order of time."""
    decoder = msgspec.json.Decoder(Totals)
    query = "SELECT body FROM days WHERE day >= ? ORDER BY day"
    for (body,) in db.execute(query, (since.isoformat() if since else "",)):
        yield decoder.decode(body)


def _adds(stored: Stored) -> tuple[date, dict[str, float]] | None:
    adds = added_by(stored.entry)
    return None if adds is None else (adds[0].astimezone(stored.zone).date(), adds[1])


def _write(db: sqlite3.Connection, totals: Totals) -> None:
    body = msgspec.json.encode(totals).decode()
    db.execute("INSERT OR REPLACE INTO days VALUES (?, ?)", (totals.first.isoformat(), body))
