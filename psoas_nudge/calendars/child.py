"""The parent's half of a child that reads calendars: start it, ask it, end it.

The child ends when its standard input closes. So it never outlives the daemon, however that ends, and on every
platform: the kernel closes the pipe of a process that was killed.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from psoas_nudge.calendars.wire import Answer, Question

SECONDS = 120.0
"""Of waiting for one child: twice its CPU time, since other programs run, too."""


async def ask(question: Question) -> Answer:
    """The child's answer; when it fails, one with the reason."""
    child = None
    try:
        async with asyncio.timeout(SECONDS):
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "psoas_nudge.calendars",
                cwd=Path(__file__).parents[2],  # where the package is; never the person's directory, may hold a trap
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            return await _converse(child, question)
    except TimeoutError:
        why = f"Reading this took longer than {SECONDS:g} s, so it was stopped."
    except (OSError, msgspec.DecodeError) as error:
        why = f"The reader of calendars failed: {error}"
    finally:
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()
    return Answer(problem=f"{question.name}: {why}", transient=True)


async def _converse(child: asyncio.subprocess.Process, question: Question) -> Answer:
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise OSError("it has no pipes")
    with suppress(ConnectionError):  # it has ended already; its status says why
        child.stdin.write(msgspec.json.encode(question) + b"\n")
        await child.stdin.drain()
    out, errors = await asyncio.gather(child.stdout.read(), child.stderr.read())
    status = await child.wait()
    if status == 0:
        return msgspec.json.decode(out, type=Answer)
    if sys.platform != "win32" and status == -signal.SIGXCPU:
        from psoas_nudge.calendars.limits import CPU_SECONDS

        return Answer(problem=f"{question.name}: Reading this takes more than {CPU_SECONDS} s of computing.")
    last = errors.decode(errors="replace").strip().rpartition("\n")[2]
    why = f"The reader of calendars ended with status {status}" + (f": {last[:200]}" if last else ".")
    return Answer(problem=f"{question.name}: {why}", transient=True)
