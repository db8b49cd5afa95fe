"""Serves a page on a free loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from psoas_nudge.pages.guard import Guard


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
