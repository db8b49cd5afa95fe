"""Rules 1 to 5, 12 and 14: whether the person sits, since when, and what ended it."""

from __future__ import annotations

from msgspec.structs import replace

from psoas_nudge.core.model import (
    LEAVING,
    Active,
    Bout,
    BoutEntry,
    EndedBy,
    GuideEnded,
    GuideStarted,
    Idle,
    PostureEntry,
    Rules,
    Sat,
    Sensed,
    Signal,
    Started,
    State,
    Stood,
    StretchEntry,
    Stretching,
)
from psoas_nudge.core.turn import Turn

GRACE = 60.0
"""A wake-up this many seconds late means that the process or the machine was stopped."""
UNBROKEN = 180.0
"""Seconds of unbroken input after Accept that mean: not performed."""
INPUT_GAP = 15.0
"""Seconds without input that break it. Shorter than any hold, longer than a look at the screen."""
SHORTEST_BOUT = 1.0
"""Seconds. Less is a key press between two other things, and nothing to keep."""
GUIDE_LIMIT = 3600.0
"""A guide that has said nothing for so many seconds has died without a word."""


# --- what holds --------------------------------------------------------------------------------------------------


def sat(state: State, since: float) -> float:
    """Seconds of sitting in this bout since a point of the timeline; standing and a lock under way do not count."""
    if state.bout is None:
        return 0.0
    until = min(p for p in (state.now, state.left_at, state.standing_since) if p is not None)
    return state.bout.sat(since, until)


def away_after(rules: Rules) -> float:
    """Rules 1 and 4: seconds without input that end a bout; never fewer than a short break has."""
    return max(rules.away_after, rules.shortest_break)


def excused(state: State, rules: Rules) -> bool:
    """Rule 2: missing input is no sign of leaving, because there is a call or something plays."""
    return (rules.call_counts_as_sitting and Signal.CALL in state.signals) or (
        rules.playing_counts_as_sitting and Signal.PLAYING in state.signals
    )


# --- what happened -----------------------------------------------------------------------------------------------


def started(turn: Turn, event: Started) -> None:
    """Rule 14: a bout goes on if the last sign of life was less than a short break ago."""
    sign = turn.now - max(0.0, event.silent_for)
    if turn.state.bout:
        away_since = min(sign, turn.state.left_at) if turn.state.left_at is not None else sign
        if turn.now - away_since >= turn.rules.shortest_break:
            end_bout(turn, away_since, turn.state.left_by or "restart")
        else:
            add_break(turn, away_since, turn.now)
    if turn.state.stretching and event.silent_for >= turn.rules.shortest_break:
        turn.change(stretching=None)
    if excused(turn.state, turn.rules):
        turn.change(excused_until=turn.now)
    restored = turn.state.prompts or turn.state.span
    turn.change(
        seen=False,
        signals=frozenset(),
        quiet=(),
        clear_since=turn.now if restored else None,
        idle_since=None,
        idle_told=False,
        left_at=None,
        left_by=None,
        watch=0.0,
        wake=None,
    )


def idle(turn: Turn, event: Idle) -> None:
    """No input for a while: the last one was then."""
    turn.change(idle_since=max(0.0, turn.now - max(0.0, event.idle_for)), idle_told=True, seen=True)


def active(turn: Turn, _: Active) -> None:
    """Input: whatever was doubtful was sitting."""
    turn.change(idle_since=None, seen=True)


def sensed(turn: Turn, event: Sensed) -> None:
    """A signal changed; the first sign of leaving dates the leaving, the end of an excuse dates the last presence."""
    state = turn.state
    if (event.signal in state.signals) == event.on:
        return
    if not event.on and excused(state, turn.rules):
        turn.change(excused_until=turn.now)
    signals = state.signals | {event.signal} if event.on else state.signals - {event.signal}
    turn.change(signals=signals)
    left = bool(signals & LEAVING)
    if left and state.left_at is None:
        turn.change(left_at=turn.now, left_by=event.signal.value)
    elif not left and state.left_at is not None:
        add_break(turn, state.left_at, turn.now)
        turn.change(left_at=None, left_by=None)


def stood(turn: Turn, _: Stood) -> None:
    """Rule 5: the bout stops counting."""
    if turn.state.standing_since is None:
        turn.change(standing_since=turn.now)
        turn.record(PostureEntry(at=turn.at, posture="standing", by="person"))


def sat_down(turn: Turn, _: Sat) -> None:
    """Rule 5: the bout counts again."""
    if turn.state.standing_since is not None:
        _sit(turn, turn.now)
        turn.record(PostureEntry(at=turn.at, posture="sitting", by="person"))


def guide_started(turn: Turn, event: GuideStarted) -> None:
    """A guided stretch interrupts the bout, whether a prompt led to it or not."""
    current = turn.state.stretching
    if current is None or current.prompt != event.prompt:
        if turn.state.bout:
            end_bout(turn, turn.now, "stretch")
        current = Stretching(since=turn.now, routine=event.routine, prompt=event.prompt)
    turn.change(stretching=replace(current, guided=True))


