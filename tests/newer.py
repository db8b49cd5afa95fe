#!/usr/bin/env python3
"""The newer desktops that Debian 12 does not have, in a Debian 13 of their own: `python3 tests/newer.py`.

Installs GNOME Shell 48 and Plasma 6 into a copy of the minimal system that tests/bare.py keeps, and runs their tests
there as an ordinary user, none skipped. Needs root, apt and a network; nothing of it touches this machine. With
PSOAS_NUDGE_SCREENSHOTS=FOLDER the tests leave their pictures there.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from bare import INSTALL_WITHIN, Failed, Try, bare, say, stage, typed

PACKAGES = (
    *("gnome-shell", "gnome-shell-extension-appindicator", "gjs", "gir1.2-gtk-4.0", "dconf-gsettings-backend"),
    *("gsettings-desktop-schemas", "chromium", "plasma-desktop", "plasma-workspace", "kwin-x11", "kactivitymanagerd"),
    *("xvfb", "xdotool", "x11-utils", "imagemagick", "dbus", "libglib2.0-bin", "python3-dbusmock", "python3-gi"),
    *("python3-venv", "ca-certificates"),
)
TESTS = ("tests/desktop/test_gnome_shell.py", "tests/desktop/test_plasma.py")
TESTS_WITHIN = 900.0
WHO, ROOT = Try("trixie", "person"), Try("trixie", "root")


def install(root: Path) -> None:
    command = f"apt-get update && apt-get install --no-install-recommends {' '.join(PACKAGES)}"
    with typed(root, ROOT, command, {"DEBIAN_FRONTEND": "noninteractive"}) as terminal:
        terminal.ended(INSTALL_WITHIN)
    with typed(
        root, WHO, "python3 -m venv .venv-test && .venv-test/bin/pip install -e '.[all]' --group dev"
    ) as terminal:
        terminal.ended(INSTALL_WITHIN)


def run(root: Path) -> None:
    pictures = root / "tmp" / "pictures"
    pictures.mkdir(mode=0o777)
    pictures.chmod(0o777)
    told = {"PSOAS_NUDGE_REQUIRE_DESKTOP": "1", "PSOAS_NUDGE_SCREENSHOTS": "/tmp/pictures", "LC_ALL": "C.UTF-8"}
    try:
        with typed(root, WHO, f".venv-test/bin/python -m pytest -rs {' '.join(TESTS)}", told) as terminal:
            terminal.ended(TESTS_WITHIN)
            last = terminal.last().strip().splitlines()[-1]
    finally:
        if wanted := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
            shutil.copytree(pictures, wanted, dirs_exist_ok=True)
    if " passed" not in last or "skipped" in last:
        raise Failed(f"not every test has run: {last}")
    say(last)


def main() -> int:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("not tried: a system of its own takes root and Debian's apt")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was copied is removed
    try:
        with bare(WHO) as root:
            with stage("GNOME 48 and Plasma 6: installation"):
                install(root)
            with stage("GNOME 48 and Plasma 6: the tests pass"):
                run(root)
    except Failed as failed:
        say(f"GNOME 48 and Plasma 6: {failed}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
