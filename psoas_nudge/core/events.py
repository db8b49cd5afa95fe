"""The events that `machine.step` takes, a closed union without time stamps: the `Moment` is passed beside the event.

There are three kinds:

- `Asked`: what a person asks for, with a button, a command, the tray, D-Bus or a guide. Each struct also has its help
  line, its label on a button, and the sentence that answers it.
- `Sensed`: what sensors report.
- what the engine reports: it started, the wake-up came, a notifier showed the prompt.

The control socket, the D-Bus name, the tray, the page, the guide, the simulator and the sensors carry these structs
themselves. Lengths are whole milliseconds; held times are seconds, as in the journal.
Idea: h11's `_events.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeVar, get_args

from msgspec import Struct, convert, to_builtins

from psoas_nudge.core.ranges import HeldSeconds, Instant, Length, Level, Name, Number, Text, instant
from psoas_nudge.core.words import AdviceReason, Afterwards, Pain, Signal


class Moment(Struct, frozen=True):
    """One reading of both clocks: an aware UTC instant, for schedules and the journal, and milliseconds of a clock that
    counts suspend and cannot be set, for durations."""

    at: datetime
    tick: int


def kebab(name: str) -> str:
    """ "GuideEnded" as "guide-ended"."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


class Event(
    Struct, frozen=True, kw_only=True, tag_field="event", tag=kebab, omit_defaults=True, forbid_unknown_fields=True
):
    """Something that happened."""


class Request(Event, frozen=True, kw_only=True):
    """Something a person asks for. `via`: where they asked, for the journal."""

    help: ClassVar[str] = ""
    """One line: for the command's help, the list of commands, completion and D-Bus."""
    label: ClassVar[str] = ""
    """The text on a button or in a menu. {delay}: the length of a snooze."""
    answer: ClassVar[str] = ""
    """What the person reads afterwards. {next}: when the next prompt can come; {pause}: the end of the pause;
    {undone}: what was taken back."""

    via: Name = "command line"


class Accept(Request, frozen=True, kw_only=True):
    """`prompt` None: the open prompt."""

    help = "Start the stretch of the open prompt."
    label = "Start"
    answer = "Accepted. Enjoy the stretch."

    prompt: Number | None = None


class Snooze(Request, frozen=True, kw_only=True):
    """`delay` None: the length in the settings."""

    help = "Get the open prompt again later."
    label = "In {delay}"
    answer = "Snoozed. {next}"

    prompt: Number | None = None
    delay: Length | None = None


class Skip(Request, frozen=True, kw_only=True):
    """`because`: a reason for the journal."""

    help = "Skip the open prompt."
    label = "Skip"
    answer = "Skipped. {next}"

    prompt: Number | None = None
    because: Text | None = None


class Pause(Request, frozen=True, kw_only=True):
    """For `length`, until an instant, or until tomorrow in the zone of the working hours; else until resumed."""

    help = "Get no prompts for a while."
    label = "Pause prompts"
    answer = "{pause}"

    length: Length | None = None
    until: Instant | None = None
    until_tomorrow: bool = False

    def __post_init__(self) -> None:
        if self.until is not None:
            instant("until", self.until)


class Resume(Request, frozen=True, kw_only=True):
    help = "Get prompts again after a pause."
    label = "Resume prompts"
    answer = "Prompts are back on. {next}"


class Stand(Request, frozen=True, kw_only=True):
    help = "Say that you are standing now. That does not count as sitting."
    label = "I'm standing now"
    answer = "Standing does not count as sitting. Run `psoas-nudge sit` when you sit down again."


class Sit(Request, frozen=True, kw_only=True):
    help = "Say that you are sitting again."
    label = "I'm sitting again"
    answer = "Sitting counts again. {next}"


class Moved(Request, frozen=True, kw_only=True):
    help = "Say that you just got up or stretched on your own."
    label = "I just moved"
    answer = "Your sitting time is back at 0. {next}"


class Stretch(Request, frozen=True, kw_only=True):
    """Open a guide without a prompt. `routine` None: the next one in the rotation."""

    help = "Start a guided stretch now."
    label = "Stretch now"
    answer = "The stretch opens."

    routine: Name | None = None


