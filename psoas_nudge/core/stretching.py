"""Rules 12 and 14: the stretch that is under way, what was held in it, and what happens when its guide times out."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.catalogue import FALLBACK, find, rotation
from psoas_nudge.core.effects import Decision, Refuse, StartGuide
from psoas_nudge.core.entries import StretchEntry
from psoas_nudge.core.events import GuideEnded, GuideGone, GuideHeld, GuideStarted, Started, Stretch
from psoas_nudge.core.routines import LEAST_HELD, LONGEST, WALK, choose
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.sitting import end_bout
from psoas_nudge.core.state import Bout, Held, State, Stretching
from psoas_nudge.core.words import HOUR, MINUTE, SECOND

UNBROKEN = 3 * MINUTE
"""Unbroken input after Accept that means: not performed."""
INPUT_GAP = 15 * SECOND
"""Time without input that breaks it: shorter than any hold, longer than reading the screen takes."""
GUIDE_LIMIT = HOUR
"""Time without a message after which a guide is considered dead ..."""
HELD_LIMIT = 20 * MINUTE
"""... and the same once it has reported holds: longer than a paused page stays open."""


# --- what happened -----------------------------------------------------------------------------------------------


def started(decision: Decision, event: Started) -> None:
    """Rule 14: a stretch is over after a long stop, unless its guide has reported holds: that may still be running."""
    current = decision.state.stretching
    if current and not current.held.total and event.silent_for >= decision.rules.shortest_break:
        decision.state.stretching = None


def guide_started(decision: Decision, event: GuideStarted) -> None:
    """A guided stretch ends the bout, with or without a prompt."""
    give_up(decision)
    decision.state.given_up = None
    current = decision.state.stretching
    if current is None or current.prompt != event.prompt:
        current = _begun(decision, event)
    decision.state.stretching = replace(current, guided=True)


def guide_held(decision: Decision, event: GuideHeld) -> None:
    """Rule 12: remember what the guide has reported so far, in case it never reports its end."""
    state = decision.state
    if event.prompt is not None and event.prompt == state.unperformed:
        return
    if not _is_of(state.stretching, event):
        give_up(decision)
        state.stretching = None
    current = state.stretching or _begun(decision, event)
    state.stretching = replace(current, guided=True, held=_held(event), reported_at=decision.now)


def give_up(decision: Decision) -> None:
    """Rule 12: the guide is considered dead: record what it reported and end its stretch. Without any reported hold
    the stretch goes on."""
    state = decision.state
    current = state.stretching
    if current is None or current.held.total < LEAST_HELD:
        return
    held = _not_recorded(state, current, current.held)
    state.stretching, state.given_up = None, current
    if held.total >= LEAST_HELD:
        _record(decision, current, held, at=decision.instant(current.reported_at))


def guide_gone(decision: Decision, event: GuideGone) -> None:
    """Rule 12: record at once what it had told of. Without a hold the person may stretch without it: then a pause or
    unbroken input tells, as where no guide was opened."""
    state = decision.state
    if state.stretching and _is_of(state.stretching, event):
        state.stretching = replace(state.stretching, guided=False)
        give_up(decision)


def guide_ended(decision: Decision, event: GuideEnded) -> None:
    """Rule 12: record what was held, unless the stretch was already recorded as not performed."""
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
    """Open a guide at the person's request, unless stretches are put off."""
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
    """The id of the routine to suggest: a walk while stretches are put off, else `choose` from the rotation, without
    those that need care and whose warnings were not read. `time_left`: seconds until hours close."""
    if state.put_off is not None:
        return WALK
    every = rotation(rules.rotation, rules.routines)
    ready = [routine for routine in every if not routine.careful or routine.is_read(state.read)]
    used = state.rotation_order.last
    return choose(used, ready, fallback=FALLBACK, floor=rules.floor, time_left=time_left, last=last).id


# --- what time does ----------------------------------------------------------------------------------------------


def over(decision: Decision) -> None:
    """Rule 12: a stretch ends with its guide, with a pause and a return, or by unbroken input as not performed."""
    state, now = decision.state, decision.now
    current, idle_since = state.stretching, state.input.idle_since
    if current is None:
        return
    if state.leaving or (idle_since is not None and now - idle_since >= INPUT_GAP):
        current = state.stretching = replace(current, broken=True)
    elapsed = now - current.since
    if current.held.total:
        end = current.reported_at + HELD_LIMIT
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


def _begun(decision: Decision, event: GuideStarted | GuideHeld) -> Stretching:
    if decision.state.bout:
        end_bout(decision, decision.now, "stretch")
    return Stretching(since=decision.now, routine=event.routine, prompt=event.prompt)


def _is_of(stretching: Stretching | None, of: Stretching | GuideHeld | GuideGone | GuideEnded) -> bool:
    return stretching is not None and (stretching.routine, stretching.prompt) == (of.routine, of.prompt)


def _held(event: GuideHeld | GuideEnded) -> Held:
    return Held(event.left_seconds, event.right_seconds, event.other_seconds)


def _not_recorded(state: State, of: Stretching | GuideEnded, held: Held) -> Held:
    """What is left to record when the first part was recorded because the guide was considered dead."""
    given_up = state.given_up
    return held.without(given_up.held) if given_up and _is_of(given_up, of) else held


def _record(decision: Decision, of: Stretching | GuideEnded, held: Held, at: datetime) -> None:
    """Record what was held. For the rotation, a routine that was done counts like one that was suggested."""
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
    decision.state.rotation_order.note(of.routine)
    decision.state.pacing.stop_backing_off()
