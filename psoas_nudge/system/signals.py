"""Handlers for what ends a program: signals, and on Windows the closed console window, logoff and shutdown.

On Windows, Ctrl+C and Ctrl+Break come as Python's signals. For the others it calls a handler on a new thread and ends
the process as soon as that returns. So the handler raises SIGBREAK, whose Python handler runs on the main thread, and
waits for the process to end; Windows allows five seconds. A process with a window gets logoff and shutdown as window
messages (window.py).
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable

Call = Callable[[], object]

if sys.platform == "win32":
    import ctypes
    import threading

    CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT = 2, 5, 6
    LAST_SECONDS = 4.5

    _Handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint32)
    _installed: list[object] = []
    """Keeps the callback alive: ctypes does not."""
    ending = threading.Event()
    """Set when a thread of this process waits for its end in `end_now`."""

    def on_end(end: Call, hangup: Call | None = None) -> None:  # noqa: ARG001 - Windows has no SIGHUP
        """Call `end` on the running loop when the process has to end."""
        loop = asyncio.get_running_loop()

        def end_on_loop() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(end)

        at_end(end_on_loop)

    def at_end(end: Call) -> None:
        """Call `end` on the main thread when the process has to end."""
        for number in (signal.SIGINT, signal.SIGBREAK):
            signal.signal(number, lambda *_: end())
        if not _installed:
            _installed.append(_Handler(_on_event))
            ctypes.windll.kernel32.SetConsoleCtrlHandler(_installed[0], 1)

    def end_now() -> None:
        """Make the process end, and wait for that on the calling thread, which Windows waits for."""
        ending.set()
        signal.raise_signal(signal.SIGBREAK)
        threading.Event().wait(LAST_SECONDS)

    def _on_event(kind: int) -> int:
        if kind not in {CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT}:
            return 0  # continue with Python's own handler
        end_now()
        return 1

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
