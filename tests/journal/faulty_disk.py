"""Started by test_faulty_disk.py: an engine with a real journal on a disk that fails, and a person who reports.

"saved N" follows an answer that all is well, "kept N" one that it waits in memory. In the end the disk works again
("over" once nothing waits any more); faults come from strace, or from a limit on the length of files.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.engine.engine import Engine
from psoas_nudge.engine.requests import Requests
from psoas_nudge.errors import JournalBroken, NotSaved
from psoas_nudge.journal import Journal

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
REPORTS = 40


class Clock:
    """A second later at each look."""

    seconds = 0

    def now(self) -> m.Moment:
        self.seconds += 1
        return m.Moment(START + timedelta(seconds=self.seconds), self.seconds * 1000)


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def opened(path: Path) -> Journal:
    for _ in range(100):
        try:
            return Journal.open(path)
        except JournalBroken as error:
            tell(f"refused {error}")
    raise SystemExit("the journal cannot be opened")


def limit(to: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (to, resource.RLIM_INFINITY))


def main(path: Path, room: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with opened(path) as journal:
        engine = Engine(journal, m.Rules(hours=WorkingHours()), Clock())
        requests = Requests(engine, lambda: "", lambda: None)
        engine.start(None, m.Started())
        if room:
            limit(room)
        for number in range(1, REPORTS + 1):
            if room and number == REPORTS - 5:
                limit(resource.RLIM_INFINITY)
            try:
                requests.ask(m.Feel(note=str(number)))
            except NotSaved:
                tell(f"kept {number}")
            else:
                tell(f"saved {number}")
        for _ in range(100):
            if not engine.trouble:
                tell("over")
                break
            engine.feed(m.Woke())


main(Path(sys.argv[1]), int(sys.argv[2]))
