"""What was recorded stays recorded, whatever happens to the program, the file or the disk."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.model import (
    AnyEntry,
    Bout,
    BoutEntry,
    FeelEntry,
    HoursEntry,
    Open,
    Paused,
    PauseEntry,
    PromptEntry,
    ResumeEntry,
    RotationOrder,
    Signal,
    State,
    Timeline,
    Today,
    UndoneEntry,
)
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal import Journal, Stored, as_json, schema, upkeep
from psoas_nudge.journal.upkeep import check

KINDS = {kind.__struct_config__.tag for kind in get_args(AnyEntry)}


def opened(at: datetime) -> HoursEntry:
    return HoursEntry(at=at, open=True)


def at_hours(morning: datetime, *hours: float) -> list[HoursEntry]:
    return [opened(morning + timedelta(hours=h)) for h in hours]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "psoas-nudge" / "journal.db"


@pytest.fixture(scope="module")
def memory():
    with Journal.in_memory() as journal:
        yield journal


# --- what goes in comes out --------------------------------------------------------------------------------------


@given(data=st.data())
def test_every_kind_of_entry_comes_back_as_it_was(data: st.DataObject, memory: Journal, any_entry) -> None:
    entry = data.draw(any_entry)
    (stored,) = memory.commit([entry], State(), ZoneInfo("Asia/Kathmandu"))
    found = [s for s in memory.read(since=entry.at - timedelta(milliseconds=1), impossible=True) if s.id == stored.id]
    assert found == [stored]
    assert found[0].entry == entry
    shown = json.loads(as_json(stored))
    assert shown["kind"] in KINDS
    assert set(shown) == {"id", "kind"} | set(entry.__struct_fields__)
    for name, value in msgspec.structs.asdict(entry).items():
        if isinstance(value, datetime):
            assert datetime.fromisoformat(shown[name]) == value
            assert datetime.fromisoformat(shown[name]).utcoffset() == stored.zone.utcoffset(None)


def test_the_state_comes_back_as_it_was(path: Path, morning: datetime, berlin: ZoneInfo) -> None:
    state = State(
        time=Timeline(at=morning, tick=12_500, now=99_250),
        signals=frozenset({Signal.CALL, Signal.LOCKED}),
        bout=Bout(1000, ((2000, 3000),)),
        paused=Paused(until_at=morning),
        stage=Open(3, "standing-hip-flexor", since=6000, notifier="dbus", ref="7"),
        today=Today(morning.date(), 3),
        rotation_order=RotationOrder(2, {"standing-hip-flexor": 2}),
    )
    with Journal.open(path) as journal:
        assert journal.load() is None
        journal.commit([], State(numbered=1), berlin)
        journal.commit([], state, berlin)
    with Journal.open(path) as journal:
        assert journal.load() == state


def test_a_prompt_and_a_bout_read_as_scripts_expect(morning: datetime, berlin: ZoneInfo) -> None:
    prompt = PromptEntry(
        at=morning, number=4, shown_at=morning - timedelta(minutes=1), closed_at=morning, outcome="accepted",
        routine="standing-hip-flexor", notifier="dbus", via="notification",
    )  # fmt: skip
    bout = BoutEntry(
        at=morning, started=morning - timedelta(hours=1), ended=morning, sitting_seconds=3480.5, ended_by="idle"
    )
    with Journal.in_memory() as journal:
        stored = journal.commit([prompt, bout], State(), berlin)
    assert [json.loads(as_json(s)) for s in stored] == [
        {
            "id": stored[0].id,
            "at": "2026-11-23T09:30:00+01:00",
            "kind": "prompt",
            "number": 4,
            "shown_at": "2026-11-23T09:29:00+01:00",
            "closed_at": "2026-11-23T09:30:00+01:00",
            "outcome": "accepted",
            "routine": "standing-hip-flexor",
            "notifier": "dbus",
            "via": "notification",
            "because": None,
        },
        {
            "id": stored[1].id,
            "at": "2026-11-23T09:30:00+01:00",
            "kind": "bout",
            "started": "2026-11-23T08:30:00+01:00",
            "ended": "2026-11-23T09:30:00+01:00",
            "sitting_seconds": 3480.5,
            "ended_by": "idle",
        },
    ]


def test_the_local_offset_is_that_of_the_entrys_own_instant(berlin: ZoneInfo) -> None:
    summer, winter = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    with Journal.in_memory() as journal:
        stored = journal.commit([opened(summer), opened(winter)], State(), berlin)
    assert [s.offset_minutes for s in stored] == [120, 60]


def test_the_reader_chooses_times_kinds_and_how_many(morning: datetime, berlin: ZoneInfo) -> None:
    entries = [*at_hours(morning, 0, 1, 2, 3), PauseEntry(at=morning + timedelta(hours=1), until=None)]

    def hours(found) -> list[float]:
        return [(s.entry.at - morning) / timedelta(hours=1) for s in found]

    with Journal.in_memory() as journal:
        journal.commit(entries, State(), berlin)
        assert hours(journal.read()) == [0, 1, 1, 2, 3]
        assert hours(journal.read(since=morning + timedelta(hours=1))) == [1, 1, 2, 3]
        assert hours(journal.read(until=morning + timedelta(hours=1))) == [0]
        assert hours(journal.read(last=2)) == [2, 3]
        assert hours(journal.read(last=1, until=morning + timedelta(hours=3))) == [2]
        assert hours(journal.read(last=0)) == []
        assert hours(journal.read(kinds={"pause"})) == [1]
        assert hours(journal.read(kinds={"pause", "hours"}, last=4)) == [1, 1, 2, 3]
        assert hours(journal.read(kinds=())) == []


def test_entries_of_one_moment_keep_the_order_in_which_they_were_recorded(morning: datetime, berlin: ZoneInfo) -> None:
    entries = [PauseEntry(at=morning, until=None), ResumeEntry(at=morning, by="person"), opened(morning)] * 20
    with Journal.in_memory() as journal:
        for entry in entries:
            journal.commit([entry], State(), berlin)
        found = list(journal.read())
    assert [s.entry for s in found] == entries
    assert all(a.id < b.id for a, b in pairwise(found))


# --- nothing recorded is ever changed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attempt",
    ["UPDATE entries SET kind = 'x'", "DELETE FROM entries", "DELETE FROM entries WHERE kind = 'hours'"],
)
def test_no_program_can_change_or_remove_an_entry(attempt: str, path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(), berlin)
        before = list(journal.read())
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(attempt)
    db.close()
    with Journal.open(path) as journal:
        assert list(journal.read()) == before


def test_an_entry_written_over_an_existing_one_is_ignored(path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(), berlin)
        before = list(journal.read())
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("INSERT OR REPLACE INTO entries SELECT at_ms, id, 0, 'forged', '{}' FROM entries")
    db.close()
    with Journal.open(path) as journal:
        assert list(journal.read()) == before


def test_a_commit_that_fails_leaves_neither_entries_nor_state(path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(numbered=1), berlin)
        journal._db.execute("CREATE TRIGGER full BEFORE INSERT ON snapshot BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(JournalBroken):
            journal.commit(at_hours(morning, 1, 2), State(numbered=2), berlin)
        journal._db.execute("DROP TRIGGER full")
        assert journal.load() == State(numbered=1)
        assert len(list(journal.read())) == 1
        journal.commit(at_hours(morning, 3), State(numbered=3), berlin)
        assert journal.load() == State(numbered=3)


# --- files -------------------------------------------------------------------------------------------------------


def test_the_file_and_its_directory_are_for_this_person_only(path: Path, morning, berlin) -> None:
    old = os.umask(0)
    try:
        with Journal.open(path) as journal:
            journal.commit([opened(morning)], State(), berlin)
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert set(modes) == {"journal.db", "journal.db-wal", "journal.db-shm"}
    assert set(modes.values()) == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    Journal.open(path).close()
    path.chmod(0o644)
    Journal.open(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_directory_that_was_there_before_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Journal.open(tmp_path / "journal.db").close()
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_reading_a_journal_that_is_not_there_makes_nothing(path: Path) -> None:
    assert Journal.open_reading(path) is None
    assert not path.parent.exists()


def test_a_file_that_is_empty_or_just_begun_reads_as_no_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert Journal.open_reading(path) is None
    assert path.read_bytes() == b""


def test_a_reader_writes_nothing(path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(), berlin)
    before = path.read_bytes()
    with Journal.open_reading(path) as journal:
        assert len(list(journal.read())) == 1
        with pytest.raises(JournalBroken, match="readonly"):
            journal.commit([opened(morning)], State(), berlin)
    assert path.read_bytes() == before


def test_a_path_with_strange_letters_works(tmp_path: Path, morning, berlin) -> None:
    path = tmp_path / "a b?c#d%20é" / "journal.db"
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(), berlin)
    with Journal.open_reading(path) as journal:
        assert len(list(journal.read())) == 1


@pytest.mark.parametrize("content", [b"not a database at all\n" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
@pytest.mark.parametrize("open_", [Journal.open, Journal.open_reading])
def test_a_damaged_file_is_named_and_left_alone(content: bytes, open_, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalBroken) as told:
        open_(path)
    assert str(path) in str(told.value)
    assert "left as it is" in str(told.value) or "was left as it is" in str(told.value)
    assert path.read_bytes() == content


@pytest.mark.parametrize("open_", [Journal.open, Journal.open_reading])
@pytest.mark.skipif(os.name == "nt", reason="Windows has neither such pipes nor /dev/full")
@pytest.mark.parametrize("make", ["mkfifo", "mkdir", "link to a device"])
def test_what_is_no_file_is_named_at_once_also_a_pipe_that_nobody_writes(
    make: str, open_: Callable[[Path], object], path: Path
) -> None:
    path.parent.mkdir()
    if make == "link to a device":
        path.symlink_to("/dev/full")
    else:
        getattr(os, make)(path)
    with pytest.raises(JournalBroken, match=r"is not a regular file\. Move it away to start a new one"):
        open_(path)


def test_another_programs_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE photos (name)")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(JournalBroken, match="another program's database"):
        Journal.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("open_", [Journal.open, Journal.open_reading])
def test_a_journal_of_a_newer_version_is_refused_and_left_alone(open_, path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(), berlin)
        journal._db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(JournalBroken, match=r"newer psoas-nudge \(schema 99.*Update psoas-nudge"):
        open_(path)
    assert path.read_bytes() == before


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalBroken, match=r"file/journal\.db.*writable"):
        Journal.open(tmp_path / "file" / "journal.db")


UNPRIVILEGED = """
import os, sys
from pathlib import Path
os.setgid(65534); os.setuid(65534)
from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal import Journal
try:
    getattr(Journal, sys.argv[2])(Path(sys.argv[1]))
