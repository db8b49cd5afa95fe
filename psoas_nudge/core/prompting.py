"""Rules 6 to 9 and 13: when a prompt is due, what holds it back (hours, pauses, quiet), and how it is shown."""

from __future__ import annotations

from datetime import timedelta

from psoas_nudge.core import conditions
from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.effects import Decision, Renew, Show, Withdraw
from psoas_nudge.core.entries import HeldBackEntry, HoursEntry, NotShownEntry, PauseEntry, ResumeEntry
from psoas_nudge.core.events import NotShown, Pause, Shown
from psoas_nudge.core.outcomes import RETRY, close, confirmed, expires
from psoas_nudge.core.ranges import LONGEST
from psoas_nudge.core.sitting import sat
from psoas_nudge.core.state import Again, HeldBack, Open, Paused, Pending, Waiting, point_of
from psoas_nudge.core.stretching import next_routine
from psoas_nudge.core.words import EPOCH, MINUTE

RENEW_AFTER = MINUTE
"""How often a prompt that fades is shown again while the person is active."""


# --- what happened -----------------------------------------------------------------------------------------------


def started(decision: Decision) -> None:
    """Rule 14: a prompt that was open when the engine ended is withdrawn; the rest is kept."""
    state = decision.state
    close(decision, "withdrawn", because="restart")
    state.quiet.clear_since = decision.now if state.numbered or state.hours.span else None
    look_up_hours(decision)


def stopping(decision: Decision) -> None:
    """Rule 9: an open prompt is withdrawn when the engine ends."""
    close(decision, "withdrawn", because="shutdown")


def shown(decision: Decision, event: Shown) -> None:
    """A notifier has confirmed the prompt: it counts from now on. A prompt that was closed meanwhile is withdrawn."""
    prompt = decision.state.prompt
    if prompt is None or prompt.number != event.prompt:
        decision.do(Withdraw(prompt=event.prompt, notifier=event.notifier, ref=event.ref))
    elif isinstance(prompt, Pending):
        confirmed(decision, prompt, event.notifier, event.ref, fades=event.fades)
    elif prompt.fades:  # shown again, and a restarted server has given it another id
        prompt.notifier, prompt.ref = event.notifier, event.ref


def not_shown(decision: Decision, event: NotShown) -> None:
    """Rule 9: a prompt that no notifier could show does not count. It is tried again later or with a new notifier."""
    stage = decision.state.stage
    if isinstance(stage, Pending) and stage.number == event.prompt:
        decision.record(NotShownEntry(at=decision.at, routine=stage.routine, why=event.why))
        decision.state.stage = None
        again = decision.now + max(decision.rules.ask_again_after, RETRY)
        decision.state.pacing.again = Again(again, "not-shown", since=decision.now)


def notifier_appeared(decision: Decision) -> None:
    """Rule 9: try again to show the prompt, at the earliest RETRY after the last attempt: the service may be one that
    crashes whenever it has to show something."""
    again = decision.state.pacing.again
    if again and again.why == "not-shown":
        at = min(again.at, max(decision.now, again.since + RETRY))
        decision.state.pacing.again = Again(at, "not-shown", again.since)


def look_up_hours(decision: Decision) -> None:
    """Forget the known span: the rules, and with them the working hours, may have changed."""
    decision.state.hours.span, decision.state.hours.checked = None, EPOCH


def drop_removed(decision: Decision) -> None:
    """Rule 15: a prompt for a routine that the settings no longer have is withdrawn."""
    prompt = decision.state.prompt
    if prompt and prompt.routine not in {routine.id for routine in (*CATALOGUE, *decision.rules.routines)}:
        close(decision, "withdrawn", because="routine removed")


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
    if decision.reached(conditions.pause_ends(decision.state)):
        decision.state.paused = None
        decision.record(ResumeEntry(at=decision.at, by="time"))


def quiet(decision: Decision) -> None:
    """Rules 7 and 9: quiet and standing withdraw the open prompt; `after_quiet` begins when the last reason ends."""
    state = decision.state
    reasons = conditions.quiet_reasons(state, decision.rules)
    if reasons != state.quiet.reasons:
        state.quiet.reasons = reasons
        if not reasons:
            state.quiet.clear_since = decision.now
    if reasons and isinstance(state.stage, Pending | Open):
        if reasons != ("paused",):
            _interrupted(decision)
        close(decision, "withdrawn", because=", ".join(reasons))
    elif state.standing_since is not None:
        close(decision, "withdrawn", because="standing")


def _interrupted(decision: Decision) -> None:
    """Rule 7: one that was on the screen comes back soon once; the second time in a row it waits a whole interval."""
    pacing = decision.state.pacing
    if isinstance(decision.state.stage, Open) and pacing.interrupted_at is not None:
        pacing.again, pacing.counts_from = None, decision.now
    pacing.interrupted_at = decision.now


def renew(decision: Decision) -> None:
    """Rule 9: a prompt that the desktop hides is shown again after a pause and once a minute of activity."""
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
                snooze=conditions.snooze_refused(state, decision.rules) is None,
            )
        )
        again = decision.now + RENEW_AFTER
    decision.by(again)


def due(decision: Decision) -> None:
    """Rules 6 to 8: hold a due prompt back while quiet, wait for a lull, then show it."""
    state, rules, now = decision.state, decision.rules, decision.now
    if _obstructed(decision):
        return
    if state.quiet.reasons:
        held = state.stage if isinstance(state.stage, HeldBack) else HeldBack(since=now, reasons=())
        reasons = dict.fromkeys((*held.reasons, *state.quiet.reasons))
        state.stage = HeldBack(since=held.since, reasons=tuple(reasons))
        return
    if (until := conditions.quiet_until(state, rules)) is not None:
        decision.by(until)
        return
    _end_hold_back(decision)
    waiting = state.stage = state.stage if isinstance(state.stage, Waiting) else Waiting(since=now)
    for point in (conditions.lull_until(state, waiting, rules), conditions.waits_until(state, waiting, rules)):
        if decision.reached(point):
            _show(decision)
            return


def _obstructed(decision: Decision) -> bool:
    """Rule 6: whether any condition is not met; the rules run again when one ends."""
    state = decision.state
    unmet = list(conditions.obstacles(state, decision.rules, state.hours.span))
    for obstacle in unmet:
        decision.by(obstacle.until)
    if unmet and isinstance(state.stage, Waiting):
        state.stage = None
    if unmet and not (len(unmet) == 1 and unmet[0].kind == "away" and state.bout):  # a short lock may still end
        _end_hold_back(decision)
    return bool(unmet)


def _show(decision: Decision) -> None:
    state, rules = decision.state, decision.rules
    assert state.hours.span is not None  # noqa: S101 - outside of working hours no prompt is due
    time_left = state.hours.span.closes - decision.at
    last = time_left < timedelta(milliseconds=rules.wind_down + rules.nudge_after)
    routine = next_routine(state, rules, time_left=time_left.total_seconds(), last=last)
    state.numbered += 1
    prompt = state.stage = Pending(number=state.numbered, routine=routine, since=decision.now)
    decision.by(expires(prompt, rules))
    snooze = conditions.snooze_refused(state, rules) is None
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
