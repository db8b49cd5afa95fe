"""Starting other programs, and ending one with all that it started."""

from __future__ import annotations

import sys

__all__ = ["FOR_FAMILY", "HIDDEN", "OWN_CONSOLE", "Family"]

if sys.platform == "win32":
    import subprocess

    from psoas_nudge.system.jobs import SUSPENDED, Family

    HIDDEN = subprocess.CREATE_NO_WINDOW
    """`creationflags` of a program of which the person sees nothing but its own windows."""
    FOR_FAMILY = HIDDEN | SUSPENDED
    """`creationflags` of a program that a Family is made of; the family lets it begin."""
    OWN_CONSOLE = subprocess.CREATE_NEW_CONSOLE
    """`creationflags` of a program that gets a terminal window of its own."""

else:
    import os
    import signal
    from contextlib import suppress
    from pathlib import Path

    HIDDEN = FOR_FAMILY = OWN_CONSOLE = 0
    """`creationflags` mean something on Windows only."""

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
