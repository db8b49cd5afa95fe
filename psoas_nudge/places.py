"""The paths of configuration, journal, heartbeat, socket, lock and other files.

They depend only on the environment; only `private_directory` creates anything. platformdirs knows the conventions of
each platform; it is imported only where needed, because `status` has a budget.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.system.files import is_mine, others_may

NAME = "psoas-nudge"
APPLICATION = "io.github.psoas_nudge"
"""The application's id: its D-Bus name, and the name of desktop files and icons."""
CONFIG_VARIABLE = "PSOAS_NUDGE_CONFIG"
SYSTEM_CONFIG = "/etc/xdg"


def config_file(given: Path | None = None) -> Path:
    """The configuration file: from the command line, else $PSOAS_NUDGE_CONFIG, else the platform's default."""
    if given is not None:
        return given
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(os.path.expanduser(named))  # noqa: PTH111 - Path raises for a user that does not exist
    from platformdirs import user_config_path

    return user_config_path(NAME, appauthor=False, roaming=True) / "config.toml"


def system_config_files(environ: Mapping[str, str]) -> list[Path]:
    """The files with an administrator's defaults for all users, highest precedence first; they need not exist.

    XDG base directory specification. None on Windows, where every user may create files below %PROGRAMDATA%.
    """
    if sys.platform == "win32":
        return []
    named = environ.get("XDG_CONFIG_DIRS") or SYSTEM_CONFIG
    return [Path(each) / NAME / "config.toml" for each in named.split(":") if each.startswith("/")]


def data_directory() -> Path:
    """The directory for files that cannot be made again."""
    from platformdirs import user_data_path

    return user_data_path(NAME, appauthor=False)


def journal_file() -> Path:
    """The journal."""
    return data_directory() / "journal.db"


def heartbeat_file() -> Path:
    """The heartbeat file; like the journal it has to survive a reboot."""
    return data_directory() / "alive"


def packs_directory() -> Path:
    """The directory of imported packs, each in a folder named after its id (packs/keeping.py)."""
    return data_directory() / "packs"


def cache_directory() -> Path:
    """The directory for files that can be made again."""
    from platformdirs import user_cache_path

    return user_cache_path(NAME, appauthor=False)


def log_file() -> Path:
    """The file for the daemon's warnings after `start`, when no service manager logs them."""
    from platformdirs import user_log_path

    return user_log_path(NAME, appauthor=False) / "daemon.log"


def runtime_directory() -> Path:
    """The directory of the socket and the lock; it exists while the user is logged in.

    $XDG_RUNTIME_DIR; else the same directory under its usual name, because a cron job or a shell over ssh does not have
    the variable and still has to find the daemon; else a private directory in the cache.
    """
    named = os.environ.get("XDG_RUNTIME_DIR", "")
    if named.startswith("/"):
        return Path(named) / NAME
    if sys.platform == "linux":
        usual = Path(f"/run/user/{os.getuid()}")
        if usual.is_dir() and usual.stat().st_uid == os.getuid():
            return usual / NAME
    return cache_directory() / "run"


def socket_file() -> Path:
    """The socket on which the daemon listens for commands."""
    return runtime_directory() / "control.sock"


def guide_socket() -> Path:
    """The socket on which a stretch that is only heard listens for presses (guide/ear.py)."""
    return runtime_directory() / "guide.sock"


def page_file() -> Path:
    """The file through which a browser is sent to a page (pages/handover.py)."""
    return runtime_directory() / "page.html"


def lock_file() -> Path:
    """The lock file: one daemon runs for each user."""
    return runtime_directory() / "daemon.lock"


def private_directory(path: Path) -> Path:
    """Create the directory if necessary, readable only for this user; returns `path`.

    A wrong mode is corrected. Raises PsoasNudgeError when it belongs to another user, is not a directory, or cannot be
    created.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise PsoasNudgeError(f"{path} must be a directory, not a link or a file. Remove it and try again.")
        if not is_mine(found):
            raise PsoasNudgeError(
                f"{path} belongs to another user (number {found.st_uid}). Remove it, or set XDG_RUNTIME_DIR to a "
                "directory of your own."
            )
        if others_may(found):
            path.chmod(0o700)
    except OSError as error:
        raise PsoasNudgeError(f"The directory {path} cannot be used: {error.strerror}.") from error
    return path
