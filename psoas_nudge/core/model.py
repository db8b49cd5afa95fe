"""The words of the core: events that come in, effects that go out, entries for the journal, the state between.

All are frozen msgspec structs in closed unions, so a state can be stored as JSON and a match over them can be
checked for completeness. Idea: h11's `_events.py`, todoman's settings table.

Two times are kept apart (rule book, "Time"). `at` is an aware UTC instant and serves schedules and the journal;
`tick` is a reading, in seconds, of a clock that counts suspend and ignores clock setting, and serves durations.
The state keeps its own timeline: `now` grows by the positive difference of ticks only, so every point on it
(a plain float, seconds) survives reboots and clock setting. Durations are floats in seconds throughout.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

from psoas_nudge.core.catalogue import ROTATION
from psoas_nudge.core.hours import Span, WorkingHours
from psoas_nudge.core.routines import Routine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Signal(StrEnum):
    """A condition that a sensor reports as on or off."""

    LOCKED = "locked"
    SUSPENDED = "suspended"
    SWITCHED = "switched"
    CALL = "call"
    PLAYING = "playing"
    DO_NOT_DISTURB = "do-not-disturb"
    FULLSCREEN = "fullscreen"
    SCREEN_SHARE = "screen-share"
    BUSY = "busy"


LEAVING = frozenset({Signal.LOCKED, Signal.SUSPENDED, Signal.SWITCHED})
QUIET = frozenset({Signal.DO_NOT_DISTURB, Signal.FULLSCREEN, Signal.CALL, Signal.SCREEN_SHARE, Signal.BUSY})

Answer = Literal["accept", "snooze", "skip"]
Outcome = Literal["accepted", "skipped", "snoozed", "missed", "taken", "withdrawn"]
Afterwards = Literal["fine", "tight", "pain"]
Pain = Literal["sharp", "throbbing", "shooting", "radiating", "worse", "other"]
"""Kinds of pain; all but "other" put stretches off, see core/advice.py. "worse": than before the stretch."""
EndedBy = Literal["idle", "locked", "suspended", "switched", "gap", "restart", "accepted", "stretch"]


# --- settings the rules need -------------------------------------------------------------------------------------


class Rules(Struct, frozen=True, kw_only=True):
    """The settings that the rule book names, under the names they have in config.toml. Durations in seconds."""

    hours: WorkingHours
    away_after: float = 300.0
    shortest_break: float = 120.0
    unseen_limit: float = 7200.0
    standing_for: float = 3600.0
    call_counts_as_sitting: bool = True
    playing_counts_as_sitting: bool = True
    nudge_after: float = 1800.0
    settle_in: float = 600.0
    wind_down: float = 600.0
    daily_limit: int = 8
    lull: float = 8.0
    patience: float = 300.0
    expires_after: float = 300.0
    ask_again_after: float = 600.0
    snooze_for: float = 300.0
    max_snoozes: int = 2
    after_quiet: float = 60.0
    quiet: frozenset[Signal] = QUIET
    rotation: tuple[str, ...] = ROTATION
    routines: tuple[Routine, ...] = ()
    """The person's own, beside the catalogue."""
    floor: bool = False


# --- events: what happened ---------------------------------------------------------------------------------------


class Event(Struct, frozen=True, kw_only=True, tag=True):
    """Something that happened at the instant `at` (aware UTC) and the clock reading `tick` (seconds)."""

    at: datetime
    tick: float


class Started(Event, frozen=True):
    """The daemon started. `lived`: seconds from the stored state to the last sign of life; `silent_for`: seconds
    from that sign to now. Both are 0 with a fresh state."""

    lived: float = 0.0
    silent_for: float = 0.0


class Stopping(Event, frozen=True):
    """The daemon is about to end."""


class Woke(Event, frozen=True):
    """The wake-up that was asked for, or any moment at which nothing else happened."""


class ClockSet(Event, frozen=True):
    """The wall clock was set, or the machine came back from an unseen sleep."""


class Reloaded(Event, frozen=True):
    """The rules passed with this step are new."""


class Idle(Event, frozen=True):
    """There has been no input for `idle_for` seconds, at least the threshold last asked for."""

    idle_for: float


class Active(Event, frozen=True):
    """Input was seen just now, or there is no source that could tell (the person then counts as present)."""


