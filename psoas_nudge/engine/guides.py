"""Starts guides; each runs in its own process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from psoas_nudge.engine.outside import Outside
from psoas_nudge.places import CONFIG_VARIABLE

TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""Variables with the activation token that a window needs to come to the front, on Wayland and on X11."""

NOT_RECORDED = 5
"""Exit status of a guide that was played, but could not record all of it."""


class GuideProcesses:
    """Opens guides. `kind`: the setting, "page", "terminal" or "none"; `config_file`: the one in use; `notify` shows a
    title and a text on the desktop."""

    def __init__(
        self, kind: str, outside: Outside, notify: Callable[[str, str], None], config_file: Path | None = None
    ) -> None:
        self.kind = kind
        self._outside, self._notify = outside, notify
        self._config = {} if config_file is None else {CONFIG_VARIABLE: str(config_file.absolute())}

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:
        """Open the guide, for a prompt or at the person's request; `token`: the activation token of the click."""
        if self.kind == "none":
            return
        added = self._config | (dict.fromkeys(TOKENS, token) if token else {})
        for_prompt = () if prompt is None else ("--prompt", str(prompt))
        words = ("-m", "psoas_nudge.guide", routine, *for_prompt, f"--{self.kind}")
        self._outside.start([sys.executable, *words], added, lambda why: self._failed(routine, why))

    def _failed(self, routine: str, why: str) -> None:
        if why == f"status {NOT_RECORDED}":
            doctor = "To see what is wrong with the journal: psoas-nudge doctor"
            self._notify("Not all of your stretch is recorded", doctor)
            return
        self._notify(
            "The stretch did not open",
            f"psoas-nudge found neither a browser nor a terminal that works ({why}; the log has more). Install a "
            f"browser, or stretch in a terminal of your own: psoas-nudge stretch {routine}. To have it spoken instead: "
            "psoas-nudge config set stretch.voice true",
        )
