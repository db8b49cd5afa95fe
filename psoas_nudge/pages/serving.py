"""Serves a page on a free loopback port, opens it in a browser, and ends when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from typing import Protocol

import uvicorn

from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.handover import show
from psoas_nudge.system.signals import on_end

GONE_SECONDS = 60.0
"""How long a page waits for its first window, and for another one after the last was closed."""


class ShownPage(Protocol):
    """What is shown. `seen`: whether a browser has shown it."""

    seen: bool

    def close(self) -> None:
        """End it now."""


class PageWindows:
    """The windows that show a page; each keeps a stream open. `over` is set after `wait` seconds without a window.

    Needs a running event loop."""

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


def run(make: Callable[[PageWindows, int], Guard], environ: Mapping[str, str]) -> bool:
    """Show a page until its windows are closed. `make` creates its server for a port. False when no browser has
    shown it."""

    async def until_closed() -> bool:
        windows = PageWindows()
        await serve_and_show(windows, windows.over, lambda port: make(windows, port), environ)
        return windows.seen

    return asyncio.run(until_closed())


async def serve_and_show(
    page: ShownPage,
    over: asyncio.Event,
    make: Callable[[int], Guard],
    environ: Mapping[str, str],
    *others: Coroutine[None, None, None],
) -> None:
    """Serve and show a page until `over` is set; `others` run meanwhile. Closes it when no browser shows it."""
    on_end(page.close)

    async def open_it() -> None:
        if not await show(guard, environ, lambda: page.seen or over.is_set()):
            page.close()

    with listen() as listener:
        guard = make(listener.getsockname()[1])
        async with asyncio.TaskGroup() as tasks:
            for work in (serve(guard, listener, over), open_it(), *others):
                tasks.create_task(work)


def listen() -> socket.socket:
    """A listening socket on a free port of 127.0.0.1."""
    return socket.create_server(("127.0.0.1", 0))


async def serve(guard: Guard, listener: socket.socket, over: asyncio.Event) -> None:
    """Serve until `over` is set."""

    class PageServer(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Do not handle signals: the page handles them, and then sets `over`."""
            yield

    config = uvicorn.Config(guard, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = PageServer(config)

    async def end() -> None:
        await over.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(end())
        tasks.create_task(server.serve([listener]))
