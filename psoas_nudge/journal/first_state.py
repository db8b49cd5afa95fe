"""The state as version 0.1.0 stored it, flat and in seconds. It is read once, after an update."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from msgspec import Struct

from psoas_nudge.core import state as now
from psoas_nudge.core.hours import Span
from psoas_nudge.core.words import EPOCH, EndedBy, Pain, Signal, milliseconds


class FirstBout(Struct):
    """See state.Bout."""

    started: float
    breaks: tuple[tuple[float, float], ...] = ()


class FirstPrompt(Struct):
    """See state.Pending and state.Open; `shown` None: not confirmed yet."""

    number: int
    routine: str
    decided: float
    shown: float | None = None
    notifier: str | None = None
    ref: str = ""


class FirstHoldBack(Struct):
    """See state.HeldBack."""

    since: float
    reasons: tuple[str, ...]


class FirstPause(Struct):
    """See state.Paused."""

    until: float | None = None
    until_at: datetime | None = None


class FirstStretching(Struct):
    """See state.Stretching."""

    since: float
    routine: str
    prompt: int | None
    broken: bool = False
    guided: bool = False


class FirstState(Struct, kw_only=True):
    """The fields that still matter after a start. Later forms have no field `now` at the top level."""

    now: float
    at: datetime = EPOCH
    tick: float = 0.0
    idle_since: float | None = None
    signals: frozenset[Signal] = frozenset()
    excused_until: float = 0.0
    left_at: float | None = None
    left_by: EndedBy | None = None
    bout: FirstBout | None = None
    standing_since: float | None = None
    stretching: FirstStretching | None = None
    unperformed: int | None = None
    span: Span | None = None
    open: bool = False
    paused: FirstPause | None = None
    clear_since: float | None = None
    held_back: FirstHoldBack | None = None
    asked: float = 0.0
    ask_at: float | None = None
    prompt: FirstPrompt | None = None
    prompts: int = 0
    snoozes: int = 0
    misses: int = 0
    spacing: int = 1
    day: date | None = None
    shown_today: int = 0
    turns: dict[str, int] = {}
    hurt: Pain | None = None


def read_first(body: bytes) -> now.State:
    """The current form of a state of 0.1.0; raises msgspec.DecodeError."""
    first = msgspec.json.decode(body, type=FirstState)
    new = now.State(
        time=now.Timeline(at=first.at, tick=milliseconds(first.tick), now=milliseconds(first.now)),
        signals=first.signals,
        excused_until=milliseconds(first.excused_until),
        standing_since=_point(first.standing_since),
        unperformed=first.unperformed,
        hours=now.OpenHours(span=first.span, open=first.open),
        quiet=now.Quiet(clear_since=_point(first.clear_since)),
        stage=_stage(first),
        numbered=first.prompts,
        pacing=now.Pacing(
            counts_from=milliseconds(first.asked),
            snoozes=first.snoozes,
            misses=first.misses,
            ignored=first.misses,
            backed_off_on=first.day if first.spacing > 1 else None,
        ),
        today=now.Today(first.day, first.shown_today),
        rotation_order=now.RotationOrder(max(first.turns.values(), default=0), first.turns),
        put_off=first.hurt,
    )
    if first.idle_since is not None:
        new.input = now.Input(state="idle", since=milliseconds(first.idle_since), measured=True)
    if first.left_at is not None:
        new.leaving = now.Leaving(since=milliseconds(first.left_at), by=first.left_by or "locked")
    if first.bout:
        breaks = tuple((milliseconds(a), milliseconds(b)) for a, b in first.bout.breaks)
        new.bout = now.Bout(started=milliseconds(first.bout.started), breaks=breaks)
    if old := first.stretching:
        new.stretching = now.Stretching(milliseconds(old.since), old.routine, old.prompt, old.broken, old.guided)
    if first.paused:
        new.paused = now.Paused(until=_point(first.paused.until), until_at=first.paused.until_at)
    if first.ask_at is not None:
        new.pacing.again = now.Again(milliseconds(first.ask_at), "snoozed" if first.snoozes else "missed")
    return new


def _point(seconds: float | None) -> int | None:
    return None if seconds is None else milliseconds(seconds)


def _stage(first: FirstState) -> now.Stage | None:
    if prompt := first.prompt:
        if prompt.shown is None:
            return now.Pending(prompt.number, prompt.routine, milliseconds(prompt.decided))
        return now.Open(prompt.number, prompt.routine, milliseconds(prompt.shown), prompt.notifier, prompt.ref)
    if held := first.held_back:
        return now.HeldBack(milliseconds(held.since), held.reasons)
    return None
