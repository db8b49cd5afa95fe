"""Rules 9 to 11: how a prompt ends, and how its outcome changes when the next one comes."""

from __future__ import annotations

from psoas_nudge.core.conditions import snooze_refused
from psoas_nudge.core.effects import Decision, Refuse, StartGuide, Withdraw
from psoas_nudge.core.entries import LateAnswerEntry, PromptEntry
from psoas_nudge.core.events import Accept, Answering, GuideHeld, GuideStarted, Skip, Snooze
from psoas_nudge.core.ranges import LONGEST
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.sitting import end_bout, excused
from psoas_nudge.core.state import Again, Open, Pending, Stretching, Today, point_of
from psoas_nudge.core.words import MINUTE, Answer, Outcome

ANSWERS: dict[Answer, type[Answering]] = {"accept": Accept, "snooze": Snooze, "skip": Skip}
BACK_OFF_AFTER = 2
"""Ignored prompts in a row: there was input while they were on the screen, and no answer."""
UNCONFIRMED = "no notifier confirmed it"
"""Why a prompt is withdrawn that no notifier reported as shown or not shown before the timeout."""
RETRY = MINUTE
"""Timeout for a notifier to confirm a prompt, and time between two attempts, unless the settings make them longer."""


# --- what happened -----------------------------------------------------------------------------------------------


def answered(decision: Decision, event: Answering) -> None:
    """Rules 9, 10 and 12: an answer closes the open prompt; an answer to any other prompt is late."""
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
    """The answer's name in the journal."""
    return next(name for name, kind in ANSWERS.items() if isinstance(event, kind))


def guide_started(decision: Decision, event: GuideStarted | GuideHeld) -> None:
    """Starting a stretch accepts the open prompt; a prompt that is not on the screen yet is withdrawn."""
    prompt = decision.state.prompt
    if isinstance(prompt, Pending) and prompt.number != event.prompt:
        close(decision, "withdrawn", because="stretching")
    elif prompt:
        _accept(decision, prompt, "guide")


# --- what time does ----------------------------------------------------------------------------------------------


def left(decision: Decision) -> None:
    """Rules 8 and 9: when the bout ends, nothing is due any more, and an open prompt is "taken", or withdrawn if it was
    shown after the person had left."""
    state = decision.state
    if state.bout is not None:
        return
    if isinstance(state.stage, Open) and state.bout_ended > state.stage.since:
        close(decision, "taken")
    else:
        close(decision, "withdrawn", because="left before it was shown")
    state.pacing.again, state.pacing.snoozes, state.pacing.interrupted_at = None, 0, None


def expire(decision: Decision) -> None:
    """Rules 9 and 11: no answer in time is a miss. If the person may have left, wait until that is known."""
    state, prompt = decision.state, decision.state.prompt
    if prompt is None:
        return
    if isinstance(prompt, Open) and state.input.state == "active":
        prompt.noticed = True
    if not decision.reached(expires(prompt, decision.rules)):
        return
    if isinstance(prompt, Pending):
        close(decision, "withdrawn", because=UNCONFIRMED)
    elif not state.leaving and (state.input.state != "idle" or excused(state, decision.rules)):
        close(decision, "missed")


# --- the end -----------------------------------------------------------------------------------------------------


def close(decision: Decision, outcome: Outcome, *, via: str | None = None, because: str | None = None) -> None:
    """Rule 9: close the open prompt, if there is one, with this outcome. Rule 11: count the misses."""
    state, pacing = decision.state, decision.state.pacing
    prompt = state.prompt
    if prompt is None:
        return
    if isinstance(prompt, Pending) and outcome != "withdrawn":
        prompt = confirmed(decision, prompt, None, "")
    shown_at, notifier, ref = None, None, ""
    if isinstance(prompt, Open):
        shown_at, notifier, ref = decision.instant(prompt.since), prompt.notifier, prompt.ref
    decision.record(
        PromptEntry(
            at=decision.at,
            number=prompt.number,
            shown_at=shown_at,
            closed_at=decision.at,
            outcome=outcome,
            routine=prompt.routine,
            notifier=notifier,
            via=via,
            because=because,
        )
    )
    decision.do(Withdraw(prompt=prompt.number, notifier=notifier, ref=ref))
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
    state, day = decision.state, decision.rules.hours.local_date(decision.at)
    if state.today.day != day:
        span = state.hours.span
        state.today = Today(day, 0, min(state.now, point_of(state, span.opens)) if span else state.now)
    state.today.prompts += 1


def confirmed(decision: Decision, prompt: Pending, notifier: str | None, ref: str, *, fades: bool = False) -> Open:
    """The prompt is on the screen: its notifier has reported it, or an answer proves it."""
    state, now = decision.state, decision.now
    state.rotation_order.note(prompt.routine)
    opened = Open(prompt.number, prompt.routine, now, notifier, ref, fades, renewed=now)
    state.stage = opened
    return opened


def expires(prompt: Pending | Open, rules: Rules) -> int:
    """The point at which the prompt times out: for an answer, or for a notifier's confirmation."""
    return prompt.since + (max(rules.expires_after, RETRY) if isinstance(prompt, Pending) else rules.expires_after)


def _accept(decision: Decision, prompt: Pending | Open, via: str) -> None:
    close(decision, "accepted", via=via)
    end_bout(decision, decision.now, "accepted")
    decision.state.stretching = Stretching(since=decision.now, routine=prompt.routine, prompt=prompt.number)
