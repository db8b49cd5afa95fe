"""Watches a folder for changes on Windows (FindFirstChangeNotification)."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 - for mypy

from psoas_nudge.system.waits import Wait  # noqa: E402 - only on Windows

NAMES, SIZES, WRITES, SECURITY = 0x1 | 0x2, 0x8, 0x10, 0x100
"""FILE_NOTIFY_CHANGE_*."""
INVALID = HANDLE(-1).value

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.FindFirstChangeNotificationW.argtypes = [LPCWSTR, BOOL, DWORD]
_kernel.FindFirstChangeNotificationW.restype = HANDLE
_kernel.FindNextChangeNotification.argtypes = [HANDLE]
_kernel.FindCloseChangeNotification.argtypes = [HANDLE]


class FolderWatch:
    """Calls `on_change` on the running loop after something in the folder has changed. Raises OSError."""

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
