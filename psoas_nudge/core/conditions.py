"""What stands between now and a prompt (rules 6, 7, 10 and 13), as questions to a state.

prompting.py acts on the answers and explain.py words them, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.hours import Span
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.sitting import sat
from psoas_nudge.core.state import Pending, State, point_of

Kind = Literal[
    "prompt-open",
    "stretching",
    "away",
    "standing",
    "snoozed",
    "asked-again",
    "sitting",
    "closed",
    "winding-down",
    "settling-in",
    "daily-limit",
]


class Obstacle(Struct, frozen=True):
    """A condition of rule 6 that is not met. `until`: the point at which it ends by itself, where that is known."""

    kind: Kind
    until: int | None = None


def needed(state: State, rules: Rules) -> int:
    """Milliseconds of sitting that the next prompt needs."""
    return rules.nudge_after * state.pacing.spacing


def shown_today(state: State, rules: Rules, at: datetime) -> int:
    """Prompts shown on the local day of `at`."""
    return state.today.shown if state.today.day == rules.hours.local_date(at) else 0


def snooze_refused(state: State, rules: Rules, at: datetime) -> str | None:
    """Rule 10: why a snooze would be refused now, None when it would be granted."""
    if rules.max_snoozes == 0:
        return "Snoozing is switched off: max_snoozes is 0."
    if state.pacing.snoozes >= rules.max_snoozes:
        times = "once" if rules.max_snoozes == 1 else f"{rules.max_snoozes} times in a row"
        return f"This prompt has been snoozed {times}, the most that max_snoozes allows."
    if shown_today(state, rules, at) + isinstance(state.stage, Pending) >= rules.daily_limit:
        return f"This is the last of today's {rules.daily_limit} prompts, so it could not come back."
    return None


def obstacles(state: State, rules: Rules, span: Span | None) -> Iterator[Obstacle]:
    """Rule 6: what is not met, at the state's moment; `span` is the open time around or after it."""
    if state.prompt:
        yield Obstacle("prompt-open")
    if state.stretching:
        yield Obstacle("stretching")
    elif state.bout is None or state.leaving or state.input.state == "unknown":
        yield Obstacle("away")
    if state.standing_since is not None:
        yield Obstacle("standing", state.standing_since + rules.standing_for)
    if again := state.pacing.again:
        if state.now < again.at:
            yield Obstacle("snoozed" if again.why == "snoozed" else "asked-again", again.at)
    elif (missing := needed(state, rules) - sat(state, state.pacing.counts_from)) > 0:
        counts = state.bout and not state.leaving and state.standing_since is None
        yield Obstacle("sitting", state.now + missing if counts else None)
    if closed := _outside_hours(state, rules, span):
        yield closed
    if shown_today(state, rules, state.at) >= rules.daily_limit:
        yield Obstacle("daily-limit", point_of(state, rules.hours.next_day(state.at)))


def _outside_hours(state: State, rules: Rules, span: Span | None) -> Obstacle | None:
    if span is None:
        return Obstacle("closed")
    opens, closes = (point_of(state, instant) for instant in span)
    if span.opens > state.at:
        return Obstacle("closed", opens + rules.settle_in)
    if closes - rules.wind_down <= state.now:
        return Obstacle("winding-down", closes)
    if state.now < opens + rules.settle_in:
        return Obstacle("settling-in", opens + rules.settle_in)
    return None


def quiet_reasons(state: State, rules: Rules) -> tuple[str, ...]:
    """Rule 7: every reason to hold a prompt back now."""
    reasons = sorted(signal.value for signal in state.signals & rules.quiet)
    return (*reasons, "paused") if state.paused else tuple(reasons)


def quiet_until(state: State, rules: Rules) -> int | None:
    """Rule 7: the point until which a prompt waits although the last reason has ended."""
    clear_since = state.quiet.clear_since
    if clear_since is None or state.now >= clear_since + rules.after_quiet:
        return None
    return clear_since + rules.after_quiet


def pause_ends(state: State) -> int | None:
    """The point at which the pause ends by itself."""
    if state.paused is None:
        return None
    if state.paused.until_at is not None:
        return point_of(state, state.paused.until_at)
    return state.paused.until
