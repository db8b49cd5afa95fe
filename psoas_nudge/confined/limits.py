"""Resource limits that a child process sets for itself (setrlimit). Windows has only the parent's time limit."""

from __future__ import annotations

import os
import sys
from threading import Thread


def limit(megabytes: int, cpu_seconds: int) -> None:
    """Limit the address space and the CPU time of this process."""
    if sys.platform == "win32":
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


def end_with_parent() -> None:
    """End this process when its standard input is closed, which the parent keeps open while it lives."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    Thread(target=wait, daemon=True).start()
