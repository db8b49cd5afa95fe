"""The desktop shell of Windows: an icon with a menu, a balloon, and messages about the session.

Sensor, notifier and tray share one hidden window on one thread (window.py), which exists while one of them uses it.
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
"""Another window is in front: not a message of Windows, but reported by `listen` like one."""
OnMessage = Callable[[int, int], None]
"""Is called with the number of a message that was sent to every window, and its wParam."""


class MenuLine(NamedTuple):
    """One line of a menu. `number`: reported by a click; 0 for text."""

    number: int
    label: str
    children: Sequence[MenuLine] = ()
    """The lines of its submenu."""


SEPARATOR = MenuLine(0, "")


class Bitmap(NamedTuple):
    """`pixels` are BGRA, row by row from the top."""

    size: int
    pixels: bytes


class Shell(Protocol):
    """Callbacks are called on the loop that opened it. The coroutines may raise OSError."""

    def listen(self, on_message: OnMessage) -> Callable[[], None]:
        """Report lock, sleep, clock changes and the window in front, until the returned function is called."""

    async def show_icon(
        self, picture: Bitmap, tip: str, menu: Callable[[], Sequence[MenuLine]], on_chosen: Callable[[int], None]
    ) -> None:
        """Show the icon or change it. `menu` is called each time it opens."""

    async def hide_icon(self) -> None: ...

    def offers_menu(self) -> bool:
        """Whether the icon is shown and has a menu."""

    async def balloon(
        self, title: str, text: str, picture: bytes, *, sound: bool, on_click: Callable[[], None]
    ) -> None:
        """Show a message beside the icon, in place of the previous one. `picture`: the content of a PNG file."""

    async def clear_balloon(self) -> None: ...

    async def release(self) -> None:
        """The caller has finished with it."""


def is_here() -> bool:
    """Whether this system has this shell."""
    return sys.platform == "win32"


Opener = Callable[[], Awaitable[Shell]]


async def opened() -> Shell:
    """The shell of this session; each call needs a `release`. Raises Unavailable."""
    if sys.platform == "win32":
        from psoas_nudge.system import window

        return await window.opened()
    raise Unavailable("this is not Windows")
