"""Rules 6 to 11 and 13: when a prompt is due, what holds it back, and how it ends."""

from __future__ import annotations

from datetime import timedelta

from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.catalogue import find, is_known, suggestion
from psoas_nudge.core.conditions import (
    lull_until,
    obstacles,
    pause_ends,
    quiet_reasons,
    quiet_until,
    snooze_refused,
    waits_until,
)
from psoas_nudge.core.decision import Decision
from psoas_nudge.core.effects import Refuse, Renew, Show, StartGuide, Withdraw
from psoas_nudge.core.entries import (
    HeldBackEntry,
    HoursEntry,
    LateAnswerEntry,
    NotShownEntry,
    PauseEntry,
    PromptEntry,
    ResumeEntry,
)
from psoas_nudge.core.events import (
    Accept,
    Answering,
    GuideHeld,
    GuideStarted,
    NotShown,
    Pause,
    Shown,
    Skip,
    Snooze,
    Stretch,
)
from psoas_nudge.core.ranges import LONGEST
from psoas_nudge.core.routines import LONGEST as LONGEST_ROUTINE
from psoas_nudge.core.routines import WALK
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.sitting import end_bout, excused, sat
from psoas_nudge.core.state import Again, HeldBack, Open, Paused, Pending, State, Stretching, Waiting, point_of
from psoas_nudge.core.stretching import give_up
from psoas_nudge.core.words import EPOCH, MINUTE, Answer, Outcome

BACK_OFF_AFTER = 2
"""Prompts in a row that were noticed and not answered."""
RENEW_AFTER = MINUTE
"""How often a prompt that fades is shown again while the person is active."""
UNCONFIRMED = "no notifier confirmed it"
"""Why a prompt is withdrawn that was neither shown nor refused in its time."""
RETRY = MINUTE
"""The time that a failed notifier is given at least, however short the settings are: never a loop of attempts."""


# --- what happened -----------------------------------------------------------------------------------------------


def started(decision: Decision) -> None:
    """Rule 14: what was open when the engine ended is withdrawn; the rest is as it was."""
    state = decision.state
    close(decision, "withdrawn", because="restart")
    if isinstance(state.stage, Waiting):
        state.stage = None
    state.quiet.reasons = ()
    state.quiet.clear_since = decision.now if state.numbered or state.hours.span else None
    look_up_hours(decision)


def stopping(decision: Decision) -> None:
    """Rule 9: an open prompt does not outlive the engine."""
    close(decision, "withdrawn", because="shutdown")


def look_up_hours(decision: Decision) -> None:
    """The rules, and so the hours, may be new."""
    decision.state.hours.span, decision.state.hours.checked = None, EPOCH


def shown(decision: Decision, event: Shown) -> None:
    """A notifier has confirmed the prompt; from now it counts. One that has been closed meanwhile is taken back."""
    prompt = decision.state.prompt
    if prompt is None or prompt.number != event.prompt:
        decision.do(Withdraw(prompt=event.prompt, notifier=event.notifier, ref=event.ref))
    elif isinstance(prompt, Pending):
        _confirmed(decision, prompt, event.notifier, event.ref, fades=event.fades)
    elif prompt.fades:  # shown again, perhaps by a server that was restarted
        prompt.notifier, prompt.ref = event.notifier, event.ref


def not_shown(decision: Decision, event: NotShown) -> None:
    """Nobody could show it, so it was no prompt; it is tried again later, or when a notifier appears."""
    stage = decision.state.stage
    if isinstance(stage, Pending) and stage.number == event.prompt:
        decision.record(NotShownEntry(at=decision.at, routine=stage.routine, why=event.why))
        decision.state.stage = None
        again = decision.now + max(decision.rules.ask_again_after, RETRY)
        decision.state.pacing.again = Again(again, "not-shown", since=decision.now)


def notifier_appeared(decision: Decision) -> None:
    """What could not be shown is tried again at once, but no sooner than RETRY after the last attempt: the service may
    be one that crashes whenever it has to show something."""
    again = decision.state.pacing.again
    if again and again.why == "not-shown":
        at = min(again.at, max(decision.now, again.since + RETRY))
        decision.state.pacing.again = Again(at, "not-shown", again.since)


