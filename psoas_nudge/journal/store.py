"""The journal: appends and reads entries, and stores the core's state in the same transaction as its entries.

SQLite in WAL mode with synchronous=FULL: what was acknowledged survives a kill and a power cut, and a command can read
while the daemon writes. No file is deleted, truncated or replaced here: a file that cannot be read stays as it is, and
the error names it and says what to do.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path

import msgspec

from psoas_nudge.core.entries import AnyEntry, FeelEntry, UndoneEntry
from psoas_nudge.core.ranges import invalid_value, out_of_range
from psoas_nudge.core.state import State
from psoas_nudge.core.statistics import Totals
from psoas_nudge.journal import days
from psoas_nudge.journal.file import JournalFile, translated
from psoas_nudge.journal.first_state import read_first
from psoas_nudge.journal.records import Ids, Stored, id_bytes, id_text, milliseconds
from psoas_nudge.journal.schema import transaction

log = logging.getLogger(__name__)

AFTER = (
    "SELECT at_ms, id, offset_minutes, CAST(body AS BLOB) FROM entries WHERE (at_ms, id) > (?, ?) ORDER BY at_ms, id"
)
Passing = Callable[[Iterable[Stored]], Iterable[Stored]]
UNDONE = "SELECT at_ms, id, offset_minutes, CAST(body AS BLOB) FROM entries WHERE kind = 'undone'"


class Journal:
    """An open journal, for one thread. Close it, or use `with`."""

    def __init__(self, file: JournalFile) -> None:
        self.file = file
        self._name = file.name
        self._ids = Ids()
        self._named = set[str]()

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open for writing; a new file gets mode 0600 and a new directory 0700. Raises JournalBroken."""
        return cls._prepared(JournalFile.writing(path))

    @classmethod
    def in_memory(cls) -> Journal:
        """A journal that is lost when it is closed, for demo, simulate and tests."""
        return cls._prepared(JournalFile.in_memory())

    @classmethod
    def open_reading(cls, path: Path) -> Journal | None:
        """Open read-only, also while the daemon writes; creates and changes nothing. None when there is no journal yet.
        Raises JournalBroken."""
        file = JournalFile.reading(path)
        return None if file is None else cls(file)

    @classmethod
    def _prepared(cls, file: JournalFile) -> Journal:
        journal = cls(file)
        try:
            journal.sum_up()  # all of a small journal; upkeep.py does the rest of a large one
        except BaseException:
            journal.close()
            raise
        return journal

    @property
    def _db(self) -> sqlite3.Connection:
        return self.file.db

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Nothing is pending: `commit` writes at once."""
        self.file.close()

    def load(self) -> State | None:
        """The state of the last commit; None in a new journal, and when this version cannot read it. Then it is moved
        to the table set_aside, and the reason is logged."""
        with translated(self._name):
            row = self._db.execute("SELECT body FROM snapshot").fetchone()
            if row is None:
                return None
            try:
                return _state(row[0])
            except (msgspec.DecodeError, ValueError) as error:
                log.warning("the stored state cannot be read (%s); it is set aside in %s", error, self._name)
                with transaction(self._db):
                    self._db.execute("INSERT INTO set_aside (why, body) SELECT ?, body FROM snapshot", (str(error),))
                    self._db.execute("DELETE FROM snapshot")
                return None

    def commit(self, entries: Sequence[AnyEntry], state: State, zone: tzinfo) -> tuple[Stored, ...]:
        """Append the entries and store the state in one transaction; both are on the disk when this returns. Each entry
        keeps the offset of the person's `zone` at its instant. A file that was deleted, moved or replaced since it was
        opened is opened again or created. Raises JournalBroken; then nothing has changed."""
        stored = self._ids.stored(entries, zone)
        with translated(self._name):
            self.file.reopen_if_moved()
            with transaction(self._db):
                self._append(stored)
                self._db.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?)", (msgspec.json.encode(state),))
        return stored

    def merge(self, entries: Iterable[Stored]) -> tuple[int, int]:
        """Add entries of another journal that are not here yet, a hundred in a transaction so that a running daemon
        does not wait long. It can be run again after an interruption. The state does not change. Returns how many were
        given and how many were new. Raises JournalBroken."""
        given = new = 0
        source = iter(entries)
        while some := tuple(islice(source, 100)):
            with translated(self._name), transaction(self._db):
                new += self._append(some)
            given += len(some)
        return given, new

    def _append(self, entries: Sequence[Stored]) -> int:
        """Returns how many of them were new."""
        new = 0
        for stored in entries:
            row = (
                milliseconds(stored.entry.at),
                id_bytes(stored.id),
                stored.offset_minutes,
                stored.entry.__struct_config__.tag,
                msgspec.json.encode(stored.entry).decode(),
            )
            query = "INSERT INTO entries (at_ms, id, offset_minutes, kind, body) VALUES (?,?,?,?,?)"
            if self._db.execute(query, row).rowcount == 1:
                new += 1
                days.count(self._db, stored)
        return new

    def read(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[str] | None = None,
        last: int | None = None,
        taken_back: bool = True,
        impossible: bool = False,
    ) -> Iterator[Stored]:
        """Entries in the order of time, recorded from `since` (inclusive) until `until` (exclusive), with reports that
        the person has taken back (`taken_back`) and entries that are out of range (`impossible`). Those that this
        version cannot read are left out. The log names what is left out. Raises JournalBroken."""
        where, values = ["true"], list[object]()
        if since is not None:
            where.append("at_ms >= ?")
            values.append(milliseconds(since))
        if until is not None:
            where.append("at_ms < ?")
            values.append(milliseconds(until))
        if kinds is not None:
            where.append(f"kind IN ({','.join('?' * len(kinds))})")
            values.extend(kinds)
        # as bytes, because the decoder would copy text
        chosen = f"SELECT at_ms, id, offset_minutes, CAST(body AS BLOB) FROM entries WHERE {' AND '.join(where)}"  # noqa: S608 - parts are written above, values are bound
        query = f"{chosen} ORDER BY at_ms, id"
        if last is not None:
            query = f"SELECT * FROM ({chosen} ORDER BY at_ms DESC, id DESC LIMIT ?) ORDER BY at_ms, id"  # noqa: S608 - as above
            values.append(last)
        with translated(self._name):
            found = self._decoded(self._db.execute(query, values))
            if not taken_back:
                found = self._in_force(found)
            yield from found if impossible else self._possible(found)

    def _in_force(self, found: Iterator[Stored]) -> Iterator[Stored]:
        """Without what was taken back. Not in SQL, which gives up at the first entry that is no JSON."""
        undone = [stored.entry for stored in self._decoded(self._db.execute(UNDONE))]
        mistakes = {entry.reported for entry in undone if isinstance(entry, UndoneEntry)}
        return (each for each in found if not (isinstance(each.entry, FeelEntry) and each.entry.at in mistakes))

    def _possible(self, found: Iterable[Stored]) -> Iterator[Stored]:
        for stored in found:
            if why := out_of_range(stored.entry):
                level = logging.DEBUG if stored.id in self._named else logging.WARNING
                self._named.add(stored.id)
                log.log(level, "entry %s of %s cannot be right and is left out: %s", stored.id, self._name, why)
            else:
                yield stored

    def _decoded(self, rows: Iterable[tuple[int, bytes, int, bytes]]) -> Iterator[Stored]:
        decoder = msgspec.json.Decoder(AnyEntry)
        for _, raw, offset, body in rows:
            try:
                entry = decoder.decode(body)
            except (msgspec.DecodeError, ValueError) as error:
                log.warning("entry %s of %s cannot be read: %s", id_text(raw), self._name, error)
                continue
            yield Stored(id=id_text(raw), offset_minutes=offset, entry=entry)

    def days(self, since: date | None = None, passing: Passing = lambda entries: entries) -> list[Totals]:
        """The sums of each local day from `since` on, in the order of time. `passing` gets the entries that no sum
        contains yet, and yields them, to show progress: there may be millions. Raises JournalBroken."""
        with translated(self._name):
            self._db.execute("BEGIN")  # a consistent view of watermark, sums and entries
            try:
                reached = days.watermark(self._db)
                if reached is None:
                    return list(days.read(self._db, since))
                before = () if reached == days.NOTHING else days.read(self._db, since)
                first = max(reached, days.Watermark(_earliest(since), b""))
                found = days.summed(passing(self._decoded(self._db.execute(AFTER, first))), before)
                return [day for day in found if since is None or day.first >= since]
            finally:
                self._db.execute("COMMIT")

    def sum_up(self) -> bool:
        """Add the next few entries to the sums by day; returns whether there are more. Raises JournalBroken."""
        with translated(self._name):
            if (reached := days.watermark(self._db)) is None:
                return False
            with transaction(self._db):
                if reached == days.NOTHING:
                    self._db.execute("DELETE FROM days")
                rows = self._db.execute(f"{AFTER} LIMIT {days.SLICE}", reached).fetchall()
                days.add_all(self._db, self._decoded(rows))
                more = len(rows) == days.SLICE
                days.set_watermark(self._db, days.Watermark(*rows[-1][:2]) if more else None)
        return more


def _state(body: bytes) -> State:
    """Decode the form of this version or that of 0.1.0; raises ValueError (msgspec.DecodeError is one)."""
    try:
        state = msgspec.json.decode(body, type=State)
    except msgspec.ValidationError as error:
        try:
            state = read_first(body)
        except (msgspec.ValidationError, OverflowError):
            raise error from None
    if why := invalid_value(state):
        raise ValueError(why)
    return state


def _earliest(since: date | None) -> int:
    """Entries recorded before this do not count on `since` or later: an entry counts when it is recorded or earlier."""
    if since is None:
        return days.NOTHING.at_ms
    midnight = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return milliseconds(midnight - timedelta(days=1)) if since.year > 1 else days.NOTHING.at_ms
