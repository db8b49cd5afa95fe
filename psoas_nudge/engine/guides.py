"""The guide runs in a process of its own: the daemon only starts it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from psoas_nudge.engine.outside import Outside
from psoas_nudge.places import CONFIG_VARIABLE

log = logging.getLogger(__name__)

TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""What a window needs to come to the front, on Wayland and on X11."""


class Guides:
    """Opens guides. `kind`: "page", "terminal" or "none", as the setting says; `config_file`: the one in use."""

    def __init__(self, kind: str, outside: Outside, config_file: Path | None = None) -> None:
        self.kind = kind
        self._outside = outside
        self._config = {} if config_file is None else {CONFIG_VARIABLE: str(config_file.absolute())}

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:
        """Open the guide, for a prompt or because the person wants to stretch now; `token`: of the click."""
        if self.kind == "none":
            return
        added = self._config | (dict.fromkeys(TOKENS, token) if token else {})
        for_prompt = () if prompt is None else ("--prompt", str(prompt))
        words = ("-m", "psoas_nudge.guide", routine, *for_prompt, f"--{self.kind}")
        try:
            self._outside.start([sys.executable, *words], added)
        except OSError as error:
            log.warning("the guide could not be started: %s", error)
