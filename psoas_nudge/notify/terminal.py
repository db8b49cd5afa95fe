"""Prompts on the terminal that the daemon runs in, with answers typed on standard input.

The fallback on a desktop, and the only notifier on a machine without one. Nothing here may block the event loop: output
waits until the terminal is writable (Ctrl+S stops it), and input is read only when there is some and the program is in
the foreground (reading in the background would stop the process).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable

from psoas_nudge.core.words import capitalized
from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify import words
from psoas_nudge.notify.port import Capability, Message, OnPressed, Pressed, Surroundings, key
from psoas_nudge.system.terminal import forget_typed, in_foreground
from psoas_nudge.tasks import Tasks

log = logging.getLogger(__name__)

LETTERS = {"a": "accept", "s": "snooze", "k": "skip"}
"""What can be typed instead of the key of a button."""
CHUNK_BYTES = 512
"""A writable terminal or pipe takes this much without blocking (for pipes POSIX guarantees it)."""
STUCK_SECONDS = 5.0
RULE = "-" * 60


class TerminalNotifier:
    """Prints prompts; reads answers when standard input is a terminal too. `stdin`, `stdout`: file descriptors."""

    name = "terminal"

    def __init__(self, stdin: int = 0, stdout: int = 1, stuck_seconds: float = STUCK_SECONDS) -> None:
        self._stdin, self._stdout, self._stuck_seconds = stdin, stdout, stuck_seconds
        self._interactive = False
        self._reading = False
        self._typed = b""
        self._on_pressed: OnPressed = lambda _pressed: None
        self._open: Message | None = None
        self._answered = False
        self._lock = asyncio.Lock()
        self._tasks = Tasks(log, "a message on the terminal")

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:
        """Read typed answers where possible; raises Unavailable when the output does not go to a terminal."""
        self._on_pressed = on_pressed
        if why := _not_visible(self._stdout, surroundings.environ):
            raise Unavailable(why)
        self._interactive = surroundings.interactive and os.isatty(self._stdin)
        self._start_reading()

    def capabilities(self) -> frozenset[Capability]:
        """BUTTONS: answers can be typed."""
        can = {Capability.WITHDRAW, Capability.BUTTONS} if self._reading else {Capability.WITHDRAW}
        return frozenset(can)

    async def show(self, message: Message) -> str:
        """Print the prompt; the ref is its number. Raises ShowFailed."""
        self._start_reading()
        self._open, self._answered, self._typed = message, False, b""
        try:
            await self._print(self._layout(message))
        except OSError as error:
            self._open = None
            raise ShowFailed(f"the terminal took no output: {error}") from error
        return str(message.prompt)

    async def withdraw(self, ref: str) -> None:
        """Print that the prompt is closed, unless it was answered here."""
        if self._open is None or ref != str(self._open.prompt):
            return
        answered, buttons, self._open = self._answered, self._open.buttons, None
        if not answered and buttons:
            await self._print_line("This prompt is closed, so there is nothing to answer.")

    async def stop(self) -> None:
        """Stop reading, and finish printing."""
        self._stop_reading()
        self._open = None
        await self._tasks.finish()

    def _layout(self, message: Message) -> str:
        if not message.buttons:
            how = ""
        elif self._reading:
            letters = {answer: letter for letter, answer in LETTERS.items()}
            how = "Type " + ", ".join(f"{letters[key(b.press)]} = {words.line(b.label)}" for b in message.buttons)
            how += " and press Enter."
        else:
            how = words.how_to_answer(message.keys)
        bell = "\a" if message.sound else ""
        said = [words.line(message.title), capitalized(words.paragraph(message.body)), *(["", how] if how else [])]
        return f"{bell}\n" + "\n".join((RULE, *said, RULE)) + "\n"

    # --- reading ---------------------------------------------------------------------------------------------

    def _start_reading(self) -> None:
        if self._interactive and not self._reading and in_foreground(self._stdin):
            try:
                asyncio.get_running_loop().add_reader(self._stdin, self._on_readable)
                forget_typed(self._stdin)
            except (NotImplementedError, OSError) as error:  # Windows' loop watches sockets only
                log.info("no answers can be typed here: %s", error or "this event loop cannot watch the terminal")
                self._interactive = False
            else:
                self._reading = True

    def _stop_reading(self) -> None:
        if self._reading:
            asyncio.get_running_loop().remove_reader(self._stdin)
            self._reading = False

    def _on_readable(self) -> None:
        if not in_foreground(self._stdin):
            self._stop_reading()  # until the next prompt: what is typed now is for another program in the foreground
            return
        try:
            data = os.read(self._stdin, 4096)
        except OSError as error:
            log.info("standard input is gone: %s", error)
            data = b""
        if not data:
            self._stop_reading()
            self._interactive = False
            self._print_later("Standard input is closed. " + words.how_to_answer(("accept", "skip")))
            return
        *lines, self._typed = (self._typed + data).split(b"\n")
        for typed in lines:
            self._on_line(words.line(typed.decode(errors="replace")).lower())

    def _on_line(self, typed: str) -> None:
        if not typed:
            return
        if self._open is None or self._answered or not self._open.buttons:
            self._print_later("No prompt is open, so there is nothing to answer.")
            return
        offered = {key(button.press): button for button in self._open.buttons}
        answer = LETTERS.get(typed, typed)
        button = offered.get(answer)
        if button is None:
            choices = ", ".join(f"{letter} ({word})" for letter, word in LETTERS.items() if word in offered)
            why = f"{answer} is not offered now" if answer in LETTERS.values() else f'"{typed[:40]}" is not an answer'
            self._print_later(f"{why}; type {choices}, then Enter.")
            return
        self._answered = True
        self._print_later(f"Answered: {words.line(button.label)}.")
        self._on_pressed(Pressed(button.press))

    # --- writing ---------------------------------------------------------------------------------------------

    def _print_later(self, text: str) -> None:
        self._tasks.start(self._print_line(text))

    async def _print_line(self, text: str) -> None:
        try:
            await self._print(text + "\n")
        except OSError as error:
            log.info("not printed (%s): %s", error, text)

    async def _print(self, text: str) -> None:
        """Write when the terminal is writable; raises OSError, and TimeoutError after `stuck_seconds`."""
        left = text.encode(errors="replace")
        async with self._lock, asyncio.timeout(self._stuck_seconds):
            while left:
                await _room(self._stdout)
                left = left[os.write(self._stdout, left[:CHUNK_BYTES]) :]


async def _room(fd: int) -> None:
    loop = asyncio.get_running_loop()
    there: asyncio.Future[None] = loop.create_future()
    mark: Callable[[], None] = lambda: None if there.done() else there.set_result(None)  # noqa: E731 - one use, typed
    try:
        loop.add_writer(fd, mark)
    except (PermissionError, NotImplementedError):  # a regular file, which is always writable; or Windows
        return
    try:
        await there
    finally:
        loop.remove_writer(fd)


def _not_visible(fd: int, environ: dict[str, str]) -> str:
    """Why nobody would see what is written, "" when it is visible. A prompt in a file or a log is not seen."""
    if os.isatty(fd):
        return ""
    what = "this is a system service" if environ.get("JOURNAL_STREAM") else "standard output is not a terminal"
    return f"{what}, so nobody would see a prompt. To get prompts in a terminal, type in it: psoas-nudge run"


if __name__ == "__main__":
    from psoas_nudge.notify.probe import main

    main(TerminalNotifier)
