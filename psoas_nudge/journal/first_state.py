"""The state as version 0.1.0 stored it, flat and in seconds. It is read once, after an update."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from msgspec import Struct

from psoas_nudge.core import state
from psoas_nudge.core.hours import Span
from psoas_nudge.core.words import EPOCH, EndedBy, Pain, Signal, milliseconds


class FirstPrompt(Struct):
    """See state.Pending and state.Open; `shown` None: not confirmed yet."""

    number: int
    routine: str
    decided: int
    shown: int | None = None
    notifier: str | None = None
    ref: str = ""


class FirstState(Struct, kw_only=True):
    """The fields that still matter after a start, in milliseconds. Parts that only differed in the unit are of today's
    types. Later forms have no field `now` at the top level."""

    now: int
    at: datetime = EPOCH
    tick: int = 0
    idle_since: int | None = None
    signals: frozenset[Signal] = frozenset()
    excused_until: int = 0
    left_at: int | None = None
    left_by: EndedBy | None = None
    bout: state.Bout | None = None
    standing_since: int | None = None
    stretching: state.Stretching | None = None
    unperformed: int | None = None
    span: Span | None = None
    open: bool = False
    paused: state.Paused | None = None
    clear_since: int | None = None
    held_back: state.HeldBack | None = None
    asked: int = 0
    ask_at: int | None = None
    prompt: FirstPrompt | None = None
    prompts: int = 0
    snoozes: int = 0
    misses: int = 0
    spacing: int = 1
    day: date | None = None
    shown_today: int = 0
    turns: dict[str, int] = {}
    hurt: Pain | None = None


def read_first(body: bytes) -> state.State:
    """The current form of a state of 0.1.0, where every float is seconds; raises msgspec.DecodeError or
    OverflowError."""
    decoder = msgspec.json.Decoder(float_hook=lambda seconds: milliseconds(float(seconds)))
    first = msgspec.convert(decoder.decode(body), FirstState)
    new = state.State(
        time=state.Timeline(at=first.at, tick=first.tick, now=first.now),
        signals=first.signals,
        excused_until=first.excused_until,
        bout=first.bout,
        standing_since=first.standing_since,
        stretching=first.stretching,
        unperformed=first.unperformed,
        hours=state.OpenHours(span=first.span, open=first.open),
        paused=first.paused,
        quiet=state.Quiet(clear_since=first.clear_since),
        stage=_opened(first.prompt) if first.prompt else first.held_back,
        numbered=first.prompts,
        pacing=state.Pacing(
            counts_from=first.asked,
            snoozes=first.snoozes,
            misses=first.misses,
            ignored=first.misses,
            backed_off_on=first.day if first.spacing > 1 else None,
        ),
        today=state.Today(first.day, first.shown_today),
        rotation_order=state.RotationOrder(max(first.turns.values(), default=0), first.turns),
        put_off=first.hurt,
    )
    if first.idle_since is not None:
        new.input = state.Input(state="idle", since=first.idle_since, measured=True)
    if first.left_at is not None:
        new.leaving = state.Leaving(since=first.left_at, by=first.left_by or "locked")
    if first.ask_at is not None:
        new.pacing.again = state.Again(first.ask_at, "snoozed" if first.snoozes else "missed")
    return new


def _opened(prompt: FirstPrompt) -> state.Pending | state.Open:
    if prompt.shown is None:
        return state.Pending(prompt.number, prompt.routine, prompt.decided)
    return state.Open(prompt.number, prompt.routine, prompt.shown, prompt.notifier, prompt.ref)
