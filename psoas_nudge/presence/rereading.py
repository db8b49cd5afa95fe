"""Read again after each change, one reading at a time: a burst of changes costs one more reading, not one each."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any


class Rereading:
    """Runs `read` in the background after each `request`; `background` starts it, and handles its failure."""

    def __init__(
        self,
        background: Callable[[Coroutine[Any, Any, None]], object],
        read: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self._background, self._read = background, read
        self._wanted = self._running = False

    def request(self) -> None:
        """Something changed."""
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
