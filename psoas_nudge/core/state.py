"""All that the core remembers between two events, in groups, each with the module that changes it.

A *point* is a place on the state's own timeline: whole milliseconds that grow by the positive differences of clock
readings only, so it survives reboots and clock setting. `machine.step` works on a copy and assigns to its fields;
what is handed out is never changed again. The journal stores a state as JSON.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace as copy  # without changes: the quickest copy of a struct

from psoas_nudge.core.entries import FeelEntry
from psoas_nudge.core.hours import Span
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
    """The first point at which a rule asked to be looked at again; the wake-up may come earlier, for the heartbeat."""


class Input(Struct):
    """What the idle source says. Owner: sitting.py."""

    state: Literal["unknown", "active", "idle"] = "unknown"
    """"unknown": nothing was heard since the start."""
    since: int = 0
    """Point: the last input when idle, the first input after a silence when active, the start when unknown."""
    measured: bool = False
    """Whether a source has ever reported silence; without one, input says nothing about who is there."""
    threshold: int = 0
    """Milliseconds without input that the source was last asked to report; 0: not asked yet."""

    @property
    def idle_since(self) -> int | None:
        """The point of the last input, None while input flows or nothing is known."""
        return self.since if self.state == "idle" else None


class Bout(Struct, frozen=True):
    """Sitting under way since the point `started`; the `breaks` (from, to) in it do not count. Owner: sitting.py."""

    started: int
    breaks: tuple[tuple[int, int], ...] = ()

    def interrupted(self, begin: int, end: int) -> Bout:
        """The bout with one more break; one that overlaps others (a lock while standing) is joined with them."""
        begin = max(begin, self.started)
        if end <= begin:
            return self
        apart = tuple(b for b in self.breaks if b[1] < begin or end < b[0])
        joined = [b for b in self.breaks if b not in apart]
        first, last = min([begin, *(a for a, _ in joined)]), max([end, *(b for _, b in joined)])
        return Bout(started=self.started, breaks=(*apart, (first, last)))

    def sat(self, since: int, until: int) -> int:
        """Milliseconds of sitting between two points, breaks left out."""
        since = max(since, self.started)
        if until <= since:
            return 0
        return (until - since) - sum(max(0, min(until, b) - max(since, a)) for a, b in self.breaks)


class Leaving(Struct, frozen=True):
    """A lock, a suspend or another user in front since the point `since`. Owner: sitting.py."""

    since: int
    by: EndedBy


class Held(Struct, frozen=True):
    """Seconds done. `other`: holds that are no part of the weekly dose (see routines.Aim)."""

    left: float = 0.0
    right: float = 0.0
    other: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.left + self.right + self.other

    def without(self, before: Held) -> Held:
        """What came after `before`."""
        return Held(
            max(0.0, self.left - before.left),
            max(0.0, self.right - before.right),
            max(0.0, self.other - before.other),
        )


class Stretching(Struct, frozen=True):
    """A stretch since the point `since`. `broken`: input has stopped since; `guided`: a guide is open; `held`: what it
    had reported at the point `heard`. Owner: stretching.py."""

    since: int
    routine: str
    prompt: int | None
    broken: bool = False
    guided: bool = False
    held: Held = Held()
    heard: int = 0


class OpenHours(Struct):
    """The working hours around the last event. Owner: pausing.py."""

    span: Span | None = None
    """The open time around the event, or the next one."""
    checked: datetime = EPOCH
    """When `span` was last looked up; EPOCH: look it up again."""
    open: bool = False


class Paused(Struct, frozen=True):
    """Until the point `until`, or the instant `until_at`, or (both None) until resumed. Owner: pausing.py."""

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
    """The prompt was handed to the notifiers at the point `since`; none has confirmed it yet."""

    number: int
    routine: str
    since: int


class Open(Struct, tag=True):
    """The prompt is on the screen since the point `since`, shown by `notifier`, which knows it as `ref`."""

    number: int
    routine: str
    since: int
    notifier: str | None
    ref: str = ""
    fades: bool = False
    """Whether that notifier hides the prompt by itself after a few seconds, so that it has to be shown again."""
    renewed: int = 0
    """The point at which it was last put on the screen."""
    noticed: bool = False
    """Whether there was input while it was on the screen: only then does silence mean that it was ignored."""


Stage = HeldBack | Waiting | Pending | Open
"""How far the one prompt that there can be has come. Owners: prompting.py, outcomes.py."""


class Again(Struct, frozen=True):
    """The prompt comes back at the point `at`, however little was sat until then."""

    at: int
    why: Literal["snoozed", "missed", "not-shown"]
    since: int = 0
    """The point at which it could not be shown."""


class Pacing(Struct):
    """When the next prompt is due. Owner: outcomes.py."""

    counts_from: int = 0
    """Sitting before this point has had its prompt."""
    again: Again | None = None
    snoozes: int = 0
    """In a row."""
    misses: int = 0
    """In a row."""
    ignored: int = 0
    """Of these, how many were on the screen while there was input."""
    backed_off_on: date | None = None
    """The local date on which a prompt needs half as much sitting again."""
    interrupted_at: int | None = None
    """The point at which quiet last took an open prompt away, until the next one is answered or missed."""

    def stop_backing_off(self) -> None:
        """Rule 11: the interval is the usual one again."""
        self.misses = self.ignored = 0
        self.backed_off_on = None


class Today(Struct):
    """How many prompts could be answered on the local date `day`. Owner: outcomes.py."""

    day: date | None = None
    prompts: int = 0
    opened: int = 0
    """The point at which the working hours of its first prompt opened."""


class Turns(Struct):
    """Which routine was suggested or done when. Owners: outcomes.py, stretching.py."""

    count: int = 0
    last: dict[str, int] = field(default_factory=dict)
    """Routine id: the count at which it had its last turn. Replaced, never changed."""

    def take(self, routine: str) -> None:
        """This routine has had its turn."""
        self.count += 1
        self.last = {**self.last, routine: self.count}


class LastReport(Struct, frozen=True):
    """The last report of how it feels. Owner: feeling.py."""

    entry: FeelEntry
    put_off_before: Pain | None
    """State.put_off as it was without it."""
    taken_back: bool = False


class State(Struct, kw_only=True, forbid_unknown_fields=True):
    """See the module. Unknown fields are refused, so that an older form cannot pass for an empty state."""

    time: Timeline = field(default_factory=Timeline)
    input: Input = field(default_factory=Input)
    signals: frozenset[Signal] = frozenset()
    """What sensors report as on. Owner: sitting.py."""
    excused_until: int = 0
    """The point at which the last call or film ended that counted as sitting. Owner: sitting.py."""
    leaving: Leaving | None = None
    bout: Bout | None = None
    bout_ended: int = 0
    """The point at which the last bout ended. Owner: sitting.py."""
    standing_since: int | None = None
    """Point. Owner: sitting.py."""
    stretching: Stretching | None = None
    given_up: Stretching | None = None
    """The last stretch whose guide fell silent and whose holds were recorded; if it speaks again, only the rest is."""
    unperformed: int | None = None
    """The number of the last prompt that was accepted and then not performed. Owner: stretching.py."""
    hours: OpenHours = field(default_factory=OpenHours)
    paused: Paused | None = None
    quiet: Quiet = field(default_factory=Quiet)
    stage: Stage | None = None
    numbered: int = 0
    """The number of the last prompt. Owner: prompting.py."""
    pacing: Pacing = field(default_factory=Pacing)
    today: Today = field(default_factory=Today)
    turns: Turns = field(default_factory=Turns)
    put_off: Pain | None = None
    """The pain because of which prompts suggest a walk. Owner: feeling.py."""
    last_report: LastReport | None = None
    read: dict[str, int] = field(default_factory=dict)
    """Routine id: Routine.warned of the warnings that were read. Replaced, never changed. Owner: feeling.py."""

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
        """The prompt that is on the screen or on its way there."""
        return self.stage if isinstance(self.stage, Pending | Open) else None

    def copy(self) -> State:
        """One that can be changed without changing this one."""
        new = copy(self)
        new.time, new.input, new.hours = copy(self.time), copy(self.input), copy(self.hours)
        new.stage = copy(self.stage) if isinstance(self.stage, Open) else self.stage
        new.quiet, new.pacing, new.today, new.turns = (
            copy(self.quiet),
            copy(self.pacing),
            copy(self.today),
            copy(self.turns),
        )
        return new

    def moved(self, time: Timeline) -> State:
        """The same at another time, for when nothing else happened. It shares its groups with this one."""
        new = copy(self)
        new.time = time
        return new

    def differs_from(self, other: State) -> bool:
        """Whether more than time has passed between the two."""
        return self.moved(other.time) != other


def point_of(state: State, instant: datetime) -> int:
    """The first point at which the wall clock will have reached `instant`, as it runs now."""
    return state.now - (state.at - instant) // MILLISECOND
