"""The terminal that a program runs in: whether it is there, whose it is, and its keys one at a time."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

ARROWS = {"\x1b[D": "left", "\x1b[C": "right", "\x1bOD": "left", "\x1bOC": "right", "\x1b": "esc"}

USUAL = "conhost" if sys.platform == "win32" else "dumb"
"""What a terminal can do (TERM) where nobody says so."""

if sys.platform == "win32":
    import ctypes
    import msvcrt

    LEFT, RIGHT = "K", "M"
    """What follows the first half of an arrow key (msvcrt.getwch)."""
    STD_OUTPUT, VIRTUAL_TERMINAL = -11, 0x4
    BETWEEN_SECONDS = 0.03
    """A console cannot be waited for beside a time limit in the same call, so it is looked at while somebody plays."""

    def is_there() -> bool:
        """Whether standard input is a terminal that still has a screen."""
        return sys.stdin is not None and sys.stdin.isatty()

    def in_foreground(descriptor: int) -> bool:  # noqa: ARG001 - there are no jobs
        """Whether reading it is this program's to do."""
        return True

    def forget_typed(descriptor: int) -> None:  # noqa: ARG001 - a process has one console
        """Drop what was typed before anybody listened: it is no answer to what comes next."""
        while msvcrt.kbhit():
            msvcrt.getwch()

    @contextmanager
    def single_keys(stdin: TextIO) -> Iterator[None]:  # noqa: ARG001 - as above
        """Take keys as they are pressed, without an echo; and let it draw."""
        kernel = ctypes.windll.kernel32
        output, before = kernel.GetStdHandle(STD_OUTPUT), ctypes.c_uint32()
        drawn = kernel.GetConsoleMode(output, ctypes.byref(before))
        if drawn:
            kernel.SetConsoleMode(output, before.value | VIRTUAL_TERMINAL)
        try:
            yield
        finally:
            if drawn:
                kernel.SetConsoleMode(output, before.value)

    def read_key(stdin: TextIO, timeout: float) -> str | None:  # noqa: ARG001 - as above
        """The next key within `timeout` seconds, None without one, an empty text when nobody can press any more."""
        end = time.monotonic() + timeout
        while not msvcrt.kbhit():
            if time.monotonic() >= end:
                return None
            time.sleep(BETWEEN_SECONDS)
        typed = msvcrt.getwch()
        if typed in "\0\xe0":
            return {LEFT: "left", RIGHT: "right"}.get(msvcrt.getwch(), "\0")
        return ARROWS.get(typed, typed.lower())

else:
    import termios

    def is_there() -> bool:
        """Whether standard input is a terminal that still has a screen; one that was closed answers nothing."""
        if sys.stdin is None:
            return False
        try:
            termios.tcgetattr(sys.stdin)
        except (termios.error, OSError, ValueError):
            return False
        return True

    def in_foreground(descriptor: int) -> bool:
        """Whether reading it is this program's to do; one without job control belongs to whoever has it open."""
        try:
            group = os.tcgetpgrp(descriptor)
        except OSError:
            return True
        return group in {0, os.getpgrp()}

    def forget_typed(descriptor: int) -> None:
        """Drop what was typed before anybody listened: it is no answer to what comes next."""
        with suppress(termios.error):
            termios.tcflush(descriptor, termios.TCIFLUSH)

    @contextmanager
    def single_keys(stdin: TextIO) -> Iterator[None]:
        """Take keys as they are pressed, without an echo."""
        import tty

        before = termios.tcgetattr(stdin)
        tty.setcbreak(stdin)
        try:
            yield
        finally:
            termios.tcsetattr(stdin, termios.TCSADRAIN, before)

    def read_key(stdin: TextIO, timeout: float) -> str | None:
        """The next key within `timeout` seconds, None without one, an empty text when nobody can press any more."""
        if not select.select([stdin], [], [], timeout)[0]:
            return None
        typed = os.read(stdin.fileno(), 8).decode("ascii", "replace")
        return ARROWS.get(typed, typed[:1].lower())
