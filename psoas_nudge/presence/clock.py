"""Reports that the wall clock was set or the machine slept: a timer that the kernel cancels when either happens.

It is a timerfd on CLOCK_REALTIME with TFD_TIMER_CANCEL_ON_SET (Linux, see timerfd_create(2)). It needs no D-Bus and no
wake-ups. Python has timerfd since 3.13 only, so it is called through ctypes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time

from psoas_nudge.core.events import ClockSet
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, Sensor

TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET = 1, 2
FAR_SECONDS = 10 * 365 * 86400


class ClockSensor(Sensor):
    """Reports ClockSet."""

    name = "clock"
    _libc: ctypes.CDLL
    _timer: int

    async def open(self, session: DesktopSession) -> None:  # noqa: ARG002 - the port's signature
        """Arm the timer; raises Unavailable where there is no timerfd."""
        if sys.platform != "linux":
            raise Unavailable("only Linux has timers that are cancelled when the clock is set")
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timer = self._libc.timerfd_create(time.CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._timer < 0:
            raise Unavailable(f"no timerfd: {os.strerror(ctypes.get_errno())}")
        self.at_end(lambda: os.close(self._timer))
        self._arm()
        self.readable(self._timer, self._on_readable)

    def _arm(self) -> None:
        # struct itimerspec: the interval, then the time, both in seconds and nanoseconds
        spec = (ctypes.c_long * 4)(0, 0, int(time.time()) + FAR_SECONDS, 0)
        flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
        if self._libc.timerfd_settime(self._timer, flags, ctypes.byref(spec), None) < 0:
            code = ctypes.get_errno()
            if code != errno.ECANCELED:  # the clock was set meanwhile; the timer is armed all the same
                raise OSError(code, os.strerror(code))

    def _on_readable(self) -> None:
        try:
            os.read(self._timer, 8)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ECANCELED:
                raise
        self._arm()
        self.report(ClockSet())
