"""Do-not-disturb and lock, from the services of the desktops on the session bus.

Sources: the introspection data of dunst, Plasma, swaync, mako, Xfconf and the screen savers.
"""

from __future__ import annotations

from psoas_nudge.core.words import Signal
from psoas_nudge.presence.switch import BusSwitch, SwitchSpec

NOTIFICATIONS = "org.freedesktop.Notifications"
NOTIFICATIONS_PATH = "/org/freedesktop/Notifications"


def _screen_saver(name: str, bus_name: str) -> SwitchSpec:
    return SwitchSpec(
        name=name,
        signal=Signal.LOCKED,
        bus_name=bus_name,
        path="/" + bus_name.replace(".", "/"),
        interface=bus_name,
        member="GetActive",
        arguments=(),
        changes=((bus_name, "ActiveChanged"),),
    )


SPECS = (
    # `dunstctl set-paused true`.
    SwitchSpec(
        name="dunst",
        signal=Signal.DO_NOT_DISTURB,
        bus_name=NOTIFICATIONS,
        path=NOTIFICATIONS_PATH,
        interface="org.dunstproject.cmd0",
        member="paused",
    ),
    # KDE Plasma's do-not-disturb; a setting of Plasma also turns it on while screens are mirrored or shared.
    SwitchSpec(
        name="plasma",
        signal=Signal.DO_NOT_DISTURB,
        bus_name=NOTIFICATIONS,
        path=NOTIFICATIONS_PATH,
        interface=NOTIFICATIONS,
        member="Inhibited",
    ),
    # SwayNotificationCenter's do-not-disturb.
    SwitchSpec(
        name="swaync",
        signal=Signal.DO_NOT_DISTURB,
        bus_name="org.erikreider.swaync.cc",
        path="/org/erikreider/swaync/cc",
        interface="org.erikreider.swaync.cc",
        member="GetDnd",
        arguments=(),
        changes=(("org.erikreider.swaync.cc", "Subscribe"), ("org.erikreider.swaync.cc", "SubscribeV2")),
    ),
    # mako's mode do-not-disturb (`makoctl mode -a do-not-disturb`); mako up to 1.7 sends no D-Bus signal for it.
    SwitchSpec(
        name="mako",
        signal=Signal.DO_NOT_DISTURB,
        bus_name=NOTIFICATIONS,
        path="/fr/emersion/Mako",
        interface="fr.emersion.Mako",
        member="ListModes",
        arguments=(),
        changes=(("org.freedesktop.DBus.Properties", "PropertiesChanged"),),
        is_on=lambda modes: "do-not-disturb" in modes or "dnd" in modes,
        read_every=60.0,
    ),
    # xfce4-notifyd's do-not-disturb, a setting in Xfconf; it does not exist before it was first switched.
    SwitchSpec(
        name="xfce",
        signal=Signal.DO_NOT_DISTURB,
        bus_name="org.xfce.Xfconf",
        path="/org/xfce/Xfconf",
        interface="org.xfce.Xfconf",
        member="GetProperty",
        arguments=("ss", "xfce4-notifyd", "/do-not-disturb"),
        changes=(("org.xfce.Xfconf", "PropertyChanged"), ("org.xfce.Xfconf", "PropertyRemoved")),
        absent="org.xfce.Xfconf.Error.PropertyNotFound",
    ),
    _screen_saver("screensaver", "org.freedesktop.ScreenSaver"),  # Plasma's screen locker and others
    _screen_saver("gnome-screensaver", "org.gnome.ScreenSaver"),
    _screen_saver("cinnamon-screensaver", "org.cinnamon.ScreenSaver"),
    _screen_saver("mate-screensaver", "org.mate.ScreenSaver"),
    _screen_saver("xfce-screensaver", "org.xfce.ScreenSaver"),
)


def switch(name: str) -> BusSwitch:
    """The sensor of this name."""
    return BusSwitch(next(spec for spec in SPECS if spec.name == name))
