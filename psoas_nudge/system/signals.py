"""How a program hears that it is to end, and on Unix that its terminal is gone or its settings are to be read again."""

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
        """From now on call `end` on the running loop when the process is to end, and `hangup` for SIGHUP, if given."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        loop.add_signal_handler(signal.SIGHUP, hangup or end)

    def at_end(end: Call) -> None:
        """From now on call `end` on the main thread when the process is to end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: end())
