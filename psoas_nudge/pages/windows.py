"""Counts the windows that show a page. Each keeps a stream open; the page is over a while after the last one closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

GONE_SECONDS = 60.0
"""How long a page waits for its first window, and for another one after the last was closed."""


class PageWindows:
    """`over` is set after `wait` seconds without a window. Needs a running event loop."""

    def __init__(self, wait: float = GONE_SECONDS) -> None:
        self.over = asyncio.Event()
        self.seen = False
        self._open, self._wait = 0, wait
        self._end = asyncio.get_running_loop().call_later(wait, self.over.set)

    async def watch(self) -> AsyncIterator[bytes]:
        """The stream of one window (server-sent events)."""
        self.seen = True
        self._open += 1
        self._end.cancel()
        try:
            yield b": open\n\n"
            await self.over.wait()
        finally:
            self._open -= 1
            if not self._open:
                self._end = asyncio.get_running_loop().call_later(self._wait, self.over.set)

    def close(self) -> None:
        """End the page now."""
        self._end.cancel()
        self.over.set()
