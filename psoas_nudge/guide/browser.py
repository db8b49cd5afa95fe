"""Opens the page: as a window of its own in a Chromium-like browser, else in the default browser.

The activation token that a notification server hands over when a button is pressed is passed on in the environment,
so that the window may come to the front (xdg-activation, startup notification).
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Mapping

log = logging.getLogger(__name__)

CHROMIUM_LIKE = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "brave-browser",
    "microsoft-edge-stable",
    "microsoft-edge",
    "vivaldi-stable",
    "vivaldi",
)


def missing(environ: Mapping[str, str]) -> str | None:
    """Why no page can be shown here; None when it can be tried."""
    if why := no_display(environ):
        return why
    if app_browser(environ) is None:
        try:
            webbrowser.get()
        except webbrowser.Error:
            return "there is no browser"
    return None


def no_display(environ: Mapping[str, str]) -> str | None:
    """Why no window can be opened; None when it can be tried."""
    if sys.platform == "linux" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None


def app_browser(environ: Mapping[str, str]) -> str | None:
    """The path of a browser that can show a page as a window of its own."""
    found = (shutil.which(name, path=environ.get("PATH")) for name in CHROMIUM_LIKE)
    return next((path for path in found if path), None)


def with_token(environ: Mapping[str, str], token: str | None) -> dict[str, str]:
    """The environment for the browser, with the activation token where there is one."""
    if token is None:
        return dict(environ)
    return {**environ, "XDG_ACTIVATION_TOKEN": token, "DESKTOP_STARTUP_ID": token}


def open_app(path: str, url: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the browser with the page as its own window. It outlives this process when it has other windows."""
    return subprocess.Popen(  # noqa: S603 - a path found above and an address of our own, no shell
        [path, f"--app={url}"],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def open_default(url: str, token: str | None) -> bool:
    """Show the page in the default browser; whether one was started. Blocks until the starter has returned."""
    os.environ.update(with_token({}, token))
    try:
        return webbrowser.open(url)
    except webbrowser.Error as error:
        log.warning("the default browser did not start: %s", error)
        return False
