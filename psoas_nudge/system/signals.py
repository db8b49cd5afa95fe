"""Handlers for the signals that end a program, and for SIGHUP on Unix."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

__all__ = ["ENDING", "on_end"]

Call = Callable[[], object]

if sys.platform == "win32":
    from psoas_nudge.system.console import ENDING, on_end

else:
    ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def on_end(end: Call, hangup: Call | None = None) -> None:
        """Call `end` on the running loop for SIGTERM and SIGINT, and `hangup`, else `end`, for SIGHUP."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        loop.add_signal_handler(signal.SIGHUP, hangup or end)
