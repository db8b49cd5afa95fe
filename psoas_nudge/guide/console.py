"""The Console through which a person follows a stretch without a page, and that of a real terminal."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from textwrap import wrap
from typing import Protocol, TextIO

from psoas_nudge.system import terminal


class Console(Protocol):
    """What the player needs to show, to read and to ask; see also ear.py."""

    screen: bool
    """Whether the screen can be redrawn; otherwise lines are appended."""
    keys: bool
    """Whether keys can be read."""
    braille: bool
    """Whether it can show Braille characters, in which figures are drawn."""
    most: int
    """The most choices that it can offer at once."""

    def size(self) -> tuple[int, int]:
        """(columns, lines)."""

    def write(self, text: str) -> None:
        """Write and flush."""

    def bell(self) -> None:
        """Ring the terminal bell."""

    def key(self, timeout: float) -> str | None:
        """The next key within `timeout` seconds: its character, or "left", "right", "esc". None if there is none."""

    def clock(self) -> float:
        """Monotonic seconds."""

    def controls(self, *, paused: bool) -> None:
        """Show buttons for the play, where keys are not listed on the screen."""

    def offer(self, question: str, choices: Mapping[str, str], otherwise: str = "") -> None:
        """Ask a question. `choices`: the keys that answer it, with their labels; `otherwise`: what another key does."""

    def tell(self, text: str) -> None:
        """Give the person a paragraph that needs no answer."""

    def own_screen(self) -> AbstractContextManager[None]:
        """Switch to single keys and the alternate screen."""

    def single_keys(self) -> AbstractContextManager[None]:
        """Read keys unbuffered and without echo."""


class TerminalConsole:
    """A Console on standard input and output."""

    most = 99

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

    def controls(self, *, paused: bool) -> None:
        """The keys are on the screen."""

    def offer(self, question: str, choices: Mapping[str, str], otherwise: str = "") -> None:
        self.write(typed(question, choices, otherwise, self.size()[0]))

    def tell(self, text: str) -> None:
        self.write("\n".join(wrap(text, 90)) + "\n")

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


def typed(question: str, choices: Mapping[str, str], otherwise: str, columns: int) -> str:
    """A question as lines, with the key of each answer."""
    keys = [f"[{key}] {label}" for key, label in choices.items()] + (
        [f"any other key: {otherwise}"] if otherwise else []
    )
    return "\n".join(wrap(f"{question}  {'   '.join(keys)}", max(20, columns - 1))) + "\n"


def on_screen(lines: Sequence[str], console: Console) -> str:
    """The escape sequences that draw the lines on the whole screen, clipped at its edges."""
    columns, rows = console.size()
    shown = (line[: columns - 1] + "\x1b[K" for line in lines[: max(1, rows - 1)])
    return "\x1b[H" + "\r\n".join(shown) + "\x1b[J"
