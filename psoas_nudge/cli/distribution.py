"""The command that installs a package on this Linux distribution (os-release(5))."""

from __future__ import annotations

import platform
from collections.abc import Mapping

from psoas_nudge.system.files import is_root

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


def manager(os_release: Mapping[str, str] | None = None) -> str | None:
    """The package manager of this distribution; None when unknown."""
    if os_release is None:
        try:
            os_release = platform.freedesktop_os_release()
        except OSError:
            return None
    here = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    return next((name for name, (_, ids) in MANAGERS.items() if ids & here), None)


def command(what_for: str, found: str | None, *, root: bool | None = None) -> str:
    """The command that installs what PACKAGES lists for `what_for`, or a sentence when `found` is None."""
    names = PACKAGES[what_for]
    if found is None:
        return f"install the package {names['']}"
    install, package = MANAGERS[found][0], names.get(found, names[""])
    if found == "nix":
        return f"{install} nixpkgs#{package}"
    am_root = is_root() if root is None else root
    return f"{'' if am_root else 'sudo '}{install} {package}"
