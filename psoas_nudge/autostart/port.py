"""The interface of a way to start at login, and shared functions that write and remove files.

A way renders files (pure). Its status is read back from these files, so there is no other state.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct, field

from psoas_nudge.errors import Unavailable
from psoas_nudge.system.files import write

SUMMARY = "Reminds you to get up and stretch your hip flexors"


class Ran(NamedTuple):
    """Exit status and output (both streams) of a command."""

    code: int
    text: str


Run = Callable[[Sequence[str]], Ran]


def run(argv: Sequence[str]) -> Ran:
    """Run a command with a timeout of 20 s. A missing program gives status 127, a timeout 124."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - fixed argv
    except FileNotFoundError as error:
        return Ran(127, str(error))
    except subprocess.TimeoutExpired:
        return Ran(124, f"{argv[0]} did not answer within 20 s")
    return Ran(done.returncode, (done.stdout + done.stderr).strip())


class Computer(Struct, frozen=True, kw_only=True):
    """The environment and the commands that a way uses: those of the real computer, unless others are given."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home: Path = field(default_factory=Path.home)
    platform: str = sys.platform
    run: Run = run

    def config(self) -> Path:
        """$XDG_CONFIG_HOME, if absolute, or ~/.config."""
        return self._xdg("XDG_CONFIG_HOME", ".config")

    def data(self) -> Path:
        """$XDG_DATA_HOME, if absolute, or ~/.local/share."""
        return self._xdg("XDG_DATA_HOME", ".local/share")

    def _xdg(self, variable: str, default: str) -> Path:
        path = Path(self.environ.get(variable, ""))
        return path if path.is_absolute() else self.home / default


class Found(Struct, frozen=True, kw_only=True):
    """An installed way. `starts`: the command that it runs; `running`: None if the way cannot tell."""

    place: str
    starts: tuple[str, ...]
    enabled: bool
    running: bool | None = None
    as_written_now: bool
    """Whether enabling again would change nothing."""


class Way(Protocol):
    """One way to start at login. `argv`: the daemon's command, with an absolute path."""

    name: str
    title: str
    start_now: tuple[str, ...] = ()
    """The command that starts the daemon through a service manager; empty without one."""

    def unavailable(self, computer: Computer) -> Unavailable | None:
        """Why it cannot work here, and what to do about it; None when it can."""

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        """Make the next login start the daemon. Returns whether anything changed. Raises Unavailable."""

    def disable(self, computer: Computer) -> bool:
        """Remove everything that `enable` created. Returns whether there was anything."""

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """What is installed, compared with what `argv` would install."""


def put(files: Mapping[Path, bytes]) -> bool:
    """Write each file atomically unless it has this content. Returns whether any was written. Raises Unavailable."""
    changed = False
    for path, content in files.items():
        try:
            if not are_written({path: content}):
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, content, mode=0o644)
                changed = True
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror or error}.") from error
    return changed


def are_written(files: Mapping[Path, bytes]) -> bool:
    """Whether `put` would change nothing."""
    return all(
        path.is_file() and not path.is_symlink() and path.read_bytes() == content for path, content in files.items()
    )


def clear(paths: Sequence[Path], keep: Path) -> bool:
    """Remove files, and their parent directories below `keep` if empty. Returns whether there was any file."""
    changed = False
    for path in paths:
        if os.path.lexists(path):
            path.unlink()
            changed = True
        for folder in path.parents:
            if folder == keep or keep not in folder.parents:
                break
            with suppress(OSError):
                folder.rmdir()
    return changed
