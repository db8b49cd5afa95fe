"""The Console (see terminal.py) of a real terminal: unbuffered keys without echo, and the alternate screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from typing import TextIO

from psoas_nudge.system import terminal


class NoConsole:
    """Where there is nothing to show and no key to press: the routine is only heard."""

    screen = keys = braille = False

    def size(self) -> tuple[int, int]:
        """As a terminal without a size."""
        return 80, 24

    def write(self, text: str) -> None:
        """Nobody sees it."""

    def bell(self) -> None:
        """There is none."""

    def key(self, timeout: float) -> str | None:
        """Nobody presses one."""
        time.sleep(timeout)
        return None

    def clock(self) -> float:
        """The monotonic clock."""
        return time.monotonic()

    def own_screen(self) -> contextlib.AbstractContextManager[None]:
        """There is none."""
        return contextlib.nullcontext()

    single_keys = own_screen


class TerminalConsole:
    """A Console on standard input and output."""

    def __init__(self, stdin: TextIO, stdout: TextIO) -> None:
        self._in, self._out = stdin, stdout
        self.keys = terminal.is_one(stdin)
        term = os.environ.get("TERM", terminal.USUAL)
        is_screen = self.keys and terminal.is_one(stdout) and term not in {"dumb", "unknown", ""}
        self.screen = is_screen and terminal.draws(stdout)
        # these have no glyphs for it
        self.braille = (
            self.screen
            and term not in {"linux", terminal.CONSOLE}
            and (stdout.encoding or "").lower().startswith("utf")
        )

    def size(self) -> tuple[int, int]:
        columns, lines = shutil.get_terminal_size()
        return columns, lines

    def write(self, text: str) -> None:
        """Write and flush. Characters that the encoding lacks become "?"."""
        encoding = self._out.encoding or "utf-8"
        self._out.write(text.encode(encoding, "replace").decode(encoding))
        self._out.flush()

    def bell(self) -> None:
        """Ring the terminal bell, if the output is a terminal."""
        if terminal.is_one(self._out):
            self.write("\a")

    def key(self, timeout: float) -> str | None:
        """See Console.key. At the end of input, `keys` becomes False."""
        if not self.keys:
            time.sleep(timeout)
            return None
        key = terminal.read_key(self._in, timeout)
        if key == "":
            self.keys = False
        return key or None

    def clock(self) -> float:
        return time.monotonic()

    @contextlib.contextmanager
    def own_screen(self) -> Iterator[None]:
        """Switch to single keys and the alternate screen; restores the terminal on exit, also after an exception."""
        with self.single_keys():
            if not self.screen:
                yield
                return
            self.write("\x1b[?1049h\x1b[?25l")
            try:
                yield
            finally:
                self.write("\x1b[?25h\x1b[?1049l")

    @contextlib.contextmanager
    def single_keys(self) -> Iterator[None]:
        """Read keys unbuffered and without echo."""
        if not self.keys:
            yield
            return
        with terminal.single_keys(self._in):
            yield
