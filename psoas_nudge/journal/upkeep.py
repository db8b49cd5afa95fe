"""Checks the journal's file for damage, and the work on it that the daemon does after its start, so that a large
journal does not slow the start down."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import msgspec
from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal.file import NEWEST_FIRST, translated
from psoas_nudge.journal.records import id_text
from psoas_nudge.journal.store import Journal

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.1
"""Between two slices of the sums: under a tenth of one processor, and two minutes for a million entries."""
CHECK_SECONDS = 5.0
POLL_SECONDS = 0.05
"""Between two calls of `timed_out`."""
NEWEST = 5000
"""Entries that are always checked: about 20 ms."""


class Checkup(Struct, frozen=True):
    """The result of a check. When it timed out, `entries` is None or `whole` is False."""

    entries: int | None
    problems: tuple[str, ...]
    whole: bool


def check(journal: Journal, timed_out: Callable[[], bool] = lambda: False) -> Checkup:
    """Check the newest entries, then run SQLite's own check, then check every entry, until `timed_out()`. Raises
    JournalBroken."""
    file = journal.file
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


async def keep_up(journal: Journal, path: Path) -> None:
    """Compute the sums by day where they have an old form, and check the file for damage. Problems are logged."""
    ended = Event()
    try:
        while journal.sum_up():  # noqa: ASYNC110 - no event to wait for: the pause lets other work run
            await asyncio.sleep(PAUSE_SECONDS)
        with ThreadPoolExecutor(1) as once:  # asyncio's default executor would keep its thread
            try:
                problems = await asyncio.get_running_loop().run_in_executor(once, _check, path, ended)
            finally:
                ended.set()  # leaving the pool waits for the thread, also when this task is cancelled
        for problem in problems:
            log.warning("the journal %s: %s", path, problem)
    except JournalBroken as error:
        log.warning("%s", error)


def _check(path: Path, ended: Event) -> tuple[str, ...]:
    """The problems of the file, through a connection for this thread."""
    journal = Journal.open_reading(path)
    if journal is None:
        return ()
    deadline = time.monotonic() + CHECK_SECONDS
    with journal:
        return check(journal, lambda: ended.is_set() or time.monotonic() > deadline).problems