def guide_ended(turn: Turn, event: GuideEnded) -> None:
    """Rule 12: what was held is recorded, unless unbroken input has already shown that nobody stretched."""
    if event.prompt is not None and event.prompt == turn.state.unperformed:
        if turn.state.stretching and turn.state.stretching.prompt == event.prompt:
            turn.change(stretching=None)
        return
    held = event.left_seconds + event.right_seconds + event.other_seconds
    turn.record(
        StretchEntry(
            at=turn.at,
            routine=event.routine,
            performed=held > 0,
            left_seconds=event.left_seconds,
            right_seconds=event.right_seconds,
            other_seconds=event.other_seconds,
            prompt=event.prompt,
        )
    )
    turn.change(stretching=None)
    if held > 0:  # the rotation counts what was done as it counts what was suggested
        turn.change(turns={**turn.state.turns, event.routine: turn.state.prompts})


# --- what time does ----------------------------------------------------------------------------------------------


def gap(turn: Turn, previous: State) -> None:
    """Rule 3: a wake-up that came far too late means a stop that nobody announced; it began at the last sign."""
    if previous.wake is None or turn.now <= previous.wake + GRACE or turn.state.left_at is not None:
        return
    away(turn)
    if turn.state.stretching:
        turn.change(stretching=replace(turn.state.stretching, broken=True))
    if turn.state.bout is None:
        return
    if turn.now - previous.now >= turn.rules.shortest_break:
        end_bout(turn, previous.now, "gap")
    else:
        add_break(turn, previous.now, turn.now)


def standing_over(turn: Turn) -> None:
    """Rule 5: standing falls back to sitting."""
    since = turn.state.standing_since
    if since is None:
        return
    over = since + turn.rules.standing_for
    if turn.now < over:
        turn.by(over)
        return
    _sit(turn, over)
    turn.record(PostureEntry(at=turn.at, posture="sitting", by="time"))


def left(turn: Turn) -> None:
    """Rule 3: lock, suspend or another user for longer than a short break ends the bout at its beginning."""
    state = turn.state
    if state.bout is None or state.left_at is None:
        return
    if turn.now - state.left_at >= turn.rules.shortest_break:
        end_bout(turn, state.left_at, state.left_by or "locked")
    else:
        turn.by(state.left_at + turn.rules.shortest_break)


def away(turn: Turn) -> None:
    """Rules 1 and 2: too long without input ends the bout at the last input (or the end of the call)."""
    state, rules = turn.state, turn.rules
    if state.bout is None or state.idle_since is None:
        return
    if excused(state, rules):
        last, limit = state.idle_since, max(rules.unseen_limit, away_after(rules))
    else:
        last, limit = max(state.idle_since, state.excused_until), away_after(rules)
    if turn.now - last >= limit:
        end_bout(turn, max(last, state.bout.started), "idle")
    else:
        turn.by(last + limit)


def stretch_over(turn: Turn) -> None:
    """Rule 12: after Accept, wait for the guide to end, for a pause and a return, or for proof that nobody rose."""
    state = turn.state
    current = state.stretching
    if current is None:
        return
    unseen = 0.0 if state.idle_since is None else turn.now - state.idle_since
    broken = current.broken or state.left_at is not None or unseen >= INPUT_GAP
    if broken != current.broken:
        current = replace(current, broken=broken)
        turn.change(stretching=current)
    elapsed = turn.now - current.since
    wait = GUIDE_LIMIT if current.guided or broken else UNBROKEN
    if elapsed >= UNBROKEN and not broken and state.idle_told and current.prompt is not None:
        turn.record(StretchEntry(at=turn.at, routine=current.routine, performed=False, prompt=current.prompt))
        turn.change(stretching=None, unperformed=current.prompt, bout=Bout(started=current.since))
    elif elapsed >= wait or (broken and not current.guided and state.idle_since is None):
        turn.change(stretching=None)
    else:
        turn.by(current.since + UNBROKEN)
        turn.by(current.since + wait)
        if state.idle_since is not None:
            turn.by(state.idle_since + INPUT_GAP)


def begin(turn: Turn) -> None:
    """Rule 1: a bout begins when input shows that the person is there."""
    state = turn.state
    if (
        state.bout is None
        and state.seen
        and state.idle_since is None
        and state.left_at is None
        and not state.stretching
    ):
        turn.change(bout=Bout(started=turn.now), asked=turn.now)


def end_bout(turn: Turn, point: float, by: EndedBy) -> None:
    """Record the bout as ended at a point of the timeline."""
    state = turn.state
    assert state.bout is not None  # noqa: S101 - callers have looked; a wrong call is a bug, not a state
    seated = min(point, state.standing_since) if state.standing_since is not None else point
    seconds = round(state.bout.sat(state.bout.started, seated), 3)
    if seconds >= SHORTEST_BOUT:
        turn.record(
            BoutEntry(
                at=turn.at,
                started=turn.instant(state.bout.started),
                ended=turn.instant(point),
                sitting_seconds=seconds,
                ended_by=by,
            )
        )
    turn.change(bout=None)


def add_break(turn: Turn, begin_at: float, end_at: float) -> None:
    """Rule 4: a break too short to end the bout, which does not count as sitting."""
    bout = turn.state.bout
    if bout:
        turn.change(bout=bout.interrupted(begin_at, end_at))


def _sit(turn: Turn, point: float) -> None:
    since = turn.state.standing_since
    if since is not None:
        add_break(turn, since, point)
    turn.change(standing_since=None)
