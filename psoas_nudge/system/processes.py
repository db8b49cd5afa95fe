"""Starting other programs, hearing of their end, and ending one with all that it started."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
from collections.abc import Callable
from subprocess import Popen

__all__ = [
    "EDITORS",
    "FOR_FAMILY",
    "HIDDEN",
    "OPEN_TEXT",
    "OUT_OF_TIME",
    "OWN_CONSOLE",
    "Family",
    "on_end",
    "with_console",
    "without_console",
]

log = logging.getLogger(__name__)

if sys.platform == "win32":
    import subprocess

    from psoas_nudge.system.jobs import NOT_ENOUGH_QUOTA, SUSPENDED, Family
    from psoas_nudge.system.waits import Wait

    HIDDEN = subprocess.CREATE_NO_WINDOW
    """`creationflags` of a program of which the person sees nothing but its own windows."""
    FOR_FAMILY = HIDDEN | SUSPENDED
    """`creationflags` of a program that a Family is made of; the family lets it begin."""
    OWN_CONSOLE = subprocess.CREATE_NEW_CONSOLE
    """`creationflags` of a program that gets a terminal window of its own."""

    OUT_OF_TIME = NOT_ENOUGH_QUOTA
    """Status of a program that the system ended because it had used up its CPU time."""
    EDITORS: tuple[str, ...] = ("notepad",)
    """Those that people have who have not chosen one."""
    OPEN_TEXT = "notepad"
    """What shows a text file to somebody who did not ask for it in a terminal."""

    def on_end(child: Popen[bytes], ended: Callable[[], None]) -> None:
        """Call `ended` on the running loop when a child has ended."""
        Wait(int(child._handle), ended)  # type: ignore[attr-defined]

else:
    import signal
    from contextlib import suppress
    from pathlib import Path

    HIDDEN = FOR_FAMILY = OWN_CONSOLE = 0
    """`creationflags` mean something on Windows only."""
    OUT_OF_TIME = -signal.SIGXCPU
    """Status of a program that the system ended because it had used up its CPU time."""
    EDITORS = ("sensible-editor", "nano", "vim", "vi")
    """Those that people have who have not chosen one."""
    OPEN_TEXT = "xdg-open"
    """What shows a text file to somebody who did not ask for it in a terminal."""

    def on_end(child: Popen[bytes], ended: Callable[[], None]) -> None:
        """Call `ended` on the running loop when a child has ended; never, where the system does not tell."""
        if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
            return
        try:
            fd = os.pidfd_open(child.pid)
        except OSError as error:  # a sandbox that forbids it; the child runs all the same
            log.debug("its end will be noticed later: %s", error)
            return
        loop = asyncio.get_running_loop()

        def readable() -> None:
            loop.remove_reader(fd)
            os.close(fd)
            ended()

        loop.add_reader(fd, readable)

    class Family:
        """A program that was started in a session of its own, `leader`, and what it starts there."""

        def __init__(self, leader: int) -> None:
            self._leader = leader

        def count(self) -> int:
            """How many processes there are; 0 where the system does not tell."""
            count = 0
            for directory in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    # pid (name) state ppid pgrp session ...; the name may hold anything
                    fields = (directory / "stat").read_text(errors="replace").rpartition(")")[2].split()
                    count += int(fields[3]) == self._leader
            return count

        def end(self, *, hard: bool) -> None:
            """Ask all of them to end, or end them."""
            with suppress(ProcessLookupError):
                os.killpg(self._leader, signal.SIGKILL if hard else signal.SIGTERM)

        def close(self) -> None:
            """Leave alone what still runs."""


def with_console(python: str) -> str:
    """The Python that has a console, from either of the two that Windows has; any other as it is."""
    return re.sub(r"pythonw\.exe$", "python.exe", python, flags=re.IGNORECASE)


def without_console(python: str) -> str:
    """The Python that opens no console window, from either of the two that Windows has; any other as it is."""
    return re.sub(r"\bpython\.exe$", "pythonw.exe", python, flags=re.IGNORECASE)
