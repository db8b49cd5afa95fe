"""The one table of sensors: what each is, where it can be at all, and the module that is imported only then.

A new sensor is one new file and one row here; the tests and `doctor` meet it through the table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Literal, cast

from msgspec import Struct

from psoas_nudge.bus import Bus
from psoas_nudge.presence.port import Sensor, Session

Needs = Literal["x11", "wayland", "session-bus", "system-bus", "linux", "win32", "darwin"]


def _x11(session: Session) -> str | None:
    if session.environ.get("WAYLAND_DISPLAY") or session.environ.get("XDG_SESSION_TYPE") == "wayland":
        return "this is a Wayland session: its X server sees only what is typed into X11 windows"
    return None if session.environ.get("DISPLAY") else "no X11 session: DISPLAY is not set"


def _wayland(session: Session) -> str | None:
    return None if session.environ.get("WAYLAND_DISPLAY") else "no Wayland session: WAYLAND_DISPLAY is not set"


def _platform(name: str) -> Callable[[Session], str | None]:
    titles = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}
    return lambda _session: None if sys.platform == name else f"this is not {titles[name]}"


MISSING: dict[Needs, Callable[[Session], str | None]] = {
    "x11": _x11,
    "wayland": _wayland,
    "session-bus": lambda session: None if session.session_bus else "no session bus",
    "system-bus": lambda session: None if session.system_bus else "no system bus",
    "linux": _platform("linux"),
    "win32": _platform("win32"),
    "darwin": _platform("darwin"),
}


class Row(Struct, frozen=True):
    """One sensor. `needs`: what is checked before its module is imported; `bus_name`: when it appears, it can start."""

    name: str
    about: str
    needs: Needs
    source: str | Callable[[], Sensor]
    bus_name: str | None = None

    def missing(self, session: Session) -> str | None:
        """Why it cannot be in this session, as far as a look at the environment tells."""
        return MISSING[self.needs](session)

    def bus(self, session: Session) -> Bus | None:
        """The bus that `bus_name` is on."""
        return session.system_bus if self.needs == "system-bus" else session.session_bus

    def load(self) -> Sensor:
        """A new sensor; imports its module."""
        if not isinstance(self.source, str):
            return self.source()
        module, name = self.source.split(":")
        return cast("Sensor", getattr(import_module(f"psoas_nudge.presence.{module}"), name)())


IDLE_SOURCES: tuple[Row, ...] = (
    Row("mutter", "idle time of GNOME", "session-bus", "mutter:MutterIdle", "org.gnome.Mutter.IdleMonitor"),
    Row("ext-idle-notify", "idle time of the Wayland compositor, and films", "wayland", "ext_idle:ExtIdle"),
    Row("x11", "idle time of the X server, by alarms", "x11", "x11:X11Idle"),
    Row("xscreensaver", "idle time of the X server, asked at deadlines", "x11", "xscreensaver:XScreenSaverIdle"),
    Row("windows", "idle time of Windows, asked at deadlines", "win32", "windows:WindowsIdle"),
    Row("macos", "idle time of macOS, asked at deadlines", "darwin", "macos:MacIdle"),
)
"""In order of preference."""


def _switch(name: str, about: str, function: str, bus_name: str) -> Row:
    return Row(name, about, "session-bus", f"switches:{function}", bus_name)


NOTIFICATIONS = "org.freedesktop.Notifications"

SENSORS: tuple[Row, ...] = (
    Row("logind", "sleep, lock, another user in front", "system-bus", "logind:Logind", "org.freedesktop.login1"),
    Row("clock", "the wall clock was set, or the machine slept", "linux", "clock:ClockWatch"),
    Row("microphone", "a program records: a call", "linux", "microphone:Microphone"),
    Row("camera", "a program has a camera open: a call", "linux", "camera:Camera"),
    Row("screen-share", "the screen is shared", "linux", "screen_share:ScreenShare"),
    Row("playing", "a film is on", "session-bus", "playing:Playing"),
    Row("fullscreen", "a fullscreen window in front (X11)", "x11", "fullscreen:Fullscreen"),
    Row("toplevels", "a fullscreen window in front (wlroots)", "wayland", "toplevels:Toplevels"),
    _switch("dunst", "do-not-disturb of dunst", "dunst", NOTIFICATIONS),
    _switch("plasma", "do-not-disturb of KDE Plasma", "plasma", NOTIFICATIONS),
    _switch("mako", "do-not-disturb of mako", "mako", NOTIFICATIONS),
    _switch("swaync", "do-not-disturb of swaync", "swaync", "org.erikreider.swaync.cc"),
    _switch("xfce", "do-not-disturb of XFCE", "xfce", "org.xfce.Xfconf"),
    Row("gnome-banners", "do-not-disturb of GNOME", "session-bus", "gnome_banners:GnomeBanners", "org.gnome.Shell"),
    _switch("screensaver", "the screen is locked", "freedesktop_saver", "org.freedesktop.ScreenSaver"),
    _switch("gnome-screensaver", "the screen is locked (GNOME)", "gnome_saver", "org.gnome.ScreenSaver"),
    _switch("cinnamon-screensaver", "the screen is locked (Cinnamon)", "cinnamon_saver", "org.cinnamon.ScreenSaver"),
    _switch("mate-screensaver", "the screen is locked (MATE)", "mate_saver", "org.mate.ScreenSaver"),
    _switch("xfce-screensaver", "the screen is locked (XFCE)", "xfce_saver", "org.xfce.ScreenSaver"),
)
