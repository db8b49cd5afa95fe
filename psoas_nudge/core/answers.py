"""The words of a request: the sentence that answers it and its label on a button, filled in from state and rules."""

from __future__ import annotations

from datetime import datetime

from psoas_nudge.core.durations import duration
from psoas_nudge.core.events import Request, Snooze
from psoas_nudge.core.explain import status
from psoas_nudge.core.feeling import described
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State
from psoas_nudge.core.status import when
from psoas_nudge.core.words import SECOND, harmless


def answer(request: Request, state: State, rules: Rules) -> str:
    """What the person reads after `request` was carried out and led to `state`; "" when no answer is needed."""
    undone = harmless(described(state.last_report.entry)) if state.last_report else "nothing"
    return request.answer.format(next=_next(state, rules), pause=_pause(state, rules), undone=undone)


def label(request: Request, rules: Rules) -> str:
    """The request on a button: "In 5 min"."""
    delay = (request.delay if isinstance(request, Snooze) else None) or rules.snooze_for
    return request.label.format(delay=duration(delay / SECOND))


def _next(state: State, rules: Rules) -> str:
    now = status(state, rules)
    if now.prompt:
        return "A prompt is waiting for your answer."
    if now.next_prompt is None:
        return "No prompt is planned."
    return f"Next prompt: {_clock(now.next_prompt, state, rules)} at the earliest."


def _pause(state: State, rules: Rules) -> str:
    ends = status(state, rules).paused_until
    if ends is None:
        return "Paused. Run `psoas-nudge resume` to turn prompts back on."
    return f"Paused until {_clock(ends, state, rules)}."


def _clock(at: datetime, state: State, rules: Rules) -> str:
    return when(at, state.at, rules.hours.zone)
