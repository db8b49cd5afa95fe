"""The table of settings: parsing, defaults, help, config.example.toml, the JSON Schema, the settings page and the
environment variables are all made from it. A new setting is one row here and one field where it is used.

Idea: todoman's `configuration.py`, where one list drives validation and documentation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from psoas_nudge.config.kinds import Choice, FilePath, FreeText, Pattern, Switch, ValueKind, Whole
from psoas_nudge.config.lists import Argv, ListOf, Tables
from psoas_nudge.config.tables import (
    EXCEPTION_EXAMPLES,
    EXCEPTION_FIELDS,
    ID,
    ROUTINE_EXAMPLES,
    ROUTINE_FIELDS,
    exception,
    routine,
)
from psoas_nudge.config.times import Duration, Hours, Region, Zone
from psoas_nudge.core.catalogue import CATALOGUE, ROTATION
from psoas_nudge.core.model import Signal

PREFIX = "PSOAS_NUDGE_"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Setting(NamedTuple):
    """One row. `default` and `example` are values as written in the file; the default None means "not set"."""

    key: str
    kind: ValueKind
    default: Any
    help: str
    example: Any = None
    label: str = ""
    """A few words for the settings page; `help` is the sentence."""
    dormant: bool = False
    """Whether the example file has it commented out, because setting it has side effects or there is no default."""

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return PREFIX + self.key.upper().replace(".", "_")


SECTIONS = {
    "hours": "When prompts are allowed, in local time. A day can have several ranges.",
    "exceptions": "Days with different hours. If several entries match a day, the last one applies.",
    "calendar": "Public holidays and calendar files. Needs: pip install 'psoas-nudge[calendar]'",
    "sitting": "What counts as sitting and what counts as a break.",
    "prompt": "When prompts appear and how often.",
    "quiet": "What delays a prompt. Set a line to false to get prompts anyway.",
    "stretch": "The guided stretch.",
    "desktop": "How psoas-nudge appears on your desktop.",
    "hooks": "Programs to start when something happens. Each is a list of words; no shell is involved.",
}

RANGES = ListOf(Hours(), '["09:00-12:30", "13:30-18:00"]')
OFFICE = ["09:00-17:00"]
COMMAND = Argv(FreeText(4000), '["notify-send", "Time to stand"]', least=1)
ROUTINE_ID = Pattern("a routine's id", ID, "standing-hip-flexor", (each.id for each in CATALOGUE))

QUIET = {
    Signal.DO_NOT_DISTURB: ("Wait during do-not-disturb", "Wait while the desktop's do-not-disturb mode is on."),
    Signal.FULLSCREEN: ("Wait while a window is full screen", "Wait while a window is in full screen."),
    Signal.CALL: ("Wait during a call", "Wait while the microphone or the camera is in use."),
    Signal.SCREEN_SHARE: ("Wait while the screen is shared", "Wait while the screen is shared or recorded."),
    Signal.BUSY: ("Wait while my calendar is busy", "Wait while a file in calendar.busy has an event."),
}
"""The signals that can delay a prompt: label and help."""

EVENTS = {
    "prompt_shown": "A prompt appears.",
    "accepted": "You start the stretch of a prompt.",
    "skipped": "You skip a prompt.",
    "snoozed": "You snooze a prompt.",
    "missed": "A prompt gets no answer.",
    "taken": "You get up while a prompt is on screen, without answering it.",
    "performed": "You finish a stretch.",
    "bout_ended": "You get up after sitting.",
    "hours_opened": "Working hours begin.",
    "hours_closed": "Working hours end.",
}

# Formatted by hand as a table: two or three lines for each setting.
# fmt: off
ROWS: tuple[Setting, ...] = (
    Setting("hours.timezone", Zone(), "", label="Time zone", example="Europe/Berlin",
            help='Time zone of the hours below. "" means the system\'s time zone, also when you travel.'),
    *(Setting(f"hours.{day}", RANGES, OFFICE if index < 5 else [], label=day.capitalize(),
              help="Hours in which prompts can appear. [] means no prompts on that day.")
      for index, day in enumerate(DAYS)),
    Setting("exceptions", Tables("[[exceptions]]", EXCEPTION_FIELDS, exception), [], label="Days with other hours",
            example=EXCEPTION_EXAMPLES, dormant=True,
            help="One day (on) or several (from, to) with their own hours. "
                 "Without hours there are no prompts on these days."),
    Setting("calendar.holidays", Region(), "", label="Public holidays", example="DE-BY",
            help='Country or region whose public holidays are days off. "" means none.'),
    Setting("calendar.busy", ListOf(FilePath(), '["~/work.ics"]'), [], label="Calendar files", example=["~/work.ics"],
            help="Calendar files (.ics). Prompts wait until their events are over."),
    Setting("sitting.away_after", Duration('Write for example "5m".'), "5m", label="Away without input after",
            help="Minutes without keyboard or mouse input after which you count as away."),
    Setting("sitting.shortest_break", Duration(), "2m", label="Shortest break",
            help="Shortest absence that counts as a break."),
    Setting("sitting.unseen_limit", Duration(), "2h", label="Longest call or video that counts",
            help="Longest time that a call or a video counts as sitting without keyboard or mouse input."),
    Setting("sitting.standing_for", Duration('Write for example "1h".'), "1h", label="Standing lasts",
            help="After `psoas-nudge stand`, time until you count as sitting again."),
    Setting("sitting.call_counts_as_sitting", Switch(), True, label="A call counts as sitting",
            help="Count a call as sitting, even without keyboard or mouse input."),
    Setting("sitting.playing_counts_as_sitting", Switch(), True, label="A video counts as sitting",
            help="Count a playing video as sitting, even without keyboard or mouse input."),
    Setting("prompt.nudge_after",
            Duration('Write for example "45m". To get no prompts at all, set prompt.daily_limit to 0.'), "45m",
            label="Prompt me after sitting for", help="Minutes of sitting after which a prompt is due."),
    Setting("prompt.settle_in", Duration(), "10m", label="No prompts at the start of work for",
            help="Minutes after the start of working hours in which no prompt appears."),
    Setting("prompt.wind_down", Duration(), "10m", label="No prompts before the end of work for",
            help="Minutes before the end of working hours in which no prompt appears."),
    Setting("prompt.daily_limit", Whole(0, 1000), 8, label="Prompts per day, at most",
            help="Maximum number of prompts per day, spread over the day. 0 means no prompts."),
    Setting("prompt.lull", Duration(), "8s", label="Wait for a pause in typing of",
            help="A due prompt waits until you pause typing for this long."),
    Setting("prompt.patience", Duration(), "5m", label="Wait for a pause no longer than",
            help="If you don't pause, the prompt appears after this time anyway."),
    Setting("prompt.expires_after", Duration('Write for example "5m".'), "5m", label="A prompt closes after",
            help="Time after which a prompt without an answer closes and counts as missed."),
    Setting("prompt.ask_again_after", Duration(), "15m", label="Ask again after a missed prompt",
            help="Time after which a missed prompt appears a second time."),
    Setting("prompt.snooze_for",
            Duration('Write for example "5m". To turn snoozing off, set prompt.max_snoozes to 0.'), "5m",
            label="Snooze for", help="Time until a snoozed prompt appears again."),
    Setting("prompt.max_snoozes", Whole(0, 100), 2, label="Snoozes in a row, at most",
            help="How many times in a row you can snooze a prompt."),
    Setting("prompt.after_quiet", Duration(), "1m", label="Wait after a call",
            help="How long a delayed prompt waits after a call or similar has ended."),
    Setting("prompt.insist", Switch(), False, label="Stay on screen until I answer",
            help="Keep the prompt on screen, with its buttons, until you answer or it closes. "
                 "Your desktop may hold back other notifications meanwhile. "
                 "If quiet.do_not_disturb is false, the prompt also shows during do-not-disturb."),
    *(Setting(f"quiet.{signal.value.replace('-', '_')}", Switch(), True, label=label, help=text)
      for signal, (label, text) in QUIET.items()),
    Setting("stretch.guide", Choice("page", "terminal", "none"), "page", label="Open the guided stretch in",
            help='Where the guided stretch opens: "page" in the browser, "terminal" in a terminal window, or "none".'),
    Setting("stretch.floor", Switch(), False, label="I can kneel where I work",
            help="Also suggest stretches for which you kneel or lie on the floor."),
    Setting("stretch.voice", Switch(), False, label="Voice",
            help="Speak the cues, the side and the countdown of a guided stretch."),
    Setting("stretch.chime", Switch(), True, label="Chime",
            help="Ring softly when something changes in a guided stretch, and twice when you change sides."),
    Setting("stretch.weekly_dose", Duration(), "10m", label="Weekly goal for each side",
            help="Weekly goal: time holding a stretch, for each side."),
    Setting("stretch.rotation", ListOf(ROUTINE_ID, '["standing-hip-flexor"]', least=1), list(ROTATION),
            label="Routines that prompts suggest", example=["standing-hip-flexor", "glute-squeeze"], dormant=True,
            help="The routines that prompts suggest in turn, by id. To list all: `psoas-nudge routines`. "
                 "If you set this, add your own routines too."),
    Setting("stretch.routines", Tables("[[stretch.routines]]", ROUTINE_FIELDS, routine), [], label="My own stretches",
            example=ROUTINE_EXAMPLES, dormant=True,
            help="Your own stretches, for example from your physiotherapist. They can have pictures, PNG or SVG, in "
                 "the folder of this file."),
    Setting("desktop.tray", Switch(), True, label="Icon in the panel",
            help="Show an icon in the panel, if the desktop supports it."),
    Setting("desktop.notifier", Choice("auto", "freedesktop", "balloon", "plyer", "terminal"), "auto",
            label="Show prompts with",
            help="How prompts are shown. "
                 '"auto" tries the desktop\'s notifications first, then plyer, then the terminal.'),
    Setting("desktop.sound", Switch(), False, label="Sound with a prompt",
            help="Play the desktop's notification sound with a prompt."),
    *(Setting(f"hooks.on_{e}", COMMAND, None, label=text.rstrip("."), example=["logger", e], dormant=True, help=text)
      for e, text in EVENTS.items()),
)
# fmt: on

SETTINGS = {row.key: row for row in ROWS}
