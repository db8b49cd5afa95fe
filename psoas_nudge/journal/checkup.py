"""Checks the journal's file for damage, for `doctor` and the daemon's upkeep."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import msgspec
from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.journal.failures import translated
from psoas_nudge.journal.file import NEWEST_FIRST, JournalFile
from psoas_nudge.journal.records import id_text

POLL_SECONDS = 0.05
"""Between two calls of `timed_out`."""
NEWEST = 5000
"""Entries that are always checked: about 20 ms."""


class Checkup(Struct, frozen=True):
    """The result of a check. When it timed out, `entries` is None or `whole` is False."""

    entries: int | None
    problems: tuple[str, ...]
    whole: bool


def check(file: JournalFile, timed_out: Callable[[], bool]) -> Checkup:
    """See Journal.check."""
    problems = list[str]()
    entries: int | None = None
    whole = True
    with translated(file.name):
        for (why,) in file.db.execute("SELECT why FROM set_aside"):
            problems.append(f"a stored state was set aside because it could not be read: {why}")
        problems += _unreadable(file.db, NEWEST)
        try:
            with interrupted(file.db, timed_out):
                (entries,) = file.db.execute("SELECT count(*) FROM entries").fetchone()
                problems += [row[0] for row in file.db.execute("PRAGMA quick_check(10)") if row[0] != "ok"]
                problems += [each for each in _unreadable(file.db, -1) if each not in problems]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            whole = False
    return Checkup(entries, tuple(problems), whole)


@contextmanager
def interrupted(db: sqlite3.Connection, timed_out: Callable[[], bool]) -> Iterator[None]:
    """Interrupt SQLite in the block once `timed_out` returns True. A thread polls, because quick_check and count(*) do
    not call a progress handler."""
    done = Event()

    def poll() -> None:
        while not done.wait(POLL_SECONDS):
            if timed_out():
                db.interrupt()

    watcher = Thread(target=poll, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _unreadable(db: sqlite3.Connection, newest: int) -> Iterator[str]:
    """A sentence for each entry that cannot be read, of the newest ones, or of all (-1)."""
    decoder = msgspec.json.Decoder(AnyEntry)
    for raw, body in db.execute(f"{NEWEST_FIRST} LIMIT ?", (newest,)):
        try:
            decoder.decode(body)
        except (msgspec.DecodeError, ValueError) as error:
            yield f"entry {id_text(raw)} cannot be read: {error}"
