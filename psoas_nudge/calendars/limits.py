"""The limits of the child that reads calendars. A timer limits each event, so that a slow event can be named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

MEGABYTES = 512
"""Address space. The largest file that is read (files.LARGEST) takes about 300."""
CPU_SECONDS = 60
"""Five thousand weekly meetings take 28."""
EVENT_SECONDS = 2.0
"""CPU time for one event with all its occurrences; ten years of a daily meeting take 0.2."""


class TookTooLong(Exception):
    """An event took more CPU time than `EVENT_SECONDS`."""


@contextmanager
def event_time() -> Iterator[None]:
    """Raise TookTooLong in the block when it takes too much CPU time. Only for the main thread."""
    if sys.platform == "win32":
        yield
        return
    import signal

    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, EVENT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
