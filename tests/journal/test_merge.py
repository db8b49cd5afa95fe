"""What is exported is all there is: it reads back as it was, and merges into another journal once."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psoas_nudge.core.model import HoursEntry, State
from psoas_nudge.errors import BadInput, JournalBroken
from psoas_nudge.journal import Journal, as_json
from psoas_nudge.journal.merge import entries_of, from_json


@settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
@given(data=st.data(), minutes=st.integers(-14 * 60, 14 * 60))
def test_an_exported_line_reads_back_as_the_entry(data: st.DataObject, minutes: int, any_entry) -> None:
    entry = data.draw(any_entry)
    with Journal.in_memory() as journal:
        (stored,) = journal.commit([entry], State(), timezone(timedelta(minutes=minutes)))
    assert from_json(as_json(stored)) == stored


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":"019ab000-0000-7000-8000-000000000001","at":"2026-11-23T09:00:00","kind":"hours","open":true}',
        b'{"id":"019ab000-0000-7000-8000-00000000000","at":"2026-11-23T09:00:00Z","kind":"hours","open":true}',
        b'{"id":"019ab000-0000-7000-8000-000000000001","at":"2026-11-23T09:00:00Z","kind":"dance"}',
        b'{"id":"019ab000-0000-7000-8000-000000000001","at":"2026-11-23T09:00:00Z","kind":"hours"}',
    ],
)
def test_a_line_with_something_missing_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, msgspec.DecodeError)):
        from_json(line)


def test_a_long_journal_of_another_machine_merges_and_keeps_the_state(tmp_path: Path, morning) -> None:
    entries = [HoursEntry(at=morning + timedelta(hours=n), open=n % 2 == 0) for n in range(450)]
    with Journal.open(tmp_path / "other.db") as other:
        other.commit(entries, State(numbered=7), UTC)
        theirs = list(other.read())
    with Journal.open(tmp_path / "mine.db") as mine:
        (own,) = mine.commit([HoursEntry(at=morning - timedelta(days=1), open=True)], State(numbered=3), UTC)
        assert mine.merge(entries_of(tmp_path / "other.db")) == (450, 450)
        assert mine.merge(entries_of(tmp_path / "other.db")) == (450, 0)
        assert list(mine.read()) == [own, *theirs]
        assert mine.load() == State(numbered=3)


def test_a_damaged_or_missing_source_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    with pytest.raises(JournalBroken, match=r"bad\.db"):
        list(entries_of(tmp_path / "bad.db"))
    with pytest.raises(BadInput, match="cannot be read"):
        list(entries_of(tmp_path / "none"))
