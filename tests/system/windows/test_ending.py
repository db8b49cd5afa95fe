"""What Windows calls when a console window is closed, or at logoff and shutdown, ends a program the way it wants to.

The handler is called as Windows calls it, on a thread of its own: Wine ends a program without calling it.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

ON_A_LOOP = """
import asyncio, threading
from psoas_nudge.system import signals

async def main():
    over = asyncio.Event()
    signals.on_end(over.set)
    threading.Thread(target=signals._on_event, args=({kind},), daemon=True).start()
    async with asyncio.timeout(20):
        await over.wait()
    print("saved", flush=True)

asyncio.run(main())
"""
IN_A_TERMINAL = """
import threading, time
from psoas_nudge.system import signals

over = []
signals.at_end(lambda: over.append(threading.current_thread() is threading.main_thread()))
threading.Thread(target=signals._on_event, args=({kind},), daemon=True).start()
for _ in range(200):
    if over:
        break
    time.sleep(0.1)
assert over == [True]
print("saved", flush=True)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", program]
    return subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("kind", [2, 5, 6], ids=["closed", "logoff", "shutdown"])
@pytest.mark.parametrize("program", [ON_A_LOOP, IN_A_TERMINAL], ids=["loop", "terminal"])
def test_it_saves_and_ends_by_itself(program: str, kind: int) -> None:
    done = run(program.format(kind=kind))
    assert (done.returncode, done.stdout, done.stderr) == (0, "saved\n", "")


def test_windows_ends_it_only_after_it_has_ended() -> None:
    """The handler does not return before LAST_SECONDS: Windows ends the process as soon as it does."""
    program = ON_A_LOOP.replace(
        "asyncio.run(main())",
        "import time\nbegan = time.monotonic()\nsignals.LAST_SECONDS = 1\n"
        "import signal\nsignal.signal(signal.SIGBREAK, lambda *_: None)\n"
        "assert signals._on_event({kind}) == 1\nassert time.monotonic() - began > 0.9\nprint('waited')",
    )
    done = run(program.format(kind=2))
    assert (done.stdout, done.stderr) == ("waited\n", "")
