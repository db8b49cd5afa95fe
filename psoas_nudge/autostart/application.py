"""The desktop entries and the icon, which give windows and notifications their name and icon.

GNOME and Plasma look up `io.github.psoas_nudge.desktop` for the desktop-entry hint of notifications, for the window
class of a page, and in their notification settings. On X11, a new Chromium process takes its window class from --class
(pages/browser.py). On Wayland, or when Chromium is already running, it ignores --class and derives the window's id from
the path of the file that it opens (measured with 156). So a second, hidden entry has that id. This works for Chromium
and Chrome with the profile "Default"; other browsers use another prefix.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from psoas_nudge import places
from psoas_nudge.autostart.port import SUMMARY, Computer, clear, put
from psoas_nudge.autostart.xdg import quote
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


def window_id(page: Path) -> str:
    """The window id that Chromium derives from the file that it opens."""
    return f"chrome-_{str(page).replace('/', '_')}-Default"


def render(argv: Sequence[str]) -> str:
    """The desktop entry. `argv`: the daemon's command. Launching the entry starts a stretch."""
    return _render(argv, APPLICATION, "X-GNOME-UsesNotifications=true")


def render_page(argv: Sequence[str], page: Path) -> str:
    """The hidden entry for the windows of pages that are opened through the file `page`."""
    return _render(argv, window_id(page), "NoDisplay=true")


def install(computer: Computer, argv: Sequence[str]) -> bool:
    """Write entries and icon. Returns whether anything changed."""
    return put(
        {
            entry(computer): render(argv).encode(),
            page_entry(computer): render_page(argv, places.page_file()).encode(),
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


def _render(argv: Sequence[str], window: str, last: str) -> str:
    return f"""\
[Desktop Entry]
Type=Application
Version=1.1
Name=psoas-nudge
GenericName=Break reminder
Comment={SUMMARY}
Exec={quote([*argv[:-1], "stretch", "--page"])}
Icon={APPLICATION}
Terminal=false
Categories=Utility;
Keywords=break;stretch;posture;sitting;health;
StartupWMClass={window}
StartupNotify=true
{last}
"""
