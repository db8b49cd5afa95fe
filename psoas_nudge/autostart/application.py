"""The desktop entries and the icon, which give windows and notifications their name and icon.

GNOME and Plasma look up `io.github.psoas_nudge.desktop` for the notifications' desktop-entry hint, for the window class
of a page and in the settings for notifications. On X11 a Chromium started for the page takes its window's class from
--class (pages/browser.py). On Wayland it makes an id of its own, so a second entry, which no menu shows, carries that
id. It holds for the browser that is found when the entry is written, and for its profile "Default".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from psoas_nudge import places
from psoas_nudge.autostart.port import Computer, clear, put
from psoas_nudge.autostart.xdg import desktop_entry
from psoas_nudge.pages.browser import window_id
from psoas_nudge.places import APPLICATION

TITLE = "the entry in the applications menu"
ICON = Path(__file__).parents[1] / "data" / "icon.svg"


def entry(computer: Computer) -> Path:
    """The path of the desktop entry."""
    return computer.data() / "applications" / f"{APPLICATION}.desktop"


def icon(computer: Computer) -> Path:
    """The path of the icon."""
    return computer.data() / "icons" / "hicolor" / "scalable" / "apps" / f"{APPLICATION}.svg"


def page_entry(computer: Computer) -> Path:
    """The path of the hidden entry for the windows of pages."""
    return entry(computer).with_name(f"{APPLICATION}.page.desktop")


def render(argv: Sequence[str], window: str = APPLICATION) -> str:
    """The desktop entry, or the hidden one for windows of pages, which have another id. It starts a stretch.

    `argv`: the daemon's command.
    """
    return desktop_entry(
        [*argv[:-1], "stretch", "--page"],
        f"Icon={APPLICATION}",
        "Terminal=false",
        "Categories=Utility;",
        "Keywords=break;stretch;posture;sitting;health;",
        f"StartupWMClass={window}",
        "StartupNotify=true",
        "X-GNOME-UsesNotifications=true" if window == APPLICATION else "NoDisplay=true",
    )


def install(computer: Computer, argv: Sequence[str]) -> bool:
    """Write entries and icon where desktops read them. Returns whether anything changed."""
    if not is_supported(computer):
        return False
    page = render(argv, window_id(places.page_file(), computer.environ))
    return put(
        {
            entry(computer): render(argv).encode(),
            page_entry(computer): page.encode(),
            icon(computer): ICON.read_bytes(),
        }
    )


def remove(computer: Computer) -> bool:
    """Remove entries and icon. Returns whether there were any."""
    return clear([entry(computer), page_entry(computer), icon(computer)], computer.home)


def is_installed(computer: Computer) -> bool:
    """Whether the desktop entry exists."""
    return entry(computer).is_file()


def is_supported(computer: Computer) -> bool:
    """Whether desktops of this system read such entries."""
    return computer.platform != "win32"
