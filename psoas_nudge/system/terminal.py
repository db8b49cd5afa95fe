"""The terminal that a program runs in: whether it exists, whether the program may read it, and single key presses."""

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
"""The old console of Windows. Its fonts have no Braille, unlike those of Windows Terminal."""
USUAL = "dumb" if sys.platform != "win32" else "xterm" if "WT_SESSION" in os.environ else CONSOLE
"""The default for TERM."""

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    LEFT, RIGHT = "K", "M"
    """The second part of an arrow key (msvcrt.getwch)."""
    STD_OUTPUT, VIRTUAL_TERMINAL = -11, 0x4
    NOTHING = "\x1b[0m"
    """An escape sequence that changes nothing."""
    BETWEEN_SECONDS = 0.03
    """Between two polls: Windows has no wait for a key with a timeout."""

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
        """Whether standard input is a terminal."""
        return is_one(sys.stdin)

    def draws(stdout: TextIO) -> bool:
        """Whether it supports escape sequences. Wine 10 accepts the mode and then prints them."""
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

    def in_foreground(descriptor: int) -> bool:  # noqa: ARG001 - Windows has no job control
        """Whether this program may read from it."""
        return True

    def forget_typed(descriptor: int) -> None:  # noqa: ARG001 - a process has one console
        """Drop what was typed earlier, because it cannot be an answer to what is printed next."""
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
        """Read keys as they are pressed, without echo, and enable escape sequences for output."""
        with _drawing():
            yield

    def read_key(stdin: TextIO, timeout: float) -> str | None:  # noqa: ARG001 - as above
        """The next key within `timeout` seconds; None without one, "" when the input has ended."""
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
        return stream is not None and stream.isatty()

    def is_there() -> bool:
        """Whether standard input is a terminal that was not closed."""
        if sys.stdin is None:
            return False
        try:
            termios.tcgetattr(sys.stdin)
        except (termios.error, OSError, ValueError):
            return False
        return True

    def draws(stdout: TextIO) -> bool:  # noqa: ARG001 - see above
        """Whether it supports escape sequences; on Unix TERM tells."""
        return True

    def in_foreground(descriptor: int) -> bool:
        """Whether this program may read from it: it is in the foreground, or there is no job control."""
        try:
            group = os.tcgetpgrp(descriptor)
        except OSError:
            return True
        return group in {0, os.getpgrp()}

    def forget_typed(descriptor: int) -> None:
        """Drop what was typed earlier, because it cannot be an answer to what is printed next."""
        with suppress(termios.error):
            termios.tcflush(descriptor, termios.TCIFLUSH)

    @contextmanager
    def single_keys(stdin: TextIO) -> Iterator[None]:
        """Read keys as they are pressed, without echo."""
        import tty

        before = termios.tcgetattr(stdin)
        tty.setcbreak(stdin)
        try:
            yield
        finally:
            termios.tcsetattr(stdin, termios.TCSADRAIN, before)

    def read_key(stdin: TextIO, timeout: float) -> str | None:
        """The next key within `timeout` seconds; None without one, "" when the input has ended."""
        if not select.select([stdin], [], [], timeout)[0]:
            return None
        typed = os.read(stdin.fileno(), 8).decode("ascii", "replace")
        return ARROWS.get(typed, typed[:1].lower())
