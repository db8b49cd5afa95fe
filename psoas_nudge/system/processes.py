"""Starts other programs, reports their end, and ends a program with its child processes."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
from collections.abc import Callable
from subprocess import Popen

log = logging.getLogger(__name__)

EDITORS = ("notepad",) if sys.platform == "win32" else ("sensible-editor", "nano", "vim", "vi")
"""Tried in this order when $VISUAL and $EDITOR are not set."""
OPEN_TEXT = "notepad" if sys.platform == "win32" else "xdg-open"
"""Opens a text file on the desktop."""

if sys.platform == "win32":
    import subprocess

    from psoas_nudge.system import jobs
    from psoas_nudge.system.waits import Wait

    HIDDEN = subprocess.CREATE_NO_WINDOW
    """`creationflags` for a program without a console window."""
    FOR_FAMILY = HIDDEN | jobs.SUSPENDED
    """`creationflags` for a program in a Family, which resumes it."""
    OWN_CONSOLE = subprocess.CREATE_NEW_CONSOLE
    """`creationflags` for a program with a console window of its own."""

    Family = jobs.Family

    OUT_OF_TIME = jobs.NOT_ENOUGH_QUOTA
    """Exit status of a program that exceeded its CPU time."""

    def on_end(child: Popen[bytes], ended: Callable[[], None]) -> None:
        """Call `ended` on the running loop when a child has ended."""
        Wait(int(child._handle), ended)  # type: ignore[attr-defined]

else:
    import signal
    from contextlib import suppress
    from pathlib import Path

    HIDDEN = FOR_FAMILY = OWN_CONSOLE = 0
    """`creationflags` are for Windows only."""
    OUT_OF_TIME = -signal.SIGXCPU
    """Exit status of a program that exceeded its CPU time."""

    def on_end(child: Popen[bytes], ended: Callable[[], None]) -> None:
        """Call `ended` on the running loop when a child has ended; without pidfds it is never called."""
        if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
            return
        try:
            fd = os.pidfd_open(child.pid)
        except OSError as error:  # forbidden by a sandbox
            log.debug("its end will be noticed later: %s", error)
            return
        loop = asyncio.get_running_loop()

        def readable() -> None:
            loop.remove_reader(fd)
            os.close(fd)
            ended()

        loop.add_reader(fd, readable)

    class Family:
        """A program that was started in a session of its own, `leader`, and its child processes there."""

        def __init__(self, leader: int) -> None:
            self._leader = leader

        def count(self) -> int:
            """The number of processes; 0 where there is no /proc."""
            count = 0
            for directory in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    # pid (name) state ppid pgrp session ...; the name may have any characters
                    fields = (directory / "stat").read_text(errors="replace").rpartition(")")[2].split()
                    count += int(fields[3]) == self._leader
            return count

        def end(self, *, hard: bool) -> None:
            """Send SIGTERM to all of them, or with `hard` SIGKILL."""
            with suppress(ProcessLookupError):
                os.killpg(self._leader, signal.SIGKILL if hard else signal.SIGTERM)

        def close(self) -> None:
            """What still runs keeps running."""


def with_console(python: str) -> str:
    """The path of python.exe for that of pythonw.exe; any other path unchanged."""
    return re.sub(r"pythonw\.exe$", "python.exe", python, flags=re.IGNORECASE)


def without_console(python: str) -> str:
    """The path of pythonw.exe for that of python.exe; any other path unchanged."""
    return re.sub(r"\bpython\.exe$", "pythonw.exe", python, flags=re.IGNORECASE)
