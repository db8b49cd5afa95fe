"""Rule 13: working hours and pauses."""

from __future__ import annotations

from datetime import timedelta

from psoas_nudge.core.conditions import pause_ends
from psoas_nudge.core.decision import Decision
from psoas_nudge.core.entries import HoursEntry, PauseEntry, ResumeEntry
from psoas_nudge.core.events import Pause
from psoas_nudge.core.outcomes import close
from psoas_nudge.core.ranges import LONGEST
from psoas_nudge.core.state import Paused, point_of
from psoas_nudge.core.words import EPOCH

# --- what happened -----------------------------------------------------------------------------------------------


def look_up_hours(decision: Decision) -> None:
    """Forget the known span: the rules, and with them the working hours, may have changed."""
    decision.state.hours.span, decision.state.hours.checked = None, EPOCH


def pause(decision: Decision, event: Pause) -> None:
    """Rule 13: no prompts until the pause ends; the longest pause is LONGEST."""
    farthest = decision.at + timedelta(milliseconds=LONGEST)
    until = None if event.length is None else decision.now + min(event.length, LONGEST)
    until_at = None
    if until is None and (event.until or event.until_tomorrow):
        until_at = min(event.until or decision.rules.hours.next_day(decision.at), farthest)
    decision.state.paused = Paused(until=until, until_at=until_at)
    decision.record(PauseEntry(at=decision.at, until=until_at if until is None else decision.instant(until)))


def resume(decision: Decision) -> None:
    """Rule 13: end the pause. Rule 11: stop backing off."""
    if decision.state.paused:
        decision.state.paused = None
        decision.record(ResumeEntry(at=decision.at, by="person"))
    decision.state.pacing.stop_backing_off()


# --- what time does ----------------------------------------------------------------------------------------------


def hours(decision: Decision) -> None:
    """Rule 13: record when working hours open and close; when they close, the open prompt is withdrawn."""
    state, at = decision.state, decision.at
    known = state.hours
    if not known.checked <= at < (known.span.closes if known.span else known.checked + timedelta(days=1)):
        known.span, known.checked = decision.rules.hours.next_span(at), at
    span = known.span
    is_open = span is not None and span.opens <= at
    if is_open != known.open:
        known.open = is_open
        if state.time.wake is not None or state.numbered:
            decision.record(HoursEntry(at=at, open=is_open))
        if not is_open:
            close(decision, "withdrawn", because="working hours ended")
    if span is not None:
        decision.by(point_of(state, span.closes if is_open else span.opens))


def pause_over(decision: Decision) -> None:
    """Rule 13: a pause ends at its time."""
    ends = pause_ends(decision.state)
    if ends is None:
        return
    if decision.now < ends:
        decision.by(ends)
        return
    decision.state.paused = None
    decision.record(ResumeEntry(at=decision.at, by="time"))
