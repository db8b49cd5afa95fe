"""Messages for failures of the journal's file: which file, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from psoas_nudge.errors import JournalBroken

ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full: free some space. Everything recorded before is still there.",
    sqlite3.SQLITE_NOTADB: "It is damaged, or not a journal, and was left as it is. Move it away to start a new one.",
    sqlite3.SQLITE_CORRUPT: "It is damaged and was left as it is. Move it away to start a new one; "
    "'sqlite3 FILE .recover' can often save what is in it.",
    sqlite3.SQLITE_BUSY: "Another program keeps it locked: close that program and try again.",
    sqlite3.SQLITE_LOCKED: "Another program keeps it locked: close that program and try again.",
    sqlite3.SQLITE_READONLY: "The file and its directory must be writable for you.",
    sqlite3.SQLITE_CANTOPEN: "The file must be readable, and its directory writable, for you.",
    sqlite3.SQLITE_PERM: "The file must be readable, and its directory writable, for you.",
    sqlite3.SQLITE_IOERR: "The disk reports an error: see the system's log.",
}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Raise JournalBroken, with a message for the person, for errors of SQLite and the system in the block."""
    try:
        yield
    except sqlite3.Error as error:
        advice = ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "It was left as it is.")
        raise JournalBroken(f"The journal {name}: {error}. {advice}") from error
    except OSError as error:
        advice = "The file must be writable for you, and so must its directory."
        raise JournalBroken(f"The journal {name}: {error.strerror or error}. {advice}") from error
