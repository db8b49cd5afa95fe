"""A job object counts and ends a program with all that it has started."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from psoas_nudge.engine.hooks import Hooks
from psoas_nudge.system.processes import FOR_FAMILY, Family

CHILD = "import sys, time\nwhile True:\n    open(sys.argv[1], 'a').write('.')\n    time.sleep(0.1)"
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {CHILD!r}, sys.argv[1]])"


def until(holds: Callable[[], object], within: float = 20.0) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def goes_on(file: Path) -> bool:
    before = file.stat().st_size
    time.sleep(1)
    return file.stat().st_size > before


@pytest.fixture
def signs(tmp_path: Path) -> Path:
    """Grows as long as the child lives."""
    return tmp_path / "signs"


def test_the_child_of_a_program_ends_with_it(signs: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", PARENT, str(signs)], creationflags=FOR_FAMILY)
    family = Family(program.pid)
    until(signs.exists)
    assert family.count() >= 2  # Wine counts its console too
    family.end(hard=False)
    assert goes_on(signs), "asking is not possible"
    family.end(hard=True)
    assert program.wait(10) == 1
    until(lambda: family.count() == 0)
    assert not goes_on(signs)
    family.close()


def test_what_a_program_leaves_running_is_left_alone(signs: Path) -> None:
    leaves = PARENT.replace("subprocess.run", "print(subprocess.Popen").replace("])", "]).pid)")
    words = [sys.executable, "-c", leaves, str(signs)]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, creationflags=FOR_FAMILY, text=True)
    family = Family(program.pid)
    assert program.stdout
    left = int(program.stdout.readline())
    program.wait(20)
    program.stdout.close()
    until(signs.exists)
    family.close()
    assert goes_on(signs)
    os.kill(left, signal.SIGTERM)


async def test_a_hook_that_does_not_end_is_ended_with_what_it_started(
    signs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Hooks({"skipped": (sys.executable, "-c", PARENT, str(signs))}, limit=5)
    with caplog.at_level(logging.WARNING):
        hooks.fire("skipped", b"{}")
        async with asyncio.timeout(30):
            while not caplog.messages:  # noqa: ASYNC110 - another process ends
                await asyncio.sleep(0.1)
    await hooks.close()
    assert caplog.messages == ["hook on_skipped did not end within 5 s and was ended"]
    assert not await asyncio.to_thread(goes_on, signs)


def test_a_reader_takes_its_limits_and_works() -> None:
    """That they hold was never seen: Wine enforces none of them."""
    program = "from psoas_nudge.confined.limits import limit\nlimit(512, 60)\nprint('reads')"
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "reads\n", "")
