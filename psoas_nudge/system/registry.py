"""Reads and watches HKEY_CURRENT_USER in the registry of Windows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Protocol


class RegistryWatch(Protocol):
    """`close` stops the watch."""

    def close(self) -> None: ...


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes import wintypes

    from psoas_nudge.system.waits import Wait

    NAMES, VALUES, FROM_ANY_THREAD = 0x1, 0x4, 0x10000000
    """REG_NOTIFY_*."""

    _advapi = ctypes.WinDLL("advapi32")
    _advapi.RegNotifyChangeKeyValue.argtypes = [
        wintypes.HANDLE,
        wintypes.BOOL,
        wintypes.DWORD,
        wintypes.HANDLE,
        wintypes.BOOL,
    ]
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateEventW.restype = wintypes.HANDLE
    _kernel.CloseHandle.argtypes = [wintypes.HANDLE]

    def numbers(key: str, name: str) -> Iterator[int]:
        """The numbers of this name in the key and its subkeys. Raises OSError when there is no such key."""
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            below, values, _ = winreg.QueryInfoKey(opened)
            for index in range(values):
                found, value, _ = winreg.EnumValue(opened, index)
                if found == name and isinstance(value, int):
                    yield value
            names = [winreg.EnumKey(opened, index) for index in range(below)]
        for each in names:
            yield from numbers(rf"{key}\{each}", name)

    class KeyWatch:
        """Calls `on_change` on the running loop after the key or a subkey has changed. Raises OSError."""

        def __init__(self, key: str, on_change: Callable[[], None]) -> None:
            self._on_change = on_change
            self._key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_READ)
            self._event = _kernel.CreateEventW(None, 0, 0, None)
            self._arm()

        def _arm(self) -> None:
            what = NAMES | VALUES | FROM_ANY_THREAD
            if code := _advapi.RegNotifyChangeKeyValue(int(self._key), 1, what, self._event, 1):
                raise ctypes.WinError(code)
            self._wait = Wait(self._event, self._changed)

        def _changed(self) -> None:
            self._arm()
            self._on_change()

        def close(self) -> None:
            self._wait.cancel()
            self._key.Close()
            _kernel.CloseHandle(self._event)

    def watch(key: str, on_change: Callable[[], None]) -> RegistryWatch:
        return KeyWatch(key, on_change)

else:

    def numbers(key: str, name: str) -> Iterator[int]:
        """Raises OSError: there is no registry here."""
        raise FileNotFoundError(f"no registry: {key}, {name}")

    def watch(key: str, on_change: Callable[[], None]) -> RegistryWatch:  # noqa: ARG001 - see above
        """Raises OSError: there is no registry here."""
        raise FileNotFoundError(f"no registry: {key}")
