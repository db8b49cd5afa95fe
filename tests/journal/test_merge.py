"""What is exported is all there is: it reads back as it was, and merges into another journal once."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.model import HoursEntry, State, StretchEntry
from psoas_nudge.errors import BadInput, JournalBroken
from psoas_nudge.journal import Journal, Stored, as_json
from psoas_nudge.journal.merge import entries_of, from_json
from tests.fuzz import effort


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
        assert mine.merge(entries_of(tmp_path / "other.db", pytest.fail)) == (450, 450)
        assert mine.merge(entries_of(tmp_path / "other.db", pytest.fail)) == (450, 0)
        assert list(mine.read()) == [own, *theirs]
        assert mine.load() == State(numbered=3)


def test_a_damaged_or_missing_source_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    with pytest.raises(JournalBroken, match=r"bad\.db"):
        list(entries_of(tmp_path / "bad.db", pytest.fail))
    with pytest.raises(BadInput, match="cannot be read"):
        list(entries_of(tmp_path / "none", pytest.fail))


ID = "019ab000-0000-7000-8000-00000000000"
GOOD = f'{{"id":"{ID}1","at":"2026-11-23T09:00:00Z","kind":"hours","open":true}}'
STRETCH = f'{{"id":"{ID}2","at":"2026-11-23T09:00:00Z","kind":"stretch","routine":"r","performed":true,'


def merged(tmp_path: Path, *lines: str | bytes) -> tuple[list[Stored], list[str]]:
    """The entries of a file with these lines, and what is said of the others."""
    file = tmp_path / "some.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    wrong: list[str] = []
    return list(entries_of(file, wrong.append)), wrong


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (STRETCH + '"left_seconds":1e308}', "left_seconds is not between 0 and 315360000"),
        (STRETCH + '"left_seconds":-1}', "left_seconds is not between 0 and 315360000"),
        (
            GOOD.replace('"hours","open":true', '"pause","until":"0001-01-01T00:00:00+14:00"'),
            "until is not between the years 1970 and 2200",
        ),
        (GOOD.replace("2026", "9999"), "at is not between the years 1970 and 2200"),
        (GOOD.replace("09:00:00Z", "09:00:00"), "at has no distance from UTC"),
        (GOOD.replace('"hours","open":true', '"feel","level":11'), "level is not between 0 and 10"),
        (GOOD[:-1] + ',"x":' + "[" * 50_000, "nested too deep to be an entry"),
        (GOOD[:-1] + f',"x":"{"x" * 70_000}"}}', "longer than 64 kB"),
        (b"\xff\xfe", "JSON is malformed"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_others_are_read(
    line: str | bytes, why: str, tmp_path: Path
) -> None:
    found, wrong = merged(tmp_path, GOOD, line, "", GOOD.replace(f"{ID}1", f"{ID}3"))
    assert [stored.id for stored in found] == [f"{ID}1", f"{ID}3"]
    assert len(wrong) == 1
    assert wrong[0].startswith(f"some.jsonl, line 2: {why}")


def test_an_entry_of_another_journal_that_cannot_be_right_is_left_out(tmp_path: Path, morning) -> None:
    bad = StretchEntry(at=morning, routine="r", performed=True, left_seconds=1e308)
    with Journal.open(tmp_path / "other.db") as other:
        (stored, good) = other.commit([bad, HoursEntry(at=morning, open=True)], State(), UTC)
    wrong: list[str] = []
    assert list(entries_of(tmp_path / "other.db", wrong.append)) == [good]
    assert wrong == [f"other.db, entry {stored.id}: left_seconds is not between 0 and 315360000"]


PIECES = st.sampled_from(
    [GOOD, STRETCH, '"left_seconds":', "1e400", "-1e308", "NaN", "null", "true", '"', "{", "}", "[", ":", ",", "\\ud800",
     '"at":"9999-12-31T23:59:59-14:00"', '"at":"0001-01-01T00:00:00Z"', '"kind":"pause"', '"until":', "\x00", "99999999999999999999"]
)  # fmt: skip


@pytest.mark.fuzz
@effort(300)
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=8).map(lambda parts: "".join(parts).encode())),
        max_size=6,
    )
)
def test_whatever_is_in_the_lines_each_is_an_entry_or_named(tmp_path: Path, lines: list[bytes]) -> None:
    found, wrong = merged(tmp_path, b"", *lines)
    count = sum(1 for line in b"\n".join(lines).split(b"\n") if line.strip())
    assert len(found) + len(wrong) == count
    with Journal.in_memory() as journal:
        journal.merge(found)
        assert len(journal.days()) <= len(found)