except JournalBroken as error:
    print(error)
"""


@pytest.mark.skipif(getattr(os, "getuid", lambda: -1)() != 0, reason="only root can become someone else")
@pytest.mark.parametrize("how", ["open", "open_reading"])
def test_a_directory_that_is_somebody_elses_is_named(tmp_path: Path, how: str) -> None:
    code = "import sys; sys.dont_write_bytecode = True; import msgspec, sqlite3, psoas_nudge.journal" + UNPRIVILEGED
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "journal.db"), how], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert "Permission denied" in done.stdout
    assert str(tmp_path / "journal.db") in done.stdout
    assert "writable for you" in done.stdout


def test_a_full_disk_loses_nothing_and_is_told(path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(numbered=1), berlin)
        pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
        journal._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalBroken, match="disk is full: free some space"):
            journal.commit(at_hours(morning, *range(1, 500)), State(numbered=2), berlin)
        assert journal.load() == State(numbered=1)
        journal._db.execute("PRAGMA max_page_count = 1000000")
        journal.commit(at_hours(morning, 1), State(numbered=3), berlin)
        assert len(list(journal.read())) == 2


# --- what this version cannot read -------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b'{"signals": ["telepathy"]}', b"\xff\xfe", b"{", b"7", b'{"bout": 7}'])
def test_a_state_that_cannot_be_read_is_set_aside(body: bytes, path: Path, morning, berlin, caplog) -> None:
    with Journal.open(path) as journal:
        journal.commit([opened(morning)], State(), berlin)
        journal._db.execute("UPDATE snapshot SET body = ?", (body,))
    with caplog.at_level(logging.WARNING), Journal.open(path) as journal:
        assert journal.load() is None
        assert "set aside" in caplog.text
        assert journal._db.execute("SELECT body FROM set_aside").fetchall() == [(body,)]
        assert journal.load() is None
        assert len(check(journal).problems) == 1
        assert len(list(journal.read())) == 1


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b'{"kind":"undone","reported":7}', b""])
@pytest.mark.parametrize("kind", ["feel", "undone"])
def test_a_report_that_cannot_be_read_hides_neither_the_others_nor_what_was_taken_back(
    kind: str, body: bytes, path: Path, morning, berlin
) -> None:
    later = morning + timedelta(minutes=5)
    with Journal.open(path) as journal:
        reports = [FeelEntry(at=morning, level=3), FeelEntry(at=later, level=4), UndoneEntry(at=later, reported=later)]
        journal.commit(reports, State(), berlin)
        journal._db.execute("INSERT INTO entries VALUES (1, randomblob(16), 60, ?, CAST(? AS TEXT))", (kind, body))
        found = [line.entry for line in journal.read(kinds=["feel", "hours"], taken_back=False)]
        assert found == [FeelEntry(at=morning, level=3)]


def test_an_entry_that_cannot_be_read_hides_no_other(path: Path, morning, berlin, caplog) -> None:
    with Journal.open(path) as journal:
        journal.commit(at_hours(morning, 0, 2), State(), berlin)
        journal._db.execute(
            "INSERT INTO entries VALUES (1795422600000, randomblob(16), 60, 'dance', '{\"kind\":\"dance\"}')"
        )
        with caplog.at_level(logging.WARNING):
            assert len(list(journal.read())) == 2
        assert "cannot be read" in caplog.text
        checked = check(journal)
        assert checked.entries == 3
        assert len(checked.problems) == 1
        assert "dance" in checked.problems[0]


def test_a_sound_journal_has_no_problems(path: Path, morning, berlin) -> None:
    with Journal.open(path) as journal:
        journal.commit(at_hours(morning, 0, 2), State(), berlin)
        assert (check(journal).entries, check(journal).problems) == (2, ())


# --- two at once -------------------------------------------------------------------------------------------------


def test_a_reader_sees_whole_commits_while_the_daemon_writes(path: Path, morning, berlin) -> None:
    Journal.open(path).close()
    done = threading.Event()
    seen = list[int]()

    def read() -> None:
        while not done.is_set() or not seen:
            with Journal.open_reading(path) as reader:
                seen.append(len(list(reader.read())))

    reader = threading.Thread(target=read)
    reader.start()
    with Journal.open(path) as journal:
        for n in range(60):
            journal.commit(at_hours(morning, n, n + 0.5), State(numbered=n), berlin)
    done.set()
    reader.join()
    assert all(n % 2 == 0 for n in seen)
    assert seen == sorted(seen)


def test_two_programs_may_make_the_same_journal_at_once(path: Path, morning, berlin) -> None:
    problems = list[BaseException]()
    together = threading.Barrier(6)

    def open_and_write(n: int) -> None:
        try:
            together.wait()
            with Journal.open(path) as journal:
                for m in range(5):
                    journal.commit([opened(morning + timedelta(minutes=n, seconds=m))], State(), berlin)
        except BaseException as error:  # noqa: BLE001 - told by the assertion, not lost in a thread
            problems.append(error)

    threads = [threading.Thread(target=open_and_write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with Journal.open(path) as journal:
        assert len(list(journal.read())) == 30
        assert check(journal).problems == ()


# --- older files -------------------------------------------------------------------------------------------------


def schema_files() -> list[Path]:
    return sorted((Path(__file__).parent / "schemas").glob("v*.sql"))


def test_there_is_a_file_of_every_schema() -> None:
    assert [file.stem for file in schema_files()] == [f"v{n}" for n in range(1, schema.LATEST + 1)]


@pytest.mark.parametrize("old", schema_files(), ids=lambda file: file.stem)
def test_a_journal_of_an_older_version_is_brought_up_to_date(old: Path, path: Path, berlin) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.executescript(old.read_text())
    db.close()
    with Journal.open(path) as journal:
        assert schema.version(journal._db) == schema.LATEST
        found: list[Stored] = list(journal.read())
        assert [s.entry.__struct_config__.tag for s in found] == ["hours", "prompt", "stretch", "bout"]
        assert found[1].id == "019ab000-0000-7000-8000-000000000002"
        assert journal.load() == State(time=Timeline(now=42_000), today=Today(prompts=1))
        assert check(journal).problems == ()
        journal.commit([opened(datetime(2026, 12, 1, tzinfo=UTC))], State(), berlin)


@pytest.mark.parametrize("old", schema_files(), ids=lambda file: file.stem)
def test_a_file_of_this_schema_has_the_tables_that_the_steps_make(old: Path) -> None:
    number = int(old.stem[1:])
    told = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    fixture, made = sqlite3.connect(":memory:"), sqlite3.connect(":memory:", isolation_level=None)
    fixture.executescript(old.read_text())
    schema.migrate(made, number)
    assert fixture.execute(told).fetchall() == made.execute(told).fetchall()
    fixture.close()
    made.close()


def test_a_step_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    monkeypatch.setattr(schema, "STEPS", (("CREATE TABLE a (b)",), ("CREATE TABLE c (d)", "CREATE TABLE a (b)")))
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(db, 2)
    assert schema.version(db) == 1
    assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
    db.close()


def test_a_check_sees_all_and_what_takes_longer_than_its_time_is_interrupted(morning, berlin) -> None:
    with Journal.in_memory() as journal:
        journal.commit([HoursEntry(at=morning, open=True)] * 10_000, State(), berlin)
        whole = check(journal)
        assert (whole.entries, whole.problems, whole.whole) == (10_000, (), True)
        journal._db.create_function("slow", 1, lambda text: threading.Event().wait(0.002) or text)
        with (
            upkeep.interrupted(journal._db, lambda: True),
            pytest.raises(sqlite3.OperationalError, match="interrupted"),
        ):
            journal._db.execute("SELECT count(slow(body)) FROM entries").fetchone()
        assert check(journal).whole, "the next is not interrupted"


def test_a_check_that_has_no_time_says_that_it_did_not_see_all(
    morning, berlin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "POLL_SECONDS", 0.0002)
    with Journal.in_memory() as journal:
        journal.commit([HoursEntry(at=morning, open=True)] * 20_000, State(), berlin)
        checked = check(journal, lambda: True)
        assert (checked.problems, checked.whole) == ((), False)


def test_a_link_that_leads_nowhere_is_reported_and_is_no_empty_journal(tmp_path: Path) -> None:
    (tmp_path / "journal.db").symlink_to(tmp_path / "away" / "journal.db")
    with pytest.raises(JournalBroken, match=r"journal\.db: unable to open"):
        Journal.open_reading(tmp_path / "journal.db")
