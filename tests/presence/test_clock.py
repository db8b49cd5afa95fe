"""The clock watch: armed in the kernel so that setting the clock cancels it, and heard when that happens.

The clock of the machine is not set here; a pipe whose read fails as the kernel's would stands in for that moment.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from pathlib import Path

import pytest

from psoas_nudge.core.events import ClockSet
from psoas_nudge.presence.clock import ClockSensor
from psoas_nudge.presence.port import DesktopSession

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="timerfd is Linux'")


async def test_the_kernel_will_cancel_the_timer_when_the_clock_is_set():
    heard = []
    watch = ClockSensor()
    await watch.start(DesktopSession(environ={}), heard.append)
    info = Path(f"/proc/self/fdinfo/{watch._timer}").read_text()
    assert "clockid: 0" in info
    assert "settime flags: 03" in info
    await asyncio.sleep(0.01)
    assert heard == []
    await watch.stop()
    await watch.stop()


async def test_a_clock_that_is_set_is_reported_and_watched_further(monkeypatch):
    heard = []
    watch = ClockSensor()
    await watch.start(DesktopSession(environ={}), heard.append)

    def cancelled(fd, size):
        assert fd == watch._timer
        raise OSError(errno.ECANCELED, "Operation canceled")

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", cancelled)
        watch._on_readable()
        watch._on_readable()
    assert heard == [ClockSet(), ClockSet()]
    assert "settime flags: 03" in Path(f"/proc/self/fdinfo/{watch._timer}").read_text()
    await watch.stop()
