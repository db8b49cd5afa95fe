"""The effects that `machine.step` returns and the engine carries out, a closed union."""

from __future__ import annotations

from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry


class Effect(Struct, frozen=True, kw_only=True, tag=True):
    """Something for the engine to carry out."""


class Record(Effect, frozen=True, kw_only=True):
    """Append the entry to the journal, in one transaction with the new state, before any other effect."""

    entry: AnyEntry


class Show(Effect, frozen=True, kw_only=True):
    """Put the prompt on the screen; feed Shown or NotShown. `sat`: milliseconds; `snooze`: whether to offer it."""

    prompt: int
    routine: str
    sat: int
    snooze: bool


class Renew(Effect, frozen=True, kw_only=True):
    """Show the open prompt again in its place, with the current minutes. A failure changes nothing."""

    prompt: int
    routine: str
    sat: int
    snooze: bool


class Withdraw(Effect, frozen=True, kw_only=True):
    """Take the prompt from the screen. `notifier` and `ref`: from Shown; None when that has not come yet."""

    prompt: int
    notifier: str | None
    ref: str


class StartGuide(Effect, frozen=True, kw_only=True):
    """Open the guided stretch; `prompt` is None when no prompt led to it."""

    routine: str
    prompt: int | None


class Watch(Effect, frozen=True, kw_only=True):
    """Have the idle source report Idle after `threshold` milliseconds without input. Sent only while there is input."""

    threshold: int


class Wake(Effect, frozen=True, kw_only=True):
    """Send Woke in `after` milliseconds; replaces the previous wake-up. None: no wake-up is needed."""

    after: int | None


class Refuse(Effect, frozen=True, kw_only=True):
    """Tell the person that the request was not carried out, and why."""

    why: str
    no_prompt_open: bool = False


AnyEffect = Record | Show | Renew | Withdraw | StartGuide | Watch | Wake | Refuse