def answered(decision: Decision, event: Answering) -> None:
    """Rules 9, 10, 12: an answer closes the open prompt; any other answer is late and changes nothing."""
    state, rules = decision.state, decision.rules
    prompt = state.prompt
    if prompt is None or event.prompt not in (None, prompt.number):
        decision.record(LateAnswerEntry(at=decision.at, answer=answer_name(event), via=event.via, prompt=event.prompt))
        decision.do(Refuse(why="No prompt is open.", no_prompt_open=True))
        return
    match event:
        case Accept():
            _accept(decision, prompt, event.via)
            decision.do(StartGuide(routine=prompt.routine, prompt=prompt.number))
        case Skip():
            close(decision, "skipped", via=event.via, because=event.because)
        case Snooze():
            if why := snooze_refused(state, rules):
                decision.do(Refuse(why=why))
                return
            close(decision, "snoozed", via=event.via)
            delay = rules.snooze_for if event.delay is None else min(event.delay, LONGEST)
            state.pacing.again = Again(decision.now + delay, "snoozed")


def answer_name(event: Answering) -> Answer:
    """The answer as the journal and the notifiers' buttons call it."""
    match event:
        case Accept():
            return "accept"
        case Snooze():
            return "snooze"
        case Skip():
            return "skip"


def stretch(decision: Decision, event: Stretch) -> None:
    """Open a guide because the person asks for one, unless pain puts stretches off."""
    routine = event.routine or next_routine(decision.state, decision.rules)
    if why := stretch_refused(decision.state, decision.rules, routine):
        decision.do(Refuse(why=why))
    else:
        decision.do(StartGuide(routine=routine, prompt=None))


def next_routine(state: State, rules: Rules, *, time_left: float = LONGEST_ROUTINE, last: bool = False) -> str:
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


def drop_removed(decision: Decision) -> None:
    """Rule 15: a prompt for a routine that was taken out of the settings goes; the next one suggests another."""
    prompt = decision.state.prompt
    if prompt and not is_known(prompt.routine, decision.rules.routines):
        close(decision, "withdrawn", because="routine removed")


def stretch_refused(state: State, rules: Rules, routine: str) -> str | None:
    """Why this routine cannot be played now; raises BadInput for one that does not exist."""
    find(routine, rules.routines)
    if state.put_off is None or routine == WALK:
        return None
    return (
        f"Stretches are put off because you reported {KINDS[state.put_off]}. "
        f"For an easy walk: psoas-nudge stretch {WALK}. When you can stretch again: psoas-nudge feel --clear"
    )


def guide_started(decision: Decision, event: GuideStarted | GuideHeld) -> None:
    """Starting a stretch while a prompt is open answers it, unless the prompt was only on its way to the screen."""
    prompt = decision.state.prompt
    if isinstance(prompt, Pending) and prompt.number != event.prompt:
        close(decision, "withdrawn", because="stretching")
    elif prompt:
        _accept(decision, prompt, "guide")


def pause(decision: Decision, event: Pause) -> None:
    """Rule 13: no prompts until then."""
    farthest = decision.at + timedelta(milliseconds=LONGEST)
    until = None if event.length is None else decision.now + min(event.length, LONGEST)
    until_at = None
    if until is None and (event.until or event.until_tomorrow):
        until_at = min(event.until or decision.rules.hours.next_day(decision.at), farthest)
    decision.state.paused = Paused(until=until, until_at=until_at)
    decision.record(PauseEntry(at=decision.at, until=until_at if until is None else decision.instant(until)))


def resume(decision: Decision) -> None:
    """Rule 13: the pause is over. Rule 11: so is backing off, if the person wants prompts again."""
    if decision.state.paused:
        decision.state.paused = None
        decision.record(ResumeEntry(at=decision.at, by="person"))
    decision.state.pacing.stop_backing_off()


# --- what time does ----------------------------------------------------------------------------------------------


def hours(decision: Decision) -> None:
    """Rule 13: working hours open and close; the end of the day withdraws the open prompt."""
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
    """Rule 13: the time of the pause is over."""
    ends = pause_ends(decision.state)
    if ends is None:
        return
    if decision.now < ends:
        decision.by(ends)
        return
    decision.state.paused = None
    decision.record(ResumeEntry(at=decision.at, by="time"))


