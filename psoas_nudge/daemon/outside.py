"""Starting what belongs to the person, a guide or an editor, outside the unit that the daemon may run in.

The systemd unit is hardened (autostart/systemd.py), and a child would inherit that: browsers from snaps, for one, do
not start with NoNewPrivileges. So a daemon that systemd started asks the same manager to start the child beside it,
with the session's own environment. Everywhere else the child is an ordinary one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence


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
