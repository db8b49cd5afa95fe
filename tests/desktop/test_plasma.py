"""The whole program in a real Plasma 6 on a private X server: a person types, is prompted, and presses a button.

Plasma keeps a prompt on the screen, with its buttons, while somebody types. With PSOAS_NUDGE_SCREENSHOTS=FOLDER
pictures are kept there, to be looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.tray.tray import WATCHER, WATCHER_PATH
from tests.desktop.conftest import Component, PrivateBus, Screen
from tests.desktop.test_gnome_shell import CONFIG

pytestmark = pytest.mark.heavy

ACTIVITIES = Path("/usr/lib/x86_64-linux-gnu/libexec/kactivitymanagerd")
NOTIFICATIONS = "org.freedesktop.Notifications"
BUTTONS = {"Start": 140, "In 5 min": 82, "Skip": 24}
"""How far the middle of each is from the right edge of the window; they are 20 above its lower edge."""
Window = tuple[int, int, int, int]


class Plasma:
    """KWin, Plasma's shell and what they need, and the program."""

    def __init__(self, folder: Path, screen: Screen, bus: PrivateBus, environ: dict[str, str]) -> None:
        self.folder, self.screen, self.bus = folder, screen, bus
        self.programs: list[Component] = []
        self.environ = {
            **environ,
            "DISPLAY": screen.name,
            "XDG_SESSION_TYPE": "x11",
            "XDG_CURRENT_DESKTOP": "KDE",
            "KDE_FULL_SESSION": "true",
            "QT_QPA_PLATFORM": "xcb",
            "QT_QUICK_BACKEND": "software",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.environ.pop("WAYLAND_DISPLAY", None)

    def spawn(self, *argv: str) -> None:
        component = Component()
        with (self.folder / f"{Path(argv[0]).name}.log").open("ab") as log:
            component.spawn(list(argv), self.environ, stdout=log)
        self.programs.append(component)

    def start(self) -> None:
        self.spawn("kwin_x11")
        self.spawn(str(ACTIVITIES))
        self.bus.wait_for("org.kde.ActivityManager")
        self.spawn("kded6")
        self.bus.wait_for(WATCHER)
        self.spawn("plasmashell")
        self.bus.wait_for(NOTIFICATIONS)

    def run(self) -> None:
        file = Path(self.environ["XDG_CONFIG_HOME"]) / "psoas-nudge" / "config.toml"
        file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        file.write_text(CONFIG)
        self.spawn(sys.executable, "-m", "psoas_nudge", "run")
        self.bus.wait_for("io.github.psoas_nudge")
        # kded has the watcher's name from its start, and loads the watcher itself later in the login
        self.bus.call("org.kde.kded6", "/kded", "org.kde.kded6.loadModule", "statusnotifierwatcher")

    def has_the_icon(self) -> bool:
        """Whether the tray has taken it."""
        items = ("org.freedesktop.DBus.Properties.Get", WATCHER, "RegisteredStatusNotifierItems")
        try:
            return "StatusNotifierItem" in self.bus.call(WATCHER, WATCHER_PATH, *items)
        except RuntimeError:
            return False

    def prompt(self) -> Window | None:
        """Place and size of the notification that is on the screen."""
        argv = ["xdotool", "search", "--onlyvisible", "--class", "plasmashell"]
        found = subprocess.run(argv, env=self.environ, check=False, capture_output=True, text=True).stdout.split()
        for number in found:
            lines = self.screen.do("getwindowgeometry", "--shell", number).split()
            it = {key: int(value) for key, value in (line.split("=") for line in lines)}
            if 200 < it["WIDTH"] < 600 and it["HEIGHT"] < 400:
                return it["X"], it["Y"], it["WIDTH"], it["HEIGHT"]
        return None

    def press(self, label: str) -> None:
        window = self.prompt()
        assert window, "no prompt is on the screen"
        x, y, width, height = window
        self.screen.click(x + width - BUTTONS[label], y + height - 20)

    def type(self, seconds: float) -> None:
        """Type, without any pause long enough to count as one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.screen.type()
            time.sleep(0.2)

    def ended(self) -> list[dict[str, Any]]:
        """The prompts that have ended, from the journal."""
        argv = [sys.executable, "-m", "psoas_nudge", "journal", "--json"]
        said = subprocess.run(argv, env=self.environ, check=True, capture_output=True, text=True, timeout=20).stdout
        return [entry for entry in map(json.loads, said.splitlines()) if entry["kind"] == "prompt"]


@pytest.fixture
def plasma(xvfb: Screen, session_bus, logind, desktop_environ, folder: Path) -> Iterator[Plasma]:
    made = Plasma(folder, xvfb, session_bus, desktop_environ)
    try:
        made.start()
        yield made
    finally:
        for program in reversed(made.programs):
            program.kill()
        for log in sorted(folder.glob("*.log")):
            print(log.name, log.read_text(errors="replace")[-2000:])


@pytest.mark.parametrize(("label", "outcome"), [("Start", "accepted"), ("In 5 min", "snoozed"), ("Skip", "skipped")])
def test_a_prompt_stays_while_one_types_and_its_buttons_work(
    plasma: Plasma, eventually: Callable[..., None], label: str, outcome: str
) -> None:
    plasma.run()
    eventually(plasma.has_the_icon, within=20, every=0.2)
    plasma.type(6)
    eventually(plasma.prompt, within=20, every=0.1)
    plasma.type(8)
    plasma.screen.picture(f"plasma-{outcome}")
    plasma.press(label)
    eventually(plasma.ended, within=10, every=0.2)
    [prompt] = plasma.ended()
    assert (prompt["outcome"], prompt["via"], prompt["notifier"]) == (outcome, "notification", "freedesktop")
    assert plasma.prompt() is None
