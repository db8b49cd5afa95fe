"""Ctrl-C, Ctrl-Break, the closed console window, logoff and shutdown on Windows.

The first two come as Python's signals. For the others Windows calls a handler on a thread of its own and ends the
process as soon as that returns, so the handler raises SIGBREAK, whose handler Python calls on the main thread, and
waits for the process to end by itself; Windows grants it five seconds. A process that has a window hears of logoff and
shutdown through that (window.py).
"""

from __future__ import annotations

import asyncio
import ctypes
import signal
import sys
import threading
from collections.abc import Callable

assert sys.platform == "win32"  # noqa: S101 - for mypy

Call = Callable[[], object]
CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT = 2, 5, 6
LAST_SECONDS = 4.5

_Handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint32)
_installed: list[object] = []
"""ctypes forgets a callback that nobody holds."""
ending = threading.Event()
"""Windows waits for a thread of this process that waits for its end."""


def on_end(end: Call, hangup: Call | None = None) -> None:  # noqa: ARG001 - nobody hangs up here
    """From now on call `end` on the running loop when the process is to end."""
    loop = asyncio.get_running_loop()

    def tell() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(end)

    at_end(tell)


def at_end(end: Call) -> None:
    """From now on call `end` on the main thread when the process is to end."""
    for number in (signal.SIGINT, signal.SIGBREAK):
        signal.signal(number, lambda *_: end())
    if not _installed:
        _installed.append(_Handler(_on_event))
        ctypes.windll.kernel32.SetConsoleCtrlHandler(_installed[0], 1)


def end_now() -> None:
    """Have the process end and wait for that, on a thread that Windows waits for."""
    ending.set()
    signal.raise_signal(signal.SIGBREAK)
    threading.Event().wait(LAST_SECONDS)


def _on_event(kind: int) -> int:
    if kind not in {CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT}:
        return 0  # Python's own handler comes next
    end_now()
    return 1
