"""The table of sensors: what each reports, where it can work, and its module, which is imported only there.

A new sensor is one new file and one row here; the tests and `doctor` find it through the table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Literal, cast

from msgspec import Struct

from psoas_nudge.bus import Bus
from psoas_nudge.presence.port import DesktopSession, Sensor

Needs = Literal["x11", "wayland", "session-bus", "system-bus", "linux", "win32"]


def _x11(session: DesktopSession) -> str | None:
    if session.environ.get("WAYLAND_DISPLAY") or session.environ.get("XDG_SESSION_TYPE") == "wayland":
        return "this is a Wayland session: its X server sees only what is typed into X11 windows"
    return None if session.environ.get("DISPLAY") else "no X11 session: DISPLAY is not set"


def _wayland(session: DesktopSession) -> str | None:
    return None if session.environ.get("WAYLAND_DISPLAY") else "no Wayland session: WAYLAND_DISPLAY is not set"


MISSING: dict[Needs, Callable[[DesktopSession], str | None]] = {
    "x11": _x11,
    "wayland": _wayland,
    "session-bus": lambda session: None if session.session_bus else "no session bus",
    "system-bus": lambda session: None if session.system_bus else "no system bus",
    "linux": lambda _session: None if sys.platform == "linux" else "this is not Linux",
    "win32": lambda _session: None if sys.platform == "win32" else "this is not Windows",
}


class SensorRow(Struct, frozen=True):
    """One sensor. `needs`: checked before its module is imported; `bus_name`: the D-Bus name of its service."""

    name: str
    about: str
    needs: Needs
    source: str | Callable[[], Sensor]
    bus_name: str | None = None

    def missing(self, session: DesktopSession) -> str | None:
        """Why it cannot work in this session, judged from the environment; None when it may."""
        return MISSING[self.needs](session)

    def service(self, session: DesktopSession) -> tuple[Bus, str] | None:
        """The bus and the name of its service, where it needs one and there is a bus."""
        bus = session.system_bus if self.needs == "system-bus" else session.session_bus
        return (bus, self.bus_name) if bus and self.bus_name else None

    def load(self) -> Sensor:
        """A new sensor; imports its module."""
        if not isinstance(self.source, str):
            return self.source()
        module, name = self.source.split(":")
        return cast("Sensor", getattr(import_module(f"psoas_nudge.presence.{module}"), name)())


def here(rows: Sequence[SensorRow]) -> tuple[SensorRow, ...]:
    """The rows for this operating system."""
    return tuple(row for row in rows if (row.needs == "win32") == (sys.platform == "win32"))


IDLE_SOURCES: tuple[SensorRow, ...] = (
    SensorRow("mutter", "idle time of GNOME", "session-bus", "mutter:MutterIdle", "org.gnome.Mutter.IdleMonitor"),
    SensorRow("ext-idle-notify", "idle time of the Wayland compositor, and videos", "wayland", "ext_idle:ExtIdle"),
    SensorRow("x11", "idle time of the X server", "x11", "x11:X11Idle"),
    SensorRow("xscreensaver", "idle time of an older X server", "x11", "xscreensaver:XScreenSaverIdle"),
    SensorRow("windows", "idle time of Windows", "win32", "windows:WindowsIdle"),
)
"""In order of preference."""


def _switch(name: str, about: str, bus_name: str) -> SensorRow:
    def load() -> Sensor:
        from psoas_nudge.presence.switches import switch

        return switch(name)

    return SensorRow(name, about, "session-bus", load, bus_name)


NOTIFICATIONS = "org.freedesktop.Notifications"

SENSORS: tuple[SensorRow, ...] = (
    SensorRow("logind", "sleep, lock, another user", "system-bus", "logind:Logind", "org.freedesktop.login1"),
    SensorRow("windows-session", "sleep, lock, another user, the clock was set", "win32", "windows:WindowsSession"),
    SensorRow("windows-microphone", "a program uses the microphone, as in a call", "win32", "windows:microphone"),
    SensorRow("windows-camera", "a program uses the camera, as in a call", "win32", "windows:camera"),
    SensorRow("windows-screen", "a fullscreen program, a presentation, quiet hours", "win32", "windows:WindowsScreen"),
    SensorRow("clock", "the clock was set, or the computer slept", "linux", "clock:ClockSensor"),
    SensorRow("microphone", "a program uses the microphone, as in a call", "linux", "microphone:Microphone"),
    SensorRow("camera", "a program uses the camera, as in a call", "linux", "camera:Camera"),
    SensorRow("screen-share", "the screen is shared", "linux", "screen_share:ScreenShare"),
    SensorRow("playing", "a video is playing", "session-bus", "playing:Playing"),
    SensorRow("fullscreen", "a full-screen window in front (X11)", "x11", "fullscreen:Fullscreen"),
    SensorRow("toplevels", "a full-screen window in front (wlroots)", "wayland", "toplevels:Toplevels"),
    _switch("dunst", "do-not-disturb of dunst", NOTIFICATIONS),
    _switch("plasma", "do-not-disturb of KDE Plasma", NOTIFICATIONS),
    _switch("mako", "do-not-disturb of mako", NOTIFICATIONS),
    _switch("swaync", "do-not-disturb of swaync", "org.erikreider.swaync.cc"),
    _switch("xfce", "do-not-disturb of Xfce", "org.xfce.Xfconf"),
    SensorRow(
        "gnome-banners", "do-not-disturb of GNOME", "session-bus", "gnome_banners:GnomeBanners", "org.gnome.Shell"
    ),
    _switch("screensaver", "the screen is locked", "org.freedesktop.ScreenSaver"),
    _switch("gnome-screensaver", "the screen is locked (GNOME)", "org.gnome.ScreenSaver"),
    _switch("cinnamon-screensaver", "the screen is locked (Cinnamon)", "org.cinnamon.ScreenSaver"),
    _switch("mate-screensaver", "the screen is locked (MATE)", "org.mate.ScreenSaver"),
    _switch("xfce-screensaver", "the screen is locked (Xfce)", "org.xfce.ScreenSaver"),
)
