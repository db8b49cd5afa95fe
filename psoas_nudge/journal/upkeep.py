"""Work on the journal that the daemon does after its start, so that a large journal does not slow the start down."""

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
"""Between two slices of the sums: under a tenth of one processor, and two minutes for a million entries."""
CHECK_SECONDS = 5.0


async def keep_up(journal: Journal, path: Path) -> None:
    """Compute the sums by day where they have an old form, and check the file for damage. Problems are logged."""
    ended = Event()
    try:
        while journal.sum_up():  # noqa: ASYNC110 - no event to wait for: the pause lets other work run
            await asyncio.sleep(PAUSE_SECONDS)
        with ThreadPoolExecutor(1) as once:  # asyncio's default executor would keep its thread
            try:
                problems = await asyncio.get_running_loop().run_in_executor(once, _check, path, ended)
            finally:
                ended.set()  # leaving the pool waits for the thread, also when this task is cancelled
        for problem in problems:
            log.warning("the journal %s: %s", path, problem)
    except JournalBroken as error:
        log.warning("%s", error)


def _check(path: Path, ended: Event) -> tuple[str, ...]:
    """The problems of the file, through a connection for this thread."""
    journal = Journal.open_reading(path)
    if journal is None:
        return ()
    deadline = time.monotonic() + CHECK_SECONDS
    with journal:
        return journal.check(lambda: ended.is_set() or time.monotonic() > deadline).problems
