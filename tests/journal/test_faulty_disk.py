"""Every n-th write, sync, open or cut fails: what was acknowledged is there, what was not is said so and comes later."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from psoas_nudge.core.model import FeelEntry
from psoas_nudge.journal import Journal
from psoas_nudge.journal.upkeep import check

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace and the limit on files are Linux's")

SCRIPT = Path(__file__).with_name("faulty_disk.py")
REPORTS = [str(number) for number in range(1, 41)]
CALLS = {"write": "pwrite64", "sync": "fdatasync,fsync", "open": "openat", "cut": "ftruncate", "look": "newfstatat"}
FAULTS = [
    *(("write", error, when) for error in ("ENOSPC", "EIO") for when in ("11+11", "29+29", "47+47", "60..120")),
    *(("sync", error, when) for error in ("ENOSPC", "EIO") for when in ("2+2", "3+3", "7+7")),
    *(("open", "EMFILE", when) for when in ("1", "2", "3")),
    ("cut", "EIO", "2+2"),
    ("look", "EIO", "60+23"),
]
"""Which call fails how, and when, as strace counts it: 11+11 is the 11th and every 11th after it."""


def run(words: list[str], path: Path, room: int) -> dict[str, list[str]]:
    """What the person was told, by the first word."""
    environ = {**os.environ, "PYTHONPATH": str(SCRIPT.parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [*words, sys.executable, str(SCRIPT), str(path), str(room)],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
        timeout=60,
    )
    assert "Traceback" not in ran.stderr
    assert ran.returncode == 0, ran.stderr
    told: dict[str, list[str]] = {"saved": [], "kept": [], "over": [], "refused": []}
    for line in ran.stdout.splitlines():
        word, _, rest = line.partition(" ")
        told[word].append(rest)
    return told


def recorded(path: Path) -> list[str | None]:
    found = Journal.open_reading(path)
    assert found is not None
    with found:
        assert check(found).problems == ()
        return [stored.entry.note for stored in found.read(kinds=["feel"]) if isinstance(stored.entry, FeelEntry)]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: apt-get install strace")
@pytest.mark.parametrize(("call", "error", "when"), FAULTS)
def test_when_every_nth_call_of_a_kind_fails_nothing_acknowledged_is_lost_and_nothing_comes_twice(
    tmp_path: Path, call: str, error: str, when: str
) -> None:
    path, calls = tmp_path / "journal.db", tmp_path / "calls"
    Journal.open(path).close()
    files = [word for end in ("", "-wal", "-shm") for word in ("-P", f"{path}{end}")]
    fault = ["-e", f"trace={CALLS[call]}", "-e", f"inject={CALLS[call]}:error={error}:when={when}"]
    told = run(["strace", "-o", str(calls), *files, *fault], path, 0)
    assert "(INJECTED)" in calls.read_text(), "no fault was met"
    assert sorted(told["saved"] + told["kept"], key=int) == REPORTS
    kept = recorded(path)
    assert set(told["saved"]) <= set(kept)
    assert len(kept) == len(set(kept))
    assert kept == REPORTS or not told["over"]


@pytest.mark.parametrize("room", [50_000, 100_000, 200_000])
def test_on_a_full_disk_reports_wait_in_memory_and_are_saved_once_there_is_room(tmp_path: Path, room: int) -> None:
    path = tmp_path / "journal.db"
    told = run([], path, room)
    assert told["kept"], "the limit was met"
    assert told["over"]
    assert recorded(path) == REPORTS
