"""Started by test_killed_writer.py: forks a writer for every line read, which commits until it is killed.

A commit is acknowledged on standard output only after it returned. Forking after the imports makes a hundred
writers cheap.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psoas_nudge.core.model import PromptEntry, State
from psoas_nudge.journal import Journal

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def write(path: Path) -> None:
    journal = Journal.open(path)
    state = journal.load() or State()
    while True:
        number = state.numbered + 1
        state = State(numbered=number)
        at = START + timedelta(seconds=number)
        journal.commit(
            [
                PromptEntry(
                    at=at, number=number, shown_at=at, closed_at=at, outcome="accepted", routine="r", notifier="n"
                )
            ],
            state,
            UTC,
        )
        tell(f"kept {number}")


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        write(Path(line.strip()))
    tell(f"pid {child}")
    os.waitpid(child, 0)
    tell("dead")
