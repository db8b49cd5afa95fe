"""The rule book, and the one function that decides: `step(state, event, rules) -> (state, effects)`.

Numbers are the defaults of settings. An answer is what the person pressed; an outcome is how the prompt ended.

Time. Every event carries an instant (UTC) and a reading of a clock that counts suspend and ignores clock setting.
Durations use the second, schedules the first. An event older than the last counts zero.

1.  Sitting is not input. A bout runs while the person is present and sitting. No input for less than `away_after`
    (5 min, and never less than `shortest_break`) is still sitting: reading, thinking. No input for longer ends the
    bout at the last input.
2.  A call or a playing video is sitting: meanwhile missing input does not end the bout, for at most `unseen_limit`
    (2 h) without any input; then it ended at the last one. After the call, `away_after` runs from its end.
3.  A lock, a suspend or another user at the machine is strong evidence of leaving. For `shortest_break` (2 min) or
    longer it ends the bout at the moment it began; shorter, it does not (rule 4). An unexplained gap (the process was
    stopped, the machine slept unseen) is treated the same way; it began at the last sign of life.
4.  A break shorter than `shortest_break` does not end a bout; its length is not counted as sitting.
5.  `stand` stops the bout counting until `sit`; it falls back to sitting after `standing_for` (60 min).
6.  A prompt is due after `nudge_after` (30 min) of sitting in this bout, or since the last outcome that closed a
    prompt, inside working hours, at least `settle_in` (10 min) after they open and `wind_down` (10 min) before they
    close, while the day's budget (8) lasts, not paused, not standing, no prompt open, nobody stretching.
7.  Quiet (do-not-disturb, fullscreen, a call, a screen share, a busy calendar, a pause) holds a due prompt back. It is
    shown when the last reason has been over for `after_quiet` (1 min): never dropped, never counted as a break, and
    every reason is recorded. Quiet that begins while a prompt is open withdraws it; it is due again afterwards.
8.  The lull: when due, wait until there is no input for `lull` (8 s), at most for `patience` (5 min), then show.
    Leaving meanwhile is a natural break: nothing is shown.
9.  One prompt at a time, and each shown prompt gets exactly one outcome: accepted, skipped, snoozed, missed (no answer
    for `expires_after`, 5 min, while present), taken (left for `shortest_break` or longer without answering) or
    withdrawn (hours closed, paused, quiet began, standing, shutdown or restart, no notifier confirmed it). Silence is
    never success: when there was no input either, the outcome waits until it is known whether the person had left. A
    late answer is recorded and changes nothing.
10. A snooze lasts `snooze_for` (5 min), at most `max_snoozes` (2) in a row; then it is not offered, and a request is
    refused with the reason. So it is on the last prompt of the day's budget, which could not come back.
11. A missed prompt is asked again once, after `ask_again_after` (10 min). Two misses in a row double the interval, at
    most to four times, until a prompt is accepted or taken.
12. Accept starts the guide and ends the bout. What was held is recorded as done, never as planned; an accepted prompt
    followed by 3 min of unbroken input is recorded as not performed, and the bout goes on from the answer. Without
    a source that tells of missing input nobody can know: then only the guide says what was done. Pain that puts
    stretches off (see advice.py) turns what prompts suggest into a walk, until the person clears it.
13. A pause lasts until its time or until resumed. When hours close the open prompt is withdrawn; the bout goes on
    counting silently.
14. Restart: a bout goes on if the last sign of life was less than `shortest_break` ago, else it ended at that sign.
    An open prompt is withdrawn; answers, pause, snooze count, misses and the day's budget are kept.
15. New settings take effect at once; open prompt, bout and counters stay.
16. At any moment the core can say why there is no prompt now and when the next could come: see `explain`.

Where the rules live: sitting.py has 1 to 5, 12 and 14, asking.py 6 to 11 and 13, with the conditions among them in
conditions.py, which explain.py puts into words. Each rule is a function of a Turn that looks at the state, changes it,
and says when it wants to be asked again; `step` calls all of them in a fixed order, so it does not matter which event
made a rule true. Idea: h11's `_state.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from psoas_nudge.core import asking, feeling, sitting
from psoas_nudge.core.model import (
    EPOCH,
    Active,
    Advised,
    Answered,
    AnyEffect,
    AnyEvent,
    Cleared,
    ClockSet,
    Event,
    Felt,
    GuideEnded,
    GuideStarted,
    Idle,
    NotShown,
    Paused,
    Reloaded,
    Resumed,
    Rules,
    Sat,
    Sensed,
    Shown,
    Started,
    State,
    Stood,
    Stopping,
    Wake,
    Watch,
    Woke,
)
from psoas_nudge.core.turn import Turn

SIGN = 60.0
"""While a bout runs the core asks to be woken at least this often (seconds): the sign of life of rules 3 and 14."""
SOON = 0.001
"""No wake-up is asked for sooner (seconds): what rounding leaves of a wait could be too short to move a clock on."""
DRIFT = 1.0
"""Seconds by which instants and ticks may part between two events; more means that the clock was set."""

Rule = Callable[[Turn], None]

OVERDUE: tuple[Rule, ...] = (
    sitting.standing_over,
    sitting.left,
    sitting.away,
    asking.left,
    asking.hours,
    asking.pause_over,
)
"""What time has brought about is settled before the event is looked at: the wake-up for it may come second."""
RULES: tuple[Rule, ...] = (*OVERDUE, sitting.stretch_over, sitting.begin, asking.quiet, asking.expire, asking.due)


def step(state: State, event: AnyEvent, rules: Rules) -> tuple[State, tuple[AnyEffect, ...]]:
    """Decide. The new state and the effects in the order in which they are to be carried out, records first."""
    if type(event) is Woke and (quick := _nothing_due(state, event)):
        return quick
    turn = Turn(state, event, rules)
    if not isinstance(event, Started):
        sitting.gap(turn, state)
        for rule in OVERDUE:
            rule(turn)
    for handle in HANDLERS[type(event)]:
        handle(turn, event)
    if not isinstance(event, Stopping):
        turn.deadlines.clear()
        for rule in RULES:
            rule(turn)
    _watch(turn)
    _wake(turn)
    return turn.state, tuple(turn.effects)


def _forget_hours(turn: Turn, _: Event) -> None:
    turn.change(span=None, looked=EPOCH)


HANDLERS: dict[type[Event], tuple[Callable[[Turn, Any], None], ...]] = {
    Started: (asking.started, sitting.started, _forget_hours),
    Stopping: (asking.stopping,),
    Woke: (),
    ClockSet: (),
    Reloaded: (_forget_hours,),
    Idle: (sitting.idle,),
    Active: (sitting.active,),
    Sensed: (sitting.sensed,),
    Shown: (asking.shown,),
    NotShown: (asking.not_shown,),
    Answered: (asking.answered,),
    Paused: (asking.paused,),
    Resumed: (asking.resumed,),
    Stood: (sitting.stood,),
    Sat: (sitting.sat_down,),
    GuideStarted: (asking.guide_started, sitting.guide_started),
    GuideEnded: (sitting.guide_ended,),
    Felt: (feeling.felt,),
    Cleared: (feeling.cleared,),
    Advised: (feeling.advised,),
}


def _nothing_due(state: State, event: Woke) -> tuple[State, tuple[AnyEffect, ...]] | None:
    """The minute's sign of life costs next to nothing: no rule has asked to be looked at yet."""
    now = state.now + max(0.0, event.tick - state.tick)
    if state.wake is None or state.bout is None or now > state.wake + sitting.GRACE or _clock_set(state, event):
        return None
    if state.decide is not None and now >= state.decide:
        return None
    wake = now + SIGN if state.decide is None else max(now + SOON, min(now + SIGN, state.decide))
    tick = max(state.tick, event.tick)
    return replace(state, at=event.at, tick=tick, now=now, wake=wake), (Wake(after=wake - now),)


def _clock_set(state: State, event: Event) -> bool:
    return abs((event.at - state.at).total_seconds() - (event.tick - state.tick)) > DRIFT


def _watch(turn: Turn) -> None:
    """The threshold that the idle source should have; asked for only while input flows, see presence.port."""
    state, rules = turn.state, turn.rules
    if state.due_since is not None:
        threshold = rules.lull
    elif state.stretching and not state.stretching.broken:
        threshold = sitting.INPUT_GAP
    elif state.prompt:
        threshold = rules.shortest_break
    else:
        threshold = sitting.away_after(rules)
    threshold = max(threshold, 1.0)
    if threshold != state.watch and state.idle_since is None:
        turn.change(watch=threshold)
        turn.do(Watch(threshold=threshold))


def _wake(turn: Turn) -> None:
    decide = min(turn.deadlines, default=None)
    sign = turn.now + SIGN if turn.state.bout else None
    wake = min((point for point in (decide, sign) if point is not None), default=None)
    if isinstance(turn.event, Stopping):
        wake = decide = None
    if wake is not None:
        wake = max(wake, turn.now + SOON)
    turn.change(wake=wake, decide=decide)
    turn.do(Wake(after=None if wake is None else wake - turn.now))
