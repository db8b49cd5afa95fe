"""The rule book, and the one function that decides: `step(state, moment, event, rules) -> (state, effects)`.

Numbers are the defaults of settings. An answer is what the person pressed; an outcome is how the prompt ended.

Time. The moment beside each event is an instant (UTC) and a reading of a clock that counts suspend and ignores clock
setting. Durations use the second, schedules the first. An event older than the last counts zero.

1.  Sitting is not input. A bout runs while the person is present and sitting. No input for less than `away_after` (5
    min, and never less than `shortest_break`) is still sitting: reading, thinking. No input for longer ends the bout
    at the last input.
2.  A call or a playing video is sitting: meanwhile missing input does not end the bout, for at most `unseen_limit` (2
    h) without any input; then it ended at the last one. After the call, `away_after` runs from its end.
3.  A lock, a suspend or another user at the machine is strong evidence of leaving. For `shortest_break` (2 min) or
    longer it ends the bout at the moment it began; shorter, it does not (rule 4). An unexplained gap (the process was
    stopped, the machine slept unseen) is treated the same way; it began at the last heartbeat.
4.  A break shorter than `shortest_break` does not end a bout; its length is not counted as sitting.
5.  `stand` stops the bout counting until `sit`; it falls back to sitting after `standing_for` (60 min).
6.  A prompt is due after `nudge_after` (45 min) of sitting in this bout, or since the last outcome that closed a
    prompt, inside working hours, at least `settle_in` (10 min) after they open and `wind_down` (10 min) before they
    close, while the day's budget (8) lasts, not paused, not standing, no prompt open, nobody stretching.
7.  Quiet (do-not-disturb, fullscreen, a call, a screen share, a busy calendar, a pause) holds a due prompt back. It
    may come when the last reason has been over for `after_quiet` (1 min): never dropped, never counted as a break,
    and every reason is recorded. Quiet that begins while a prompt is open withdraws it; it is due again, but so that
    it does not flicker between calls, only after a calm as long as a prompt stays open (`expires_after`), or
    `nudge_after` after it was taken away.
8.  The lull: a due prompt is shown in a pause in typing of `lull` (8 s) that began while it waited or within `lull`
    before, or, while there is input, after `patience` (5 min). Somebody who has not been seen for longer gets it in a
    pause after the next input; only where missing input is sitting (rule 2) does it come without. Leaving meanwhile
    is a natural break: nothing is shown.
9.  One prompt at a time, and each shown prompt gets exactly one outcome: accepted, skipped, snoozed, missed (no
    answer for `expires_after`, 5 min, while present), taken (left without answering) or withdrawn (the person had
    left before it was shown, hours closed, paused, quiet began, standing, shutdown or restart, no notifier confirmed
    it). Silence is never success: without input at the end of that time, the outcome waits until it is known whether
    the person has left. A late answer is recorded and changes nothing. The day's budget counts every outcome but
    "withdrawn" and "snoozed": a snoozed prompt comes back and counts then. What no notifier can show is no prompt; it
    is tried again after `ask_again_after` and when a notification service appears. A prompt that the desktop hides by
    itself is shown again in the same place: at the first input after a pause, and once a minute of activity.
10. A snooze lasts `snooze_for` (5 min), at most `max_snoozes` (2) in a row; then it is not offered, and a request is
    refused with the reason.
11. A missed prompt is asked again once, after `ask_again_after` (15 min). Two misses in a row, of prompts that were
    on the screen while there was input, make the interval half as long again, never more. Backing off ends with the
    local day, with a prompt that is accepted or taken, with any stretch, and with `resume`.
12. Accept starts the guide and ends the bout. What was held is recorded as done, never as planned; an accepted prompt
    followed by 3 min of unbroken input is recorded as not performed, and the bout goes on from the answer. Without a
    source that tells of missing input nobody can know: then only the guide says what was done. What a guide told of is
    recorded as soon as its process is gone, or after 20 min of silence. Pain that puts stretches off (see advice.py)
    turns what prompts suggest into a walk, until the person clears it. A routine that needs care is suggested only
    after its warnings were read, as they are now.
13. A pause lasts until its time or until resumed. When hours close the open prompt is withdrawn; the bout goes on
    counting silently.
14. Restart: a bout goes on if the last heartbeat was less than `shortest_break` ago, else it ended at that heartbeat.
    An open prompt is withdrawn; answers, pause, snooze count, misses and the day's budget are kept.
15. New settings take effect at once; open prompt, bout and counters stay. A prompt for a routine that was removed is
    withdrawn.
16. At any moment the core can say why there is no prompt now and when the next could come: see `explain`.

Where the rules live: sitting.py has 1 to 5 and 14, prompting.py 6 to 9, outcomes.py 9 to 11, stretching.py 12,
pausing.py 13, feeling.py the end of 12. The conditions of 6 to 8 are in conditions.py, and explain.py puts them into
words. Each rule is a function of a Decision that looks at the state, changes it, and says when it wants to be called
again; `step` calls all of them in a fixed order, so it does not matter which event made a rule true. Idea: h11's
`_state.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from psoas_nudge.core import events as e
from psoas_nudge.core import feeling, outcomes, pausing, prompting, sitting, stretching
from psoas_nudge.core.decision import Decision
from psoas_nudge.core.effects import AnyEffect, Wake, Watch
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Open, Pending, State, Timeline, Waiting
from psoas_nudge.core.words import MILLISECOND, MINUTE, SECOND

HEARTBEAT = MINUTE
"""While a bout runs the core asks to be woken at least this often: the heartbeat of rules 3 and 14."""
DRIFT = SECOND
"""By how much instants and clock readings may part between two events; more means that the clock was set."""

Rule = Callable[[Decision], None]

OVERDUE: tuple[Rule, ...] = (
    sitting.standing_over,
    sitting.left,
    sitting.away,
    outcomes.left,
    pausing.hours,
    pausing.pause_over,
)
"""What time has brought about is settled before the event is looked at: the wake-up for it may come second."""
RULES: tuple[Rule, ...] = (
    *OVERDUE,
    stretching.over,
    sitting.begin,
    prompting.quiet,
    outcomes.expire,
    prompting.renew,
    prompting.due,
)


def step(state: State, moment: e.Moment, event: e.AnyEvent, rules: Rules) -> tuple[State, tuple[AnyEffect, ...]]:
    """Decide. The new state and the effects in the order in which they are to be carried out, records first."""
    if type(event) is e.Woke and (quick := _nothing_due(state, moment)):
        return quick
    decision = Decision(state, moment, event, rules)
    if not isinstance(event, e.Started):
        sitting.gap(decision, state)
        for rule in OVERDUE:
            rule(decision)
    _handle(decision, event)
    decision.deadlines.clear()
    if not isinstance(event, e.Stopping):
        for rule in RULES:
            rule(decision)
    _watch(decision)
    _wake(decision, beats=not isinstance(event, e.Stopping))
    return decision.state, tuple(decision.effects)


def _handle(decision: Decision, event: e.AnyEvent) -> None:  # noqa: C901, PLR0912, PLR0915 - one line for each event there is
    match event:
        case e.Woke() | e.ClockSet():
            pass
        case e.Idle():
            sitting.idle(decision, event)
        case e.Active():
            sitting.active(decision)
        case e.SignalChanged():
            sitting.signal_changed(decision, event)
        case e.Shown():
            prompting.shown(decision, event)
        case e.NotShown():
            prompting.not_shown(decision, event)
        case e.Accept() | e.Snooze() | e.Skip():
            outcomes.answered(decision, event)
        case e.Pause():
            pausing.pause(decision, event)
        case e.Resume():
            pausing.resume(decision)
        case e.Stand():
            sitting.stand(decision)
        case e.Sit():
            sitting.sit(decision)
        case e.Stretch():
            stretching.stretch(decision, event)
        case e.GuideStarted():
            outcomes.guide_started(decision, event)
            stretching.guide_started(decision, event)
        case e.GuideHeld():
            outcomes.guide_started(decision, event)
            stretching.guide_held(decision, event)
        case e.GuideEnded():
            stretching.guide_ended(decision, event)
        case e.GuideGone():
            stretching.guide_gone(decision, event)
        case e.Feel():
            feeling.feel(decision, event)
        case e.Clear():
            feeling.clear(decision)
        case e.Undo():
            feeling.undo(decision)
        case e.WarningsRead():
            feeling.warnings_read(decision, event)
        case e.Advised():
            feeling.advised(decision, event)
        case e.Started():
            prompting.started(decision)
            sitting.started(decision, event)
            stretching.started(decision, event)
        case e.Stopping():
            prompting.stopping(decision)
        case e.NotifierAppeared():
            prompting.notifier_appeared(decision)
        case e.Reloaded():
            pausing.look_up_hours(decision)
            prompting.drop_removed(decision)
        case _:
            assert_never(event)


def _nothing_due(state: State, moment: e.Moment) -> tuple[State, tuple[AnyEffect, ...]] | None:
    """The minute's heartbeat costs next to nothing: no rule has asked to be looked at yet."""
    time = state.time
    elapsed = moment.tick - time.tick
    now = time.now + elapsed
    if elapsed < 0 or time.wake is None or state.bout is None or now > time.wake + sitting.GRACE:
        return None
    if not -DRIFT <= (moment.at - time.at) // MILLISECOND - elapsed <= DRIFT:
        return None
    wake = now + HEARTBEAT
    if time.decide is not None:
        if now >= time.decide:
            return None
        wake = min(wake, time.decide)
    return state.moved(Timeline(moment.at, moment.tick, now, wake, time.decide)), (Wake(after=wake - now),)


def _watch(decision: Decision) -> None:
    """The threshold that the idle source should have; asked for only while input flows, see presence.port."""
    state, rules = decision.state, decision.rules
    if isinstance(state.stage, Waiting | Pending | Open):
        threshold = rules.lull
    elif state.stretching and not state.stretching.broken:
        threshold = stretching.INPUT_GAP
    else:
        threshold = sitting.away_after(rules)
    threshold = max(threshold, SECOND)
    if threshold != state.input.threshold and state.input.state != "idle":
        state.input.threshold = threshold
        decision.do(Watch(threshold=threshold))


def _wake(decision: Decision, *, beats: bool) -> None:
    """Ask for one wake-up: at the first deadline of a rule, or for the heartbeat."""
    time = decision.state.time
    time.decide = min(decision.deadlines, default=None)
    heartbeat = decision.now + HEARTBEAT if beats and decision.state.bout else None
    time.wake = min((point for point in (time.decide, heartbeat) if point is not None), default=None)
    decision.do(Wake(after=None if time.wake is None else time.wake - decision.now))
