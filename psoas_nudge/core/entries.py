"""The journal's entries, a closed union; the field `kind` names the type of each."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.words import AdviceReason, Afterwards, Answer, EndedBy, Outcome, Pain


class Entry(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One line of the journal; `at` is when it was recorded."""

    at: datetime


class BoutEntry(Entry, frozen=True, tag="bout"):
    """A bout that ended. `sitting_seconds` leaves out short breaks and standing."""

    started: datetime
    ended: datetime
    sitting_seconds: float
    ended_by: EndedBy


class PromptEntry(Entry, frozen=True, tag="prompt"):
    """A prompt and how it ended. `shown_at` and `notifier` are None when it was withdrawn before it was seen;
    `via` names where an answer came from, `because` the reason of a skip or a withdrawal."""

    number: int
    shown_at: datetime | None
    closed_at: datetime
    outcome: Outcome
    routine: str
    notifier: str | None
    via: str | None = None
    because: str | None = None


class HeldBackEntry(Entry, frozen=True, tag="held-back"):
    """A due prompt waited for quiet to end; `reasons`: all that it waited for."""

    since: datetime
    until: datetime
    reasons: tuple[str, ...]


class NotShownEntry(Entry, frozen=True, tag="not-shown"):
    """No notifier could show a prompt, so it does not count."""

    routine: str
    why: str


class LateAnswerEntry(Entry, frozen=True, tag="late-answer"):
    """An answer that came when its prompt was no longer open; it changed nothing."""

    answer: Answer
    via: str
    prompt: int | None = None


class StretchEntry(Entry, frozen=True, tag="stretch"):
    """A stretch as it was done. `performed` is False when an accepted prompt was followed by unbroken input."""

    routine: str
    performed: bool
    left_seconds: float = 0.0
    right_seconds: float = 0.0
    other_seconds: float = 0.0
    prompt: int | None = None


class FeelEntry(Entry, frozen=True, tag="feel"):
    """How it feels, as the person reported it (see events.Feel)."""

    level: int | None = None
    afterwards: Afterwards | None = None
    pain: Pain | None = None
    note: str | None = None
    routine: str | None = None


class ClearedEntry(Entry, frozen=True, tag="cleared"):
    """The person said that they can stretch again."""


class UndoneEntry(Entry, frozen=True, tag="undone"):
    """The report of how it feels that was recorded at `reported` was a mistake and counts no more."""

    reported: datetime


class WarningsReadEntry(Entry, frozen=True, tag="warnings-read"):
    """You read who should not do this routine, or should ask first."""

    routine: str


class AdviceEntry(Entry, frozen=True, tag="advice"):
    """You were advised to see a professional, because of a kind of pain or a long run of discomfort."""

    because: AdviceReason


class PauseEntry(Entry, frozen=True, tag="pause"):
    """Prompts were paused; `until` is None for "until resumed"."""

    until: datetime | None


class ResumeEntry(Entry, frozen=True, tag="resume"):
    """The pause ended, by the person or because its time was over."""

    by: Literal["person", "time"]


class PostureEntry(Entry, frozen=True, tag="posture"):
    """The person stands or sits from now on; `by`: they said so, or the limit for standing was reached."""

    posture: Literal["standing", "sitting"]
    by: Literal["person", "time"]


class HoursEntry(Entry, frozen=True, tag="hours"):
    """Working hours opened or closed."""

    open: bool


AnyEntry = (
    BoutEntry
    | PromptEntry
    | HeldBackEntry
    | NotShownEntry
    | LateAnswerEntry
    | StretchEntry
    | PauseEntry
    | ResumeEntry
    | PostureEntry
    | HoursEntry
    | FeelEntry
    | ClearedEntry
    | UndoneEntry
    | WarningsReadEntry
    | AdviceEntry
)
