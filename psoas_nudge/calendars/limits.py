"""Limits that a child sets for itself before it reads what somebody else wrote. Only the child imports this.

Memory and CPU time are limited by the kernel (setrlimit), which Windows does not have: there only the
parent's own time limit holds. The CPU time of one event is limited with a timer, so that the event can be named.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

MEGABYTES = 512
"""Address space. The largest file that is read (files.LARGEST) takes about 300."""
CPU_SECONDS = 60
"""Five thousand meetings that repeat every week take 28."""
EVENT_SECONDS = 2.0
"""CPU time of one event with all its repetitions; ten years of a daily meeting take 0.2."""


class TookTooLong(Exception):
    """An event took more CPU time than `EVENT_SECONDS`."""


def limit() -> None:
    """Set the limits of this process."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_AS: MEGABYTES * 1024 * 1024,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def end_with_parent() -> None:
    """End this process when its standard input closes, which a parent keeps open as long as it lives."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    Thread(target=wait, daemon=True).start()


@contextmanager
def event_time() -> Iterator[None]:
    """Raise TookTooLong in the block when it takes too much CPU time. For the main thread."""
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
