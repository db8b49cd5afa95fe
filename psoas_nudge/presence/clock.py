"""Notice that the wall clock was set or that the machine slept: a timer that the kernel cancels when either happens.

A timerfd on CLOCK_REALTIME with TFD_TIMER_CANCEL_ON_SET (Linux, see timerfd_create(2)). It needs no D-Bus and no
wake-up until then. Python has timerfd from 3.13 on only, so it is called through ctypes.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
import sys
import time

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import ClockJumped, Report, Session

TFD_NONBLOCK, TFD_CLOEXEC = os.O_NONBLOCK if sys.platform == "linux" else 0, getattr(os, "O_CLOEXEC", 0)
TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET = 1, 2
FAR_SECONDS = 10 * 365 * 86400


class _Spec(ctypes.Structure):
    _fields_ = (
        ("interval_seconds", ctypes.c_long),
        ("interval_nanoseconds", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("nanoseconds", ctypes.c_long),
    )


class ClockWatch:
    """Reports ClockJumped."""

    name = "clock"

    def __init__(self) -> None:
        self._fd: int | None = None

    async def start(self, session: Session, report: Report) -> None:  # noqa: ARG002 - the port's signature
        """Arm the timer; raises Unavailable where there is no timerfd."""
        if sys.platform != "linux":
            raise Unavailable("only Linux tells when its clock is set")
        self._libc = ctypes.CDLL(None, use_errno=True)
        fd = self._libc.timerfd_create(time.CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)
        if fd < 0:
            raise Unavailable(f"no timerfd: {os.strerror(ctypes.get_errno())}")
        self._fd, self._report = fd, report
        self._arm(fd)
        asyncio.get_running_loop().add_reader(fd, self._on_readable)

    async def stop(self) -> None:
        """Close the timer."""
        if self._fd is not None:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = None

    def _arm(self, fd: int) -> None:
        spec = _Spec(0, 0, int(time.time()) + FAR_SECONDS, 0)
        flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
        if self._libc.timerfd_settime(fd, flags, ctypes.byref(spec), None) < 0:
            code = ctypes.get_errno()
            if code != errno.ECANCELED:  # the clock was set while the timer was armed: it is armed all the same
                raise OSError(code, os.strerror(code))

    def _on_readable(self) -> None:
        if self._fd is None:
            return
        try:
            os.read(self._fd, 8)
        except OSError as error:
            if error.errno != errno.ECANCELED:
                return
        self._arm(self._fd)
        self._report(ClockJumped())


if __name__ == "__main__":
    from psoas_nudge.presence.probe import run

    run(ClockWatch())
