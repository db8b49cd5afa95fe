"""Opens a page: in an app window of a Chromium-like browser, else in the default browser.

The activation token from the notification server is passed on in the environment, so that the window can get the focus
(xdg-activation, startup notification).
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from psoas_nudge.places import APPLICATION

log = logging.getLogger(__name__)

CHROMIUM_LIKE = {
    "chromium": "chrome",
    "chromium-browser": "chrome",
    "google-chrome-stable": "chrome",
    "google-chrome": "chrome",
    "brave-browser": "brave",
    "microsoft-edge-stable": "msedge",
    "microsoft-edge": "msedge",
    "vivaldi-stable": "vivaldi",
    "vivaldi": "vivaldi",
}
"""The program, and what the id of its windows begins with on Wayland (see `window_id`)."""
OPENERS: tuple[tuple[str, ...], ...] = (
    (("rundll32", "url.dll,FileProtocolHandler"),)
    if sys.platform == "win32"
    else (("xdg-open",), ("firefox",), ("firefox-esr",), ("epiphany",))
)
"""Programs that open an address in the default browser, or in another one."""
SNAPS = Path("/snap/bin")


def page_missing(environ: Mapping[str, str]) -> str | None:
    """Why no page can be served or shown here; None if it can be tried."""
    for module in ("starlette", "uvicorn"):
        if find_spec(module) is None:
            return f"{module} is not installed (pip install 'psoas-nudge[page]')"
    return missing(environ)


def missing(environ: Mapping[str, str]) -> str | None:
    """Why no browser can show a page here; None if it can be tried."""
    if why := no_display(environ):
        return why
    found = commands(environ)
    if len(found) == 1 and Path(found[0][0]).name == "xdg-open" and not _xdg_open_has_one(environ):
        found = []
    return None if found else "no browser was found"


def _xdg_open_has_one(environ: Mapping[str, str]) -> bool:
    """Whether xdg-open would find a browser; assumed without xdg-settings."""
    if _default_browser(environ) != "":
        return True
    return shutil.which("x-www-browser", path=environ.get("PATH")) is not None


def _default_browser(environ: Mapping[str, str]) -> str | None:
    """The desktop entry of the default browser; "" if there is none, None if unknown."""
    ask = shutil.which("xdg-settings", path=environ.get("PATH"))
    if ask is None:
        return None
    try:
        words = [ask, "get", "default-web-browser"]
        asked = subprocess.run(words, env=dict(environ), capture_output=True, text=True, timeout=5, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired) as error:
        log.debug("the default browser is not known: %s", error)
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None


def no_display(environ: Mapping[str, str]) -> str | None:
    """Why no window can be opened; None if it can be tried."""
    if sys.platform == "linux" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None


def commands(environ: Mapping[str, str]) -> list[list[str]]:
    """Commands that open an address, best first. `opening` adds the address."""
    path = environ.get("PATH")
    window = chromium(environ)
    windows = [[window, f"--class={APPLICATION}", "--app="]] if window else []
    return windows + [[found, *words, ""] for name, *words in OPENERS if (found := shutil.which(name, path=path))]


def opening(command: list[str], url: str) -> list[str]:
    """One of `commands` with an address, which must not contain a secret: every local user can read command lines."""
    return [*command[:-1], command[-1] + url]


def readable_directory(program: str, environ: Mapping[str, str]) -> Path | None:
    """A directory that a browser from a snap can read; None for a browser that can read all of the person's files.

    Snaps can read neither the runtime directory nor hidden directories. For xdg-open, checks the default browser.
    """
    name = Path(program).name
    if name == "xdg-open" and (default := _default_browser(environ)) is not None:
        name = default.partition("_")[0]  # snapd names it firefox_firefox.desktop
    name = name.removesuffix("-browser")
    if not name or not (SNAPS / name).exists():
        return None
    return Path(environ.get("HOME", "~")).expanduser() / "snap" / name / "common" / "psoas-nudge"


def chromium(environ: Mapping[str, str]) -> str | None:
    """The path of a Chromium-like browser; None if there is none."""
    path = environ.get("PATH")
    return next((found for name in CHROMIUM_LIKE if (found := shutil.which(name, path=path))), None)


def window_id(page: Path, environ: Mapping[str, str]) -> str:
    """The id that the browser found here gives to a window that begins with this file: on Wayland, and where it runs
    already.

    Chromium makes it from the path and the profile and ignores --class (GetXdgAppIdForWebApp; measured with Chromium
    156). The others put their own names in front: seen in people's published desktop entries, not tried.
    """
    begins = "chrome"
    if found := chromium(environ):
        begins = CHROMIUM_LIKE[Path(found).name]
        page = (readable_directory(found, environ) or page.parent) / page.name
    return f"{begins}-_{str(page).replace('/', '_')}-Default"


def with_token(environ: Mapping[str, str], token: str | None) -> dict[str, str]:
    """The environment for the browser, with the activation token if there is one."""
    if token is None:
        return dict(environ)
    return {**environ, "XDG_ACTIVATION_TOKEN": token, "DESKTOP_STARTUP_ID": token}


def start(command: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start one of `commands` in a session of its own, so that it outlives this process."""
    return subprocess.Popen(  # noqa: S603 - a path found above and a file of our own, no shell
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
