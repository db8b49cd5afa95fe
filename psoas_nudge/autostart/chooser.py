"""The table of ways to start at login, and the choice between them. At most one is enabled."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from psoas_nudge.autostart import activation, application
from psoas_nudge.autostart.port import Computer, Found, Way, clear
from psoas_nudge.autostart.systemd import Systemd
from psoas_nudge.autostart.windows import RunKey
from psoas_nudge.autostart.xdg import Xdg
from psoas_nudge.errors import BadInput, Unavailable

WAYS: tuple[Way, ...] = (RunKey(), Systemd(), Xdg())
"""In order of preference."""


class Done(Struct, frozen=True, kw_only=True):
    """The result of enabling. `passed_over`: preferred ways and why they cannot work here."""

    way: Way
    changed: bool
    removed: tuple[Way, ...]
    passed_over: tuple[str, ...]


def command(config: Path | None = None) -> tuple[str, ...]:
    """The command that starts the daemon, with absolute paths. Raises Unavailable when the program is not installed.

    Links are not resolved: those of pipx and uv stay valid when the program is upgraded.
    """
    options = ("--config", str(config.absolute())) if config else ()
    module = (sys.executable, "-m", "psoas_nudge", *options, "run")
    if sys.platform == "win32":  # the script would open a console
        return module
    called = Path(sys.argv[0])
    script = shutil.which("psoas-nudge")
    if called.stem == "psoas-nudge":
        script = shutil.which(str(called)) or script or str(called)
    if script:
        return (str(Path(script).absolute()), *options, "run")
    try:
        importlib.metadata.distribution("psoas-nudge")
    except importlib.metadata.PackageNotFoundError:
        raise Unavailable(
            "psoas-nudge runs from a source folder, so it cannot start at login. To install it: pipx install '.[all]'"
        ) from None
    return module


def choose(computer: Computer, name: str | None = None, ways: Sequence[Way] = WAYS) -> tuple[Way, tuple[str, ...]]:
    """The first way that works, and why preferred ones do not; or the way `name`. Raises BadInput, Unavailable."""
    wanted = [way for way in ways if name in (None, way.name)]
    if not wanted:
        raise BadInput(f"'{name}' is not a way to start at login. Choose from: {', '.join(way.name for way in ways)}")
    reasons: list[str] = []
    for way in wanted:
        problem = way.unavailable(computer)
        if problem is None:
            return way, tuple(reasons)
        if name is not None:
            raise problem
        reasons.append(f"{way.title}: {problem}")
    raise Unavailable("psoas-nudge cannot start at login here. " + "; ".join(reasons))


def enable(computer: Computer, argv: Sequence[str], name: str | None = None, ways: Sequence[Way] = WAYS) -> Done:
    """Make the next login start `argv`; removes other ways."""
    way, passed_over = choose(computer, name, ways)
    # before enabling, because ways share the activation file
    removed = tuple(other for other in ways if other is not way and other.disable(computer))
    changed = way.enable(computer, argv)
    changed |= application.install(computer, argv)
    if changed and activation.path(computer).exists():
        activation.reload_bus(computer)
    return Done(way=way, changed=changed, removed=removed, passed_over=passed_over)


def disable(computer: Computer, ways: Sequence[Way] = WAYS) -> tuple[str, ...]:
    """Remove everything that `enable` created. Returns the titles of what was removed."""
    known_to_the_bus = activation.path(computer).exists()
    removed = tuple(way.title for way in ways if way.disable(computer))
    clear([activation.path(computer)], computer.home)  # also if its way was removed manually
    if application.remove(computer):
        removed += (application.TITLE,)
    if known_to_the_bus:
        activation.reload_bus(computer)
    return removed


def find(computer: Computer, argv: Sequence[str], ways: Sequence[Way] = WAYS) -> tuple[tuple[Way, Found], ...]:
    """All installed ways. More than one only if another program installed them."""
    return tuple((way, found) for way in ways if (found := way.find(computer, argv)))
