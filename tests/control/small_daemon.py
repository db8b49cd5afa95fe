"""Started by tests: holds the lock, serves the socket, answers with its own process id."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import AnyRequest, Ok
from psoas_nudge.control.server import ControlServer
from psoas_nudge.errors import PsoasNudgeError


async def main(path: Path) -> None:
    with Lock(path.with_name("daemon.lock")) as lock:
        server = ControlServer(path, answer, lock)
        await server.start()
        print("serving", flush=True)
        await asyncio.Event().wait()


def answer(request: AnyRequest) -> Ok:
    return Ok(said=str(os.getpid()))


try:
    asyncio.run(main(Path(sys.argv[1])))
except PsoasNudgeError as error:
    print(error, flush=True)
    sys.exit(error.exit_code)
