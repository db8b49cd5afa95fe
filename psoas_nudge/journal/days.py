"""The sums by day that `stats` shows, kept up to date in the transaction of each commit.

Ten years may have a million entries; their days are a few thousand rows. The sums can always be made anew from the
entries, and are when a version counts otherwise than the one that wrote them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from psoas_nudge.core.statistics import FORM, Totals, add, add_to, added_by
from psoas_nudge.journal.records import Stored


def in_form(db: sqlite3.Connection) -> bool:
    """Whether the sums are there as this version makes them."""
    if db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'days_form'").fetchone()[0] == 0:
        return False
    return bool(db.execute("SELECT form FROM days_form").fetchone() == (FORM,))


def summed(entries: Iterable[Stored]) -> list[Totals]:
    """The days that these entries add up to, in the order of time."""
    days: dict[date, dict[str, float]] = {}
    for stored in entries:
        adds = _adds(stored)
        if adds is not None:
            add_to(days.setdefault(adds[0], {}), adds[1])
    return [msgspec.convert(days[day] | {"first": day, "last": day}, Totals) for day in sorted(days)]


def count(db: sqlite3.Connection, new: Stored) -> None:
    """Add a new entry to the sums, inside the caller's transaction."""
    adds = _adds(new)
    if adds is not None:
        day, more = adds
        row = db.execute("SELECT body FROM days WHERE day = ?", (day.isoformat(),)).fetchone()
        before = msgspec.json.decode(row[0], type=Totals) if row else Totals(first=day, last=day)
        _write(db, add(before, more))


def rebuild(db: sqlite3.Connection, entries: Iterable[Stored]) -> None:
    """Make all sums anew from all entries, inside the caller's transaction."""
    db.execute("DELETE FROM days")
    for totals in summed(entries):
        _write(db, totals)
    db.execute("INSERT OR REPLACE INTO days_form VALUES (1, ?)", (FORM,))


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
