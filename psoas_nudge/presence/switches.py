"""Do-not-disturb and lock, from the services of the desktops on the session bus.

Sources: the introspection data of dunst, Plasma, swaync, mako, Xfconf and the screen savers.
"""

from __future__ import annotations

from psoas_nudge.core.words import Signal
from psoas_nudge.presence.switch import BusSwitch, SwitchSpec

NOTIFICATIONS = "org.freedesktop.Notifications"
NOTIFICATIONS_PATH = "/org/freedesktop/Notifications"


def dunst() -> BusSwitch:
    """`dunstctl set-paused true`."""
    return BusSwitch(
        SwitchSpec(
            name="dunst",
            signal=Signal.DO_NOT_DISTURB,
            bus_name=NOTIFICATIONS,
            path=NOTIFICATIONS_PATH,
            interface="org.dunstproject.cmd0",
            member="paused",
        )
    )


def plasma() -> BusSwitch:
    """KDE Plasma's do-not-disturb; a setting of Plasma also turns it on while screens are mirrored or shared."""
    return BusSwitch(
        SwitchSpec(
            name="plasma",
            signal=Signal.DO_NOT_DISTURB,
            bus_name=NOTIFICATIONS,
            path=NOTIFICATIONS_PATH,
            interface=NOTIFICATIONS,
            member="Inhibited",
        )
    )


def swaync() -> BusSwitch:
    """SwayNotificationCenter's do-not-disturb."""
    name = "org.erikreider.swaync.cc"
    return BusSwitch(
        SwitchSpec(
            name="swaync",
            signal=Signal.DO_NOT_DISTURB,
            bus_name=name,
            path="/org/erikreider/swaync/cc",
            interface=name,
            member="GetDnd",
            arguments=(),
            changes=((name, "Subscribe"), (name, "SubscribeV2")),
        )
    )


def mako() -> BusSwitch:
    """mako's mode do-not-disturb (`makoctl mode -a do-not-disturb`); mako up to 1.7 sends no D-Bus signal for it."""
    return BusSwitch(
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
        )
    )


def xfce() -> BusSwitch:
    """xfce4-notifyd's do-not-disturb, a setting in Xfconf; it does not exist before it was first switched."""
    name = "org.xfce.Xfconf"
    return BusSwitch(
        SwitchSpec(
            name="xfce",
            signal=Signal.DO_NOT_DISTURB,
            bus_name=name,
            path="/org/xfce/Xfconf",
            interface=name,
            member="GetProperty",
            arguments=("ss", "xfce4-notifyd", "/do-not-disturb"),
            changes=((name, "PropertyChanged"), (name, "PropertyRemoved")),
            absent="org.xfce.Xfconf.Error.PropertyNotFound",
        )
    )


def _screen_saver(name: str, bus_name: str) -> BusSwitch:
    return BusSwitch(
        SwitchSpec(
            name=name,
            signal=Signal.LOCKED,
            bus_name=bus_name,
            path="/" + bus_name.replace(".", "/"),
            interface=bus_name,
            member="GetActive",
            arguments=(),
            changes=((bus_name, "ActiveChanged"),),
        )
    )


def freedesktop_saver() -> BusSwitch:
    """The common interface, of Plasma's screen locker and others."""
    return _screen_saver("screensaver", "org.freedesktop.ScreenSaver")


def gnome_saver() -> BusSwitch:
    """GNOME Shell's screen shield."""
    return _screen_saver("gnome-screensaver", "org.gnome.ScreenSaver")


def cinnamon_saver() -> BusSwitch:
    return _screen_saver("cinnamon-screensaver", "org.cinnamon.ScreenSaver")


def mate_saver() -> BusSwitch:
    return _screen_saver("mate-screensaver", "org.mate.ScreenSaver")


def xfce_saver() -> BusSwitch:
    return _screen_saver("xfce-screensaver", "org.xfce.ScreenSaver")
