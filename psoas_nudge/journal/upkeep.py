"""What the start of the daemon leaves for later, so that it is quick whatever is in the journal."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal.store import Journal

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.1
"""Between two slices of the sums: less than a tenth of one processor, two minutes for a million entries."""
CHECK_SECONDS = 5.0


async def keep_up(journal: Journal, path: Path) -> None:
    """Make the sums by day, where they are in an old form, and look for damage in the file. What is wrong is logged."""
    ended = Event()
    try:
        while journal.sum_up():  # noqa: ASYNC110 - there is no event to wait for: the pause leaves room for other work
            await asyncio.sleep(PAUSE_SECONDS)
        with ThreadPoolExecutor(1) as once:  # asyncio's own threads would stay for good
            try:
                problems = await asyncio.get_running_loop().run_in_executor(once, _look, path, ended)
            finally:
                ended.set()  # the thread does not notice that this task ends, and leaving the pool waits for it
        for problem in problems:
            log.warning("the journal %s: %s", path, problem)
    except JournalBroken as error:
        log.warning("%s", error)


def _look(path: Path, ended: Event) -> tuple[str, ...]:
    """What is wrong with the file, through a connection of its own: this is a thread."""
    journal = Journal.open_reading(path)
    if journal is None:
        return ()
    deadline = time.monotonic() + CHECK_SECONDS
    with journal:
        return journal.check(lambda: ended.is_set() or time.monotonic() > deadline).problems
