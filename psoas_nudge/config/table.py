"""The one table of settings. Parsing, defaults, help, config.example.toml, the JSON Schema and the environment
variables all come from it; a new setting is one row here and one field where it is used.

Idea: todoman's `configuration.py`, where one list drives validation and documentation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from psoas_nudge.config.kinds import Choice, Duration, File, Hours, Kind, Pattern, Switch, Text, Whole, Zone
from psoas_nudge.config.lists import Argv, ListOf, Tables
from psoas_nudge.config.tables import (
    EXCEPTION_EXAMPLES,
    EXCEPTION_FIELDS,
    ROUTINE_EXAMPLES,
    ROUTINE_FIELDS,
    exception,
    routine,
)
from psoas_nudge.core.catalogue import ROTATION
from psoas_nudge.core.model import Signal

PREFIX = "PSOAS_NUDGE_"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Setting(NamedTuple):
    """One row. `default` and `example` are values as they stand in the file; None as default means "not set"."""

    key: str
    kind: Kind
    default: Any
    help: str
    example: Any = None
    dormant: bool = False
    """Whether it stands in the example file as a comment, because setting it means more than its value."""

    @property
    def section(self) -> str:
        """The header it stands under."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The key below the header."""
        return self.key.rpartition(".")[2]

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return PREFIX + self.key.upper().replace(".", "_")


SECTIONS = {
    "hours": "When prompts are allowed: any number of ranges a day, in local time.",
    "exceptions": "Days that are different. The last one that fits a day decides.",
    "calendar": "Days off and busy times from elsewhere. Needs: pip install 'psoas-nudge[calendar]'",
    "sitting": "What counts as sitting, and what as a break.",
    "prompt": "When a prompt comes, how long it waits, how often it comes.",
    "quiet": "What holds a due prompt back until it is over.",
    "stretch": "The guided stretch.",
    "desktop": "How it shows on the desktop.",
    "hooks": "Commands to start when something happens, as lists of words; no shell reads them.",
}

RANGES = ListOf(Hours(), '["09:00-12:30", "13:30-18:00"]')
OFFICE = ["09:00-17:00"]
COMMAND = Argv(Text(4000), '["notify-send", "Time to stand"]', least=1)
ROUTINE_ID = Pattern("the id of a routine", r"[a-z0-9]+(-[a-z0-9]+)*", "standing-hip-flexor")
REGION = Pattern("a country or its part", r"|[A-Z]{2}(-[A-Z0-9]{1,3})?", "DE-BY")

HOURS = (
    Setting(
        "hours.timezone",
        Zone(),
        "",
        'The time zone of the ranges; "" follows the system.',
        "Europe/Berlin",
    ),
    *(
        Setting(
            f"hours.{day}",
            RANGES,
            OFFICE if index < 5 else [],
            "Open ranges, any number a day; [] is a day off.",
        )
        for index, day in enumerate(DAYS)
    ),
)

QUIET_HELP = {
    Signal.DO_NOT_DISTURB: "The desktop's do-not-disturb is on.",
    Signal.FULLSCREEN: "A window fills the screen.",
    Signal.CALL: "Microphone or camera is in use.",
    Signal.SCREEN_SHARE: "The screen is being shared.",
    Signal.BUSY: "A calendar file says you are busy.",
}

EVENTS = {
    "prompt_shown": "A prompt appeared.",
    "accepted": "A prompt was accepted.",
    "skipped": "A prompt was skipped.",
    "snoozed": "A prompt was put off.",
    "missed": "A prompt had no answer.",
    "taken": "You left without answering.",
    "performed": "A stretch was done.",
    "bout_ended": "A stretch of sitting ended.",
    "hours_opened": "Working hours began.",
    "hours_closed": "Working hours ended.",
}

