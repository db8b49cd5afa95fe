"""Prompts as balloons beside the program's icon on Windows; newer versions draw them as toasts.

A click on a balloon starts the stretch. It has no buttons: the other answers are in the icon's menu, and the text says
so. Windows shows at most 63 characters of a title and 255 of a text. Tested under Wine 10 only, which does not report
the click.
"""

from __future__ import annotations

import asyncio
import logging
from itertools import count
from pathlib import Path

from psoas_nudge.core.words import capitalized
from psoas_nudge.errors import ShowFailed
from psoas_nudge.notify import words
from psoas_nudge.notify.port import Capability, Message, OnPressed, Pressed, Surroundings
from psoas_nudge.system import shell

log = logging.getLogger(__name__)

IN_MENU = "Click here to start it. Other answers: the menu of the icon."
TYPED = "Click here to start it. In a terminal: psoas-nudge"


class BalloonNotifier:
    name = "balloon"

    def __init__(self, open_shell: shell.Opener = shell.opened) -> None:
        self._open_shell = open_shell
        self._shell: shell.Shell | None = None
        self._on_pressed: OnPressed = lambda _pressed: None
        self._numbers = count(1)
        self._shown = ""

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:  # noqa: ARG002 - it needs none
        """Raises Unavailable without a desktop."""
        self._on_pressed = on_pressed
        self._shell = await self._open_shell()

    def capabilities(self) -> frozenset[Capability]:
        """FADES: a balloon disappears after some seconds."""
        return frozenset({Capability.WITHDRAW, Capability.ICON, Capability.FADES})

    async def show(self, message: Message) -> str:
        """Show the balloon in place of the previous one. Raises ShowFailed."""
        if self._shell is None:
            raise ShowFailed("the notification area is not in use")
        title, text = self._words(message, self._shell)
        try:
            picture = await asyncio.to_thread(Path(message.icon).read_bytes) if message.icon else b""
            await self._shell.balloon(
                title, text, picture, sound=message.sound, on_click=lambda: self._clicked(message)
            )
        except (OSError, TimeoutError) as error:
            raise ShowFailed(f"Windows did not show it: {error or 'no answer'}") from error
        self._shown = f"{message.prompt}.{next(self._numbers)}"
        return self._shown

    async def withdraw(self, ref: str) -> None:
        """Remove the balloon, unless another one is shown meanwhile."""
        if self._shell and ref == self._shown:
            self._shown = ""
            try:
                await self._shell.clear_balloon()
            except OSError as error:
                log.info("the balloon stays: %s", error)

    async def stop(self) -> None:
        """Release the notification area."""
        if self._shell:
            used, self._shell = self._shell, None
            await used.release()

    def _clicked(self, message: Message) -> None:
        if message.buttons:
            self._on_pressed(Pressed(message.buttons[0].press))

    @staticmethod
    def _words(message: Message, area: shell.Shell) -> tuple[str, str]:
        """Title and text. The description is shortened, the text about how to answer is not."""
        body, how = capitalized(words.paragraph(message.body)), ""
        if message.buttons:
            how = IN_MENU if area.offers_menu() else words.how_to_answer(message.keys[1:], TYPED)
        room = shell.LONGEST_TEXT - len(how) - 1
        return words.shortened(words.line(message.title), shell.LONGEST_TITLE), "\n".join(
            part for part in (words.shortened(body, room), how) if part
        )


if __name__ == "__main__":
    from psoas_nudge.notify.probe import main

    main(BalloonNotifier)
