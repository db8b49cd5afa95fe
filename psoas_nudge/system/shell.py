"""What the desktop shell of Windows offers to a program: an icon with a menu, a balloon, and news of the session.

Sensor, notifier and tray share one hidden window on one thread (window.py), which lives while one of them uses it.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

from psoas_nudge.errors import Unavailable

LONGEST_TIP, LONGEST_TITLE, LONGEST_TEXT = 127, 63, 255
"""Characters that Windows shows of the tooltip and of a balloon."""

WM_TIMECHANGE, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x1E, 0x218, 0x2B1
FRONT = 0x8003
"""Another window is in front: no message of Windows, but what `listen` tells of like one."""
OnMessage = Callable[[int, int], None]
"""Gets the number of a message that was sent to every window, and what it is about (wParam)."""


class MenuLine(NamedTuple):
    """One line of a menu. `number`: what a click reports, 0 for a line that only says something."""

    number: int
    label: str
    children: Sequence[MenuLine] = ()
    """With some, it opens another menu."""


SEPARATOR = MenuLine(0, "")


class Bitmap(NamedTuple):
    """Pixels are BGRA, row by row from above."""

    size: int
    pixels: bytes


class Shell(Protocol):
    """Callbacks are called on the loop that opened it; what is awaited may raise OSError."""

    def listen(self, on_message: OnMessage) -> Callable[[], None]:
        """Hear of lock, sleep, clock and the window in front, until what is returned is called."""

    async def show_icon(
        self, picture: Bitmap, tip: str, menu: Callable[[], Sequence[MenuLine]], on_chosen: Callable[[int], None]
    ) -> None:
        """Have an icon, or change it. `menu` is called for each opening."""

    async def hide_icon(self) -> None:
        """Have none."""

    def offers_menu(self) -> bool:
        """Whether the icon is there and has a menu."""

    async def balloon(
        self, title: str, text: str, picture: bytes, *, sound: bool, on_click: Callable[[], None]
    ) -> None:
        """Show a message beside the icon, in place of the one before. `picture`: a PNG file's content."""

    async def clear_balloon(self) -> None:
        """Take it away."""

    async def release(self) -> None:
        """The caller uses it no more."""


def is_here() -> bool:
    """Whether this system has one."""
    return sys.platform == "win32"


Opener = Callable[[], Awaitable[Shell]]


async def opened() -> Shell:
    """The shell of this session; each call needs a `release`. Raises Unavailable."""
    if sys.platform == "win32":
        from psoas_nudge.system import window

        return await window.opened()
    raise Unavailable("this is not Windows")
