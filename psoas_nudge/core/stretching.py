"""Rules 12 and 14: the stretch that is under way, what was held in it, and what becomes of one whose guide is gone."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.catalogue import find, suggestion
from psoas_nudge.core.decision import Decision
from psoas_nudge.core.effects import Refuse, StartGuide
from psoas_nudge.core.entries import StretchEntry
from psoas_nudge.core.events import GuideEnded, GuideGone, GuideHeld, GuideStarted, Started, Stretch
from psoas_nudge.core.routines import LEAST_HELD, LONGEST, WALK
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.sitting import end_bout
from psoas_nudge.core.state import Bout, Held, State, Stretching
from psoas_nudge.core.words import HOUR, MINUTE, SECOND

UNBROKEN = 3 * MINUTE
"""Unbroken input after Accept that means: not performed."""
INPUT_GAP = 15 * SECOND
"""Time without input that breaks it. Shorter than any hold, longer than a look at the screen."""
GUIDE_LIMIT = HOUR
"""Timeout after which a silent guide is considered dead ..."""
HELD_LIMIT = 20 * MINUTE
"""... and after it has told of holds: longer than the page waits for somebody who has paused it."""


# --- what happened -----------------------------------------------------------------------------------------------


def started(decision: Decision, event: Started) -> None:
    """Rule 14: a stretch is over, unless its guide has reported holds: that guide may have outlived the engine."""
    current = decision.state.stretching
    if current and not current.held.total and event.silent_for >= decision.rules.shortest_break:
        decision.state.stretching = None


def guide_started(decision: Decision, event: GuideStarted) -> None:
    """A guided stretch interrupts the bout, whether a prompt led to it or not."""
    give_up(decision)
    decision.state.given_up = None
    current = decision.state.stretching
    if current is None or current.prompt != event.prompt:
        current = _begun(decision, event)
    decision.state.stretching = replace(current, guided=True)


def guide_held(decision: Decision, event: GuideHeld) -> None:
    """Rule 12: what was held is known up to the last few seconds, whatever becomes of the guide."""
    state = decision.state
    if event.prompt is not None and event.prompt == state.unperformed:
        return
    if not _is_of(state.stretching, event):
        give_up(decision)
        state.stretching = None
    current = state.stretching or _begun(decision, event)
    state.stretching = replace(current, guided=True, held=_held(event), heard=decision.now)


def give_up(decision: Decision) -> None:
    """Rule 12: record what a guide had held that will say no more, and end its stretch. One that has told of no hold
    goes on."""
    state = decision.state
    current = state.stretching
    if current is None or current.held.total < LEAST_HELD:
        return
    held = _not_recorded(state, current, current.held)
    state.stretching, state.given_up = None, current
    if held.total >= LEAST_HELD:
        _record(decision, current, held, at=decision.instant(current.heard))


def guide_gone(decision: Decision, event: GuideGone) -> None:
    """Rule 12: record at once what it had told of. Without a hold the person may stretch without it: then a pause or
    unbroken input tells, as where no guide was opened."""
    state = decision.state
    if state.stretching and _is_of(state.stretching, event):
        state.stretching = replace(state.stretching, guided=False)
        give_up(decision)


def guide_ended(decision: Decision, event: GuideEnded) -> None:
    """Rule 12: what was held is recorded, unless unbroken input has already shown that nobody stretched."""
    state = decision.state
    if event.prompt is not None and event.prompt == state.unperformed:
        if state.stretching and state.stretching.prompt == event.prompt:
            state.stretching = None
        return
    if not _is_of(state.stretching, event):
        give_up(decision)
    held = _not_recorded(state, event, _held(event))
    if held.total >= LEAST_HELD:
        _record(decision, event, held, at=decision.at)
    elif not _is_of(state.given_up, event) and (event.prompt is not None or state.stretching):
        decision.record(StretchEntry(at=decision.at, routine=event.routine, performed=False, prompt=event.prompt))
    state.stretching = state.given_up = None


def stretch(decision: Decision, event: Stretch) -> None:
    """Open a guide because the person asks for one, unless pain puts stretches off."""
    routine = event.routine or next_routine(decision.state, decision.rules)
    if why := stretch_refused(decision.state, decision.rules, routine):
        decision.do(Refuse(why=why))
    else:
        decision.do(StartGuide(routine=routine, prompt=None))


def stretch_refused(state: State, rules: Rules, routine: str) -> str | None:
    """Why this routine cannot be played now; raises BadInput for one that does not exist."""
    find(routine, rules.routines)
    if state.put_off is None or routine == WALK:
        return None
    return (
        f"Stretches are put off because you reported {KINDS[state.put_off]}. "
        f"For an easy walk: psoas-nudge stretch {WALK}. When you can stretch again: psoas-nudge feel --clear"
    )


def next_routine(state: State, rules: Rules, *, time_left: float = LONGEST, last: bool = False) -> str:
    """The id of the routine whose turn it is. `time_left`: seconds until hours close."""
    return suggestion(
        state.turns.last,
        rules.rotation,
        rules.routines,
        read=state.read,
        hurt=state.put_off is not None,
        floor=rules.floor,
        time_left=time_left,
        last=last,
    ).id


# --- what time does ----------------------------------------------------------------------------------------------


def over(decision: Decision) -> None:
    """Rule 12: after Accept, wait for the guide to end, for a pause and a return, or for proof that nobody rose."""
    state, now = decision.state, decision.now
    current, idle_since = state.stretching, state.input.idle_since
    if current is None:
        return
    if state.leaving or (idle_since is not None and now - idle_since >= INPUT_GAP):
        current = state.stretching = _broken(current)
    elapsed = now - current.since
    if current.held.total:
        end = current.heard + HELD_LIMIT
    else:
        end = current.since + (GUIDE_LIMIT if current.guided or current.broken else UNBROKEN)
    if elapsed >= UNBROKEN and not current.broken and state.input.measured and current.prompt is not None:
        decision.record(StretchEntry(at=decision.at, routine=current.routine, performed=False, prompt=current.prompt))
        state.stretching, state.unperformed = None, current.prompt
        state.bout = Bout(started=current.since)
    elif now >= end or (current.broken and not current.guided and idle_since is None):
        give_up(decision)
        state.stretching = None
    else:
        decision.by(current.since + UNBROKEN)
        decision.by(end)
        if idle_since is not None:
            decision.by(idle_since + INPUT_GAP)


def _broken(stretching: Stretching) -> Stretching:
    return stretching if stretching.broken else replace(stretching, broken=True)


def _begun(decision: Decision, event: GuideStarted | GuideHeld) -> Stretching:
    if decision.state.bout:
        end_bout(decision, decision.now, "stretch")
    return Stretching(since=decision.now, routine=event.routine, prompt=event.prompt)


def _is_of(stretching: Stretching | None, of: Stretching | GuideHeld | GuideGone | GuideEnded) -> bool:
    return stretching is not None and (stretching.routine, stretching.prompt) == (of.routine, of.prompt)


def _held(event: GuideHeld | GuideEnded) -> Held:
    return Held(event.left_seconds, event.right_seconds, event.other_seconds)


def _not_recorded(state: State, of: Stretching | GuideEnded, held: Held) -> Held:
    """What is left to record of it, when the first part was recorded because its guide had fallen silent."""
    given_up = state.given_up
    return held.without(given_up.held) if given_up and _is_of(given_up, of) else held


def _record(decision: Decision, of: Stretching | GuideEnded, held: Held, at: datetime) -> None:
    """Record what was held; the rotation counts what was done as it counts what was suggested."""
    decision.record(
        StretchEntry(
            at=at,
            routine=of.routine,
            performed=True,
            left_seconds=held.left,
            right_seconds=held.right,
            other_seconds=held.other,
            prompt=of.prompt,
        )
    )
    decision.state.turns.take(of.routine)
    decision.state.pacing.stop_backing_off()
