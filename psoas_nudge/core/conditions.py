"""What stands between now and a prompt (rules 6, 7, 10 and 13), as questions to a state.

asking.py acts on the answers and explain.py words them, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from psoas_nudge.core.hours import Span
from psoas_nudge.core.model import Rules, State
from psoas_nudge.core.sitting import sat

FAR = 3650 * 86400.0
"""No pause, snooze or forecast reaches further (seconds): dates end, and a length of time can be any."""


class Obstacle(Struct, frozen=True):
    """A condition of rule 6 or 7 that is not met. `until`: when it ends by itself, where that is known."""

    kind: str
    until: float | None = None


def needed(state: State, rules: Rules) -> float:
    """Seconds of sitting that the next prompt needs."""
    return rules.nudge_after * state.spacing


def shown_today(state: State, rules: Rules, at: datetime) -> int:
    """Prompts shown on the local day of `at`."""
    return state.shown_today if state.day == rules.hours.local_date(at) else 0


def snooze_refused(state: State, rules: Rules, at: datetime) -> str | None:
    """Rule 10: why a snooze would be refused now, None when it would be granted."""
    if rules.max_snoozes == 0:
        return "Snoozing is switched off: max_snoozes is 0."
    if state.snoozes >= rules.max_snoozes:
        times = "once" if rules.max_snoozes == 1 else f"{rules.max_snoozes} times in a row"
        return f"This prompt has been snoozed {times}, the most that max_snoozes allows."
    if shown_today(state, rules, at) + (state.prompt is not None and state.prompt.shown is None) >= rules.daily_limit:
        return f"This is the last of today's {rules.daily_limit} prompts, so it could not come back."
    return None


def obstacles(state: State, rules: Rules, span: Span | None) -> Iterator[Obstacle]:
    """Rule 6: what is not met, at the state's moment; `span` is the open time around or after it."""
    if state.prompt:
        yield Obstacle("prompt-open")
    if state.stretching:
        yield Obstacle("stretching")
    elif state.bout is None or state.left_at is not None:
        yield Obstacle("away")
    if state.standing_since is not None:
        yield Obstacle("standing", state.standing_since + rules.standing_for)
    if state.ask_at is not None:
        if state.now < state.ask_at:
            yield Obstacle("snoozed" if state.snoozes else "asked-again", state.ask_at)
    elif (missing := needed(state, rules) - sat(state, state.asked)) > 0:
        counts = state.bout and state.left_at is None and state.standing_since is None
        yield Obstacle("sitting", state.now + missing if counts else None)
    if closed := _outside_hours(state, rules, span):
        yield closed
    if shown_today(state, rules, state.at) >= rules.daily_limit:
        until_tomorrow = rules.hours.next_day(state.at) - state.at
        yield Obstacle("daily-limit", state.now + until_tomorrow.total_seconds())


def _outside_hours(state: State, rules: Rules, span: Span | None) -> Obstacle | None:
    if span is None:
        return Obstacle("closed")
    opens, closes = ((instant - state.at).total_seconds() for instant in span)
    if opens > 0:
        return Obstacle("closed", state.now + opens + rules.settle_in)
    if closes <= rules.wind_down:
        return Obstacle("winding-down", state.now + closes)
    if -opens < rules.settle_in:
        return Obstacle("settling-in", state.now + opens + rules.settle_in)
    return None


def quiet_reasons(state: State, rules: Rules) -> tuple[str, ...]:
    """Rule 7: every reason to hold a prompt back now."""
    reasons = sorted(signal.value for signal in state.signals & rules.quiet)
    return (*reasons, "paused") if state.paused else tuple(reasons)


def quiet_until(state: State, rules: Rules) -> float | None:
    """Rule 7: the point until which a prompt waits although the last reason has ended."""
    if state.clear_since is None or state.now >= state.clear_since + rules.after_quiet:
        return None
    return state.clear_since + rules.after_quiet


def pause_ends(state: State) -> float | None:
    """The point at which the pause ends by itself."""
    if state.paused is None:
        return None
    if state.paused.until_at is not None:
        return state.now + (state.paused.until_at - state.at).total_seconds()
    return state.paused.until
