"""Starts guides and other programs for the person, such as an editor, outside of the daemon's systemd unit.

The unit is hardened (autostart/systemd.py) and a child would inherit that; browsers from snaps, for example, do not
start with NoNewPrivileges. So a daemon that systemd started has systemd start the program in its own unit, with the
session's environment. Elsewhere the program is an ordinary child process.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from psoas_nudge.places import CONFIG_VARIABLE
from psoas_nudge.system.processes import HIDDEN, on_end

log = logging.getLogger(__name__)

OnFailed = Callable[[str], None]
"""Is called with the reason in a few words."""

TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""Variables with the activation token that a window needs to come to the front, on Wayland and on X11."""

NOT_RECORDED = 5
"""Exit status of a guide that was played, but could not record all of it."""


def outside(argv: Sequence[str], added: Mapping[str, str] | None = None) -> list[str]:
    """The command that runs `argv` outside of the unit. Start it with the current environment plus `added`.

    It ends when `argv` ends, with the same status. SYSTEMD_EXEC_PID (systemd 248) tells the unit's own process from one
    that inherited its environment.
    """
    runner = shutil.which("systemd-run")
    if os.environ.get("SYSTEMD_EXEC_PID") != str(os.getpid()) or runner is None:
        return list(argv)
    passed_on = [f"--setenv={name}={value}" for name, value in (added or {}).items()]
    # KillMode=process: a browser that the command has started keeps running
    return [runner, "--user", "--quiet", "--collect", "--wait", "--property=KillMode=process", *passed_on, "--", *argv]


class Outside:
    """Starts such commands without waiting for them; they outlive the daemon.

    Their end is noticed through a pidfd where the system has one, else when the next command is started.
    """

    def __init__(self) -> None:
        self._running: dict[int, tuple[subprocess.Popen[bytes], OnFailed]] = {}

    def start(
        self,
        argv: Sequence[str],
        added: Mapping[str, str] | None = None,
        failed: OnFailed = lambda _why: None,
    ) -> None:
        """Start `argv`, without a shell, with `added` environment variables. `failed` is called when it cannot be
        started, and when it ends with another status than 0.
        """
        for number in list(self._running):
            self._reap(number)
        try:
            child = subprocess.Popen(  # noqa: S603 - the callers' own words and files, no shell
                outside(argv, added),
                env=os.environ | dict(added or {}),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                creationflags=HIDDEN,
            )
        except OSError as error:
            log.warning("%s could not be started: %s", argv[0], error)
            failed(error.strerror or str(error))
            return
        self._running[child.pid] = child, failed
        on_end(child, lambda: self._reap(child.pid))

    def _reap(self, number: int) -> None:
        child, failed = self._running.get(number, (None, None))
        if child is None or failed is None or child.poll() is None:
            return
        del self._running[number]
        if child.returncode:
            log.warning("%s ended with status %d", child.args, child.returncode)
        if child.returncode > 0:  # below 0: ended by a signal, as at logout
            failed(f"status {child.returncode}")


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
