"""Everything the core remembers between two events, in groups. The owner of a group is the module that changes it.

A *point* is a time on the state's own timeline, in whole milliseconds. It grows only by positive differences of clock
readings, so reboots and clock setting do not change it. `machine.step` works on a copy and assigns to its fields; a
state that it has returned never changes. The journal stores a state as JSON.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace as copy  # without changes: the quickest copy of a struct

from psoas_nudge.core.entries import FeelEntry
from psoas_nudge.core.hours import Span, merged
from psoas_nudge.core.words import EPOCH, MILLISECOND, EndedBy, Pain, Signal


class Timeline(Struct):
    """Where the state stands in time. Owner: machine.py."""

    at: datetime = EPOCH
    """The wall clock at the last event."""
    tick: int = 0
    """The clock reading at the last event."""
    now: int = 0
    """The point of the last event."""
    wake: int | None = None
    """The point of the wake-up that was asked for."""
    decide: int | None = None
    """The earliest point at which a rule has to run again; the wake-up may come earlier, for the heartbeat."""


class Input(Struct):
    """What the idle source has reported. Owner: sitting.py."""

    state: Literal["unknown", "active", "idle"] = "unknown"
    """"unknown": no report since the start."""
    since: int = 0
    """Point: when idle, the last input; when active, the first input after a gap; when unknown, the start."""
    measured: bool = False
    """Whether a source has reported Idle since the start; otherwise Active may only mean that no source works."""
    threshold: int = 0
    """Milliseconds without input that the source was last asked to report; 0: not asked yet."""

    @property
    def idle_since(self) -> int | None:
        """The point of the last input; None while there is input or nothing is known."""
        return self.since if self.state == "idle" else None


class Bout(Struct, frozen=True):
    """A stretch of sitting since the point `started`, without the `breaks` (from, to). Owner: sitting.py."""

    started: int
    breaks: tuple[tuple[int, int], ...] = ()

    def interrupted(self, begin: int, end: int) -> Bout:
        """The bout with one more break, merged with those that it overlaps (a lock while standing)."""
        return Bout(started=self.started, breaks=merged([*self.breaks, (max(begin, self.started), end)]))

    def sat(self, since: int, until: int) -> int:
        """Milliseconds of sitting between two points, without breaks."""
        since = max(since, self.started)
        if until <= since:
            return 0
        return (until - since) - sum(max(0, min(until, b) - max(since, a)) for a, b in self.breaks)


class Leaving(Struct, frozen=True):
    """A lock, a suspend or another user in front since the point `since`. Owner: sitting.py."""

    since: int
    by: EndedBy


class Held(Struct, frozen=True):
    """Seconds held. `other`: seconds that do not count toward the weekly dose (see routines.Aim)."""

    left: float = 0.0
    right: float = 0.0
    other: float = 0.0

    @property
    def total(self) -> float:
        """Both sides and the rest."""
        return self.left + self.right + self.other

    def without(self, before: Held) -> Held:
        """What was held after `before`."""
        return Held(
            max(0.0, self.left - before.left),
            max(0.0, self.right - before.right),
            max(0.0, self.other - before.other),
        )


class Stretching(Struct, frozen=True):
    """A stretch since the point `since`. `broken`: input has stopped since; `guided`: a guide is open; `held`: its last
    report, at the point `reported_at`. Owner: stretching.py."""

    since: int
    routine: str
    prompt: int | None
    broken: bool = False
    guided: bool = False
    held: Held = Held()
    reported_at: int = field(name="heard", default=0)


class OpenHours(Struct):
    """The working hours around the last event. Owner: prompting.py."""

    span: Span | None = None
    """The open time around the event, or the next one."""
    checked: datetime = EPOCH
    """When `span` was computed; EPOCH: compute it again."""
    open: bool = False


class Paused(Struct, frozen=True):
    """Until the point `until`, or the instant `until_at`, or (both None) until resumed. Owner: prompting.py."""

    until: int | None = None
    until_at: datetime | None = None


class Quiet(Struct):
    """Reasons to hold a prompt back. Owner: prompting.py."""

    reasons: tuple[str, ...] = ()
    clear_since: int | None = None
    """The point at which the last reason ended, while there is none."""


class HeldBack(Struct, frozen=True, tag=True):
    """A due prompt waits since the point `since` for `reasons` to end."""

    since: int
    reasons: tuple[str, ...]


class Waiting(Struct, frozen=True, tag=True):
    """A due prompt waits since the point `since` for a pause in typing."""

    since: int


class Pending(Struct, frozen=True, tag=True):
    """The notifiers were asked at the point `since` to show the prompt; none has confirmed it yet."""

    number: int
    routine: str
    since: int


class Open(Struct, tag=True):
    """The prompt is on the screen since the point `since`; `notifier` needs `ref` to withdraw it."""

    number: int
    routine: str
    since: int
    notifier: str | None
    ref: str = ""
    fades: bool = False
    """Whether the desktop hides the prompt after a few seconds, so that it has to be shown again."""
    renewed: int = 0
    """The point at which it was last shown."""
    noticed: bool = False
    """Whether there was input while it was on the screen: only then can it have been ignored."""


Stage = HeldBack | Waiting | Pending | Open
"""The stage of the next or open prompt; there is one at a time. Owners: prompting.py, outcomes.py."""


class Again(Struct, frozen=True):
    """The prompt comes back at the point `at`, without more sitting."""

    at: int
    why: Literal["snoozed", "missed", "not-shown"]
    since: int = 0
    """With "not-shown": the point of the last attempt."""


class Pacing(Struct):
    """When the next prompt is due. `snoozes` and `misses` count those in a row. Owner: outcomes.py."""

    counts_from: int = 0
    """Sitting before this point does not count toward the next prompt."""
    again: Again | None = None
    snoozes: int = 0
    misses: int = 0
    ignored: int = 0
    """How many of the misses were on the screen while there was input."""
    backed_off_on: date | None = None
    """The local date on which the interval is half as long again."""
    interrupted_at: int | None = None
    """The point at which quiet last withdrew an open prompt, until the next prompt is answered or missed."""

    def stop_backing_off(self) -> None:
        """Rule 11: back to the usual interval."""
        self.misses = self.ignored = 0
        self.backed_off_on = None


class Today(Struct):
    """The number of prompts that could be answered on the local date `day`. Owner: outcomes.py."""

    day: date | None = None
    prompts: int = 0
    opened: int = 0
    """The point at which the working hours of its first prompt opened."""


class RotationOrder(Struct):
    """Which routine was suggested or done longest ago. Owners: outcomes.py, stretching.py."""

    count: int = 0
    last: dict[str, int] = field(default_factory=dict)
    """Routine id -> the count when it was last suggested or done. Replaced, never changed in place."""

    def note(self, routine: str) -> None:
        """The routine was suggested or done just now."""
        self.count += 1
        self.last = {**self.last, routine: self.count}


class LastReport(Struct, frozen=True):
    """The last report of how it feels. Owner: feeling.py."""

    entry: FeelEntry
    put_off_before: Pain | None
    """State.put_off before the report."""
    taken_back: bool = False


class State(Struct, kw_only=True, forbid_unknown_fields=True):
    """Unknown fields are refused, so that a state of an older form is not read as an empty one."""

    time: Timeline = field(default_factory=Timeline)
    input: Input = field(default_factory=Input)
    signals: frozenset[Signal] = frozenset()
    """The signals that are on. Owner: sitting.py."""
    excused_until: int = 0
    """The point at which the last call or video that counted as sitting ended. Owner: sitting.py."""
    leaving: Leaving | None = None
    bout: Bout | None = None
    bout_ended: int = 0
    """The point at which the last bout ended. Owner: sitting.py."""
    standing_since: int | None = None
    """A point. Owner: sitting.py."""
    stretching: Stretching | None = None
    given_up: Stretching | None = None
    """The last stretch whose guide timed out and whose holds were recorded; of later reports only the rest is added."""
    unperformed: int | None = None
    """The number of the last prompt that was accepted without a stretch. Owner: stretching.py."""
    hours: OpenHours = field(default_factory=OpenHours)
    paused: Paused | None = None
    quiet: Quiet = field(default_factory=Quiet)
    stage: Stage | None = None
    numbered: int = 0
    """The number of the last prompt. Owner: prompting.py."""
    pacing: Pacing = field(default_factory=Pacing)
    today: Today = field(default_factory=Today)
    rotation_order: RotationOrder = field(name="turns", default_factory=RotationOrder)
    put_off: Pain | None = None
    """The pain because of which prompts suggest a walk. Owner: feeling.py."""
    last_report: LastReport | None = None
    read: dict[str, int] = field(default_factory=dict)
    """Routine id -> Routine.warned of the warnings that were read. Replaced, never changed in place. Owner:
    feeling.py."""

    @property
    def at(self) -> datetime:
        """The instant of the last event."""
        return self.time.at

    @property
    def now(self) -> int:
        """The point of the last event."""
        return self.time.now

    @property
    def prompt(self) -> Pending | Open | None:
        """The prompt that is on the screen or that a notifier was asked to show."""
        return self.stage if isinstance(self.stage, Pending | Open) else None

    def copy(self) -> State:
        """A copy that shares no mutable group with this state."""
        new = copy(self)
        new.time, new.input, new.hours = copy(self.time), copy(self.input), copy(self.hours)
        new.stage = copy(self.stage) if isinstance(self.stage, Open) else self.stage
        new.quiet, new.pacing = copy(self.quiet), copy(self.pacing)
        new.today, new.rotation_order = copy(self.today), copy(self.rotation_order)
        return new

    def later(self, at: datetime, elapsed: int) -> State:
        """A copy at the instant `at`, after `elapsed` milliseconds."""
        new = self.copy()
        new.time.at = at
        new.time.tick += elapsed
        new.time.now += elapsed
        return new

    def at_time(self, time: Timeline) -> State:
        """This state at another time, when nothing else has changed. It shares its groups with this one."""
        new = copy(self)
        new.time = time
        return new

    def differs_from(self, other: State) -> bool:
        """Whether anything but the time differs."""
        return self.at_time(other.time) != other


def point_of(state: State, instant: datetime) -> int:
    """The first point at which the wall clock will have reached `instant`, if nobody sets it."""
    return state.now - (state.at - instant) // MILLISECOND