class GuideStarted(Request, frozen=True, kw_only=True):
    """A guided stretch has begun; `prompt` None: no prompt led to it."""

    routine: Name
    prompt: Number | None = None


class GuideHeld(Request, frozen=True, kw_only=True):
    """Progress of an open guide, sent every few seconds of holding; fields as in GuideEnded."""

    routine: Name
    prompt: Number | None = None
    left_seconds: HeldSeconds = 0.0
    right_seconds: HeldSeconds = 0.0
    other_seconds: HeldSeconds = 0.0


class GuideEnded(Request, frozen=True, kw_only=True):
    """The guide closed. Seconds are what was held, not what was planned.

    `other_seconds`: rest, pressure, squeezing and walking, which do not count toward the weekly dose."""

    routine: Name
    prompt: Number | None = None
    left_seconds: HeldSeconds = 0.0
    right_seconds: HeldSeconds = 0.0
    other_seconds: HeldSeconds = 0.0


class Feel(Request, frozen=True, kw_only=True):
    """How it feels: `afterwards` right after a stretch, `level` from 0 (no discomfort) to 10 at any time."""

    help = "Record how your hip and back feel, from 0 to 10."
    label = "How it feels"
    answer = "Saved."

    level: Level | None = None
    afterwards: Afterwards | None = None
    pain: Pain | None = None
    note: Text | None = None
    routine: Name | None = None


class Clear(Request, frozen=True, kw_only=True):
    help = "Say that you can stretch again."
    label = "I can stretch again"
    answer = "Saved. Prompts suggest stretches again."


class Undo(Request, frozen=True, kw_only=True):
    help = "Take back your last report of how it feels."
    label = "Take back the last report"
    answer = "Taken back: {undone}."


class WarningsRead(Request, frozen=True, kw_only=True):
    """The person has read the warnings of a routine: who should not do it or ask first, and its cautions."""

    routine: Name


class Advised(Request, frozen=True, kw_only=True):
    """The advice to see a professional was shown."""

    because: AdviceReason


# --- what sensors report -----------------------------------------------------------------------------------------


class Idle(Event, frozen=True, kw_only=True):
    """There has been no input for `idle_for`, which is at least the threshold last asked for."""

    idle_for: Length


class Active(Event, frozen=True, kw_only=True):
    """There was input just now, or no source reports input (the person then counts as present)."""


class SignalChanged(Event, frozen=True, kw_only=True):
    """A signal is on or off. Reporting the same value again has no effect."""

    signal: Signal
    on: bool


class ClockSet(Event, frozen=True, kw_only=True):
    """The wall clock was set, or the machine woke from an unannounced sleep."""


# --- what the engine reports -------------------------------------------------------------------------------------


class Started(Event, frozen=True, kw_only=True):
    """The engine started. `lived`: time from the stored state to the last heartbeat; `silent_for`: from there to now.
    Both are 0 with a fresh state."""

    lived: int = 0
    silent_for: int = 0


class Stopping(Event, frozen=True, kw_only=True):
    """The engine is about to end."""


class Woke(Event, frozen=True, kw_only=True):
    """The wake-up that Wake asked for. It may come at any other moment too."""


class Reloaded(Event, frozen=True, kw_only=True):
    """The rules that are passed with this step are new."""


class Shown(Event, frozen=True, kw_only=True):
    """`notifier` has shown the prompt and needs `ref` to withdraw it. `fades`: the desktop hides the prompt after a few
    seconds of activity, so it has to be shown again."""

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
    """A notification service has appeared, so a prompt that could not be shown can be tried again."""


Answering = Accept | Snooze | Skip
Plain = Accept | Resume | Stand | Sit | Moved
"""Each is a command, a method on D-Bus and a step of a trace of its own name, without arguments."""
PLAIN: dict[str, type[Plain]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Plain)}
Asked = (
    Accept
    | Snooze
    | Skip
    | Pause
    | Resume
    | Stand
    | Sit
    | Moved
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
    """The same event, its fields checked as if it came through the socket; raises msgspec.ValidationError."""
    return convert(to_builtins(event), type(event))
