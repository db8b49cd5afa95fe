"""The journal's file: append, read, check; and the core's state, stored in the same transaction as its entries.

SQLite in WAL mode with synchronous=FULL: what was acknowledged survives a kill and a power cut, and a command may
read while the daemon writes. Nothing here ever deletes, truncates or replaces a file: what cannot be read is left
where it is, and the person is told which file and what to do.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

import msgspec
from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry, FeelEntry, UndoneEntry
from psoas_nudge.core.entry_ranges import out_of_range, wild
from psoas_nudge.core.state import State
from psoas_nudge.core.statistics import Totals
from psoas_nudge.journal import days
from psoas_nudge.journal.failures import telling
from psoas_nudge.journal.file import NEWEST_FIRST, File
from psoas_nudge.journal.first_state import read_first
from psoas_nudge.journal.records import Ids, Stored, id_bytes, id_text, milliseconds, offset_minutes

log = logging.getLogger(__name__)

AFTER = (
    "SELECT at_ms, id, offset_minutes, CAST(body AS BLOB) FROM entries WHERE (at_ms, id) > (?, ?) ORDER BY at_ms, id"
)
LOOK_SECONDS = 0.05
"""Between two looks at whether the time of a check is over."""
NEWEST = 5000
"""Entries that are looked at in any case: about 20 ms."""

Passing = Callable[[Iterable[Stored]], Iterable[Stored]]
UNDONE = "SELECT at_ms, id, offset_minutes, CAST(body AS BLOB) FROM entries WHERE kind = 'undone'"


class Checkup(Struct, frozen=True):
    """What a look at the file found. `entries` is None, and `whole` False, when there was not enough time."""

    entries: int | None
    problems: tuple[str, ...]
    whole: bool


class Journal:
    """An open journal. Use one per thread; close it (or use `with`)."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._name = file.name
        self._ids = Ids()
        self._named = set[str]()

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open for writing; made with mode 0600, and its directory with 0700, where missing. Raises JournalBroken."""
        return cls._prepared(File.writing(path))

    @classmethod
    def in_memory(cls) -> Journal:
        """A journal that is gone when it is closed, for demo, simulate and tests."""
        return cls._prepared(File.in_memory())

    @classmethod
    def open_reading(cls, path: Path) -> Journal | None:
        """Open to read only, also while the daemon writes. Makes and changes nothing; None when there is none yet.
        Raises JournalBroken."""
        file = File.reading(path)
        return None if file is None else cls(file)

    @classmethod
    def _prepared(cls, file: File) -> Journal:
        journal = cls(file)
        try:
            journal.sum_up()  # enough for a small journal; the rest of a large one is left for later
        except BaseException:
            journal.close()
            raise
        return journal

    @property
    def _db(self) -> sqlite3.Connection:
        return self._file.db

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def tell_reopened(self, to: Callable[[str], object]) -> None:
        """Call `to` with a sentence for the person when the file had to be opened again (see commit)."""
        self._file.on_reopened = to

    def close(self) -> None:
        """Close the file; nothing is pending, every commit was final."""
        self._file.close()

    def load(self) -> State | None:
        """The state stored by the last commit, None with a new journal.

        A state that this version cannot read is set aside in the file, the reason is logged, and None is returned.
        """
        with telling(self._name):
            row = self._db.execute("SELECT body FROM snapshot").fetchone()
            if row is None:
                return None
            try:
                return _state(row[0])
            except (msgspec.DecodeError, ValueError) as error:
                log.warning("the stored state cannot be read (%s); it is set aside in %s", error, self._name)
                with self._file.transaction():
                    self._db.execute("INSERT INTO set_aside (why, body) SELECT ?, body FROM snapshot", (str(error),))
                    self._db.execute("DELETE FROM snapshot")
                return None

    def commit(self, entries: Sequence[AnyEntry], state: State, zone: tzinfo) -> tuple[Stored, ...]:
        """Append the entries and store the state, both or neither, final when this returns.

        `zone` is the person's: each entry keeps the local offset of its instant. A file that was deleted, moved or
        replaced since it was opened is opened again, or made anew. Raises JournalBroken with nothing changed.
        """
        stored = tuple(
            Stored(
                id=id_text(self._ids.new(milliseconds(entry.at))),
                offset_minutes=offset_minutes(entry.at, zone),
                entry=entry,
            )
            for entry in entries
        )
        with telling(self._name):
            self._file.find_again()
            with self._file.transaction():
                self._append(stored)
                self._db.execute("INSERT OR REPLACE INTO snapshot VALUES (1, ?)", (msgspec.json.encode(state),))
        return stored

    def merge(self, entries: Iterable[Stored]) -> tuple[int, int]:
        """Add entries of another journal that are not here yet; how many were given, and how many of them were new.

        The state is left as it is. A hundred at a time, so that a running daemon need never wait for long; breaking
        off in between does no harm, since what is here already is not added twice. Raises JournalBroken.
        """
        given = new = 0
        source = iter(entries)
        while some := tuple(islice(source, 100)):
            with telling(self._name), self._file.transaction():
                new += self._append(some)
            given += len(some)
        return given, new

    def _append(self, entries: Sequence[Stored]) -> int:
        """How many of them were new."""
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
        """Entries in the order of time, recorded from `since` (inclusive) until `until` (exclusive).

        `taken_back`: with the reports of how it feels that the person has taken back; `impossible`: with entries whose
        numbers or instants cannot be right (see entry_ranges), which no arithmetic can use. An entry that this version
        cannot read is left out. The log names what is left out. Raises JournalBroken.
        """
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
        # bytes: the decoder wants them, text would be copied
        chosen = f"SELECT at_ms, id, offset_minutes, CAST(body AS BLOB) FROM entries WHERE {' AND '.join(where)}"  # noqa: S608 - parts are written above, values are bound
        query = f"{chosen} ORDER BY at_ms, id"
        if last is not None:
            query = f"SELECT * FROM ({chosen} ORDER BY at_ms DESC, id DESC LIMIT ?) ORDER BY at_ms, id"  # noqa: S608 - as above
            values.append(last)
        with telling(self._name):
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
        """What each local day from `since` on adds up to, in the order of time. Raises JournalBroken.

        `passing` gets the entries that are in no sum yet, and yields them: to show progress, for they may be millions.
        """
        with telling(self._name):
            self._db.execute("BEGIN")  # mark, sums and entries of one moment
            try:
                reached = days.mark(self._db)
                if reached is None:
                    return list(days.read(self._db, since))
                before = () if reached == days.NOTHING else days.read(self._db, since)
                first = max(reached, days.Mark(_earliest(since), b""))
                found = days.summed(passing(self._decoded(self._db.execute(AFTER, first))), before)
                return [day for day in found if since is None or day.first >= since]
            finally:
                self._db.execute("COMMIT")

    def sum_up(self) -> bool:
        """Count the next few entries into the sums by day (see days); whether there are more. Raises JournalBroken."""
        with telling(self._name):
            if (reached := days.mark(self._db)) is None:
                return False
            with self._file.transaction():
                if reached == days.NOTHING:
                    days.forget(self._db)
                rows = self._db.execute(f"{AFTER} LIMIT {days.SLICE}", reached).fetchall()
                days.add_all(self._db, self._decoded(rows))
                more = len(rows) == days.SLICE
                days.set_mark(self._db, days.Mark(*rows[-1][:2]) if more else None)
        return more

    def check(self, over: Callable[[], bool] = lambda: False) -> Checkup:
        """Look for damage: the newest entries, then SQLite's own check, then every entry, until `over` says that the
        time is over. Raises JournalBroken."""
        problems = list[str]()
        entries: int | None = None
        whole = True
        with telling(self._name):
            for (why,) in self._db.execute("SELECT why FROM set_aside"):
                problems.append(f"a stored state was set aside because it could not be read: {why}")
            problems += self._unreadable(NEWEST)
            try:
                with self._until(over):
                    (entries,) = self._db.execute("SELECT count(*) FROM entries").fetchone()
                    problems += [row[0] for row in self._db.execute("PRAGMA quick_check(10)") if row[0] != "ok"]
                    problems += [each for each in self._unreadable(-1) if each not in problems]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                whole = False
        return Checkup(entries, tuple(problems), whole)

    @contextmanager
    def _until(self, over: Callable[[], bool]) -> Iterator[None]:
        """Interrupt what SQLite does in the block when `over` says so. Its check and count(*) heed no progress
        handler, so a thread looks."""
        done = Event()

        def look() -> None:
            while not done.wait(LOOK_SECONDS):
                if over():
                    self._db.interrupt()

        watcher = Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _unreadable(self, newest: int) -> Iterator[str]:
        """A sentence for each entry that cannot be read, of the newest ones, or of all (-1)."""
        decoder = msgspec.json.Decoder(AnyEntry)
        for raw, body in self._db.execute(f"{NEWEST_FIRST} LIMIT ?", (newest,)):
            try:
                decoder.decode(body)
            except (msgspec.DecodeError, ValueError) as error:
                yield f"entry {id_text(raw)} cannot be read: {error}"


def _state(body: bytes) -> State:
    """From this version's form or that of 0.1.0; raises ValueError (msgspec.DecodeError among them)."""
    try:
        state = msgspec.json.decode(body, type=State)
    except msgspec.ValidationError as error:
        try:
            state = read_first(body)
        except msgspec.ValidationError:
            raise error from None
    if why := wild(state):
        raise ValueError(why)
    return state


def _earliest(since: date | None) -> int:
    """No entry recorded before this can count on `since` or later: an entry counts when it is recorded or before."""
    if since is None:
        return days.NOTHING.at_ms
    midnight = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return milliseconds(midnight - timedelta(days=1)) if since.year > 1 else days.NOTHING.at_ms
