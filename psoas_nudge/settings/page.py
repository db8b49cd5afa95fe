"""Shows the settings page in a browser until its last window is closed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from psoas_nudge.errors import Unavailable
from psoas_nudge.pages import running
from psoas_nudge.settings.file import SettingsFile
from psoas_nudge.settings.server import app
from psoas_nudge.settings.wire import Begin


def run(file: Path, environ: Mapping[str, str], begin: Begin | None = None) -> None:
    """Show the page. Raises Unavailable when no browser has shown it."""
    if not running.run(lambda windows, port: app(SettingsFile(file, environ), windows, port, begin), environ):
        raise Unavailable("No browser has opened the settings. To edit the file instead: psoas-nudge config edit")
