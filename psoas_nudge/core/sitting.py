"""Rules 1 to 5 and 14: whether the person sits, since when, and what ended it."""

from __future__ import annotations

from msgspec.structs import replace

from psoas_nudge.core.effects import Decision
from psoas_nudge.core.entries import BoutEntry, PostureEntry
from psoas_nudge.core.events import Idle, SignalChanged, Started
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Bout, Leaving, State
from psoas_nudge.core.words import LEAVING, MINUTE, SECOND, EndedBy, Signal

GRACE = MINUTE
"""A wake-up later than this means that the process or the machine was stopped."""
SHORTEST_BOUT = SECOND
"""A shorter bout is a single key press and is not recorded."""

# --- what holds --------------------------------------------------------------------------------------------------


def sat(state: State, since: int) -> int:
    """Milliseconds of sitting in this bout since a point, without standing or a lock under way."""
    if state.bout is None:
        return 0
    left_at = state.leaving.since if state.leaving else None
    until = min(p for p in (state.now, left_at, state.standing_since) if p is not None)
    return state.bout.sat(since, until)


def away_after(rules: Rules) -> int:
    """Rules 1 and 4: milliseconds without input that end a bout, at least as many as the shortest break has."""
    return max(rules.away_after, rules.shortest_break)


def excused(state: State, rules: Rules) -> bool:
    """Rule 2: whether missing input counts as sitting, because of a call or a playing video."""
    return (rules.call_counts_as_sitting and Signal.CALL in state.signals) or (
        rules.playing_counts_as_sitting and Signal.PLAYING in state.signals
    )


# --- what happened -----------------------------------------------------------------------------------------------


def started(decision: Decision, event: Started) -> None:
    """Rule 14: a bout goes on if the last heartbeat was less than a short break ago."""
    state, rules, now = decision.state, decision.rules, decision.now
    heartbeat = now - max(0, event.silent_for)
    if state.bout:
        away_since = min(heartbeat, state.leaving.since) if state.leaving else heartbeat
        if now - away_since >= rules.shortest_break:
            end_bout(decision, away_since, state.leaving.by if state.leaving else "restart")
        else:
            add_break(state, away_since, now)
    if excused(state, rules):
        state.excused_until = now
    state.signals = frozenset()
    state.leaving = None
    state.input.state, state.input.since, state.input.measured, state.input.threshold = "unknown", now, False, 0


def idle(decision: Decision, event: Idle) -> None:
    """Rule 1: the last input was `idle_for` ago."""
    known = decision.state.input
    known.state, known.since, known.measured = "idle", max(0, decision.now - event.idle_for), True


def active(decision: Decision) -> None:
    """Rule 1: a gap in the input that is over by now was sitting."""
    known = decision.state.input
    if known.state != "active":
        known.state, known.since = "active", decision.now


def signal_changed(decision: Decision, event: SignalChanged) -> None:
    """Rules 2 and 3: leaving begins with the first signal of it; after a call, time without input runs from its end."""
    state = decision.state
    if not event.on and excused(state, decision.rules):
        state.excused_until = decision.now
    state.signals = state.signals | {event.signal} if event.on else state.signals - {event.signal}
    left = bool(state.signals & LEAVING.keys())
    if left and state.leaving is None:
        state.leaving = Leaving(since=decision.now, by=LEAVING.get(event.signal, "locked"))
    elif not left and state.leaving is not None:
        add_break(state, state.leaving.since, decision.now)
        state.leaving = None


def stand(decision: Decision) -> None:
    """Rule 5: the bout stops counting."""
    if decision.state.standing_since is None:
        decision.state.standing_since = decision.now
        decision.record(PostureEntry(at=decision.at, posture="standing", by="person"))


def sit(decision: Decision) -> None:
    """Rule 5: the bout counts again."""
    since = decision.state.standing_since
    if since is not None:
        _sit(decision.state, since, decision.now)
        decision.record(PostureEntry(at=decision.at, posture="sitting", by="person"))


def moved(decision: Decision) -> None:
    """Rule 5: the person has moved, and the sensors may have missed it."""
    if decision.state.bout:
        end_bout(decision, decision.now, "moved")


# --- what time does ----------------------------------------------------------------------------------------------


def gap(decision: Decision, previous: State) -> None:
    """Rule 3: a wake-up that is more than GRACE late means an unexplained gap, which began at the last heartbeat."""
    state, wake = decision.state, previous.time.wake
    if wake is None or decision.now <= wake + GRACE or state.leaving:
        return
    away(decision)
    if state.stretching:
        state.stretching = replace(state.stretching, broken=True)
    if state.bout is None:
        return
    if decision.now - previous.now >= decision.rules.shortest_break:
        end_bout(decision, previous.now, "gap")
    else:
        add_break(state, previous.now, decision.now)


def standing_over(decision: Decision) -> None:
    """Rule 5: after `standing_for`, sitting counts again."""
    since = decision.state.standing_since
    if since is not None and decision.reached(over := since + decision.rules.standing_for):
        _sit(decision.state, since, over)
        decision.record(PostureEntry(at=decision.at, posture="sitting", by="time"))


def left(decision: Decision) -> None:
    """Rule 3: a lock, a suspend or another user ends the bout when it has lasted `shortest_break`."""
    bout, leaving = decision.state.bout, decision.state.leaving
    if bout and leaving and decision.reached(leaving.since + decision.rules.shortest_break):
        end_bout(decision, leaving.since, leaving.by)


def away(decision: Decision) -> None:
    """Rules 1 and 2: too long without input ends the bout at the last input or at the end of the call."""
    state, rules = decision.state, decision.rules
    last = state.input.idle_since
    if state.bout is None or last is None:
        return
    limit = away_after(rules)
    if excused(state, rules):
        limit = max(rules.unseen_limit, limit)
    else:
        last = max(last, state.excused_until)
    if decision.reached(last + limit):
        end_bout(decision, max(last, state.bout.started), "idle")


def begin(decision: Decision) -> None:
    """Rule 1: a bout begins with input."""
    state = decision.state
    if state.bout is None and state.input.state == "active" and not state.leaving and not state.stretching:
        state.bout = Bout(started=decision.now)


def end_bout(decision: Decision, point: int, by: EndedBy) -> None:
    """The bout ended at `point`; record it."""
    state = decision.state
    assert state.bout is not None  # noqa: S101 - every caller has checked
    seated = point if state.standing_since is None else min(point, state.standing_since)
    milliseconds = state.bout.sat(state.bout.started, seated)
    if milliseconds >= SHORTEST_BOUT:
        decision.record(
            BoutEntry(
                at=decision.at,
                started=decision.instant(state.bout.started),
                ended=decision.instant(point),
                sitting_seconds=milliseconds / SECOND,
                ended_by=by,
            )
        )
    state.bout, state.bout_ended = None, point


def add_break(state: State, begin_at: int, end_at: int) -> None:
    """Rule 4: a break that is too short to end the bout does not count as sitting."""
    if state.bout:
        state.bout = state.bout.interrupted(begin_at, end_at)


def _sit(state: State, since: int, point: int) -> None:
    add_break(state, since, point)
    state.standing_since = None
