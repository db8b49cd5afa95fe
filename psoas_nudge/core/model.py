"""The words of the core: events that come in, effects that go out, entries for the journal, the state between.

All are frozen msgspec structs in closed unions, so a state can be stored as JSON and a match over them can be
checked for completeness. Idea: h11's `_events.py`, todoman's settings table.

Two times are kept apart (rule book, "Time"). `at` is an aware UTC instant and serves schedules and the journal;
`tick` is a reading, in seconds, of a clock that counts suspend and ignores clock setting, and serves durations.
The state keeps its own timeline: `now` grows by the positive difference of ticks only, so every point on it
(a plain float, seconds) survives reboots and clock setting. Durations are floats in seconds throughout.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct, field

from psoas_nudge.core.catalogue import ROTATION
from psoas_nudge.core.entries import *  # noqa: F403 - one door to all the words of the core
from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.core.events import *  # noqa: F403 - the same
from psoas_nudge.core.hours import Span, WorkingHours
from psoas_nudge.core.routines import Routine
from psoas_nudge.core.words import *  # noqa: F403 - the same
from psoas_nudge.core.words import EPOCH, QUIET, EndedBy, Pain, Signal

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
