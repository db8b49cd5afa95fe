"""The conditions for a prompt (rules 6 to 8, 10, 11 and 13), as functions of a state.

prompting.py and outcomes.py act on the results and explain.py puts them into words, so both always agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.hours import Span
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.sitting import excused, sat
from psoas_nudge.core.state import State, Waiting, point_of
from psoas_nudge.core.words import MINUTE, times

ConditionKind = Literal[
    "prompt-open",
    "stretching",
    "away",
    "standing",
    "snoozed",
    "asked-again",
    "not-shown",
    "sitting",
    "closed",
    "winding-down",
    "settling-in",
    "daily-limit",
    "spread",
]

SOON = MINUTE
"""The patience (rule 8) with somebody who comes back from a short break: it has interrupted them already."""


class Obstacle(Struct, frozen=True):
    """A condition of rule 6 that is not met. `until`: the point at which it ends by itself; None: not known."""

    kind: ConditionKind
    until: int | None = None


def backed_off(state: State, rules: Rules) -> bool:
    """Rule 11: whether the interval is half as long again today."""
    day = state.pacing.backed_off_on
    return day is not None and day == rules.hours.local_date(state.at)


def longer(rules: Rules) -> int:
    """Rule 11: half as much again."""
    return rules.nudge_after * 3 // 2


def needed(state: State, rules: Rules) -> int:
    """Rules 6 and 11: milliseconds of sitting after which the next prompt is due."""
    return longer(rules) if backed_off(state, rules) else rules.nudge_after


def prompts_today(state: State, rules: Rules, at: datetime) -> int:
    """Prompts that could be answered on the local day of `at`, the open one included."""
    past = state.today.prompts if state.today.day == rules.hours.local_date(at) else 0
    return past + (state.prompt is not None)


def snooze_refused(state: State, rules: Rules) -> str | None:
    """Rule 10: why a snooze would be refused now; None when it would be granted."""
    if rules.max_snoozes == 0:
        return "Snoozing is turned off: prompt.max_snoozes is 0."
    if state.pacing.snoozes >= rules.max_snoozes:
        return f"You have snoozed this prompt {times(rules.max_snoozes)}. That is the limit (prompt.max_snoozes)."
    return None


def obstacles(state: State, rules: Rules, span: Span | None) -> Iterator[Obstacle]:
    """Rule 6: the conditions that are not met at the state's moment. `span`: the open time around or after it."""
    if state.prompt:
        yield Obstacle("prompt-open")
    if state.stretching:
        yield Obstacle("stretching")
    elif state.bout is None or state.leaving or state.input.state == "unknown":
        yield Obstacle("away")
    if state.standing_since is not None:
        yield Obstacle("standing", state.standing_since + rules.standing_for)
    if again := state.pacing.again:
        due: int | None = max(state.now, again.at)
        if due != state.now:
            yield Obstacle("asked-again" if again.why == "missed" else again.why, due)
    elif (due := _sat_enough(state, rules)) != state.now:
        yield Obstacle("sitting", due)
    if closed := _outside_hours(state, rules, span):
        yield closed
    if state.prompt is None and (spent := _spent(state, rules, due)):
        yield spent


def _spent(state: State, rules: Rules, due: int | None) -> Obstacle | None:
    """The day's budget is used up, or what is `due` would use it up too early: its last prompt comes no earlier after
    hours have opened than all of them together take. A share of the day is little more than `nudge_after`, so only
    prompts that have come more often than that are held back."""
    past = prompts_today(state, rules, state.at)
    if past >= rules.daily_limit:
        return Obstacle("daily-limit", _tomorrow(state, rules))
    if past == 0 or due is None:
        return None
    shares = past * rules.nudge_after * rules.daily_limit // (rules.daily_limit - 1)
    share = state.today.opened + min(shares, past * longer(rules))
    if share <= due or (tomorrow := _tomorrow(state, rules)) <= due:
        return None
    return Obstacle("spread", min(share, tomorrow))


def _tomorrow(state: State, rules: Rules) -> int:
    """The point at which the local day ends, and with it what counts by day."""
    return point_of(state, rules.hours.next_day(state.at))


def _sat_enough(state: State, rules: Rules) -> int | None:
    """The point at which a prompt is due, now if it is due already; None while sitting does not count. Backing off ends
    with the local day."""
    sat_so_far = sat(state, state.pacing.counts_from)
    missing = max(0, needed(state, rules) - sat_so_far)
    if missing == 0:
        return state.now
    if state.bout is None or state.leaving or state.standing_since is not None:
        return None
    enough = state.now + missing
    if backed_off(state, rules):
        without = state.now + rules.nudge_after - sat_so_far
        enough = min(enough, max(without, _tomorrow(state, rules)))
    return enough


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
    """Rule 7: the reasons to hold a prompt back now."""
    reasons = sorted(signal.value for signal in state.signals & rules.quiet)
    return (*reasons, "paused") if state.paused else tuple(reasons)


def quiet_until(state: State, rules: Rules) -> int | None:
    """Rule 7: the point until which a prompt waits after the last reason has ended; None when the wait is over. A
    prompt that quiet has withdrawn waits longer, so that it does not flicker between calls."""
    clear_since, interrupted_at = state.quiet.clear_since, state.pacing.interrupted_at
    if clear_since is None:
        return None
    until = clear_since + rules.after_quiet
    if interrupted_at is not None:
        calm = clear_since + max(rules.after_quiet, rules.expires_after)
        until = min(calm, max(until, interrupted_at + rules.nudge_after))
    return None if state.now >= until else until


def waits_until(state: State, waiting: Waiting, rules: Rules) -> int | None:
    """Rule 8: the point at which a prompt that waits for a pause in typing is shown anyway; None without input."""
    if state.input.state != "active":
        return None
    breaks = state.bout.breaks if state.bout else ()
    back = bool(breaks) and waiting.since - breaks[-1][1] < SOON
    return max(waiting.since, state.input.since) + (min(SOON, rules.patience) if back else rules.patience)


def lull_until(state: State, waiting: Waiting, rules: Rules) -> int | None:
    """Rule 8: the point at which the pause in typing is long enough to show the prompt; None without a pause, or when
    it began so early that the person may have left."""
    if state.input.state == "active":
        return state.now if rules.lull == 0 else None
    if state.input.since < waiting.since - rules.lull and not excused(state, rules):
        return None
    return max(state.now, state.input.since + rules.lull)


def pause_ends(state: State) -> int | None:
    """The point at which the pause ends by itself; None without a pause or when it lasts until resumed."""
    if state.paused is None:
        return None
    if state.paused.until_at is not None:
        return point_of(state, state.paused.until_at)
    return state.paused.until
