"""The report of `doctor`: whether prompts will appear, what is used, and one fix for each problem.

Pure: takes Findings, yields lines.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from msgspec import Struct

from psoas_nudge.cli.output import hanging
from psoas_nudge.notify.chooser import LAST_RESORT, NotifierChoice
from psoas_nudge.presence.slot import SensorChoice

NOTIFIERS = {
    "freedesktop": "desktop notifications",
    "balloon": "balloons beside the icon",
    "plyer": "desktop notifications (plyer)",
    "terminal": "in this terminal",
}
IDLE_SOURCES = {
    "mutter": "GNOME",
    "ext-idle-notify": "Wayland",
    "x11": "X11",
    "xscreensaver": "X11 (XScreenSaver)",
    "windows": "Windows",
}
SENSORS = {
    "Calls": {
        "microphone": "microphone",
        "camera": "camera",
        "windows-microphone": "microphone",
        "windows-camera": "camera",
    },
    "Screen sharing": {"screen-share": "PipeWire"},
    "Do not disturb": {
        "dunst": "dunst",
        "plasma": "Plasma",
        "mako": "mako",
        "swaync": "swaync",
        "xfce": "Xfce",
        "gnome-banners": "GNOME",
    },
    "Full screen": {"fullscreen": "X11", "toplevels": "Wayland", "windows-screen": "Windows"},
    "Lock and sleep": {
        "logind": "systemd-logind",
        "windows-session": "Windows",
        "screensaver": "the screen saver",
        "gnome-screensaver": "GNOME",
        "cinnamon-screensaver": "Cinnamon",
        "mate-screensaver": "MATE",
        "xfce-screensaver": "Xfce",
    },
    "Videos": {"playing": "media players"},
}
"""By what people use them for: what people call each sensor."""


MANAGERS = {
    # package manager: (the command before package names, values of ID or ID_LIKE in os-release)
    "nix": ("nix profile install", {"nixos"}),
    "apk": ("apk add", {"alpine", "postmarketos"}),
    "zypper": ("zypper install", {"suse", "opensuse", "sles"}),
    "pacman": ("pacman -S", {"arch"}),
    "dnf": ("dnf install", {"fedora", "rhel", "centos"}),
    "apt": ("apt-get install", {"debian", "ubuntu"}),
}
PACKAGES: dict[str, dict[str, str]] = {
    # need: {manager: package}; "" stands for every other manager
    "x11-notifications": {"": "dunst"},
    "wayland-notifications": {"": "mako", "apt": "mako-notifier"},
    "sound-server": {"": "pipewire-pulse", "dnf": "pipewire-pulseaudio", "zypper": "pipewire-pulseaudio"},
    "pipewire": {"": "pipewire"},
    "browser": {"": "chromium"},
    "gnome-tray": {"": "gnome-shell-extension-appindicator", "nix": "gnomeExtensions.appindicator"},
    "gsettings": {"": "glib2", "apt": "libglib2.0-bin", "zypper": "glib2-tools", "apk": "glib", "nix": "glib"},
}


class Findings(Struct, frozen=True, kw_only=True):
    """What `doctor` has found. A text is empty when nothing is wrong."""

    mistakes: str
    """Mistakes in the configuration."""
    journal: str
    """What is wrong with the journal, in sentences."""
    running: bool
    sensors: tuple[SensorChoice, ...]
    notifiers: tuple[NotifierChoice, ...]
    tray: str
    """Why there is no icon in the panel."""
    page: str
    """Why the page of a stretch cannot open."""
    others: str
    """What to do about other break reminders."""
    unnamed: bool
    """Whether this desktop supports a desktop entry and none is installed."""
    display: bool
    session_bus: bool
    wayland: bool
    gnome: bool
    manager: str | None
    """The package manager; None when it is unknown."""
    root: bool
    """Whether it needs no sudo."""

    @property
    def notifier(self) -> str:
        """The notifier in use; empty when none works."""
        return next((each.name for each in self.notifiers if each.verdict == "chosen"), "")

    @property
    def idle(self) -> str:
        """The idle source in use; empty when none works."""
        return next((each.name for each in self.sensors if each.port == "idle" and each.state == "chosen"), "")

    def used(self, sensors: Container[str]) -> list[str]:
        """Which of these sensors work."""
        return [each.name for each in self.sensors if each.name in sensors and each.state == "chosen"]

    def install(self, what_for: str) -> str:
        """The command that installs what PACKAGES lists for `what_for`, or a sentence without a package manager."""
        names = PACKAGES[what_for]
        if self.manager is None:
            return f"install the package {names['']}"
        command, package = MANAGERS[self.manager][0], names.get(self.manager, names[""])
        if self.manager == "nix":
            return f"{command} nixpkgs#{package}"
        return f"{'' if self.root else 'sudo '}{command} {package}"

    @property
    def works(self) -> bool:
        """Whether prompts can appear."""
        return bool(self.notifier) and not self.mistakes and not self.journal


def verdict(found: Findings) -> str:
    """The first line of the report."""
    if not found.notifier:
        return "Prompts cannot appear here."
    if found.mistakes or found.journal:
        return "Prompts may not appear. See below."
    where = "in this terminal" if found.notifier == LAST_RESORT else "as notifications"
    blind = "" if found.idle else " But psoas-nudge cannot see whether you are at the computer."
    return f"Prompts will appear {where}.{blind}"


def rows(found: Findings) -> Iterator[tuple[str, str]]:
    """(purpose, what is used for it), for what matters in this session."""
    yield "Prompts", NOTIFIERS.get(found.notifier, "none")
    yield "Idle time", IDLE_SOURCES.get(found.idle, "none, so you count as present all the time")
    for title, sensors in SENSORS.items():
        used = dict.fromkeys(sensors[name] for name in found.used(sensors))
        if used:
            yield title, ", ".join(used)
        elif found.display and title != "Do not disturb":
            yield title, "not noticed"
    if found.display:
        yield "Tray", f"none, because {found.tray}" if found.tray else "an icon in the panel"
        yield "Stretch", f"no page, because {found.page}" if found.page else "a page in your browser"
    yield "psoas-nudge", "running" if found.running else "not running; to start it: psoas-nudge start"


def fixes(found: Findings) -> Iterator[tuple[str, str]]:
    """(problem, fix) pairs."""
    yield from _for_prompts(found)
    if found.display:
        yield from _for_good_moments(found)
        yield from _for_looks(found)
    if found.others:
        yield found.others, ""


def _for_prompts(found: Findings) -> Iterator[tuple[str, str]]:
    if found.mistakes:
        yield f"Your configuration has mistakes.\n{found.mistakes}", "psoas-nudge config edit"
    if found.journal:
        yield found.journal, ""
    if found.notifier:
        return
    if any(each.verdict == "available" for each in found.notifiers):
        yield "Your settings name a notifier that does not work here.", "psoas-nudge config set desktop.notifier auto"
    elif not found.display:
        yield "There is no desktop here.", "Run it in a terminal, where prompts can appear: psoas-nudge run"
    elif not found.session_bus:
        yield "There is no D-Bus session bus, which notifications need.", "dbus-run-session psoas-nudge run"
    else:
        service = "wayland-notifications" if found.wayland else "x11-notifications"
        yield "No notification service is running.", found.install(service)


def _for_good_moments(found: Findings) -> Iterator[tuple[str, str]]:
    if _missing(found, "microphone", "no sound server"):
        which = "Calls without a camera" if found.used(("camera",)) else "Calls"
        yield f"{which} are not noticed, because no sound server is running.", found.install("sound-server")
    if found.wayland and _missing(found, "screen-share", "no PipeWire"):
        yield "A shared screen is not noticed, because PipeWire is not running.", found.install("pipewire")
    if _missing(found, "gnome-banners", "gsettings is missing"):
        yield "Do not disturb is not noticed, because gsettings is missing.", found.install("gsettings")


def _for_looks(found: Findings) -> Iterator[tuple[str, str]]:
    if found.tray and found.gnome:
        yield "GNOME shows icons in the panel only with an extension.", found.install("gnome-tray")
    if found.page == "no browser was found":
        yield "The page of a stretch cannot open, because there is no browser.", found.install("browser")
    if found.unnamed:
        yield "Windows of psoas-nudge show the browser's name and icon.", "psoas-nudge autostart menu"


def report(found: Findings, width: int) -> Iterator[str]:
    """The lines of the report."""
    yield hanging("", verdict(found), width)
    yield ""
    for title, text in rows(found):
        yield hanging(f"  {title:<16}", text, width)
    for number, (problem, fix) in enumerate(fixes(found)):
        yield from ("", "To fix") if number == 0 else ()
        first, *others = problem.split("\n")
        yield hanging("  - ", first, width)
        yield from (f"      {line}" for line in (*others, fix) if line)


def _missing(found: Findings, name: str, why: str) -> bool:
    return any(each.name == name and each.state != "chosen" and each.why.startswith(why) for each in found.sensors)
