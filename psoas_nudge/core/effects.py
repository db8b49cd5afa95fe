"""What to do about it: the closed union of effects that `machine.step` returns and the engine carries out."""

from __future__ import annotations

from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry


class Effect(Struct, frozen=True, kw_only=True, tag=True):
    """Something the engine carries out."""


class Record(Effect, frozen=True, kw_only=True):
    """Append to the journal, together with the new state, before any other effect."""

    entry: AnyEntry


class Show(Effect, frozen=True, kw_only=True):
    """Put the prompt on the screen; feed Shown or NotShown. `sat`: milliseconds; `snooze`: whether to offer it."""

    prompt: int
    routine: str
    sat: int
    snooze: bool


class Renew(Effect, frozen=True, kw_only=True):
    """Put the open prompt on the screen again, in its place and with the minutes of now. A failure changes nothing."""

    prompt: int
    routine: str
    sat: int
    snooze: bool


class Withdraw(Effect, frozen=True, kw_only=True):
    """Take the prompt from the screen. `notifier` and `ref` as told by Shown; None when it was still being shown."""

    prompt: int
    notifier: str | None
    ref: str


class StartGuide(Effect, frozen=True, kw_only=True):
    """Open the guided stretch; `prompt` is None when no prompt led to it."""

    routine: str
    prompt: int | None


class Watch(Effect, frozen=True, kw_only=True):
    """Ask the idle source to report Idle after `threshold` milliseconds without input. Comes only while input flows."""

    threshold: int


class Wake(Effect, frozen=True, kw_only=True):
    """Send Woke in `after` milliseconds, in place of any earlier wish; None: no wake-up is needed."""

    after: int | None


class Refuse(Effect, frozen=True, kw_only=True):
    """Tell the one who asked that it was not done, and why."""

    why: str
    no_prompt_open: bool = False


AnyEffect = Record | Show | Renew | Withdraw | StartGuide | Watch | Wake | Refuse
