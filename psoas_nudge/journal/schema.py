"""The tables of the journal as numbered migration steps; `user_version` of a file is its last step.

A released step is never changed: add another one below it. Each step runs in a transaction of its own and reads
`user_version` again inside it, so that two programs may open an old file at the same time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

APPLICATION_ID = 0x70736F61  # "psoa": marks an SQLite file as a journal

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE entries (
            at_ms INTEGER NOT NULL,           -- when it was recorded, milliseconds since 1970 UTC
            id BLOB NOT NULL CHECK (length(id) = 16),
            offset_minutes INTEGER NOT NULL CHECK (abs(offset_minutes) < 1440), -- local time minus UTC, then
            kind TEXT NOT NULL,
            body TEXT NOT NULL,               -- the whole entry as JSON
            PRIMARY KEY (at_ms, id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX entries_by_kind ON entries (kind, at_ms)",
        """
        CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
        """,
        """
        CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
        """,
        # REPLACE deletes without asking the trigger above, so an id that is there already wins
        """
        CREATE TRIGGER entries_come_once BEFORE INSERT ON entries
        WHEN EXISTS (SELECT 1 FROM entries WHERE at_ms = NEW.at_ms AND id = NEW.id)
        BEGIN SELECT RAISE(IGNORE); END
        """,
        """
        CREATE TABLE snapshot (               -- the state of the core after the last step
            one INTEGER PRIMARY KEY CHECK (one = 1),
            body BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE set_aside (              -- snapshots that a version could not read, and why
            number INTEGER PRIMARY KEY,
            why TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT
        """,
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    (
        """
        CREATE TABLE days (                   -- what the entries of a local day add up to, see core/statistics.py
            day TEXT PRIMARY KEY,             -- 2026-11-23
            body TEXT NOT NULL                -- the sums as JSON
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE days_form (              -- the form of these sums; in another form they are made anew
            one INTEGER PRIMARY KEY CHECK (one = 1),
            form TEXT NOT NULL
        ) STRICT
        """,
    ),
)
LATEST = len(STEPS)


def version(db: sqlite3.Connection) -> int:
    """The last migration step of the file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def is_foreign(db: sqlite3.Connection) -> bool:
    """Whether this is another program's database."""
    application, reached, tables = db.execute(  # in one query: another program may migrate the file meanwhile
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    return bool(application != APPLICATION_ID and (reached or tables))


def migrate(db: sqlite3.Connection, upto: int = LATEST) -> None:
    """Migrate the file to schema `upto`, one transaction a step; raises sqlite3.Error with the step rolled back."""
    for number, statements in enumerate(STEPS[:upto], 1):
        if version(db) >= number:
            continue
        with transaction(db):
            if version(db) < number:
                for statement in statements:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {number}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit everything that is written in the block, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # after SQLITE_FULL it may be rolled back already
            db.execute("ROLLBACK")
        raise