class Sensed(Event, frozen=True):
    """A sensor reports that a signal went on or off; repeating what is known is harmless."""

    signal: Signal
    on: bool


class Shown(Event, frozen=True):
    """`notifier` has put prompt `prompt` on the screen; `ref` is what that notifier needs to withdraw it."""

    prompt: int
    notifier: str
    ref: str = ""


class NotShown(Event, frozen=True):
    """No notifier could show prompt `prompt`."""

    prompt: int
    why: str


class Answered(Event, frozen=True):
    """The person answered. `prompt` is None for "the one that is open". `delay` (seconds) only with snooze."""

    answer: Answer
    via: str
    prompt: int | None = None
    delay: float | None = None
    because: str | None = None


class Paused(Event, frozen=True):
    """No prompts for `length` seconds or until an instant; without either, until resumed."""

    length: float | None = None
    until: datetime | None = None


class Resumed(Event, frozen=True):
    """The pause is over because the person said so."""


class Stood(Event, frozen=True):
    """The person works standing from now on."""


class Sat(Event, frozen=True):
    """The person sits again."""


class GuideStarted(Event, frozen=True):
    """A guided stretch of `routine` is under way; `prompt` is None when it was not started by a prompt."""

    routine: str
    prompt: int | None = None


class GuideEnded(Event, frozen=True):
    """The guide closed; seconds held per side are what was done, not what was planned.

    `other_seconds`: rest, pressure, squeezing, walking: done, but no part of the weekly dose."""

    routine: str
    prompt: int | None = None
    left_seconds: float = 0.0
    right_seconds: float = 0.0
    other_seconds: float = 0.0


class Felt(Event, frozen=True):
    """The person said how it feels: `afterwards` right after a stretch, `level` 0 (nothing) to 10 at any time."""

    level: int | None = None
    afterwards: Afterwards | None = None
    pain: Pain | None = None
    note: str | None = None
    routine: str | None = None


class Cleared(Event, frozen=True):
    """The person says that stretching is all right again."""


class Advised(Event, frozen=True):
    """The advice to see a professional was shown."""

    because: Literal["pain", "long"]


AnyEvent = (
    Started
    | Stopping
    | Woke
    | ClockSet
    | Reloaded
    | Idle
    | Active
    | Sensed
    | Shown
    | NotShown
    | Answered
    | Paused
    | Resumed
    | Stood
    | Sat
    | GuideStarted
    | GuideEnded
    | Felt
    | Cleared
    | Advised
)


# --- entries: what the journal keeps -----------------------------------------------------------------------------


