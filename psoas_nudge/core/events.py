"""What can happen: the closed union of events that `machine.step` takes. Nothing here says when.

When is the `Moment` that is passed beside the event. There are three kinds of events:

- `Asked`: what a person asks for, with a button, a command, the tray, D-Bus or a guide. Each struct also holds the
  words that go with it: its help line, its label on a button, and the sentence that answers it.
- `Sensed`: what sensors report.
- what the engine itself says: it started, it woke up, a notifier showed the prompt.

The control socket, the D-Bus name, the tray, the page, the guide, the simulator and the sensors carry these structs
as they are. Lengths are whole milliseconds, except the held seconds, which the journal keeps as such.
Idea: h11's `_events.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeVar

from msgspec import Struct, convert, to_builtins

from psoas_nudge.core.ranges import HeldSeconds, Instant, Length, Level, Name, Number, Text, instant
from psoas_nudge.core.words import AdviceReason, Afterwards, Pain, Signal


class Moment(Struct, frozen=True):
    """One reading of both clocks: an aware UTC instant, and milliseconds of a clock that counts suspend and that
    nobody can set. Schedules and the journal use the first, durations the second."""

    at: datetime
    tick: int


def kebab(name: str) -> str:
    """ "GuideEnded" as "guide-ended"."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


class Event(
    Struct, frozen=True, kw_only=True, tag_field="event", tag=kebab, omit_defaults=True, forbid_unknown_fields=True
):
    """Something that happened."""


# --- what a person asks for --------------------------------------------------------------------------------------


class Request(Event, frozen=True, kw_only=True):
    """Something a person asks for. `via` says where, for the journal."""

    help: ClassVar[str] = ""
    """One line for a list of commands and for D-Bus."""
    label: ClassVar[str] = ""
    """On a button or in a menu. {delay}: the length of a snooze."""
    answer: ClassVar[str] = ""
    """What the person reads when it was done. {next}: when the next prompt can come; {pause}: until when it is
    paused; {undone}: what was taken back."""

    via: Name = "command line"


class Accept(Request, frozen=True, kw_only=True):
    """`prompt` None: the one that is open."""

    help = "Answer the prompt: stretch now."
    label = "Start"
    answer = "Accepted. Enjoy the stretch."

    prompt: Number | None = None


class Snooze(Request, frozen=True, kw_only=True):
    """`delay` None: the length that the settings name."""

    help = "Answer the prompt: ask again later."
    label = "In {delay}"
    answer = "Snoozed. {next}"

    prompt: Number | None = None
    delay: Length | None = None


class Skip(Request, frozen=True, kw_only=True):
    """`because`: a reason for the journal."""

    help = "Answer the prompt: not this time."
    label = "Skip"
    answer = "Skipped. {next}"

    prompt: Number | None = None
    because: Text | None = None


class Pause(Request, frozen=True, kw_only=True):
    """For `length`, or until an instant, or until tomorrow (in the zone of the working hours); else until resumed."""

    help = "Turn prompts off for a while."
    label = "Pause prompts"
    answer = "{pause}"

    length: Length | None = None
    until: Instant | None = None
    until_tomorrow: bool = False

    def __post_init__(self) -> None:
        if self.until is not None:
            instant("until", self.until)


class Resume(Request, frozen=True, kw_only=True):
    """The pause is over."""

    help = "Turn prompts back on."
    label = "Resume prompts"
    answer = "Prompts are back on. {next}"


class Stand(Request, frozen=True, kw_only=True):
    """The person works standing from now on."""

    help = "Say that you are standing now. Standing does not count as sitting."
    label = "I'm standing now"
    answer = "Standing does not count as sitting. Run `psoas-nudge sit` when you sit down again."


class Sit(Request, frozen=True, kw_only=True):
    """The person sits again."""

    help = "Say that you are sitting again."
    label = "I'm sitting again"
    answer = "Sitting counts again. {next}"


class Stretch(Request, frozen=True, kw_only=True):
    """Open a guide without a prompt. `routine` None: the next in the rotation."""

    help = "Stretch now."
    label = "Stretch now"
    answer = "The stretch opens."

    routine: Name | None = None


class GuideStarted(Request, frozen=True, kw_only=True):
    """A guided stretch is under way; `prompt` is None when it was not started by a prompt."""

    routine: Name
    prompt: Number | None = None


