"""What every way of starting at login looks like: words it writes (pure), and the little that has to be done about it.

A way says which text belongs at which place; the text holds all there is to know, so status is read back from it.
Writing and removing are shared, because "idempotent" and "leaves nothing behind" should be proven once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from psoas_nudge.errors import Unavailable
from psoas_nudge.places import APPLICATION
from psoas_nudge.system.files import write

UNIT = "psoas-nudge.service"
LABEL = APPLICATION
"""Of the activation file."""
SUMMARY = "Reminds you to get up and stretch your hip flexors"


class Ran(NamedTuple):
    """How a command ended, and what it printed on both streams."""

    code: int
    text: str


Run = Callable[[Sequence[str]], Ran]


def run(argv: Sequence[str]) -> Ran:
    """Run a command for at most 20 s; a missing one is 127, as in a shell."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - fixed argv
    except FileNotFoundError as error:
        return Ran(127, str(error))
    except subprocess.TimeoutExpired:
        return Ran(124, f"{argv[0]} did not answer within 20 s")
    return Ran(done.returncode, (done.stdout + done.stderr).strip())


class Computer(Struct, frozen=True, kw_only=True):
    """What a way may look at and act through; tests hand in their own."""

    environ: Mapping[str, str]
    home: Path
    platform: str = sys.platform
    run: Run = run

    def config(self) -> Path:
        """Where a person's configuration is (XDG base directories: a relative value does not count)."""
        return self._xdg("XDG_CONFIG_HOME", ".config")

    def data(self) -> Path:
        """Where a person's data is."""
        return self._xdg("XDG_DATA_HOME", ".local/share")

    def _xdg(self, variable: str, default: str) -> Path:
        path = Path(self.environ.get(variable, ""))
        return path if path.is_absolute() else self.home / default


def this_computer() -> Computer:
    """The real one."""
    return Computer(environ=os.environ, home=Path.home())


class Found(Struct, frozen=True, kw_only=True):
    """What is installed. `starts` is the command as it is written there; `running` is None where nobody can tell."""

    place: str
    starts: tuple[str, ...]
    enabled: bool
    running: bool | None = None
    as_written_now: bool
    """Whether enabling again would change nothing."""


class Way(Protocol):
    """One way to start at login. `argv` is the daemon's whole command, its program an absolute path."""

    name: str
    title: str

    def unavailable(self, computer: Computer) -> Unavailable | None:
        """Why it cannot work here and what would mend it; None when it can."""

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        """Make the next login start it; True when anything had to change. Raises Unavailable."""

    def disable(self, computer: Computer) -> bool:
        """Leave nothing behind; True when there was anything."""

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """What is installed, compared with what `argv` would install."""

    def start_now(self, computer: Computer) -> list[str]:
        """The command that starts it in this session already; empty when there is no manager to ask."""


def put(files: Mapping[Path, bytes]) -> bool:
    """Write each file atomically unless it reads so already; True when any was written. Raises Unavailable."""
    changed = False
    for path, content in files.items():
        try:
            changed = _put(path, content) or changed
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror or error}.") from error
    return changed


def _put(path: Path, content: bytes) -> bool:
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, content, mode=0o644)
    return True


def clear(paths: Sequence[Path], keep: Path) -> bool:
    """Remove files, and folders that are empty then, up to `keep`; True when there was any file."""
    changed = False
    for path in paths:
        if path.exists() or path.is_symlink():
            path.unlink()
            changed = True
        for folder in path.parents:
            if folder == keep or keep not in folder.parents:
                break
            with suppress(OSError):
                folder.rmdir()
    return changed