class Entry(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One line of the journal; `at` is when it was recorded."""

    at: datetime


class BoutEntry(Entry, frozen=True, tag="bout"):
    """An unbroken stretch of sitting that ended. `sitting_seconds` leaves out short breaks and standing."""

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
    """A due prompt that waited for quiet to end, and every reason it waited for."""

    since: datetime
    until: datetime
    reasons: tuple[str, ...]


class NotShownEntry(Entry, frozen=True, tag="not-shown"):
    """A prompt that no notifier could show; it does not count as a prompt."""

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
    """How it feels, as the person reported it (see Felt)."""

    level: int | None = None
    afterwards: Afterwards | None = None
    pain: Pain | None = None
    note: str | None = None
    routine: str | None = None


class ClearedEntry(Entry, frozen=True, tag="cleared"):
    """The person said that stretching is all right again."""


class AdviceEntry(Entry, frozen=True, tag="advice"):
    """The advice to see a professional was shown, because of a kind of pain or a long run of discomfort."""

    because: Literal["pain", "long"]


class PauseEntry(Entry, frozen=True, tag="pause"):
    """Prompts were paused; `until` is None for "until resumed"."""

    until: datetime | None


class ResumeEntry(Entry, frozen=True, tag="resume"):
    """The pause ended, by the person or because its time was over."""

    by: Literal["person", "time"]


class PostureEntry(Entry, frozen=True, tag="posture"):
    """The person said, or time decided, that work goes on standing or sitting."""

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
    | AdviceEntry
)


# --- effects: what to do about it --------------------------------------------------------------------------------


class Effect(Struct, frozen=True, kw_only=True):
    """Something the daemon carries out."""


class Record(Effect, frozen=True):
    """Append to the journal, together with the new state, before any other effect."""

    entry: AnyEntry


class Show(Effect, frozen=True):
    """Put the prompt on the screen; answer with Shown or NotShown. `snooze`: whether to offer that button."""

    prompt: int
    routine: str
    sat: float
    snooze: bool


class Withdraw(Effect, frozen=True):
    """Take the prompt from the screen. `notifier` and `ref` as told by Shown; None when it was still being shown."""

    prompt: int
    notifier: str | None
    ref: str


class StartGuide(Effect, frozen=True):
    """Open the guided stretch."""

    routine: str
    prompt: int


class Watch(Effect, frozen=True):
    """Ask the idle source to report Idle after `threshold` seconds without input. Comes only while input flows."""

    threshold: float


class Wake(Effect, frozen=True):
    """Send Woke in `after` seconds, in place of any earlier wish; None: no wake-up is needed."""

    after: float | None


class Refuse(Effect, frozen=True):
    """Tell the one who asked that it was not done, and why."""

    why: str
    no_prompt_open: bool = False


AnyEffect = Record | Show | Withdraw | StartGuide | Watch | Wake | Refuse


# --- state -------------------------------------------------------------------------------------------------------


class Bout(Struct, frozen=True):
    """A sedentary bout under way: it began at `started`; the `breaks` (from, to) inside it do not count."""

    started: float
    breaks: tuple[tuple[float, float], ...] = ()

    def interrupted(self, begin: float, end: float) -> Bout:
        """The bout with one more break; one that overlaps others (a lock while standing) is joined with them."""
        begin = max(begin, self.started)
        if end <= begin:
            return self
        apart = tuple(b for b in self.breaks if b[1] < begin or end < b[0])
        joined = [b for b in self.breaks if b not in apart]
        first, last = min([begin, *(a for a, _ in joined)]), max([end, *(b for _, b in joined)])
        return Bout(started=self.started, breaks=(*apart, (first, last)))

    def sat(self, since: float, until: float) -> float:
        """Seconds of sitting between two points of the timeline, breaks left out."""
        since = max(since, self.started)
        if until <= since:
            return 0.0
        return (until - since) - sum(max(0.0, min(until, b) - max(since, a)) for a, b in self.breaks)


class Prompt(Struct, frozen=True):
    """The one prompt there can be. `shown` is None until a notifier confirms it."""

    number: int
    routine: str
    decided: float
    shown: float | None = None
    notifier: str | None = None
    ref: str = ""


class HoldBack(Struct, frozen=True):
    """A due prompt waits since `since` for these reasons."""

    since: float
    reasons: tuple[str, ...]


class Pause(Struct, frozen=True):
    """Prompts are paused until a point of the timeline, or an instant, or (both None) until resumed."""

    until: float | None = None
    until_at: datetime | None = None


class Stretching(Struct, frozen=True):
    """A prompt was accepted at `since`. `broken`: input has stopped since; `guided`: a guide is open."""

    since: float
    routine: str
    prompt: int | None
    broken: bool = False
    guided: bool = False


class State(Struct, frozen=True, kw_only=True):
    """All the core remembers between two events. Points of time are on the state's own timeline (see module)."""

    at: datetime = EPOCH
    tick: float = 0.0
    now: float = 0.0
    wake: float | None = None
    decide: float | None = None
    watch: float = 0.0

    idle_since: float | None = None
    idle_told: bool = False
    seen: bool = False
    signals: frozenset[Signal] = frozenset()
    excused_until: float = 0.0
    left_at: float | None = None
    left_by: EndedBy | None = None
    bout: Bout | None = None
    standing_since: float | None = None
    stretching: Stretching | None = None
    unperformed: int | None = None

    span: Span | None = None
    looked: datetime = EPOCH
    open: bool = False
    paused: Pause | None = None
    quiet: tuple[str, ...] = ()
    clear_since: float | None = None
    held_back: HoldBack | None = None

    asked: float = 0.0
    ask_at: float | None = None
    due_since: float | None = None
    prompt: Prompt | None = None
    prompts: int = 0
    snoozes: int = 0
    misses: int = 0
    spacing: int = 1
    day: date | None = None
    shown_today: int = 0
    turns: dict[str, int] = field(default_factory=dict)
    hurt: Pain | None = None
    """Why stretches are put off."""
