"""The tray in a real panel, xfce4-panel on a private X server: seen as pixels, clicked with the mouse.

With PSOAS_NUDGE_SCREENSHOTS=FOLDER the pictures are kept there, to be looked at.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from psoas_nudge.bus import Bus
from psoas_nudge.core.events import Accept
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Look
from psoas_nudge.tray.picture import LOOKS
from psoas_nudge.tray.port import MenuCommand
from psoas_nudge.tray.tray import WATCHER, Tray
from tests.moments import AT, PROMPT, SITTING

pytestmark = pytest.mark.heavy

XFCONFD = "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"
CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="26"/>
      <property name="icon-size" type="uint" value="16"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""


class Panel:
    """xfce4-panel with nothing but a tray, at the top of the screen."""

    def __init__(self, environ: dict[str, str], bus, screen) -> None:
        self.environ, self.bus, self.screen = environ, bus, screen
        self.processes: list[subprocess.Popen[bytes]] = []

    def _spawn(self, *argv: str) -> None:
        quiet = subprocess.DEVNULL
        self.processes.append(
            subprocess.Popen(argv, env=self.environ, stdout=quiet, stderr=quiet, start_new_session=True)
        )

    def start(self, dark: bool = False) -> None:
        folder = Path(self.environ["XDG_CONFIG_HOME"]) / "xfce4/xfconf/xfce-perchannel-xml"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "xfce4-panel.xml").write_text(CONFIG.format(dark=str(dark).lower()))
        self._spawn(XFCONFD)
        self.bus.wait_for("org.xfce.Xfconf")
        self._spawn("xfce4-panel", "--disable-wm-check")
        self.bus.wait_for(WATCHER)

    def kill(self) -> None:
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def picture(self, name: str) -> dict[tuple[int, int, int], list[tuple[int, int]]]:
        """A screenshot: for every colour, where it is."""
        png = Path(self.environ["HOME"]) / f"{name}.png"
        subprocess.run(["import", "-silent", "-window", "root", str(png)], env=self.environ, check=True)
        if keep := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
            shutil.copy(png, Path(keep) / png.name)
        ppm = subprocess.run(["convert", str(png), "-depth", "8", "ppm:-"], check=True, capture_output=True).stdout
        kind, size, _, pixels = ppm.split(b"\n", 3)
        assert kind == b"P6"
        width = int(size.split()[0])
        found: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        wanted = {colour for colour, _ in LOOKS.values()}
        for n in range(len(pixels) // 3):
            colour = (pixels[3 * n], pixels[3 * n + 1], pixels[3 * n + 2])
            if colour in wanted:
                found.setdefault(colour, []).append((n % width, n // width))
        return found

    async def sees(self, look: Look, name: str) -> tuple[int, int]:
        """Wait until the icon with this look's colour is on the screen; the middle of it."""
        colour = LOOKS[look][0]
        for _ in range(60):
            places = self.picture(name).get(colour, [])
            if len(places) >= 10:
                return places[len(places) // 2]
            await asyncio.sleep(0.2)  # another process draws when it likes
        pytest.fail(f"no {look} icon is on the screen")


@pytest.fixture
def panel(desktop_need, desktop_environ, session_bus, xvfb) -> Iterator[Panel]:
    desktop_need("xfce4-panel", "import")
    made = Panel({**desktop_environ, "GTK_THEME": "Adwaita", "NO_AT_BRIDGE": "1"}, session_bus, xvfb)
    yield made
    made.kill()


@pytest.fixture
async def asked(session_bus) -> AsyncIterator[tuple[Tray, list[MenuCommand]]]:
    bus = Bus("session", session_bus.address)
    await bus.connect()
    commands: list[MenuCommand] = []
    tray = Tray(bus, commands.append, Rules(hours=WorkingHours()), on_open=lambda: None)
    await tray.start()
    yield tray, commands
    await tray.stop()
    await bus.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_icon_is_seen_changes_and_its_menu_is_clicked(panel: Panel, asked, dark: bool) -> None:
    tray, commands = asked
    tray.update(SITTING, AT)
    if dark:
        panel.environ["GTK_THEME"] = "Adwaita:dark"
    await asyncio.to_thread(panel.start, dark)
    kind = "dark" if dark else "light"
    x, y = await panel.sees(Look.SITTING, f"tray-{kind}-sitting")

    panel.screen.move(x, y)
    await asyncio.sleep(1.2)  # the panel's own delay before a tooltip
    panel.picture(f"tray-{kind}-tooltip")

    tray.update(replace(SITTING, prompt=PROMPT), AT)
    x, y = await panel.sees(Look.PROMPT, f"tray-{kind}-prompt")
    panel.screen.do("mousemove", str(x), str(y), "click", "3")
    await asyncio.sleep(1.0)  # a menu opens
    panel.picture(f"tray-{kind}-menu")
    # the entries that only tell are passed over
    panel.screen.do("key", "Down", "Return")
    for _ in range(50):
        if commands:
            break
        await asyncio.sleep(0.1)
    assert commands == [Accept(via="tray")]


async def test_the_icon_is_back_after_the_panel_restarted(panel: Panel, asked) -> None:
    tray, _ = asked
    tray.update(SITTING, AT)
    await asyncio.to_thread(panel.start)
    await panel.sees(Look.SITTING, "before")
    panel.kill()
    await asyncio.to_thread(panel.start)
    await panel.sees(Look.SITTING, "after")


async def test_the_daemon_itself_is_paused_and_ended_from_the_panel(panel: Panel) -> None:
    log = Path(panel.environ["HOME"]) / "log"
    config = Path(panel.environ["XDG_CONFIG_HOME"]) / "psoas-nudge"
    config.mkdir(parents=True, mode=0o700)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    (config / "config.toml").write_text("[hours]\n" + "".join(f'{day} = ["00:00-24:00"]\n' for day in days))
    await asyncio.to_thread(panel.start)
    argv = [sys.executable, "-m", "psoas_nudge", "run", "-v"]
    with (
        log.open("w") as to,
        subprocess.Popen(  # noqa: ASYNC220 - starting takes no time, and its end is awaited in a thread
            argv, env=panel.environ, stdin=subprocess.DEVNULL, stdout=to, stderr=to
        ) as daemon,
    ):
        try:
            x, y = await panel.sees(Look.SITTING, "daemon-sitting")
            panel.screen.do("mousemove", str(x), str(y), "click", "3")
            await asyncio.sleep(1.0)  # a menu opens
            panel.screen.do("key", "End", "Up", "Up", "Up", "Right")  # Pause prompts: its first entry is 30 minutes
            await asyncio.sleep(0.5)
            panel.picture("daemon-menu")
            panel.screen.do("key", "Return")
            x, y = await panel.sees(Look.PAUSED, "daemon-paused")
            panel.screen.do("mousemove", str(x), str(y), "click", "3")
            await asyncio.sleep(1.0)
            panel.screen.do("key", "End", "Return")
            assert await asyncio.to_thread(daemon.wait, 10) == 0
        finally:
            daemon.kill()
    assert "Traceback" not in log.read_text()
