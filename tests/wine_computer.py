"""A computer with Windows, as far as Wine 10 is one: Wine on a screen of its own, and somebody in front of it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import bare
from wine_root import (
    APART,
    CONFIG,
    EXE,
    KEPT,
    MOUNT,
    PICTURES,
    PIP_SCRIPT,
    PROJECT,
    ROOT,
    SETTINGS,
    STORE,
    Failed,
    until,
)


class Computer:
    """Wine on a screen of its own. Commands write into files: what they leave running would keep a pipe open."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        read, write = os.pipe()
        screen = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        self._start(stack, subprocess.Popen(screen, pass_fds=[write], stderr=subprocess.DEVNULL))
        os.close(write)
        with os.fdopen(read) as line:
            self.display = f":{line.readline().strip()}"
        command = MOUNT + "exec sleep infinity"
        apart = subprocess.Popen([*APART, command, "sh", str(ROOT), str(PROJECT)])
        self._start(stack, apart)
        children = Path(f"/proc/{apart.pid}/task/{apart.pid}/children")
        until("the namespace", lambda: children.read_text().strip())
        self.inside = children.read_text().split()[0]
        until("the mounts", lambda: (ROOT / "src" / "pyproject.toml").exists() or self._mounted())
        self._number = 0

    def _mounted(self) -> bool:
        return " /src " in Path(f"/proc/{self.inside}/mounts").read_text().replace(str(ROOT), "")

    @staticmethod
    def _start(stack: contextlib.ExitStack, process: subprocess.Popen[bytes]) -> None:
        def end() -> None:
            process.kill()
            process.wait()

        stack.callback(end)

    def popen(self, argv: tuple[str, ...], output: Path) -> subprocess.Popen[bytes]:
        environ = {
            "PATH": bare.PATH,
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "WINEPREFIX": "/root/wine",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "DISPLAY": self.display,
            "PYTHONUTF8": "1",
            **SETTINGS,
        }
        enter = ["nsenter", "--target", self.inside, "--mount", "--pid", "chroot", str(ROOT)]
        with output.open("wb") as to:
            return subprocess.Popen(
                [*enter, "env", "-i", "--chdir=/src", *(f"{k}={v}" for k, v in environ.items()), *argv],
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=subprocess.STDOUT,
            )

    def run(self, *argv: str, within: float = 120.0, status: int | None = 0) -> str:
        """What a command says; Failed when it takes too long or ends with another status."""
        self._number += 1
        output = KEPT / f"output-{self._number % 8}"
        process = self.popen(argv, output)
        try:
            code = process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed(
                f"`{' '.join(argv)}` took more than {within:g} s\n{output.read_text(errors='replace')}"
            ) from None
        said = output.read_text(errors="replace").replace("\r\n", "\n")
        if status is not None and code != status:
            raise Failed(f"`{' '.join(argv)}` ended with {code}\n{said}")
        return said

    def nudge(self, *words: str, within: float = 120.0, status: int | None = 0) -> str:
        """psoas-nudge WORDS, as the script that pip has made."""
        return self.run("wine", PIP_SCRIPT, *words, within=within, status=status)

    def runs(self) -> bool:
        """Whether a daemon answers."""
        return "Prompts today" in self.nudge("status", status=None)

    def has_ended(self) -> bool:
        """Whether the daemon has ended, and by itself: then it has taken away the file with its port."""
        return "is not running" in self.nudge("status", status=None) and not list(self.local().rglob("control.sock"))

    def sign_out(self) -> None:
        """Ask every program to end (WM_QUERYENDSESSION, WM_ENDSESSION), as Windows does at logoff and shutdown."""
        self.run("wineboot", "--end-session")

    def sign_in(self) -> None:
        """Begin a new session, which starts what the Run key names."""
        self.run("wineserver", "--kill", status=None)
        self.run("wineserver", "--wait")
        self.run("wineboot")

    def use(self, device: str, **when: int) -> None:
        """Write down like Windows that a program has begun or stopped to use a microphone or a camera."""
        for name, at in when.items():
            value = ("/v", f"LastUsedTime{name}", "/t", "REG_QWORD", "/d", str(at), "/f")
            self.run("wine", "reg", "add", rf"{STORE}\{device}\NonPackaged\C:#call.exe", *value)

    def post(self, message: tuple[str, str]) -> None:
        self.run("wine", EXE, r"Z:\win\post.py", *message)

    def begin(self) -> None:
        """A new prefix, and the settings of a person."""
        shutil.rmtree(ROOT / "root" / "wine", ignore_errors=True)
        self.run("wineboot", "--init", within=180, status=None)
        until("the prefix", (ROOT / "root/wine/user.reg").exists)
        file = self.settings_file()
        file.parent.mkdir(parents=True)
        file.write_text(CONFIG)
        for device in ("microphone", "webcam"):
            self.use(device, Start=1, Stop=0)  # left behind by a crash, long ago

    def settings_file(self) -> Path:
        return self.local().with_name("Roaming") / "psoas-nudge" / "config.toml"

    def local(self) -> Path:
        return ROOT / "root/wine/drive_c/users/root/AppData/Local"

    def click_icon(self) -> None:
        """Open the menu of the icon."""
        _, _, x, y = next(each for each in self.windows() if each[:2] == (160, 20))
        self.x("mousemove", str(x + 10), str(y + 10), "click", "1")
        time.sleep(2)

    def x(self, *words: str, check: bool = True) -> str:
        """Somebody at mouse and keyboard."""
        environ = {**os.environ, "DISPLAY": self.display}
        return subprocess.run(["xdotool", *words], env=environ, check=check, capture_output=True, text=True).stdout

    def picture(self, name: str) -> None:
        command = ["import", "-display", self.display, "-window", "root", str(PICTURES / f"{name}.png")]
        subprocess.run(command, check=True)

    def windows(self) -> list[tuple[int, int, int, int]]:
        """(width, height, x, y) of those of Wine's shell: the icons, the balloon, a menu."""
        tree = bare.output("xwininfo", "-display", self.display, "-root", "-tree")
        found = re.findall(r'\("explorer\.exe".*?(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)', tree)
        return [(int(w), int(h), int(x), int(y)) for w, h, x, y in found]

    def balloon(self) -> bool:
        return any(width > 200 and 40 < height < 300 for width, height, _, _ in self.windows())
