"""Starts programs for the person, such as a guide or an editor, outside of the daemon's systemd unit.

The unit is hardened (autostart/systemd.py) and a child would inherit that; browsers from snaps, for example, do not
start with NoNewPrivileges. So a daemon that systemd started has systemd start the program in its own unit, with the
session's environment. Elsewhere the program is an ordinary child process.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence

from psoas_nudge.system.processes import HIDDEN, on_end

log = logging.getLogger(__name__)

OnFailed = Callable[[str], None]
"""Is called with the reason in a few words."""


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
