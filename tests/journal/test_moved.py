"""The journal is deleted, moved, replaced or damaged while it is open: recording goes on under its name, and says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal import Journal
from psoas_nudge.journal.upkeep import check

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


def levels(path: Path) -> list[int | None]:
    found = Journal.open_reading(path)
    assert found is not None
    with found:
        assert check(found).problems == ()
        return [stored.entry.level for stored in found.read(kinds=["feel"]) if isinstance(stored.entry, m.FeelEntry)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.open(path) as journal:
        yield journal


@pytest.fixture
def said(journal: Journal) -> list[str]:
    said: list[str] = []
    journal.file.on_reopened = said.append
    return said


@pytest.fixture
def feel(journal: Journal) -> Callable[[int], None]:
    def feel(level: int) -> None:
        journal.commit([m.FeelEntry(at=START + timedelta(seconds=level), level=level)], m.State(numbered=level), UTC)

    return feel


def test_a_journal_that_stays_where_it_is_is_opened_once(path, feel, said) -> None:
    for level in range(5):
        feel(level)
    assert (levels(path), said) == ([0, 1, 2, 3, 4], [])


def test_after_the_file_was_deleted_a_new_one_begins_with_what_comes_next(path, feel, said) -> None:
    feel(1)
    path.unlink()
    feel(2)
    assert levels(path) == [2]
    assert said == [
        f"The journal {path} was deleted, moved or replaced while psoas-nudge was running. A new one was made."
    ]


def test_after_the_whole_directory_was_deleted_it_is_made_again_for_this_person_only(tmp_path, said) -> None:
    path = tmp_path / "data" / "journal.db"
    with Journal.open(path) as journal:
        shutil.rmtree(path.parent)
        journal.commit([m.FeelEntry(at=START, level=3)], m.State(), UTC)
        assert levels(path) == [3]
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_file_that_was_moved_away_has_all_that_was_recorded_until_then(path, feel, said) -> None:
    for level in range(5):
        feel(level)
    away = path.with_name("elsewhere.db")
    path.rename(away)
    feel(5)
    assert (levels(away), levels(path)) == ([0, 1, 2, 3, 4], [5])
    assert said


def test_another_journal_in_its_place_is_gone_on_with(path, tmp_path, feel, said) -> None:
    other = tmp_path / "other.db"
    with Journal.open(other) as journal:
        journal.commit([m.FeelEntry(at=START, level=9)], m.State(), UTC)
    feel(1)
    other.replace(path)
    feel(2)
    assert levels(path) == [9, 2]
    assert said[0].endswith("Recording goes on in the one that is there now.")


def test_a_write_ahead_log_that_was_deleted_takes_nothing_with_it(path, feel, said) -> None:
    feel(1)
    path.with_name("journal.db-wal").unlink()
    feel(2)
    assert levels(path) == [1, 2]


def test_what_is_no_journal_in_its_place_is_refused_until_it_is_moved_away(path, feel, said) -> None:
    feel(1)
    path.unlink()
    path.write_bytes(b"shopping list\n" * 1000)
    for _ in range(2):
        with pytest.raises(
            JournalBroken, match=r"journal\.db: file is not a database\. .*Move it away to start a new one"
        ):
            feel(2)
    assert path.read_bytes().startswith(b"shopping list"), "left as it is"
    path.unlink()
    feel(3)
    assert levels(path) == [3]


@pytest.mark.parametrize("rubbish", [b"", b"\0" * 4096, b"x" * 100_000])
def test_a_file_that_was_overwritten_in_place_is_refused_until_it_is_moved_away(
    path, feel, said, rubbish: bytes
) -> None:
    feel(1)
    path.write_bytes(rubbish)
    for _ in range(2):
        with pytest.raises(JournalBroken, match=r"was overwritten.*Move it away"):
            feel(2)
    path.rename(path.with_name("damaged.db"))
    feel(3)
    assert levels(path) == [3]


def test_while_it_cannot_be_made_anew_each_commit_tries_again(path, feel, said) -> None:
    path.unlink()
    path.mkdir()
    for _ in range(2):
        with pytest.raises(JournalBroken):
            feel(1)
    path.rmdir()
    feel(2)
    assert levels(path) == [2]


def test_sqlite_moving_its_log_into_the_file_is_no_damage(path, feel, said) -> None:
    with Journal.open(path) as other:
        feel(1)
        other._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        feel(2)
    assert (levels(path), said) == ([1, 2], [])


def test_a_pipe_in_its_place_stops_nobody_and_is_refused_until_it_is_moved_away(path, feel, said) -> None:
    feel(1)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(JournalBroken, match="is not a regular file"):
        feel(2)
    path.unlink()
    feel(2)
    assert levels(path) == [2]
