"""Each kind of journal entry as a line of text. mypy (assert_never) finds a kind that is missing here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import assert_never

from psoas_nudge.core import entries
from psoas_nudge.core.catalogue import TITLES
from psoas_nudge.core.durations import duration
from psoas_nudge.core.feeling import described
from psoas_nudge.core.ranges import out_of_range
from psoas_nudge.core.words import ENDINGS, OUTCOMES, harmless
from psoas_nudge.journal import Stored

REASONS = {
    "locked": "the screen was locked",
    "suspended": "the computer slept",
    "switched": "another user was at the computer",
    "call": "a call",
    "playing": "a video was playing",
    "do-not-disturb": "do not disturb was on",
    "fullscreen": "a window was in full screen",
    "screen-share": "your screen was shared",
    "busy": "your calendar said busy",
    "paused": "you paused prompts",
}
"""Reasons for delaying a prompt."""


def words(stored: Stored) -> str:
    """An entry as one line, in the local time at which it was recorded, without control characters."""
    return harmless(_words(stored))


def _words(stored: Stored) -> str:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of entry, checked to be complete
    entry, zone = stored.entry, stored.zone
    if why := out_of_range(entry):
        return f"An entry that cannot be right ({entry.__struct_config__.tag}): {why}"
    match entry:
        case entries.BoutEntry():
            span = f"{_clock(entry.started, entry.ended, zone)} to {_clock(entry.ended, entry.at, zone)}"
            return f"Sat for {duration(entry.sitting_seconds)}, {span}; {ENDINGS[entry.ended_by]}"
        case entries.PromptEntry():
            return f"Prompt ({_title(entry.routine)}): {_outcome(entry)}"
        case entries.HeldBackEntry():
            waited = duration((entry.until - entry.since).total_seconds())
            return f"A prompt waited for {waited}: {because(entry.reasons)}"
        case entries.NotShownEntry():
            return f"A prompt could not be shown: {entry.why}"
        case entries.LateAnswerEntry():
            return f'The answer "{entry.answer}" came too late and changed nothing (via {entry.via})'
        case entries.StretchEntry():
            return _stretch(entry)
        case entries.PauseEntry():
            until = "you resume" if entry.until is None else _clock(entry.until, entry.at, zone)
            return f"Paused until {until}"
        case entries.ResumeEntry():
            return "Resumed" if entry.by == "person" else "The pause ended"
        case entries.PostureEntry():
            now = "Standing" if entry.posture == "standing" else "Sitting"
            return (
                f"{now} from now on" if entry.by == "person" else f"{now} again, because the time for standing was over"
            )
        case entries.HoursEntry():
            return "Working hours began" if entry.open else "Working hours ended"
        case entries.FeelEntry():
            return f"How it feels: {described(entry)}"
        case entries.UndoneEntry():
            return f"The report of {_clock(entry.reported, entry.at, zone)} was taken back"
        case entries.ClearedEntry():
            return "You said that you can stretch again"
        case entries.WarningsReadEntry():
            return f"You read the warnings of {_title(entry.routine)}"
        case entries.AdviceEntry():
            why = "you reported pain" if entry.because == "pain" else "you reported discomfort for more than a week"
            return f"You were advised to see a professional, because {why}"
        case _:
            assert_never(entry)


def because(reasons: Iterable[str]) -> str:
    """The reasons as a list: "a call, do not disturb was on"."""
    return ", ".join(REASONS.get(reason, reason) for reason in reasons)


def _clock(at: datetime, near: datetime, zone: tzinfo) -> str:
    """The local time of `at`, with the date if it differs from that of `near`."""
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == near.astimezone(zone).date() else f"{local:%Y-%m-%d %H:%M}"


def _title(routine: str) -> str:
    return TITLES.get(routine, routine)


def _outcome(entry: entries.PromptEntry) -> str:
    text = OUTCOMES[entry.outcome]
    if entry.shown_at is None:
        text += " before it was shown"
    if entry.via:
        text += f" (via {entry.via})"
    return text + (f": {entry.because}" if entry.because else "")


def _stretch(entry: entries.StretchEntry) -> str:
    if not entry.performed:
        return f"{_title(entry.routine)}: {'opened' if entry.prompt is None else 'accepted'}, not done"
    held = {"left": entry.left_seconds, "right": entry.right_seconds, "both sides": entry.other_seconds}
    parts = [f"{name} {duration(seconds)}" for name, seconds in held.items() if seconds]
    return f"{_title(entry.routine)}: " + (", ".join(parts) or "nothing held")
