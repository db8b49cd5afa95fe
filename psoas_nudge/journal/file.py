"""The database file of the journal: opens and prepares it, and opens it again after it was moved or replaced.

SQLite keeps writing into a file that was deleted, moved or replaced, where nobody would find the entries. So the file
is checked before each commit: two calls of stat(2), about 3 µs.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal import schema
from psoas_nudge.system.files import others_may

log = logging.getLogger(__name__)

BUSY_SECONDS = 2.0
"""Timeout for a locked file. The daemon blocks meanwhile, and a command waits 3 s for its answer."""
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
MAGIC = b"SQLite format 3\0"
NEWEST_FIRST = "SELECT id, CAST(body AS BLOB) FROM entries ORDER BY at_ms DESC, id DESC"
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


class JournalFile:
    """An open database. `path`: None when it is not open for writing, or in memory."""

    def __init__(self, db: sqlite3.Connection, name: str, path: Path | None = None) -> None:
        self.db, self.name, self._path = db, name, path
        self.on_reopened: Callable[[str], object] | None = None
        """Is called with a message for the person when `reopen_if_moved` has opened it again."""
        self._fingerprint = fingerprint(path) if path else None
        """Of the path when it was last opened or checked; None: it could not be opened again."""

    @classmethod
    def writing(cls, path: Path) -> JournalFile:
        with translated(str(path)):
            return cls(_open(path), str(path), path)

    @classmethod
    def in_memory(cls) -> JournalFile:
        return cls(_prepared(sqlite3.connect(":memory:", isolation_level=None), "in memory"), "in memory")

    @classmethod
    def reading(cls, path: Path) -> JournalFile | None:
        """See Journal.open_reading."""
        with translated(str(path)):
            try:
                path.lstat()  # a dangling link does not count as "no journal yet"
            except (FileNotFoundError, NotADirectoryError):
                return None
            _must_be_a_file(path)
            uri = f"file:{quote(str(path.absolute()))}?mode=ro"
            db = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                _must_be_known(db, str(path))
                if schema.version(db) == 0:
                    db.close()
                    return None
            except BaseException:
                db.close()
                raise
            return cls(db, str(path))

    def close(self) -> None:
        self.db.close()

    def reopen_if_moved(self) -> None:
        """Make sure that the next write goes into the file at the journal's path."""
        path, before = self._path, self._fingerprint
        if path is None or (now := fingerprint(path)) == before:
            return
        if before is not None and now.main == before.main and before.wal in {None, now.wal}:
            if now.changed != before.changed:  # a checkpoint, or another program has overwritten it
                self._check_overwritten(path)
            self._fingerprint = now
            return
        self._fingerprint = None
        with suppress(sqlite3.Error):  # the old file, wherever it is now, gets all that was written
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()
        self.db = _open(path)
        self._fingerprint = fingerprint(path)
        fate = "A new one was made" if now.main is None else "Recording goes on in the one that is there now"
        said = f"The journal {path} was deleted, moved or replaced while psoas-nudge was running. {fate}."
        log.warning("%s", said)
        if self.on_reopened:
            self.on_reopened(said)

    def _check_overwritten(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise JournalBroken(f"The journal {path} was overwritten. {ADVICE[sqlite3.SQLITE_NOTADB]}")
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
            _must_be_known(db, self.name)
            db.execute("SELECT body FROM snapshot").fetchone()
            db.execute(f"{NEWEST_FIRST} LIMIT 1").fetchone()


class Fingerprint(Struct, frozen=True):
    """The identity (device, inode) of main file and WAL, None where there is none, and the main file's last change."""

    main: tuple[int, int] | None
    wal: tuple[int, int] | None
    changed: tuple[int, int] | None = None
    """Modification time and size: SQLite changes the main file only in a checkpoint."""


def fingerprint(path: Path) -> Fingerprint:
    """Of the files at `path` now. Raises OSError when the directory cannot be read."""
    main, wal = _stat(path), _stat(path.with_name(f"{path.name}-wal"))
    changed = None if main is None else (main.st_mtime_ns, main.st_size)
    return Fingerprint(_identity(main), _identity(wal), changed)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _identity(found: os.stat_result | None) -> tuple[int, int] | None:
    return None if found is None else (found.st_dev, found.st_ino)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _must_be_a_file(path)
    if others_may(path.stat()):
        path.chmod(0o600)
    return _prepared(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None), str(path))


def _must_be_a_file(path: Path) -> None:
    """SQLite waits for ever at a pipe that nobody writes, and calls a directory an error of the disk."""
    if path.exists() and not path.is_file():
        raise JournalBroken(f"The journal {path} is not a regular file. Move it away to start a new one.")


def _prepared(db: sqlite3.Connection, name: str) -> sqlite3.Connection:
    try:
        _must_be_known(db, name)
        _use_wal(db)
        db.execute("PRAGMA synchronous = FULL")
        schema.migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _use_wal(db: sqlite3.Connection) -> None:
    try:
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        # Another program is opening the file for the first time too and sets the mode, which the file keeps. If it is
        # busy with something else, the next program sets it; until then the file is as durable, only slower.


def _must_be_known(db: sqlite3.Connection, name: str) -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise JournalBroken(f"The journal needs SQLite 3.37 or newer; this is {sqlite3.sqlite_version}.")
    if schema.is_foreign(db):
        raise JournalBroken(f"{name} is another program's database, not a journal; it was left as it is.")
    if (found := schema.version(db)) > schema.LATEST:
        raise JournalBroken(
            f"The journal {name} was written by a newer psoas-nudge (schema {found}; this one knows "
            f"{schema.LATEST}). Update psoas-nudge; the file was left as it is."
        )
