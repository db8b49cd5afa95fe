"""What can happen: the closed union of events that `machine.step` takes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.words import Afterwards, Answer, Pain, Signal


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
