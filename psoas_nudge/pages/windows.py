"""The windows that show a page: each keeps one stream open, and a while after the last has gone the page is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

GONE_SECONDS = 60.0
"""How long a page waits for a window: the first one, and another after the last was closed."""


class PageWindows:
    """Counts them; `over` is set when nobody looks any more. `patience`: seconds. Needs a running loop."""

    def __init__(self, patience: float = GONE_SECONDS) -> None:
        self.over = asyncio.Event()
        self.seen = False
        self._open, self._patience = 0, patience
        self._end = asyncio.get_running_loop().call_later(patience, self.over.set)

    async def watch(self) -> AsyncIterator[bytes]:
        """The stream of one window, as server-sent events."""
        self.seen = True
        self._open += 1
        self._end.cancel()
        try:
            yield b": open\n\n"
            await self.over.wait()
        finally:
            self._open -= 1
            if not self._open:
                self._end = asyncio.get_running_loop().call_later(self._patience, self.over.set)

    def close(self) -> None:
        """End the page now."""
        self._end.cancel()
        self.over.set()
