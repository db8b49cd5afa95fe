"""A writer killed with SIGKILL at random points loses no answer that it acknowledged (rule 14)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from psoas_nudge.journal import Journal
from psoas_nudge.journal.upkeep import check

ROUNDS = 100


def test_a_writer_killed_a_hundred_times_loses_no_acknowledged_answer(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    chance = random.Random(7)
    script = Path(__file__).with_name("killed_writer.py")
    root = Path(__file__).parents[2]
    kept = 0
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as forker:
        assert forker.stdin is not None
        assert forker.stdout is not None
        for _ in range(ROUNDS):
            forker.stdin.write(f"{path}\n")
            pid, wait_for = 0, chance.choice((0, 0, 1, 2, 5))
            while not pid or wait_for:  # some are killed while opening, some amid their commits
                word, number = forker.stdout.readline().split()
                pid = int(number) if word == "pid" else pid
                if word == "kept":
                    kept, wait_for = int(number), max(0, wait_for - 1)
            time.sleep(chance.uniform(0, 0.004))
            os.kill(pid, signal.SIGKILL)
            while (line := forker.stdout.readline()) != "dead\n":
                kept = int(line.split()[1])

            if chance.random() < 0.1:
                assert_all_kept(path, kept)
        forker.stdin.close()
    assert_all_kept(path, kept)
    assert kept > ROUNDS


def assert_all_kept(path: Path, kept: int) -> None:
    with Journal.open(path) as journal:
        state = journal.load()
        numbers = [stored.entry.number for stored in journal.read()]
        assert state is not None
        assert numbers == list(range(1, state.numbered + 1))
        assert state.numbered >= kept
        assert sum(day.accepted for day in journal.days()) == state.numbered
        assert check(journal).problems == ()
