"""The database file of the journal: opened, prepared, and found again when it is no longer the one that was opened.

SQLite goes on writing into a file that was deleted, moved or replaced, and nobody finds again what it writes. So the
file is looked at before each commit: two calls of stat, about 3 µs.
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
from psoas_nudge.journal.failures import ADVICE, telling
from psoas_nudge.system.files import others_may

log = logging.getLogger(__name__)

BUSY_SECONDS = 2.0
"""The daemon hears nobody meanwhile, and a command waits 3 s for it."""
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
MAGIC = b"SQLite format 3\0"
NEWEST_FIRST = "SELECT id, CAST(body AS BLOB) FROM entries ORDER BY at_ms DESC, id DESC"


class File:
    """An open database; `path` where it is open for writing and may have to be found again."""

    def __init__(self, db: sqlite3.Connection, name: str, path: Path | None = None) -> None:
        self.db, self.name, self._path = db, name, path
        self.on_reopened: Callable[[str], object] | None = None
        """Gets a sentence for the person when `find_again` had to open it again."""
        self._seen = look(path) if path else None
        """What the path led to when it was last opened or found whole; None: it could not be opened again."""

    @classmethod
    def writing(cls, path: Path) -> File:
        """See Journal.open."""
        with telling(str(path)):
            return cls(_open(path), str(path), path)

    @classmethod
    def in_memory(cls) -> File:
        """One without a file."""
        return cls(_prepared(sqlite3.connect(":memory:", isolation_level=None), "in memory"), "in memory")

    @classmethod
    def reading(cls, path: Path) -> File | None:
        """See Journal.open_reading."""
        with telling(str(path)):
            try:
                path.lstat()  # a link that leads nowhere is no new journal
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
        """Nothing is pending: every commit was final."""
        self.db.close()

    def find_again(self) -> None:
        """Make sure that what is written next goes into the file that has the journal's name."""
        path, before = self._path, self._seen
        if path is None or (now := look(path)) == before:
            return
        if before is not None and now.main == before.main and before.wal in {None, now.wal}:
            if now.changed != before.changed:  # SQLite moved the WAL into it, or somebody wrote over it
                self._look_into(path)
            self._seen = now
            return
        self._seen = None
        with suppress(sqlite3.Error):  # the file that is gone, or in another place, gets all that was written
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()
        self.db = _open(path)
        self._seen = look(path)
        fate = "A new one was made" if now.main is None else "Recording goes on in the one that is there now"
        said = f"The journal {path} was deleted, moved or replaced while psoas-nudge was running. {fate}."
        log.warning("%s", said)
        if self.on_reopened:
            self.on_reopened(said)

    def _look_into(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise JournalBroken(f"The journal {path} was overwritten. {ADVICE[sqlite3.SQLITE_NOTADB]}")
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
            _must_be_known(db, self.name)
            db.execute("SELECT body FROM snapshot").fetchone()
            db.execute(f"{NEWEST_FIRST} LIMIT 1").fetchone()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Both or neither of what is written in the block."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:  # a full disk may have rolled it back already
                self.db.execute("ROLLBACK")
            raise


class Seen(Struct, frozen=True):
    """What a look found: which files they are, None where there is none, and how the main one was last changed."""

    main: tuple[int, int] | None
    wal: tuple[int, int] | None
    changed: tuple[int, int] | None = None
    """Time and size of the last change: SQLite changes the main file only when it moves the WAL into it."""


def look(path: Path) -> Seen:
    """The files as they are now. Raises OSError when the directory cannot be looked into."""
    main, wal = _stat(path), _stat(path.with_name(f"{path.name}-wal"))
    changed = None if main is None else (main.st_mtime_ns, main.st_size)
    return Seen(_identity(main), _identity(wal), changed)


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
        # Another program opens the file for the first time, too, and sets the mode, which the file keeps. Should
        # it be busy with something else, the next to open it does: until then it is as durable, only slower.


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
