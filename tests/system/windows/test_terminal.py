"""A terminal is one where somebody can type: the null device, which Python calls a terminal, is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from psoas_nudge.system import terminal


def test_the_null_device_is_no_terminal() -> None:
    with Path(os.devnull).open() as nowhere:
        assert nowhere.isatty()
        assert not terminal.is_one(nowhere)


def test_a_program_without_a_terminal_has_none() -> None:
    program = "from psoas_nudge.system import terminal\nprint(terminal.is_there())"
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("False\n", "")
