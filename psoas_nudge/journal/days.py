"""The sums by day that `stats` shows, kept up to date in the transaction of each commit.

Ten years may have a million entries; their days are a few thousand rows. The sums are computed again from the entries
when a new version counts differently. That takes 8 s for a million entries, so it is done in slices, in the order of
the entries, and a watermark stores the progress. Until it is done, readers add the entries after the watermark
themselves, and a new entry is added to the sums only if it lies before the watermark.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from psoas_nudge.core.statistics import FORM, Totals, add_to, added_by, total
from psoas_nudge.journal.records import Stored, id_bytes, milliseconds


class Watermark(NamedTuple):
    """The last entry, in the order of the journal, that is in the sums."""

    at_ms: int
    id: bytes


NOTHING = Watermark(-(2**63), b"")
SLICE = 1000
"""Entries that are added at a time: about 8 ms."""
UNTIL = f"{FORM} until "


def watermark(db: sqlite3.Connection) -> Watermark | None:
    """The progress of the sums of this version; None when they are complete."""
    if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'days_form'").fetchone()[0] == 0:
        return NOTHING
    row = db.execute("SELECT form FROM days_form").fetchone()
    if row == (FORM,):
        return None
    if row is None or not row[0].startswith(UNTIL):
        return NOTHING
    at_ms, _, raw = row[0].removeprefix(UNTIL).partition(" ")
    return Watermark(int(at_ms), bytes.fromhex(raw))


def set_watermark(db: sqlite3.Connection, to: Watermark | None) -> None:
    """The opposite of `watermark`, inside the caller's transaction."""
    form = FORM if to is None else f"{UNTIL}{to.at_ms} {to.id.hex()}"
    db.execute("INSERT OR REPLACE INTO days_form VALUES (1, ?)", (form,))


def summed(entries: Iterable[Stored], before: Iterable[Totals] = ()) -> list[Totals]:
    """The sums by day of these entries plus those in `before`, in the order of time."""
    days = {totals.first: msgspec.structs.asdict(totals) for totals in before}
    for stored in entries:
        if adds := added_by(stored.entry):
            at, more = adds
            day = at.astimezone(stored.zone).date()
            add_to(days.setdefault(day, {"first": day, "last": day}), more)
    return [Totals(**days[day]) for day in sorted(days)]


def count(db: sqlite3.Connection, new: Stored) -> None:
    """Add a new entry to the sums, inside the caller's transaction, unless it lies after the watermark."""
    reached = watermark(db)
    if reached is None or (milliseconds(new.entry.at), id_bytes(new.id)) <= reached:
        add_all(db, [new])


def add_all(db: sqlite3.Connection, entries: Iterable[Stored]) -> None:
    """Add entries to the sums, inside the caller's transaction."""
    for more in summed(entries):
        name = more.first.isoformat()
        row = db.execute("SELECT body FROM days WHERE day = ?", (name,)).fetchone()
        before = [msgspec.json.decode(row[0], type=Totals)] if row else []
        body = msgspec.json.encode(total([*before, more], more.first, more.last)).decode()
        db.execute("INSERT OR REPLACE INTO days VALUES (?, ?)", (name, body))


def read(db: sqlite3.Connection, since: date | None) -> Iterator[Totals]:
    """The sums of the days from `since` on, in the order of time; days without any are left out."""
    decoder = msgspec.json.Decoder(Totals)
    query = "SELECT body FROM days WHERE day >= ? ORDER BY day"
    for (body,) in db.execute(query, (since.isoformat() if since else "",)):
        yield decoder.decode(body)
