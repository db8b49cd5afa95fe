"""The command that installs a package on this Linux distribution (os-release(5))."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import NamedTuple

from psoas_nudge.system.files import is_root


class Manager(NamedTuple):
    """A package manager. `ids`: values of ID or ID_LIKE in os-release. `install`: the command before package names."""

    name: str
    ids: frozenset[str]
    install: str


MANAGERS = (
    Manager("nix", frozenset({"nixos"}), "nix profile install"),
    Manager("apk", frozenset({"alpine", "postmarketos"}), "apk add"),
    Manager("zypper", frozenset({"suse", "opensuse", "sles"}), "zypper install"),
    Manager("pacman", frozenset({"arch"}), "pacman -S"),
    Manager("dnf", frozenset({"fedora", "rhel", "centos"}), "dnf install"),
    Manager("apt", frozenset({"debian", "ubuntu"}), "apt-get install"),
)

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


def manager(os_release: Mapping[str, str] | None = None) -> Manager | None:
    """The package manager of this distribution; None when unknown."""
    if os_release is None:
        try:
            os_release = platform.freedesktop_os_release()
        except OSError:
            return None
    ids = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    return next((each for each in MANAGERS if ids & each.ids), None)


def command(what_for: str, found: Manager | None, *, root: bool | None = None) -> str:
    """The command that installs what PACKAGES lists for `what_for`, or a sentence when `found` is None."""
    names = PACKAGES[what_for]
    if found is None:
        return f"install the package {names['']}"
    package = names.get(found.name, names[""])
    if found.name == "nix":
        return f"{found.install} nixpkgs#{package}"
    am_root = is_root() if root is None else root
    return f"{'' if am_root else 'sudo '}{found.install} {package}"
