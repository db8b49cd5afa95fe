"""The parent's side: starts a child, sends it one request, and ends it.

The child ends when its standard input closes. So it does not outlive its parent on any platform, however that ends: the
kernel closes the pipe of a killed process.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from psoas_nudge.system.processes import OUT_OF_TIME


class ChildFailed(Exception):
    """The child gave no answer; the message has the reason. `exhausted`: it has used up its CPU time."""

    def __init__(self, why: str, *, exhausted: bool = False) -> None:
        self.exhausted = exhausted
        super().__init__(why)


async def ask(module: str, request: bytes, within: float, reader: str) -> bytes:
    """The output of `python -m module` for one line of input. Raises ChildFailed, also after `within` seconds.

    `reader`: the child's name in messages.
    """
    child = None
    try:
        async with asyncio.timeout(within):
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                cwd=Path(__file__).parents[2],  # the package's: Python imports from cwd, which may have hostile files
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            return await _converse(child, request, reader)
    except TimeoutError:
        raise ChildFailed(f"Reading this took longer than {within:g} s, so it was stopped.") from None
    except OSError as error:
        raise ChildFailed(f"{reader} failed: {error}") from error
    finally:
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()


async def _converse(child: asyncio.subprocess.Process, request: bytes, reader: str) -> bytes:
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise OSError("it has no pipes")
    with suppress(ConnectionError):  # it has ended already; its exit status has the reason
        child.stdin.write(request + b"\n")
        await child.stdin.drain()
    out, errors = await asyncio.gather(child.stdout.read(), child.stderr.read())
    status = await child.wait()
    if status == 0:
        return out
    exhausted = status == OUT_OF_TIME
    last = errors.decode(errors="replace").strip().rpartition("\n")[2]
    why = f"{reader} ended with status {status}" + (f": {last[:200]}" if last else ".")
    raise ChildFailed(why, exhausted=exhausted)
