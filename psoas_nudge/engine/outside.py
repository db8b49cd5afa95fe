"""Starting what belongs to the person, a guide or an editor, outside the unit that the daemon may run in.

The systemd unit is hardened (autostart/systemd.py), and a child would inherit that: browsers from snaps, for one, do
not start with NoNewPrivileges. So a daemon that systemd started asks the same manager to start the child beside it,
with the session's own environment. Everywhere else the child is an ordinary one.
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
"""Gets the reason, in a few words."""


def outside(argv: Sequence[str], added: Mapping[str, str] | None = None) -> list[str]:
    """The command that runs `argv` outside, to be started with the environment as it is plus `added`.

    It ends when the command ends and with its status. SYSTEMD_EXEC_PID (systemd 248) tells the unit's own process from
    one that only inherited its environment.
    """
    runner = shutil.which("systemd-run")
    if os.environ.get("SYSTEMD_EXEC_PID") != str(os.getpid()) or runner is None:
        return list(argv)
    passed_on = [f"--setenv={name}={value}" for name, value in (added or {}).items()]
    # a browser that the command leaves behind is the person's
    return [runner, "--user", "--quiet", "--collect", "--wait", "--property=KillMode=process", *passed_on, "--", *argv]


class Outside:
    """Starts such commands and lets them go when they end.

    They outlive the daemon, so nothing here waits: an end is heard where the system tells of it, else looked for
    when the next is started.
    """

    def __init__(self) -> None:
        self._running: dict[int, tuple[subprocess.Popen[bytes], OnFailed]] = {}

    def start(
        self,
        argv: Sequence[str],
        added: Mapping[str, str] | None = None,
        failed: OnFailed = lambda _why: None,
    ) -> None:
        """Start `argv`, without a shell, with `added` variables; `failed` is called when it ends with a status but 0.

        Where it cannot even be started, `failed` is called at once.
        """
        for number in list(self._running):
            self._look(number)
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
        on_end(child, lambda: self._look(child.pid))

    def _look(self, number: int) -> None:
        child, failed = self._running.get(number, (None, None))
        if child is None or failed is None or child.poll() is None:
            return
        del self._running[number]
        if child.returncode:
            log.warning("%s ended with status %d", child.args, child.returncode)
        if child.returncode > 0:  # below 0: a signal ended it, as at logout
            failed(f"status {child.returncode}")
