"""The tray icon, and `status --format waybar --follow`, in a real waybar on a headless sway.

With PSOAS_NUDGE_SCREENSHOTS=FOLDER the picture is kept there, to be looked at.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from psoas_nudge.core.status import Look
from psoas_nudge.tray.picture import LOOKS

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
NOBODY = 65534
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Desk:
    """A sway session with programs in it; sway refuses to run as root, so it runs as nobody then."""

    def __init__(self, folder: Path, bus) -> None:
        self.folder, self.runtime = folder, folder / "run"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.runtime.mkdir(mode=0o700)
        keep = {k: os.environ[k] for k in ("PATH",)}
        self.environ = {
            **keep,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/none",
            "PYTHONPATH": str(ROOT),
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GSETTINGS_BACKEND": "memory",
            "LC_ALL": "C.UTF-8",
        }
        (folder / "sway").write_text("output HEADLESS-1 resolution 800x200\n")
        argv = ["sway", "-c", str(folder / "sway")]
        if os.getuid() == 0:
            folder.chmod(0o711)
            os.chown(self.runtime, NOBODY, NOBODY)
            argv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *argv]
        self.spawn(*argv)

    def spawn(self, *argv: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"log-{len(self.processes)}").open("wb")
        with log:
            process = subprocess.Popen(
                argv, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def wayland(self) -> bool:
        found = [s for s in self.runtime.glob("wayland-*") if s.is_socket()]
        if found:
            self.environ["WAYLAND_DISPLAY"] = found[0].name
        return bool(found)

    def colours(self, name: str) -> dict[tuple[int, int, int], int]:
        """How many pixels of the screen have which colour."""
        png = self.folder / f"{name}.png"
        if subprocess.run(["grim", str(png)], env=self.environ, check=False, capture_output=True).returncode:
            return {}
        if keep := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
            shutil.copy(png, Path(keep) / png.name)
        data = subprocess.run(["convert", str(png), "-depth", "8", "ppm:-"], check=True, capture_output=True).stdout
        pixels = data.split(b"\n", 3)[3]
        found: dict[tuple[int, int, int], int] = {}
        for n in range(0, len(pixels) - 2, 3):
            colour = (pixels[n], pixels[n + 1], pixels[n + 2])
            found[colour] = found.get(colour, 0) + 1
        return found

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def desk(folder: Path, session_bus, desktop_need, eventually) -> Iterator[Desk]:
    desktop_need("sway", "waybar", "grim", "convert")
    made = Desk(folder, session_bus)
    try:
        eventually(made.wayland, within=20)
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.runtime, ignore_errors=True)


def test_waybar_shows_icon_and_line(desk: Desk, eventually) -> None:
    config = desk.folder / "config" / "psoas-nudge"
    config.mkdir(parents=True, mode=0o700)
    (config / "config.toml").write_text("[hours]\n" + "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS))
    command = f"{sys.executable} -m psoas_nudge"
    bar = {
        "modules-left": ["custom/psoas-nudge"],
        "modules-right": ["tray"],
        "tray": {"icon-size": 16},
        "custom/psoas-nudge": {"exec": f"{command} status --format waybar --follow", "return-type": "json"},
    }
    (desk.folder / "bar").write_text(json.dumps(bar))
    (desk.folder / "style").write_text(
        "* { font-family: sans; color: #222222; } window { background: #f6f5f4; }\n"
        "#custom-psoas-nudge.paused { background: #ff00ff; }\n"
    )
    daemon = desk.spawn(sys.executable, "-m", "psoas_nudge", "run", "-v")
    eventually(lambda: list((desk.runtime / "psoas-nudge").glob("*")), within=20)
    desk.spawn("waybar", "-c", str(desk.folder / "bar"), "-s", str(desk.folder / "style"))
    teal, grey, marked = LOOKS[Look.SITTING][0], LOOKS[Look.PAUSED][0], (255, 0, 255)
    eventually(lambda: desk.colours("waybar-sitting").get(teal, 0) >= 10, within=30)
    assert marked not in desk.colours("waybar-sitting")
    pause = [sys.executable, "-m", "psoas_nudge", "pause", "30m"]
    subprocess.run(pause, env=desk.environ, check=True, capture_output=True)
    eventually(lambda: desk.colours("waybar-paused").get(marked, 0) > 100, within=20)
    eventually(lambda: desk.colours("waybar-paused").get(grey, 0) >= 10, within=20)
    subprocess.run([*pause[:3], "stop"], env=desk.environ, check=True, capture_output=True)
    assert daemon.wait(10) == 0
