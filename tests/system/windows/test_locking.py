"""A lock that another process holds is not taken; it is free when that process has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from psoas_nudge.system.files import NEW
from psoas_nudge.system.locking import lock

HOLD = """
import os, sys
from psoas_nudge.system.files import NEW
from psoas_nudge.system.locking import lock
print(lock(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT | NEW)), flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_until_its_process_ends(tmp_path: Path) -> None:
    path = tmp_path / "daemon.lock"
    words = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        mine = os.open(path, os.O_RDWR | NEW)
        assert lock(mine) is False
    assert lock(mine) is True
    os.close(mine)