ROWS: tuple[Setting, ...] = (
    *HOURS,
    Setting(
        "exceptions",
        Tables("[[exceptions]]", EXCEPTION_FIELDS, exception),
        [],
        "A day (on) or a span (from, to) with its own ranges; without ranges it is closed.",
        EXCEPTION_EXAMPLES,
        dormant=True,
    ),
    Setting(
        "calendar.holidays", REGION, "", 'Public holidays are days off: country or part of one; "" for none.', "DE-BY"
    ),
    Setting(
        "calendar.busy",
        ListOf(File(), '["~/work.ics"]'),
        [],
        "Calendar files (.ics) whose events hold prompts back.",
        ["~/work.ics"],
    ),
    Setting("sitting.away_after", Duration(), "5m", "Without input for so long, you have left."),
    Setting("sitting.shortest_break", Duration(), "2m", "A shorter absence is no break."),
    Setting(
        "sitting.unseen_limit", Duration(), "2h", "A call or a video counts as sitting for so long without any input."
    ),
    Setting("sitting.standing_for", Duration(), "1h", "How long `psoas-nudge stand` holds."),
    Setting("sitting.call_counts_as_sitting", Switch(), True, "A call without input is sitting."),
    Setting("sitting.playing_counts_as_sitting", Switch(), True, "A playing video without input is sitting."),
    Setting("prompt.nudge_after", Duration(), "30m", "Sitting for so long makes a prompt due."),
    Setting("prompt.settle_in", Duration(), "10m", "No prompt so soon after working hours open."),
    Setting("prompt.wind_down", Duration(), "10m", "No prompt so shortly before they close."),
    Setting("prompt.daily_limit", Whole(0, 1000), 8, "At most so many prompts a day."),
    Setting("prompt.lull", Duration(), "8s", "A due prompt waits for a pause in typing of this length, ..."),
    Setting("prompt.patience", Duration(), "5m", "... but no longer than this."),
    Setting("prompt.expires_after", Duration(), "5m", "A prompt without an answer is missed after this."),
    Setting("prompt.ask_again_after", Duration(), "10m", "A missed prompt is shown once more after this."),
    Setting("prompt.snooze_for", Duration(), "5m", "How long a snooze puts a prompt off."),
    Setting("prompt.max_snoozes", Whole(0, 100), 2, "At most so many snoozes in a row."),
    Setting("prompt.after_quiet", Duration(), "1m", "How long after quiet a held-back prompt comes."),
    *(Setting(f"quiet.{s.value.replace('-', '_')}", Switch(), True, text) for s, text in QUIET_HELP.items()),
    Setting(
        "stretch.guide",
        Choice("page", "terminal", "none"),
        "page",
        "What Accept opens: a page in the browser, a terminal, or nothing.",
    ),
    Setting("stretch.floor", Switch(), False, "You can kneel or lie on the floor where you work."),
    Setting("stretch.voice", Switch(), False, "In the terminal, speak the cues, the side and the count-down."),
    Setting("stretch.weekly_dose", Duration(), "10m", "The aim for a week: hold time on each side."),
    Setting(
        "stretch.rotation",
        ListOf(ROUTINE_ID, '["standing-hip-flexor"]', least=1),
        list(ROTATION),
        "The routines that take turns; see `psoas-nudge routines`. Your own join by themselves when this is not set.",
        ["standing-hip-flexor", "glute-squeeze"],
        dormant=True,
    ),
    Setting(
        "stretch.routines",
        Tables("[[stretch.routines]]", ROUTINE_FIELDS, routine),
        [],
        "Routines of your own, for example from your physiotherapist.",
        ROUTINE_EXAMPLES,
        dormant=True,
    ),
    Setting("desktop.tray", Switch(), True, "Show an icon in the panel, where there is one."),
    Setting(
        "desktop.notifier",
        Choice("auto", "freedesktop", "plyer", "terminal"),
        "auto",
        "Who shows the prompts.",
    ),
    Setting("desktop.sound", Switch(), False, "Let the desktop play a sound with a prompt."),
    *(Setting(f"hooks.on_{e}", COMMAND, None, text, ["logger", e], dormant=True) for e, text in EVENTS.items()),
)

SETTINGS = {row.key: row for row in ROWS}
