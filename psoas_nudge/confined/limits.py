"""The side of the child: it limits itself before it reads an untrusted file, and gives one answer.

The kernel limits memory and CPU time: with setrlimit, on Windows with a job object.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

import msgspec

Question = TypeVar("Question", bound=msgspec.Struct)


def limit(megabytes: int, cpu_seconds: int) -> None:
    """Limit this process's address space and CPU time."""
    if sys.platform == "win32":
        from psoas_nudge.system import jobs

        jobs.limit(megabytes * 1024 * 1024, cpu_seconds)
        return
    import resource

    wanted = {
        resource.RLIMIT_AS: megabytes * 1024 * 1024,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def serve(kind: type[Question], answer: Callable[[Question], msgspec.Struct]) -> None:
    """Read one request of this kind from standard input and write its answer to standard output."""
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=kind)
    _end_with_parent()
    sys.stdout.buffer.write(msgspec.json.encode(answer(request)))


def _end_with_parent() -> None:
    """End this process when its standard input closes; the parent keeps it open while it runs."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    Thread(target=wait, daemon=True).start()
