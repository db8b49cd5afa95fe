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

CONSOLE = "conhost"
"""The old console of Windows, which has no font for drawing. Windows Terminal has."""
USUAL = "dumb" if sys.platform != "win32" else "xterm" if "WT_SESSION" in os.environ else CONSOLE
"""What a terminal can do (TERM) where nobody says so."""

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    LEFT, RIGHT = "K", "M"
    """What follows the first half of an arrow key (msvcrt.getwch)."""
    STD_OUTPUT, VIRTUAL_TERMINAL = -11, 0x4
    NOTHING = "\x1b[0m"
    """An escape sequence that changes nothing."""
    BETWEEN_SECONDS = 0.03
    """A console cannot be waited for beside a time limit in the same call, so it is looked at while somebody plays."""

    class _Screen(ctypes.Structure):
        """CONSOLE_SCREEN_BUFFER_INFO."""

        _fields_ = (
            ("size", wintypes._COORD),
            ("cursor", wintypes._COORD),
            ("attributes", wintypes.WORD),
            ("window", wintypes.SMALL_RECT),
            ("largest", wintypes._COORD),
        )

    _kernel = ctypes.WinDLL("kernel32")
    _kernel.GetStdHandle.restype = wintypes.HANDLE
    _kernel.GetConsoleMode.argtypes = [wintypes.HANDLE, wintypes.LPDWORD]
    _kernel.SetConsoleMode.argtypes = [wintypes.HANDLE, wintypes.DWORD]
    _kernel.GetConsoleScreenBufferInfo.argtypes = [wintypes.HANDLE, ctypes.POINTER(_Screen)]
    _kernel.SetConsoleCursorPosition.argtypes = [wintypes.HANDLE, wintypes._COORD]

    def is_one(stream: TextIO | None) -> bool:
        """Whether it is a console. Python calls the null device one, too."""
        if stream is None or not stream.isatty():
            return False
        return bool(_kernel.GetConsoleMode(msvcrt.get_osfhandle(stream.fileno()), ctypes.byref(wintypes.DWORD())))

    def is_there() -> bool:
        """Whether standard input is a terminal that still has a screen."""
        return is_one(sys.stdin)

    def draws(stdout: TextIO) -> bool:
        """Whether it takes escape sequences. One that does not prints them, and says nothing (Wine 10)."""
        output, before, after = _kernel.GetStdHandle(STD_OUTPUT), _Screen(), _Screen()
        with _drawing():
            if not _kernel.GetConsoleScreenBufferInfo(output, ctypes.byref(before)):
                return False
            stdout.write(NOTHING)
            stdout.flush()
            _kernel.GetConsoleScreenBufferInfo(output, ctypes.byref(after))
            if after.cursor.X == before.cursor.X:
                return True
            _kernel.SetConsoleCursorPosition(output, before.cursor)
            stdout.write(" " * len(NOTHING))
            stdout.flush()
            _kernel.SetConsoleCursorPosition(output, before.cursor)
            return False

    def in_foreground(descriptor: int) -> bool:  # noqa: ARG001 - there are no jobs
        """Whether reading it is this program's to do."""
        return True

    def forget_typed(descriptor: int) -> None:  # noqa: ARG001 - a process has one console
        """Drop what was typed before anybody listened: it is no answer to what comes next."""
        while msvcrt.kbhit():
            msvcrt.getwch()

    @contextmanager
    def _drawing() -> Iterator[None]:
        output, before = _kernel.GetStdHandle(STD_OUTPUT), wintypes.DWORD()
        drawn = _kernel.GetConsoleMode(output, ctypes.byref(before))
        if drawn:
            _kernel.SetConsoleMode(output, before.value | VIRTUAL_TERMINAL)
        try:
            yield
        finally:
            if drawn:
                _kernel.SetConsoleMode(output, before.value)

    @contextmanager
    def single_keys(stdin: TextIO) -> Iterator[None]:  # noqa: ARG001 - as above
        """Take keys as they are pressed, without an echo; and let it draw."""
        with _drawing():
            yield

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

    def is_one(stream: TextIO | None) -> bool:
        """Whether it is a terminal."""
        return stream is not None and stream.isatty()

    def is_there() -> bool:
        """Whether standard input is a terminal that still has a screen; one that was closed answers nothing."""
        if sys.stdin is None:
            return False
        try:
            termios.tcgetattr(sys.stdin)
        except (termios.error, OSError, ValueError):
            return False
        return True

    def draws(stdout: TextIO) -> bool:  # noqa: ARG001 - see above
        """Whether it takes escape sequences; TERM tells."""
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
