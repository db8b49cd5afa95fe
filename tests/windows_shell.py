"""The desktop shell of Windows in memory: an icon, a balloon, a menu that a person opens and clicks in, and its news."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from psoas_nudge.errors import Unavailable
from psoas_nudge.system.shell import Bitmap, MenuLine, OnMessage


class FakeShell:
    """`open` is a shell.Opener. `full`: it refuses what it is asked for."""

    def __init__(self) -> None:
        self.users = 0
        self.there, self.full = True, False
        self.icon: tuple[Bitmap, str] | None = None
        self.shown: tuple[str, str] | None = None
        self.picture, self.sound = b"", False
        self._menu: Callable[[], Sequence[MenuLine]] = tuple
        self._on_chosen: Callable[[int], None] = print
        self._on_click: Callable[[], None] = print
        self.listeners: list[OnMessage] = []

    async def open(self) -> FakeShell:
        if not self.there:
            raise Unavailable("there is no desktop here")
        self.users += 1
        return self

    def listen(self, on_message: OnMessage) -> Callable[[], None]:
        self.listeners.append(on_message)
        return lambda: self.listeners.remove(on_message)

    async def show_icon(
        self, picture: Bitmap, tip: str, menu: Callable[[], Sequence[MenuLine]], on_chosen: Callable[[int], None]
    ) -> None:
        self._take()
        self.icon, self._menu, self._on_chosen = (picture, tip), menu, on_chosen

    async def hide_icon(self) -> None:
        self.icon = None

    def offers_menu(self) -> bool:
        return self.icon is not None

    async def balloon(
        self, title: str, text: str, picture: bytes, *, sound: bool, on_click: Callable[[], None]
    ) -> None:
        self._take()
        self.shown, self.picture, self.sound, self._on_click = (title, text), picture, sound, on_click

    async def clear_balloon(self) -> None:
        self._take()
        self.shown = None

    async def release(self) -> None:
        self.users -= 1

    def _take(self) -> None:
        if self.full:
            raise OSError("the notification area did not accept the icon")

    # --- somebody at the computer ---

    def news(self, message: int, about: int = 0) -> None:
        for listener in list(self.listeners):
            listener(message, about)

    def click_balloon(self) -> None:
        self._on_click()

    def menu(self) -> list[MenuLine]:
        return list(self._menu())

    def choose(self, label: str, lines: Sequence[MenuLine] | None = None) -> None:
        self._on_chosen(self.find(label, self.menu() if lines is None else lines).number)

    def find(self, label: str, lines: Sequence[MenuLine]) -> MenuLine:
        for line in lines:
            if line.label == label:
                return line
            if line.children:
                try:
                    return self.find(label, line.children)
                except LookupError:
                    continue
        raise LookupError(label)
