"""The page player: serves one stretch on a free loopback port, opens it in a browser, and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator

import uvicorn

from psoas_nudge.errors import Unavailable
from psoas_nudge.guide import browser
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Reports
from psoas_nudge.guide.server import Guard, app
from psoas_nudge.guide.session import Session

log = logging.getLogger(__name__)


def play(player: Player, reports: Reports, token: str | None = None) -> None:
    """Serve and show the stretch until it is over. Raises errors.Unavailable when no browser has shown it.

    `token`: the activation token for the window, where there is one.
    """
    session = Session(player, time.monotonic, reports)
    asyncio.run(_play(session, token))
    if not session.seen:
        raise Unavailable("no browser has opened the page")


async def _play(session: Session, token: str | None) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, session.close)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        guard = app(session, listener.getsockname()[1])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(session, guard, listener))
            tasks.create_task(run_clock(session))
            tasks.create_task(_show(session, guard.url, token))


async def serve(session: Session, guard: Guard, listener: socket.socket) -> None:
    """Serve until the session is closed."""

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leave signals to the session: it ends the play first, and the server with it."""
            yield

    config = uvicorn.Config(guard, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = Server(config)

    async def end() -> None:
        await session.closed.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(end())
        tasks.create_task(server.serve([listener]))


async def _show(session: Session, url: str, token: str | None) -> None:
    environ = browser.with_token(os.environ, token)
    for command in browser.commands(url, environ):
        process = browser.start(command, environ)
        while process.poll() is None and not session.seen and not session.closed.is_set():  # noqa: ASYNC110 - another process is one of the three
            await asyncio.sleep(0.1)
        if session.seen or session.closed.is_set() or process.returncode == 0:
            return  # 0: a browser that runs already was told to show it; the session waits for that
        log.warning("%s ended with status %s", command[0], process.returncode)
    session.close()


async def run_clock(session: Session) -> None:
    """Tick the session when it is due, until it is closed."""
    while not session.closed.is_set():
        session.stirred.clear()
        try:
            await asyncio.wait_for(session.stirred.wait(), session.due)
        except TimeoutError:
            session.tick()
