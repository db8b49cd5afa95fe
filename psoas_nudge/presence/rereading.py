"""Reads a value again after changes, one reading at a time: a burst of changes leads to one more reading only."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any


class Rereading:
    """Runs `read` in the background after a `request`; `background` starts it and handles exceptions."""

    def __init__(
        self,
        background: Callable[[Coroutine[Any, Any, None]], object],
        read: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self._background, self._read = background, read
        self._wanted = self._running = False

    def request(self) -> None:
        """Read again: something has changed."""
        self._wanted = True
        if not self._running:
            self._running = True
            self._background(self._run())

    async def _run(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self._read()
        finally:
            self._running = False
