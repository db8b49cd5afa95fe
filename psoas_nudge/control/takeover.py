"""The lock for a new daemon, also when the daemon of a session that has ended still holds it.

That one is asked over the socket to stop. One that does not listen gets SIGTERM, but only when its process is this
program's beyond doubt.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from psoas_nudge.control.client import ask
from psoas_nudge.control.lock import LONGEST, Holder, Lock, holder_in
from psoas_nudge.control.messages import Stop
from psoas_nudge.control.session import LoginSession, gone
from psoas_nudge.errors import AlreadyRunning, PsoasNudgeError
from psoas_nudge.system.files import is_mine

log = logging.getLogger(__name__)

END_SECONDS = 4.0
"""For the old daemon to end once it was asked; it needs at most two."""
PROGRAM = b"psoas_nudge.engine"
"""A word of every daemon's command line."""


def take(path: Path, socket: Path, session: LoginSession) -> Lock:
    """The lock, once a guide that writes at this moment has let go of it.

    Raises AlreadyRunning when a daemon holds it whose session may still be there, or that does not end.
    """
    if lock := _once_free(path, session, lambda holder: holder is None or holder.momentary):
        return lock
    holder = _holder(path)
    error = AlreadyRunning(holder.pid if holder else None)
    why = gone(holder.session) if holder and holder.session != session else ""
    if holder is None or not why:
        raise error
    log.warning("taking over from process %d, which was left behind: %s", holder.pid, why)
    for stop in (_ask, _terminate):
        if stop(holder, socket) and (lock := _once_free(path, session, lambda _holder: True)):
            return lock
    raise error


def _once_free(path: Path, session: LoginSession, worth_waiting: Callable[[Holder | None], bool]) -> Lock | None:
    end = time.monotonic() + END_SECONDS
    while True:
        try:
            return Lock(path, session)
        except AlreadyRunning:
            if not worth_waiting(_holder(path)) or time.monotonic() > end:
                return None
        time.sleep(0.05)


def _holder(path: Path) -> Holder | None:
    """None also for a moment after it was taken, and before it is let go."""
    with path.open("rb") as file:
        return holder_in(file.read(LONGEST))


def _ask(_holder: Holder, socket: Path) -> bool:
    try:
        ask(Stop(), socket)
    except PsoasNudgeError as error:
        log.info("it was asked to stop: %s", error)
        return False
    return True


def _terminate(holder: Holder, _socket: Path) -> bool:
    """Send SIGTERM to the process itself, whoever gets its number next."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):  # on Windows no process outlives its session
        return False
    try:
        process = os.pidfd_open(holder.pid)
    except OSError:
        return False
    try:
        entry = Path(f"/proc/{holder.pid}")
        if not is_mine(entry.stat()) or PROGRAM not in (entry / "cmdline").read_bytes().split(b"\0"):
            log.warning("process %d does not look like psoas-nudge, so it is left alone", holder.pid)
            return False
        signal.pidfd_send_signal(process, signal.SIGTERM)
    except OSError as error:
        log.info("it was not ended: %s", error)
        return False
    finally:
        os.close(process)
    return True
