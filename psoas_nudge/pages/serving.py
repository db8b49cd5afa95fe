"""Serves a page on a free port of loopback until it is over."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from psoas_nudge.pages.guard import Guard


def listen() -> socket.socket:
    """A free port on 127.0.0.1."""
    return socket.create_server(("127.0.0.1", 0))


async def serve(guard: Guard, listener: socket.socket, over: asyncio.Event) -> None:
    """Serve until it is over."""

    class PageServer(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to the page: it ends what it does first, and the server with it."""
            yield

    config = uvicorn.Config(guard, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = PageServer(config)

    async def end() -> None:
        await over.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(end())
        tasks.create_task(server.serve([listener]))
