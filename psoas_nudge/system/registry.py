"""Reads and watches the registry of Windows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Literal, Protocol

Hive = Literal["HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"]


class RegistryWatch(Protocol):
    """Calls back once, and once more after each `again`."""

    def again(self) -> None:
        """Raises OSError when the key is gone."""

    def close(self) -> None:
        """Stop the watch."""


if sys.platform == "win32":
    import ctypes
    import winreg
    from ctypes.wintypes import BOOL, DWORD, HANDLE

    from psoas_nudge.system.waits import Wait

    NAMES, VALUES, FROM_ANY_THREAD = 0x1, 0x4, 0x10000000
    """REG_NOTIFY_*."""

    _advapi = ctypes.WinDLL("advapi32")
    _advapi.RegNotifyChangeKeyValue.argtypes = [HANDLE, BOOL, DWORD, HANDLE, BOOL]
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateEventW.restype = HANDLE
    _kernel.CloseHandle.argtypes = [HANDLE]

    def numbers(hive: Hive, key: str) -> Iterator[dict[str, int]]:
        """The numbers in the key, then those in each subkey. Raises OSError when there is no such key."""
        with winreg.OpenKey(getattr(winreg, hive), key) as opened:
            below, values, _ = winreg.QueryInfoKey(opened)
            found = [winreg.EnumValue(opened, index) for index in range(values)]
            names = [winreg.EnumKey(opened, index) for index in range(below)]
        yield {name: value for name, value, _ in found if isinstance(value, int)}
        for each in names:
            yield from numbers(hive, rf"{key}\{each}")

    class KeyWatch:
        """Calls `on_change` on the running loop after the key or a subkey has changed. Raises OSError."""

        def __init__(self, hive: Hive, key: str, on_change: Callable[[], None]) -> None:
            self._on_change = on_change
            self._key = winreg.OpenKey(getattr(winreg, hive), key, 0, winreg.KEY_READ)
            self._event = _kernel.CreateEventW(None, 0, 0, None)
            self._wait: Wait | None = None
            try:
                self.again()
            except OSError:
                self.close()
                raise

        def again(self) -> None:
            what = NAMES | VALUES | FROM_ANY_THREAD
            if code := _advapi.RegNotifyChangeKeyValue(int(self._key), 1, what, self._event, 1):
                raise ctypes.WinError(code)
            self._wait = Wait(self._event, self._on_change)

        def close(self) -> None:
            if self._wait:
                self._wait.cancel()
            self._key.Close()
            _kernel.CloseHandle(self._event)

    watch = KeyWatch

else:

    def numbers(hive: Hive, key: str) -> Iterator[dict[str, int]]:
        """Raises OSError: there is no registry here."""
        raise FileNotFoundError(f"no registry: {hive}, {key}")

    def watch(hive: Hive, key: str, on_change: Callable[[], None]) -> RegistryWatch:  # noqa: ARG001 - see above
        """Raises OSError: there is no registry here."""
        raise FileNotFoundError(f"no registry: {hive}, {key}")
