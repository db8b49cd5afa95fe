"""Calls back on the event loop when a Windows handle is signaled, or a folder changes.

The system's thread pool waits for it.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import Callable
from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR, ULONG
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 - for mypy

ONLY_ONCE, FOREVER = 0x8, 0xFFFFFFFF
WAIT_FOR_CALLBACK = HANDLE(-1)
NAMES, SIZES, WRITES, SECURITY = 0x1 | 0x2, 0x8, 0x10, 0x100
"""FILE_NOTIFY_CHANGE_*."""
INVALID = HANDLE(-1).value

_Callback = ctypes.WINFUNCTYPE(None, ctypes.c_void_p, ctypes.c_ubyte)
_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.RegisterWaitForSingleObject.argtypes = [
    ctypes.POINTER(HANDLE),
    HANDLE,
    _Callback,
    ctypes.c_void_p,
    ULONG,
    ULONG,
]
_kernel.UnregisterWaitEx.argtypes = [HANDLE, HANDLE]
_kernel.FindFirstChangeNotificationW.argtypes = [LPCWSTR, BOOL, DWORD]
_kernel.FindFirstChangeNotificationW.restype = HANDLE
_kernel.FindNextChangeNotification.argtypes = [HANDLE]
_kernel.FindCloseChangeNotification.argtypes = [HANDLE]


class Wait:
    """Calls `on_signaled` once on the running loop when `handle` is signaled. Raises OSError."""

    def __init__(self, handle: int, on_signaled: Callable[[], None]) -> None:
        self._on_signaled, self._loop = on_signaled, asyncio.get_running_loop()
        self._callback = _Callback(lambda _context, _timed_out: self._signaled())
        self._wait: HANDLE | None = HANDLE()
        if not _kernel.RegisterWaitForSingleObject(
            ctypes.byref(self._wait), handle, self._callback, None, FOREVER, ONLY_ONCE
        ):
            raise ctypes.WinError(ctypes.get_last_error())

    def _signaled(self) -> None:
        """Runs on a thread of the system's pool."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._call)

    def _call(self) -> None:
        if self._wait is not None:
            self.cancel()
            self._on_signaled()

    def cancel(self) -> None:
        """Stop waiting."""
        if self._wait is not None:
            _kernel.UnregisterWaitEx(self._wait, WAIT_FOR_CALLBACK)
            self._wait = None


class FolderWatch:
    """Calls `on_change` on the running loop after something in the folder has changed. Raises OSError.

    From FindFirstChangeNotification.
    """

    def __init__(self, folder: Path, on_change: Callable[[], None]) -> None:
        self.folder, self._on_change = folder, on_change
        self._handle = _kernel.FindFirstChangeNotificationW(str(folder), 0, NAMES | SIZES | WRITES | SECURITY)
        if self._handle == INVALID:
            raise ctypes.WinError(ctypes.get_last_error())
        self._wait = Wait(self._handle, self._changed)

    def _changed(self) -> None:
        if _kernel.FindNextChangeNotification(self._handle):  # fails when the folder was deleted
            self._wait = Wait(self._handle, self._changed)
        self._on_change()

    def close(self) -> None:
        """Stop watching."""
        self._wait.cancel()
        _kernel.FindCloseChangeNotification(self._handle)
