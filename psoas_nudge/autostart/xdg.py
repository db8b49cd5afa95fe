"""An XDG autostart entry, for desktops without a systemd session (freedesktop.org, Autostart 0.5)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from psoas_nudge.autostart import activation
from psoas_nudge.autostart.port import SUMMARY, Computer, Found, Way, are_written, clear, put
from psoas_nudge.errors import Unavailable

FILE = "psoas-nudge.desktop"


def render(argv: Sequence[str]) -> str:
    """The autostart entry."""
    about = ("Terminal=false", "NoDisplay=true", "StartupNotify=false", "X-GNOME-Autostart-enabled=true")
    return desktop_entry(argv, *about)


def desktop_entry(argv: Sequence[str], *about: str) -> str:
    """A desktop entry that runs `argv`, with these lines about it."""
    name = ("Type=Application", "Version=1.1", "Name=psoas-nudge", "GenericName=Break reminder", f"Comment={SUMMARY}")
    return "\n".join(("[Desktop Entry]", *name, f"Exec={quote(argv)}", *about, ""))


def quote(argv: Sequence[str]) -> str:
    """A command quoted for Exec, then escaped as a string (Desktop Entry 1.5, "The Exec key")."""
    words = []
    for word in argv:
        text = word.replace("%", "%%")
        if not word or not re.fullmatch(r"[\w@+=:,./%-]+", word, re.ASCII):
            text = '"' + re.sub(r'(["`$\\])', r"\\\1", text) + '"'
        words.append(text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t"))
    return " ".join(words)


def command_in(text: str) -> tuple[str, ...]:
    """The command in a desktop entry (the inverse of `quote`); empty if there is none."""
    line = re.search(r"^Exec=(.*)$", text, re.MULTILINE)
    plain = {"n": "\n", "t": "\t", "s": " "}
    value = re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), line[1]) if line else ""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', value, re.DOTALL)
    return tuple((re.sub(r"\\(.)", r"\1", quoted) or bare).replace("%%", "%") for quoted, bare in words)


class Xdg(Way):
    """For other desktops on Linux and the BSDs."""

    name = "xdg"
    title = "XDG autostart entry"

    def unavailable(self, computer: Computer) -> Unavailable | None:
        """Assumed to work: it is unknown whether the desktop reads the file."""
        if computer.platform == "win32":
            return Unavailable("Windows does not read XDG autostart entries")
        return None

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        return put(self._files(computer, argv))

    def disable(self, computer: Computer) -> bool:
        entry = self._entry(computer)
        if not os.path.lexists(entry):
            return False
        return clear([entry, activation.path(computer)], computer.home)

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """The entry. `Hidden` and X-GNOME-Autostart-enabled can disable it."""
        path = self._entry(computer)
        if not path.is_file():
            return None
        text = path.read_text("utf-8", "replace")
        off = re.search(r"^(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$", text, re.MULTILINE)
        return Found(
            place=str(path),
            starts=command_in(text),
            enabled=off is None,
            as_written_now=are_written(self._files(computer, argv)),
        )

    def _entry(self, computer: Computer) -> Path:
        return computer.config() / "autostart" / FILE

    def _files(self, computer: Computer, argv: Sequence[str]) -> dict[Path, bytes]:
        return {
            self._entry(computer): render(argv).encode(),
            activation.path(computer): activation.render(argv).encode(),
        }
