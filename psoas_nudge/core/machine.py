"""The rule book, and the one function that decides: `step(state, moment, event, rules) -> (state, effects)`.

Numbers are the defaults of settings. Three terms: a *bout* is a stretch of sitting, short breaks included. An *answer*
is what the person presses. An *outcome* is how a prompt ended.

Time. The moment beside each event is an instant (UTC) and a reading of a clock that counts suspend and ignores clock
setting. Durations use the second, schedules the first. If the reading is lower than the last one, no time has passed.

1.  Sitting is not input. A bout runs while the person is present and sitting. A gap without input shorter than
    `away_after` (5 min, and at least `shortest_break`) still counts as sitting: reading, thinking. A longer gap ends
    the bout at the last input.
2.  A call or a playing video counts as sitting: missing input does not end the bout then, except after `unseen_limit`
    (2 h) without any input; the bout then ended at the last input. After the call, `away_after` runs from its end.
3.  A lock, a suspend or a switch to another user means that the person is leaving. If it lasts `shortest_break` (2 min)
    or longer, the bout ended when it began; otherwise rule 4 applies. An unexplained gap (the process was stopped, the
    machine slept unnoticed) is treated the same way and began at the last heartbeat.
4.  A break shorter than `shortest_break` does not end a bout. Its length is not counted as sitting.
5.  After `stand` the bout does not count until `sit`. Without `sit`, sitting counts again after `standing_for` (60
    min). `moved` ends the bout at once.
6.  A prompt is due after `nudge_after` (45 min) of sitting in this bout, or since the last outcome that closed a
    prompt, when all of these hold: inside working hours, at least `settle_in` (10 min) after they open and `wind_down`
    (10 min) before they close; fewer than `daily_limit` (8) prompts today; not paused; not standing; no prompt open;
    no stretch under way. The prompts of a day are spread, because those that are shown again (rule 11) would use them
    up early: the last comes no earlier than `daily_limit` times `nudge_after` after hours have opened.
7.  Quiet (do-not-disturb, a full-screen window, a call, a shared screen, a busy calendar, a pause) holds a due prompt
    back. The prompt is not dropped and the wait is not a break. It can appear `after_quiet` (1 min) after the last
    reason has ended, and the journal gets every reason. If quiet begins while a prompt is open, the prompt is
    withdrawn and is due again. To keep it from flickering between two calls, it then waits until it has been calm for
    as long as a prompt stays open (`expires_after`), or until `nudge_after` after it was withdrawn. If quiet withdraws
    it twice in a row, it is due only after `nudge_after` of sitting.
8.  The lull. A due prompt is shown in a pause in typing of `lull` (8 s) that began while the prompt waited or at most
    `lull` before; with continuous input it is shown after `patience` (5 min), or after 1 min if a short break has
    just ended. If there was no input for longer, it is shown in a pause after the next input, except where missing
    input counts as sitting (rule 2): there it is shown without. If the person leaves meanwhile, that was a break and
    nothing is shown.
9.  One prompt at a time. Each prompt that was shown gets exactly one outcome:
    accepted, skipped, snoozed: the person answered;
    missed: no answer within `expires_after` (5 min) while present;
    taken: the person left without answering;
    withdrawn: the person had left before it was shown, hours closed, a pause, quiet or standing began, the program
    stopped or restarted, or no notifier confirmed it.
    Silence is never success: without input at the end of `expires_after`, the outcome waits until it is known whether
    the person has left. A late answer is recorded and changes nothing. The daily limit counts every outcome but
    "withdrawn" and "snoozed"; a snoozed prompt counts when it comes back. A prompt that no notifier can show does not
    count; it is tried again after `ask_again_after` and when a notification service appears. A prompt that the desktop
    hides by itself is shown again in the same place: at the first input after a pause, and once a minute of activity.
10. A snooze lasts `snooze_for` (5 min), at most `max_snoozes` (2) times in a row. After that, prompts do not offer it,
    and a request to snooze is refused with the reason.
11. A missed prompt is shown again once, after `ask_again_after` (15 min). Two misses in a row, of prompts that were
    on the screen while there was input, make the interval half as long again, and never longer. Backing off ends with
    the local day, with a prompt that is accepted or taken, with any stretch, and with `resume`, for somebody who
    wants prompts again and cannot stretch now.
12. Accept starts the guide and ends the bout. The journal gets what was held, never what was planned. Three minutes of
    unbroken input after Accept mean that the stretch was not performed; the bout then goes on from the answer. Where
    no source reports missing input, only the guide says what was done. What a guide has reported is recorded as soon
    as its process has ended, or after 20 min in which it sends nothing. After pain that puts stretches off (see
    advice.py) prompts suggest a walk until the person clears it. A routine that needs care is suggested only after the
    person has read its current warnings.
13. A pause lasts until its time or until resumed. When hours close, an open prompt is withdrawn; the bout goes on
    counting.
14. Restart. A bout goes on if the last heartbeat was less than `shortest_break` ago; otherwise it ended at that
    heartbeat. An open prompt is withdrawn. Answers, pause, snooze count, misses and the daily count are kept.
15. New settings take effect at once. The open prompt, the bout and the counters stay, except that a prompt for a
    routine that was removed is withdrawn.
16. At any moment the core can say why there is no prompt now and when the next could come: see explain.py.

Where the rules live: sitting.py has 1 to 5 and 14, prompting.py 6 to 9 and 13, outcomes.py 9 to 11, stretching.py 12,
feeling.py the end of 12. The conditions of 6 to 8 are in conditions.py, and explain.py puts them into words. Each rule
is a function of a Decision. It reads the state, changes it, and says when it has to run again. `step` calls all rules
in a fixed order after every event, so it does not matter which event made a rule apply. Idea: h11's `_state.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from psoas_nudge.core import events as e
from psoas_nudge.core import feeling, outcomes, prompting, sitting, stretching
from psoas_nudge.core.effects import AnyEffect, Decision, Wake, Watch
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Open, Pending, State, Timeline, Waiting
from psoas_nudge.core.words import MILLISECOND, MINUTE, SECOND

HEARTBEAT = MINUTE
"""During a bout the core asks to be woken at least this often: the heartbeat of rules 3 and 14."""
DRIFT = SECOND
"""Largest difference between elapsed wall-clock and monotonic time; a larger one means that the clock was set."""

Rule = Callable[[Decision], None]

OVERDUE: tuple[Rule, ...] = (
    sitting.standing_over,
    sitting.left,
    sitting.away,
    outcomes.left,
    prompting.hours,
    prompting.pause_over,
)
"""What became due with time is applied before the event: the wake-up for it may arrive after the event."""
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
    """The new state, and the effects in the order in which to carry them out, records first."""
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
            prompting.pause(decision, event)
        case e.Resume():
            prompting.resume(decision)
        case e.Stand():
            sitting.stand(decision)
        case e.Sit():
            sitting.sit(decision)
        case e.Moved():
            sitting.moved(decision)
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
            prompting.look_up_hours(decision)
            prompting.drop_removed(decision)
        case _:
            assert_never(event)


def _nothing_due(state: State, moment: e.Moment) -> tuple[State, tuple[AnyEffect, ...]] | None:
    """The result of a heartbeat before any rule's deadline, without running the rules; None when they have to run."""
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
    return state.at_time(Timeline(moment.at, moment.tick, now, wake, time.decide)), (Wake(after=wake - now),)


def _watch(decision: Decision) -> None:
    """Set the idle source's threshold. It changes only while there is input, see presence.port."""
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
    """Ask for one wake-up: at the earliest deadline of a rule, or for the heartbeat."""
    time = decision.state.time
    time.decide = min(decision.deadlines, default=None)
    heartbeat = decision.now + HEARTBEAT if beats and decision.state.bout else None
    time.wake = min((point for point in (time.decide, heartbeat) if point is not None), default=None)
    decision.do(Wake(after=None if time.wake is None else time.wake - decision.now))