def left(decision: Decision) -> None:
    """Rules 8 and 9: with the bout ends what was due in it; an open prompt was answered by leaving, unless it came up
    after the person had left."""
    state = decision.state
    if state.bout is not None:
        return
    if isinstance(state.stage, Open) and state.bout_ended > state.stage.since:
        close(decision, "taken")
    else:
        close(decision, "withdrawn", because="left before it was shown")
    state.pacing.again, state.pacing.snoozes, state.pacing.interrupted_at = None, 0, None


def quiet(decision: Decision) -> None:
    """Rules 7 and 9: quiet that begins withdraws the open prompt; when the last reason ends, the wait begins."""
    state = decision.state
    reasons = quiet_reasons(state, decision.rules)
    if reasons != state.quiet.reasons:
        state.quiet.reasons = reasons
        if not reasons:
            state.quiet.clear_since = decision.now
    if reasons and isinstance(state.stage, Pending | Open):
        if reasons != ("paused",):
            state.pacing.interrupted_at = decision.now
        close(decision, "withdrawn", because=", ".join(reasons))
    elif state.standing_since is not None:
        close(decision, "withdrawn", because="standing")


def expire(decision: Decision) -> None:
    """Rules 9 and 11: no answer in time is a miss, unless the person may have left; then wait until that is known."""
    state, prompt = decision.state, decision.state.prompt
    if prompt is None:
        return
    if isinstance(prompt, Open) and state.input.state == "active":
        prompt.noticed = True
    over = _expires(prompt, decision.rules)
    if decision.now < over:
        decision.by(over)
    elif isinstance(prompt, Pending):
        close(decision, "withdrawn", because=UNCONFIRMED)
    elif not state.leaving and (state.input.state != "idle" or excused(state, decision.rules)):
        close(decision, "missed")


def renew(decision: Decision) -> None:
    """Rule 9: a prompt that fades is shown again at the first input after a pause, and once a minute of activity."""
    state, prompt = decision.state, decision.state.stage
    if not isinstance(prompt, Open) or not prompt.fades or state.input.state != "active":
        return
    again = prompt.renewed + RENEW_AFTER
    if decision.now >= again or prompt.renewed < state.input.since:
        prompt.renewed = decision.now
        decision.do(
            Renew(
                prompt=prompt.number,
                routine=prompt.routine,
                sat=sat(state, 0),
                snooze=snooze_refused(state, decision.rules) is None,
            )
        )
        again = decision.now + RENEW_AFTER
    decision.by(again)


def due(decision: Decision) -> None:
    """Rules 6 to 8: hold back while quiet, wait for the lull, show."""
    state, rules, now = decision.state, decision.rules, decision.now
    if _obstructed(decision):
        return
    if state.quiet.reasons:
        held = state.stage if isinstance(state.stage, HeldBack) else HeldBack(since=now, reasons=())
        new = tuple(reason for reason in state.quiet.reasons if reason not in held.reasons)
        state.stage = HeldBack(since=held.since, reasons=held.reasons + new)
        return
    if (until := quiet_until(state, rules)) is not None:
        if isinstance(state.stage, Waiting):
            state.stage = None
        decision.by(until)
        return
    _end_hold_back(decision)
    if not isinstance(state.stage, Waiting):
        state.stage = Waiting(since=now)
    for point in (lull_until(state, rules), waits_until(state, rules)):
        if point is not None and point <= now:
            _show(decision)
            return
        if point is not None:
            decision.by(point)


def _obstructed(decision: Decision) -> bool:
    """Rule 6: whether any condition is not met; asks to look again when one ends."""
    state = decision.state
    unmet = list(obstacles(state, decision.rules, state.hours.span))
    for obstacle in unmet:
        if obstacle.until is not None:
            decision.by(obstacle.until)
    if unmet and isinstance(state.stage, Waiting):
        state.stage = None
    if unmet and not (len(unmet) == 1 and unmet[0].kind == "away" and state.bout):  # a short lock may still end
        _end_hold_back(decision)
    return bool(unmet)


