"""Takes the lock for a new daemon, also from a daemon whose session has ended.

The old daemon is asked to stop over the socket. If it does not listen it gets SIGTERM, but only when its command line
shows that it is psoas-nudge.
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
"""Timeout for the old daemon to end; it needs at most two seconds."""
PROGRAM = b"psoas_nudge.engine"
"""An argument in every daemon's command line."""


def take(path: Path, socket: Path, session: LoginSession) -> Lock:
    """The lock, after waiting for a guide that holds it for a moment.

    Raises AlreadyRunning when a daemon holds it whose session may still exist, or that does not end.
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
    """The owner of the lock; None too while the lock is being taken or released."""
    with path.open("rb") as file:
        return holder_in(file.read(LONGEST))


def _ask(_holder: Holder, socket: Path) -> bool:
    try:
        ask(Stop(), socket)
    except PsoasNudgeError as error:
        log.info("the old process could not be asked to stop: %s", error)
        return False
    return True


def _terminate(holder: Holder, _socket: Path) -> bool:
    """Send SIGTERM through a pidfd, so that it cannot reach another process that gets the same number."""
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
