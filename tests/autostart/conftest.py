"""A pretended computer: its files are real, its system commands are answered by a small model of systemctl."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from psoas_nudge.autostart.port import Computer, Ran, Way
from psoas_nudge.autostart.systemd import Systemd
from psoas_nudge.autostart.windows import CurrentUser, RunKey
from psoas_nudge.autostart.xdg import Xdg

PROGRAM = ("/home/ada/.local/bin/psoas-nudge", "run")


class SystemCommands:
    """As much of systemctl as the ways use; `asked` keeps every command."""

    def __init__(self, home: Path) -> None:
        self.units = home / ".config/systemd/user"
        self.target_active = True
        self.version = 252
        self.broken = False
        self.asked: list[list[str]] = []

    def __call__(self, argv: Sequence[str]) -> Ran:
        self.asked.append(list(argv))
        if self.broken:
            return Ran(1, "Failed to connect to bus: No medium found")
        match [word for word in argv if word not in ("--user", "--no-ask-password")]:
            case ["dbus-send", "--session", *_]:
                return Ran(0, "")
            case ["systemctl", "--version"]:
                return Ran(0, f"systemd {self.version} ({self.version}.38-1)")
            case ["systemctl", "is-active", "graphical-session.target"]:
                return Ran(0 if self.target_active else 3, "")
            case ["systemctl", "is-active", _]:
                return Ran(3, "inactive")
            case ["systemctl", "is-enabled", unit]:
                link = self.units / "graphical-session.target.wants" / unit
                return Ran(0, "enabled") if link.is_symlink() else Ran(1, "disabled")
            case ["systemctl", "enable", unit]:
                link = self.units / "graphical-session.target.wants" / unit
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(self.units / unit)
                return Ran(0, "")
            case ["systemctl", "disable", unit]:
                (self.units / "graphical-session.target.wants" / unit).unlink(missing_ok=True)
                return Ran(0, "")
            case ["systemctl", "daemon-reload"]:
                return Ran(0, "")
        raise AssertionError(f"not a command the ways should use: {argv}")


class PretendRegistry(CurrentUser):
    """The current user's registry as a dictionary."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}

    def get(self, key: str, name: str) -> str | bytes | None:
        return self.values.get((key, name))

    def set(self, key: str, name: str, value: str) -> None:
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


class Pretended:
    """A computer of one platform, the ways on it, and what is on it after all."""

    def __init__(self, home: Path, platform: str) -> None:
        self.home = home
        self.commands = SystemCommands(home)
        self.registry = PretendRegistry()
        self.ways: tuple[Way, ...] = (RunKey(self.registry), Systemd(), Xdg())
        runtime = home.parent / "run"
        (runtime / "systemd" / "private").mkdir(parents=True)
        self.computer = Computer(
            environ={"XDG_RUNTIME_DIR": str(runtime)}, home=home, platform=platform, run=self.commands
        )

    def left(self) -> list[str]:
        """Every file, link and registry value."""
        files = [str(p.relative_to(self.home)) for p in self.home.rglob("*") if p.is_symlink() or not p.is_dir()]
        return sorted(files) + [f"{key}\\{name}" for key, name in self.registry.values]

    def way(self, name: str) -> Way:
        return next(w for w in self.ways if w.name == name)


@pytest.fixture
def pretend(tmp_path: Path):
    """`pretend("linux")`: a computer of that platform."""

    def make(platform: str = "linux") -> Pretended:
        home = tmp_path / "ada"
        home.mkdir()
        return Pretended(home, platform)

    return make


@pytest.fixture
def program() -> tuple[str, ...]:
    return PROGRAM
