"""The application's desktop entry and icon: what gives its windows and notifications a name and a picture.

GNOME and Plasma look up `io.github.psoas_nudge.desktop` for the notifications' desktop-entry hint, for the window class
of the stretch and in the settings for notifications. It comes and goes with starting at login. On X11 Chromium takes
the window's class from --class (pages/browser.py); on Wayland it ignores that (measured with 150) and makes the app id
from the path of the file that it opens, which is another one each time: there the window keeps Chromium's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from psoas_nudge.autostart.port import SUMMARY, Computer, clear, put
from psoas_nudge.autostart.xdg import quote
from psoas_nudge.places import APPLICATION

ICON = Path(__file__).parents[1] / "data" / "icon.svg"


def entry(computer: Computer) -> Path:
    """Where the desktop looks for a person's own applications."""
    return computer.data() / "applications" / f"{APPLICATION}.desktop"


def icon(computer: Computer) -> Path:
    """Where it looks for their icons."""
    return computer.data() / "icons" / "hicolor" / "scalable" / "apps" / f"{APPLICATION}.svg"


def render(argv: Sequence[str]) -> str:
    """The entry. `argv` runs the daemon; chosen from a menu, the entry plays a stretch."""
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
StartupWMClass={APPLICATION}
StartupNotify=true
X-GNOME-UsesNotifications=true
"""


def install(computer: Computer, argv: Sequence[str]) -> bool:
    """Write both; True when anything had to change."""
    return put(_files(computer, argv))


def remove(computer: Computer) -> None:
    """Remove both."""
    clear([entry(computer), icon(computer)], computer.home)


def is_installed(computer: Computer) -> bool:
    """Whether the desktop can know the name."""
    return entry(computer).is_file()


def knows(computer: Computer) -> bool:
    """Whether desktops of this system read such entries."""
    return computer.platform != "win32"


def _files(computer: Computer, argv: Sequence[str]) -> dict[Path, bytes]:
    return {entry(computer): render(argv).encode(), icon(computer): ICON.read_bytes()}
