"""The guide runs in a process of its own: the daemon only starts it and lets it go when it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from pathlib import Path

from psoas_nudge.core.model import StartGuide
from psoas_nudge.daemon.outside import outside
from psoas_nudge.places import CONFIG_VARIABLE

log = logging.getLogger(__name__)

TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""What a window needs to come to the front, on Wayland and on X11."""


class Guiding:
    """Starts guides. `kind`: "page", "terminal" or "none", as the setting says; `config_file`: the one in use.

    A guide outlives the daemon, so nothing here waits for one: its end is heard through a pidfd where there is one
    (Linux), else looked for when the next is started.
    """

    def __init__(self, kind: str, config_file: Path | None = None) -> None:
        self.kind = kind
        self._config = {} if config_file is None else {CONFIG_VARIABLE: str(config_file.absolute())}
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def accepted(self, effect: StartGuide, token: str | None) -> None:
        """Open the guide for an accepted prompt; `token` is the activation token of the click."""
        self.open(effect.routine, effect.prompt, token)

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:
        """Open the guide, for a prompt or because the person wants to stretch now."""
        for number in list(self._running):
            self._look(number)
        if self.kind == "none":
            return
        added = self._config | (dict.fromkeys(TOKENS, token) if token else {})
        for_prompt = () if prompt is None else ("--prompt", str(prompt))
        words = ("-m", "psoas_nudge.guide", routine, *for_prompt, f"--{self.kind}")
        argv = outside([sys.executable, *words], added)
        try:
            guide = subprocess.Popen(  # noqa: S603 - this very Python, and a routine whose id was looked up
                argv, env=os.environ | added, stdin=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            log.warning("the guide could not be started: %s", error)
            return
        self._running[guide.pid] = guide
        if hasattr(os, "pidfd_open"):
            fd = os.pidfd_open(guide.pid)
            asyncio.get_running_loop().add_reader(fd, self._ended, fd, guide.pid)

    def _ended(self, fd: int, number: int) -> None:
        asyncio.get_running_loop().remove_reader(fd)
        os.close(fd)
        self._look(number)

    def _look(self, number: int) -> None:
        if (guide := self._running.get(number)) and guide.poll() is not None:
            del self._running[number]
            if guide.returncode:
                log.warning("the guide ended with status %d", guide.returncode)
