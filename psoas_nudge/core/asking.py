"""Rules 6 to 11 and 13: when a prompt is due, what holds it back, and how it ends."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from psoas_nudge.core.catalogue import suggestion
from psoas_nudge.core.conditions import (
    FAR,
    obstacles,
    pause_ends,
    quiet_reasons,
    quiet_until,
    shown_today,
    snooze_refused,
)
from psoas_nudge.core.model import (
    Answered,
    GuideStarted,
    HeldBackEntry,
    HoldBack,
    HoursEntry,
    LateAnswerEntry,
    NotShown,
    NotShownEntry,
    Outcome,
    Pause,
    Paused,
    PauseEntry,
    Prompt,
    PromptEntry,
    Refuse,
    Resumed,
    ResumeEntry,
    Rules,
    Show,
    Shown,
    Started,
    StartGuide,
    Stopping,
    Stretching,
    Withdraw,
)
from psoas_nudge.core.sitting import end_bout, excused, sat
from psoas_nudge.core.turn import Turn

MOST_SPACING = 4
RETRY = 60.0
"""Seconds that a failed notifier is given at least, however short the settings are: never a loop of attempts."""


# --- what happened -----------------------------------------------------------------------------------------------


def started(turn: Turn, _: Started) -> None:
    """Rule 14: what was open when the daemon ended is withdrawn; the rest is as it was."""
    close(turn, "withdrawn", because="restart")
    turn.change(due_since=None)


def stopping(turn: Turn, _: Stopping) -> None:
    """Rule 9: an open prompt does not outlive the daemon."""
    close(turn, "withdrawn", because="shutdown")


def shown(turn: Turn, event: Shown) -> None:
    """A notifier has confirmed the prompt; from now it counts. One that has been closed meanwhile is taken back."""
    prompt = turn.state.prompt
    if prompt is None or prompt.number != event.prompt:
        turn.do(Withdraw(prompt=event.prompt, notifier=event.notifier, ref=event.ref))
        return
    if prompt.shown is None:
        _confirmed(turn, replace(prompt, notifier=event.notifier, ref=event.ref))


def not_shown(turn: Turn, event: NotShown) -> None:
    """Nobody could show it, so it was no prompt; it is tried again later."""
    prompt = turn.state.prompt
    if prompt and prompt.number == event.prompt and prompt.shown is None:
        turn.record(NotShownEntry(at=turn.at, routine=prompt.routine, why=event.why))
        turn.change(prompt=None, ask_at=turn.now + max(turn.rules.ask_again_after, RETRY))


def answered(turn: Turn, event: Answered) -> None:
    """Rules 9, 10, 12: an answer closes the open prompt; any other answer is late and changes nothing."""
    prompt = turn.state.prompt
    if prompt is None or event.prompt not in (None, prompt.number):
        turn.record(LateAnswerEntry(at=turn.at, answer=event.answer, via=event.via, prompt=event.prompt))
        turn.do(Refuse(why="No prompt is open.", no_prompt_open=True))
        return
    if event.answer == "snooze":
        if why := snooze_refused(turn.state, turn.rules, turn.at):
            turn.do(Refuse(why=why))
            return
        delay = turn.rules.snooze_for if event.delay is None else min(max(0.0, event.delay), FAR)
        close(turn, "snoozed", via=event.via)
        turn.change(ask_at=turn.now + delay)
    elif event.answer == "skip":
        close(turn, "skipped", via=event.via, because=event.because)
    else:
        _accept(turn, prompt, event.via)
        turn.do(StartGuide(routine=prompt.routine, prompt=prompt.number))


def guide_started(turn: Turn, event: GuideStarted) -> None:
    """Starting a stretch while a prompt is open answers it, unless the prompt was only on its way to the screen."""
    prompt = turn.state.prompt
    if prompt and prompt.shown is None and prompt.number != event.prompt:
        close(turn, "withdrawn", because="stretching")
    elif prompt:
        _accept(turn, prompt, "guide")


def paused(turn: Turn, event: Paused) -> None:
    """Rule 13: no prompts until then."""
    farthest = turn.at + timedelta(seconds=FAR)
    until = None if event.length is None else turn.now + min(max(0.0, event.length), FAR)
    until_at = None if until is not None or event.until is None else min(event.until, farthest)
    turn.change(paused=Pause(until=until, until_at=until_at))
    turn.record(PauseEntry(at=turn.at, until=until_at if until is None else turn.instant(until)))


def resumed(turn: Turn, _: Resumed) -> None:
    """Rule 13: the pause is over."""
    if turn.state.paused:
        turn.change(paused=None)
        turn.record(ResumeEntry(at=turn.at, by="person"))


# --- what time does ----------------------------------------------------------------------------------------------


def hours(turn: Turn) -> None:
    """Rule 13: working hours open and close; the end of the day withdraws the open prompt."""
    state, at = turn.state, turn.at
    passed = not state.looked <= at < (state.span.closes if state.span else state.looked + timedelta(days=1))
    span = turn.rules.hours.next_span(at) if passed else state.span
    is_open = span is not None and span.opens <= at
    if passed:
        turn.change(span=span, looked=at)
    if is_open != state.open:
        turn.change(open=is_open)
        if state.wake is not None or state.prompts:
            turn.record(HoursEntry(at=at, open=is_open))
        if not is_open:
            close(turn, "withdrawn", because="working hours closed")
    if span is not None:
        turn.by(turn.point(span.closes if is_open else span.opens))


def pause_over(turn: Turn) -> None:
    """Rule 13: the time of the pause is over."""
    ends = pause_ends(turn.state)
    if ends is None:
        return
    if turn.now < ends:
        turn.by(ends)
        return
    turn.change(paused=None)
    turn.record(ResumeEntry(at=turn.at, by="time"))


def left(turn: Turn) -> None:
    """Rules 8 and 9: with the bout ends what was due in it; an open prompt was answered by leaving."""
    state = turn.state
    if state.bout is not None:
        return
    if state.prompt and state.prompt.shown is None:
        close(turn, "withdrawn", because="left before it was shown")
    elif state.prompt:
        close(turn, "taken")
    if state.ask_at is not None or state.snoozes:
        turn.change(ask_at=None, snoozes=0)


def quiet(turn: Turn) -> None:
    """Rules 7 and 9: quiet that begins withdraws the open prompt; when the last reason ends, the wait begins."""
    state = turn.state
    reasons = quiet_reasons(state, turn.rules)
    if reasons != state.quiet:
        turn.change(quiet=reasons, clear_since=state.clear_since if reasons else turn.now)
    if state.prompt and reasons:
        close(turn, "withdrawn", because=", ".join(reasons))
    elif state.prompt and state.standing_since is not None:
        close(turn, "withdrawn", because="standing")


def expire(turn: Turn) -> None:
    """Rules 9 and 11: no answer in time is a miss, unless the person may have left; then wait until that is known."""
    state, rules = turn.state, turn.rules
    if state.prompt is None:
        return
    over = _expires(state.prompt, rules)
    if turn.now < over:
        turn.by(over)
        return
    doubtful = state.idle_since is not None and not excused(state, rules)
    if state.left_at is not None or (doubtful and turn.now - (state.idle_since or 0.0) >= rules.shortest_break):
        return
    if state.prompt.shown is None:
        close(turn, "withdrawn", because="no notifier confirmed it")
    else:
        close(turn, "missed")


def due(turn: Turn) -> None:
    """Rules 6 to 8: hold back while quiet, wait for the lull, show."""
    state, rules = turn.state, turn.rules
    unmet = list(obstacles(state, rules, state.span))
    if unmet:
        for obstacle in unmet:
            if obstacle.until is not None:
                turn.by(obstacle.until)
        if state.due_since is not None:
            turn.change(due_since=None)
        if not (len(unmet) == 1 and unmet[0].kind == "away" and state.bout):  # a short lock may still end
            _end_hold_back(turn)
        return
    if state.quiet:
        known = state.held_back or HoldBack(since=turn.now, reasons=())
        new = tuple(reason for reason in state.quiet if reason not in known.reasons)
        turn.change(due_since=None, held_back=replace(known, reasons=known.reasons + new))
        return
    if (until := quiet_until(state, rules)) is not None:
        turn.change(due_since=None)
        turn.by(until)
        return
    _end_hold_back(turn)
    since = turn.now if state.due_since is None else state.due_since
    unseen = 0.0 if state.idle_since is None else turn.now - state.idle_since
    if unseen >= rules.lull or turn.now - since >= rules.patience:
        _show(turn)
        return
    turn.change(due_since=since)
    turn.by(since + rules.patience)
    if state.idle_since is not None:
        turn.by(state.idle_since + rules.lull)


def close(turn: Turn, outcome: Outcome, *, via: str | None = None, because: str | None = None) -> None:
    """Rule 9: the open prompt, if there is one, ends with this outcome and no other. Rule 11: count the misses."""
    prompt = turn.state.prompt
    if prompt is None:
        return
    if prompt.shown is None and outcome != "withdrawn":
        prompt = _confirmed(turn, prompt)
    state = turn.state
    turn.record(
        PromptEntry(
            at=turn.at,
            number=prompt.number,
            shown_at=None if prompt.shown is None else turn.instant(prompt.shown),
            closed_at=turn.at,
            outcome=outcome,
            routine=prompt.routine,
            notifier=prompt.notifier,
            via=via,
            because=because,
        )
    )
    turn.do(Withdraw(prompt=prompt.number, notifier=prompt.notifier, ref=prompt.ref))
    turn.change(prompt=None)
    if outcome == "withdrawn":
        return
    if outcome == "snoozed":
        turn.change(snoozes=state.snoozes + 1, misses=0)
        return
    turn.change(snoozes=0, misses=0, ask_at=None, asked=turn.now)
    if outcome in ("accepted", "taken"):
        turn.change(spacing=1)
    elif outcome == "missed":
        again = state.misses % 2 == 0
        turn.change(
            misses=state.misses + 1,
            ask_at=turn.now + turn.rules.ask_again_after if again else None,
            spacing=state.spacing if again else min(MOST_SPACING, state.spacing * 2),
        )


def _confirmed(turn: Turn, prompt: Prompt) -> Prompt:
    """The prompt has been on the screen, told by its notifier or proved by an answer: from now on it counts."""
    prompt = replace(prompt, shown=turn.now)
    turn.change(
        prompt=prompt,
        shown_today=shown_today(turn.state, turn.rules, turn.at) + 1,
        day=turn.rules.hours.local_date(turn.at),
        turns={**turn.state.turns, prompt.routine: prompt.number},
    )
    return prompt


def _expires(prompt: Prompt, rules: Rules) -> float:
    if prompt.shown is None:
        return prompt.decided + max(rules.expires_after, RETRY)
    return prompt.shown + rules.expires_after


def _accept(turn: Turn, prompt: Prompt, via: str) -> None:
    close(turn, "accepted", via=via)
    if turn.state.bout:
        end_bout(turn, turn.now, "accepted")
    turn.change(stretching=Stretching(since=turn.now, routine=prompt.routine, prompt=prompt.number))


def _show(turn: Turn) -> None:
    state, rules = turn.state, turn.rules
    number = state.prompts + 1
    time_left = (state.span.closes - turn.at).total_seconds() if state.span else 0.0
    last = time_left - rules.wind_down < rules.nudge_after
    routine = suggestion(
        state.turns,
        rules.rotation,
        rules.routines,
        hurt=state.hurt is not None,
        floor=rules.floor,
        time_left=time_left,
        last=last,
    ).id
    prompt = Prompt(number=number, routine=routine, decided=turn.now)
    turn.change(prompts=number, due_since=None, prompt=prompt)
    turn.by(_expires(prompt, rules))
    snooze = snooze_refused(turn.state, rules, turn.at) is None
    turn.do(Show(prompt=number, routine=routine, sat=sat(state, 0.0), snooze=snooze))


def _end_hold_back(turn: Turn) -> None:
    held = turn.state.held_back
    if held is None:
        return
    until = turn.now if turn.state.quiet or turn.state.clear_since is None else turn.state.clear_since
    turn.record(
        HeldBackEntry(at=turn.at, since=turn.instant(held.since), until=turn.instant(until), reasons=held.reasons)
    )
    turn.change(held_back=None)
