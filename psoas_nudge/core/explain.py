"""Rule 16: at any moment, why there is no prompt now and when the next could come.

It uses the same conditions that decide (conditions.py), so it always agrees with the machine. `Status` is what every
surface shows: command line, tray, bars, scripts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, get_args

from psoas_nudge.core import conditions, sitting
from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.durations import duration, elapsed
from psoas_nudge.core.events import Moment
from psoas_nudge.core.ranges import LONGEST
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Bout, Open, State, Waiting
from psoas_nudge.core.status import Explanation, OpenPrompt, Reason, Status, when
from psoas_nudge.core.words import MILLISECOND, SECOND, counted

TEXTS = {
    "unsaved": "Nothing can be saved, so no prompt comes until that is fixed. {trouble}",
    "prompt-open": "A prompt is open and waiting for your answer.",
    "stretching": "You are stretching.",
    "away": "You are away from the computer.",
    "standing": "You said that you are standing. That counts until {until}, unless you sit down earlier.",
    "sitting": "You have been sitting for {sat}. A prompt comes after {needed}.",
    "backed-off": (
        "You did not answer the last two prompts, so for the rest of the day a prompt comes after {needed} "
        "instead of {usual}. "
        "To end that, accept a prompt, do any stretch, or run `psoas-nudge resume`."
    ),
    "snoozed": "You snoozed the prompt until {until}.",
    "asked-again": "You did not answer the last prompt. It comes again at {until}.",
    "not-shown": "The last prompt could not be shown. psoas-nudge tries again at {until}.",
    "closed": "It is outside your working hours. Prompts start at {until}.",
    "settling-in": "Your working hours have just started. Prompts start at {until}.",
    "winding-down": "Your working hours end at {until}. No prompt comes this close to the end.",
    "daily-limit": "You have reached today's limit of {limit}.",
    "spread": "Prompts are spread over the day. The next one comes at {until} at the earliest.",
    "locked": "The screen is locked.",
    "suspended": "The computer is asleep.",
    "switched": "Another user is using the computer.",
    "do-not-disturb": "Do not disturb is on.",
    "fullscreen": "A window is in full screen.",
    "call": "You are in a call.",
    "playing": "A video is playing.",
    "screen-share": "You are sharing your screen.",
    "busy": "Your calendar says you are busy.",
    "paused": "Prompts are paused until {until}.",
    "after-quiet": "A call or similar has just ended, or psoas-nudge has just started. Prompts wait until {until}.",
    "lull": "A prompt is due. It comes when you stop typing for {pause}, or at {until}.",
    "unseen": "A prompt is due. It comes after you next touch the keyboard or mouse.",
}
ENDLESS = {
    "closed": "There are no working hours in the next two years.",
    "paused": "Prompts are paused. Run `psoas-nudge resume` to turn them back on.",
}
UP_TO_THE_PERSON = {"prompt-open", "stretching", "away", "standing", "sitting"}
KNOWN_AHEAD = {*get_args(conditions.ConditionKind), "paused"} - UP_TO_THE_PERSON


def at_moment(state: State, moment: Moment) -> State:
    """The state at a later moment if no event comes before it."""
    return state.later(moment.at, max(0, moment.tick - state.time.tick))


def explain(state: State, at: datetime, rules: Rules, trouble: str = "") -> Explanation:
    """Why there is no prompt at `at`: now (the state's own instant) or later, at most ranges.LONGEST ahead. For a later
    instant only the schedule, a pause, a snooze and the daily limit are known. `trouble`: why the journal cannot be
    written; "" when it can."""
    at = min(at, state.at + timedelta(milliseconds=LONGEST))
    later = at > state.at
    if later:
        state = state.later(at, (at - state.at) // MILLISECOND)
        ends = conditions.pause_ends(state)
        if ends is not None and ends <= state.now:
            state.paused, state.quiet.clear_since = None, ends
    reasons = tuple(reason for reason in _reasons(state, rules, trouble) if not later or reason.kind in KNOWN_AHEAD)
    return Explanation(at=at, reasons=reasons, next_prompt=next_prompt(state, rules), zone=rules.hours.zone)


def status(state: State, rules: Rules, trouble: str = "") -> Status:
    """The status at the state's moment (see at_moment). `trouble`: as in explain."""
    return Status(
        presence=_presence(state),
        sat_seconds=sitting.sat(state, 0) / SECOND,
        toward_next=sitting.sat(state, state.pacing.counts_from) / SECOND,
        needed=conditions.needed(state, rules) / SECOND,
        prompt=_open_prompt(state, rules),
        paused=state.paused is not None,
        paused_until=_instant(state, conditions.pause_ends(state)),
        quiet=conditions.quiet_reasons(state, rules),
        hours_open=rules.hours.span(state.at) is not None,
        hours_change=rules.hours.next_change(state.at),
        zone=rules.hours.zone,
        prompts_today=conditions.prompts_today(state, rules, state.at),
        daily_limit=rules.daily_limit,
        backed_off=conditions.backed_off(state, rules),
        next_prompt=next_prompt(state, rules),
        why=tuple(reason.text for reason in _reasons(state, rules, trouble)),
        put_off=None if state.put_off is None else KINDS[state.put_off],
        trouble=trouble or None,
    )


def next_prompt(state: State, rules: Rules) -> datetime | None:
    """The earliest a prompt could come if the person sits from now on and nothing is quiet; None when a prompt is open,
    when prompts are paused until resumed, or when no working hours come within two years."""
    if state.prompt or (state.paused and conditions.pause_ends(state) is None):
        return None
    ahead = _sitting_on(state, rules)
    for _ in range(64):  # each round passes at least one obstacle; closed days and reached limits take a few rounds
        span = rules.hours.next_span(ahead.at)
        waits = [obstacle.until for obstacle in conditions.obstacles(ahead, rules, span)]
        if (pause := conditions.pause_ends(ahead)) is not None and pause > ahead.now:
            waits.append(pause + rules.after_quiet)
        if (clear := conditions.quiet_until(ahead, rules)) is not None:
            waits.append(clear)
        if not waits:
            return ahead.at
        if None in waits:
            return None
        point = max(wait for wait in waits if wait is not None)
        at = _instant(ahead, point)
        if at is None:
            return None
        ahead = ahead.later(at, point - ahead.now)
    return None


def _sitting_on(state: State, rules: Rules) -> State:
    """The state if the person sat down now and had ended everything that a person can end."""
    new = state.copy()
    bout, left_at = state.bout or Bout(started=state.now), state.leaving.since if state.leaving else None
    since = min((p for p in (state.standing_since, left_at) if p is not None), default=None)
    if since is not None and since < state.now:
        bout = bout.interrupted(since, state.now)
    new.bout, new.standing_since, new.leaving, new.stretching = bout, None, None, None
    new.input.state = "active"
    if state.signals & rules.quiet:
        new.quiet.clear_since = state.now
    return new


def _presence(state: State) -> Literal["sitting", "standing", "away", "stretching"]:
    if state.stretching:
        return "stretching"
    if state.bout is None or state.leaving:
        return "away"
    return "standing" if state.standing_since is not None else "sitting"


def _open_prompt(state: State, rules: Rules) -> OpenPrompt | None:
    prompt = state.prompt
    if prompt is None:
        return None
    return OpenPrompt(
        number=prompt.number,
        routine=prompt.routine,
        shown_at=_instant(state, prompt.since) if isinstance(prompt, Open) else None,
        snooze=conditions.snooze_refused(state, rules) is None,
    )


def _reasons(state: State, rules: Rules, trouble: str) -> Iterator[Reason]:
    if trouble:
        yield Reason("unsaved", TEXTS["unsaved"].format(trouble=trouble))
    for obstacle in conditions.obstacles(state, rules, rules.hours.next_span(state.at)):
        kind = state.leaving.by if obstacle.kind == "away" and state.leaving else obstacle.kind
        yield _reason(state, rules, kind, obstacle.until)
        if obstacle.kind == "sitting" and conditions.backed_off(state, rules):
            yield _reason(state, rules, "backed-off", None)
    for quiet in conditions.quiet_reasons(state, rules):
        yield _reason(state, rules, quiet, conditions.pause_ends(state) if quiet == "paused" else None)
    if (until := conditions.quiet_until(state, rules)) is not None:
        yield _reason(state, rules, "after-quiet", until)
    if isinstance(state.stage, Waiting):
        latest = conditions.waits_until(state, state.stage, rules) or conditions.lull_until(state, state.stage, rules)
        yield _reason(state, rules, "unseen" if latest is None else "lull", latest)


def _reason(state: State, rules: Rules, kind: str, until: int | None) -> Reason:
    instant = _instant(state, until)
    text = (ENDLESS.get(kind) if instant is None else None) or TEXTS[kind]
    words = {
        "until": "" if instant is None else when(instant, state.at, rules.hours.zone),
        "sat": elapsed(sitting.sat(state, state.pacing.counts_from) / SECOND),
        "needed": duration(conditions.needed(state, rules) / SECOND),
        "usual": duration(rules.nudge_after / SECOND),
        "limit": counted(rules.daily_limit, "prompt"),
        "pause": duration(rules.lull / SECOND),
    }
    return Reason(kind, text.format(**words), instant)


def _instant(state: State, point: int | None) -> datetime | None:
    """The instant of a point; None when there is none, or it is further ahead than LONGEST."""
    if point is None or point - state.now > LONGEST:
        return None
    return state.at + timedelta(milliseconds=point - state.now)