class GuideHeld(Request, frozen=True, kw_only=True):
    """What has been held so far in a guide that is open, every few seconds of holding; fields as in GuideEnded."""

    routine: Name
    prompt: Number | None = None
    left_seconds: HeldSeconds = 0.0
    right_seconds: HeldSeconds = 0.0
    other_seconds: HeldSeconds = 0.0


class GuideEnded(Request, frozen=True, kw_only=True):
    """The guide closed. Seconds held per side are what was done, not what was planned.

    `other_seconds`: rest, pressure, squeezing, walking: done, but no part of the weekly dose."""

    routine: Name
    prompt: Number | None = None
    left_seconds: HeldSeconds = 0.0
    right_seconds: HeldSeconds = 0.0
    other_seconds: HeldSeconds = 0.0


class Feel(Request, frozen=True, kw_only=True):
    """How it feels: `afterwards` right after a stretch, `level` 0 (nothing) to 10 at any time."""

    help = "Record how your hip and back feel, from 0 to 10."
    label = "How it feels"
    answer = "Saved."

    level: Level | None = None
    afterwards: Afterwards | None = None
    pain: Pain | None = None
    note: Text | None = None
    routine: Name | None = None


class Clear(Request, frozen=True, kw_only=True):
    """Stretching is all right again."""

    help = "Say that you can stretch again."
    label = "I can stretch again"
    answer = "Saved. Prompts suggest stretches again."


class Undo(Request, frozen=True, kw_only=True):
    """The last report of how it feels was a mistake."""

    help = "Take back your last report of how it feels."
    label = "Take it back"
    answer = "Taken back: {undone}."


class WarningsRead(Request, frozen=True, kw_only=True):
    """The person has read who should not do this routine, or should ask first, and its cautions."""

    routine: Name


class Advised(Request, frozen=True, kw_only=True):
    """The advice to see a professional was shown."""

    because: AdviceReason


# --- what sensors report -----------------------------------------------------------------------------------------


class Idle(Event, frozen=True, kw_only=True):
    """There has been no input for `idle_for`, at least the threshold last asked for."""

    idle_for: Length


class Active(Event, frozen=True, kw_only=True):
    """There was input just now, or no source can tell (the person then counts as present)."""


class SignalChanged(Event, frozen=True, kw_only=True):
    """A signal is on or off. Repeating what is known is harmless."""

    signal: Signal
    on: bool


class ClockSet(Event, frozen=True, kw_only=True):
    """The wall clock was set, or the machine came back from a sleep that nobody announced."""


# --- what the engine says ----------------------------------------------------------------------------------------


class Started(Event, frozen=True, kw_only=True):
    """The engine started. `lived`: from the stored state to the last heartbeat; `silent_for`: from there to now.
    Both are 0 with a fresh state."""

    lived: int = 0
    silent_for: int = 0


class Stopping(Event, frozen=True, kw_only=True):
    """The engine is about to end."""


class Woke(Event, frozen=True, kw_only=True):
    """The wake-up that was asked for, or any moment at which nothing else happened."""


class Reloaded(Event, frozen=True, kw_only=True):
    """The rules passed with this step are new."""


class Shown(Event, frozen=True, kw_only=True):
    """`notifier` has put the prompt on the screen; `ref` is what that notifier needs to withdraw it. `fades`: the
    prompt vanishes by itself after a few seconds of activity, so that it has to be shown again."""

    prompt: int
    notifier: str
    ref: str = ""
    fades: bool = False


class NotShown(Event, frozen=True, kw_only=True):
    """No notifier could show the prompt."""

    prompt: int
    why: str


class GuideGone(Event, frozen=True, kw_only=True):
    """The process of a guide has ended, or lost its connection, and it had not said that it was done."""

    routine: Name
    prompt: Number | None = None


class NotifierAppeared(Event, frozen=True, kw_only=True):
    """A notification service has appeared: what could not be shown may be possible now."""


Answering = Accept | Snooze | Skip
Asked = (
    Accept
    | Snooze
    | Skip
    | Pause
    | Resume
    | Stand
    | Sit
    | Stretch
    | GuideStarted
    | GuideHeld
    | GuideEnded
    | Feel
    | Clear
    | Undo
    | WarningsRead
    | Advised
)
Sensed = Idle | Active | SignalChanged | ClockSet
AnyEvent = Asked | Sensed | Started | Stopping | Woke | Reloaded | Shown | NotShown | GuideGone | NotifierAppeared


E = TypeVar("E", bound=Event)


def checked(event: E) -> E:
    """The same event, its fields checked as if it had come through the socket; raises msgspec.ValidationError."""
    return convert(to_builtins(event), type(event))
