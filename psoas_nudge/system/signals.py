"""Handlers for the signals that end a program, and for SIGHUP on Unix."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

__all__ = ["at_end", "on_end"]

Call = Callable[[], object]

if sys.platform == "win32":
    from psoas_nudge.system.console import at_end, on_end

else:

    def on_end(end: Call, hangup: Call | None = None) -> None:
        """Call `end` on the running loop for SIGTERM and SIGINT, and `hangup`, else `end`, for SIGHUP."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        loop.add_signal_handler(signal.SIGHUP, hangup or end)

    def at_end(end: Call) -> None:
        """Call `end` on the main thread for SIGINT, SIGTERM and SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: end())