def close(decision: Decision, outcome: Outcome, *, via: str | None = None, because: str | None = None) -> None:
    """Rule 9: the open prompt, if there is one, ends with this outcome and no other. Rule 11: count the misses."""
    state, pacing = decision.state, decision.state.pacing
    prompt = state.prompt
    if prompt is None:
        return
    if isinstance(prompt, Pending) and outcome != "withdrawn":
        prompt = _confirmed(decision, prompt, None, "")
    shown_by = prompt if isinstance(prompt, Open) else None
    decision.record(
        PromptEntry(
            at=decision.at,
            number=prompt.number,
            shown_at=decision.instant(shown_by.since) if shown_by else None,
            closed_at=decision.at,
            outcome=outcome,
            routine=prompt.routine,
            notifier=shown_by.notifier if shown_by else None,
            via=via,
            because=because,
        )
    )
    decision.do(
        Withdraw(
            prompt=prompt.number,
            notifier=shown_by.notifier if shown_by else None,
            ref=shown_by.ref if shown_by else "",
        )
    )
    state.stage = None
    if outcome == "withdrawn":
        return
    pacing.interrupted_at = None
    if outcome == "snoozed":
        pacing.snoozes += 1
        pacing.misses = pacing.ignored = 0
        return
    _count(decision)
    pacing.snoozes, pacing.again, pacing.counts_from = 0, None, decision.now
    if outcome == "missed":
        pacing.misses += 1
        pacing.ignored += isinstance(prompt, Open) and prompt.noticed
        if pacing.misses % 2:
            pacing.again = Again(decision.now + decision.rules.ask_again_after, "missed")
        elif pacing.ignored >= BACK_OFF_AFTER:
            pacing.backed_off_on = decision.rules.hours.local_date(decision.at)
    elif outcome == "skipped":
        pacing.misses = pacing.ignored = 0
    else:
        pacing.stop_backing_off()


def _count(decision: Decision) -> None:
    today, day = decision.state.today, decision.rules.hours.local_date(decision.at)
    today.prompts = today.prompts + 1 if today.day == day else 1
    today.day = day


def _confirmed(decision: Decision, prompt: Pending, notifier: str | None, ref: str, *, fades: bool = False) -> Open:
    """The prompt has been on the screen: its notifier says so, or an answer proves it."""
    state, now = decision.state, decision.now
    state.turns.take(prompt.routine)
    opened = Open(prompt.number, prompt.routine, now, notifier, ref, fades, renewed=now)
    state.stage = opened
    return opened


def _expires(prompt: Pending | Open, rules: Rules) -> int:
    return prompt.since + (max(rules.expires_after, RETRY) if isinstance(prompt, Pending) else rules.expires_after)


def _accept(decision: Decision, prompt: Pending | Open, via: str) -> None:
    close(decision, "accepted", via=via)
    if decision.state.bout:
        end_bout(decision, decision.now, "accepted")
    give_up(decision)
    decision.state.stretching = Stretching(since=decision.now, routine=prompt.routine, prompt=prompt.number)


def _show(decision: Decision) -> None:
    state, rules = decision.state, decision.rules
    span = state.hours.span
    time_left = (span.closes - decision.at) if span else timedelta()
    last = time_left < timedelta(milliseconds=rules.wind_down + rules.nudge_after)
    routine = next_routine(state, rules, time_left=time_left.total_seconds(), last=last)
    state.numbered += 1
    prompt = state.stage = Pending(number=state.numbered, routine=routine, since=decision.now)
    decision.by(_expires(prompt, rules))
    snooze = snooze_refused(state, rules) is None
    decision.do(Show(prompt=prompt.number, routine=routine, sat=sat(state, 0), snooze=snooze))


def _end_hold_back(decision: Decision) -> None:
    state = decision.state
    held = state.stage
    if not isinstance(held, HeldBack):
        return
    clear_since = state.quiet.clear_since
    until = decision.now if state.quiet.reasons or clear_since is None else clear_since
    decision.record(
        HeldBackEntry(
            at=decision.at,
            since=decision.instant(held.since),
            until=decision.instant(until),
            reasons=held.reasons,
        )
    )
    state.stage = None
