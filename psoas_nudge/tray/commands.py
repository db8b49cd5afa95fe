"""What a person can ask for in the tray or over D-Bus. Whoever carries it out may raise a PsoasNudgeError."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct


class Accept(Struct, frozen=True, tag=True):
    """Answer the open prompt: stretch."""


class Snooze(Struct, frozen=True, tag=True):
    """Answer the open prompt: later, after `delay` seconds (None: as set)."""

    delay: float | None = None


class Skip(Struct, frozen=True, tag=True):
    """Answer the open prompt: not this time."""

    because: str | None = None


class Stretch(Struct, frozen=True, tag=True):
    """Stretch now, without a prompt; `routine` None: the one whose turn it is."""

    routine: str | None = None


class Stand(Struct, frozen=True, tag=True):
    """From now on the person works standing."""


class Sit(Struct, frozen=True, tag=True):
    """The person sits again."""


class Pause(Struct, frozen=True, tag=True):
    """No prompts for `length` seconds, or until an instant, or (both None) until resumed."""

    length: float | None = None
    until: datetime | None = None


class PauseUntilTomorrow(Struct, frozen=True, tag=True):
    """No prompts today."""


class Resume(Struct, frozen=True, tag=True):
    """End the pause."""


class Explain(Struct, frozen=True, tag=True):
    """Show why there is no prompt now and when the next could come."""


class EditSchedule(Struct, frozen=True, tag=True):
    """Open the configuration file."""


class Reload(Struct, frozen=True, tag=True):
    """Read the configuration again."""


class Quit(Struct, frozen=True, tag=True):
    """End the daemon."""


TrayCommand = (
    Accept
    | Snooze
    | Skip
    | Stretch
    | Stand
    | Sit
    | Pause
    | PauseUntilTomorrow
    | Resume
    | Explain
    | EditSchedule
    | Reload
    | Quit
)
OnCommand = Callable[[TrayCommand], None]
