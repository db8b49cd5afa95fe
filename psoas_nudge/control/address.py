"""Addresses of local sockets. The system takes at most 107 bytes; Linux lets a longer path be said shorter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psoas_nudge.errors import PsoasNudgeError

LONGEST = 107 if sys.platform == "linux" else 103


@contextmanager
def short(path: Path) -> Iterator[str]:
    """An address for `path` that the system takes, valid inside the `with`. Raises OSError when the directory of a
    long path cannot be opened, PsoasNudgeError where long paths cannot be used."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    if sys.platform != "linux":
        raise PsoasNudgeError(
            f"The path of the socket is too long for this system ({LONGEST} bytes): {path}. "
            "Set XDG_RUNTIME_DIR to a directory with a shorter path."
        )
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
