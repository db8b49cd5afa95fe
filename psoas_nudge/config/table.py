"""The table of settings: the single source for parsing, defaults, help, config.example.toml, the JSON Schema and the
environment variables. A new setting is one row here and one field where it is used.

Idea: todoman's `configuration.py`, where one list drives validation and documentation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from psoas_nudge.config.kinds import Choice, File, Kind, Pattern, Switch, Text, Whole
from psoas_nudge.config.lists import Argv, ListOf, Tables
from psoas_nudge.config.tables import (
    EXCEPTION_EXAMPLES,
    EXCEPTION_FIELDS,
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
    """One row. `default` and `example` are values as written in the file; a default of None means "not set"."""

    key: str
    kind: Kind
    default: Any
    help: str
    example: Any = None
    label: str = ""
    """A few words for the settings page; `help` is the sentence."""
    dormant: bool = False
    """Whether the example file has it commented out, because setting it has side effects or there is no default."""

    @property
    def section(self) -> str:
        """The name in the header above it."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The key without its section."""
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
COMMAND = Argv(Text(4000), '["notify-send", "Time to stand"]', least=1)
ROUTINE_ID = Pattern("a routine's id", r"[a-z0-9]+(-[a-z0-9]+)*", "standing-hip-flexor")
IN_TURN = Pattern(ROUTINE_ID.form, ROUTINE_ID.pattern, ROUTINE_ID.example, (each.id for each in CATALOGUE))

HOURS = (
    Setting(
        "hours.timezone",
        Zone(),
        "",
        'Time zone of the hours below. "" means the system\'s time zone, also when you travel.',
        "Europe/Berlin",
        label="Time zone",
    ),
    *(
        Setting(
            f"hours.{day}",
            RANGES,
            OFFICE if index < 5 else [],
            "Hours in which prompts can appear. [] means no prompts on that day.",
            label=day.capitalize(),
        )
        for index, day in enumerate(DAYS)
    ),
)

QUIET_HELP = {
    Signal.DO_NOT_DISTURB: "Wait while the desktop's do-not-disturb mode is on.",
    Signal.FULLSCREEN: "Wait while a window is in full screen.",
    Signal.CALL: "Wait while the microphone or the camera is in use.",
    Signal.SCREEN_SHARE: "Wait while the screen is shared or recorded.",
    Signal.BUSY: "Wait while a file in calendar.busy has an event.",
}

QUIET_LABELS = {
    Signal.DO_NOT_DISTURB: "Wait during do-not-disturb",
    Signal.FULLSCREEN: "Wait while a window is full screen",
    Signal.CALL: "Wait during a call",
    Signal.SCREEN_SHARE: "Wait while the screen is shared",
    Signal.BUSY: "Wait while my calendar is busy",
}

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

ROWS: tuple[Setting, ...] = (
    *HOURS,
    Setting(
        "exceptions",
        Tables("[[exceptions]]", EXCEPTION_FIELDS, exception),
        [],
        "One day (on) or several (from, to) with their own hours. Without hours there are no prompts on these days.",
        EXCEPTION_EXAMPLES,
        dormant=True,
        label="Days with other hours",
    ),
    Setting(
        "calendar.holidays",
        Region(),
        "",
        'Country or region whose public holidays are days off. "" means none.',
        "DE-BY",
        label="Public holidays",
    ),
    Setting(
        "calendar.busy",
        ListOf(File(), '["~/work.ics"]'),
        [],
        "Calendar files (.ics). Prompts wait until their events are over.",
        ["~/work.ics"],
        label="Calendar files",
    ),
    Setting(
        "sitting.away_after",
        Duration('Write for example "5m".'),
        "5m",
        "Minutes without keyboard or mouse input after which you count as away.",
        label="Away without input after",
    ),
    Setting(
        "sitting.shortest_break", Duration(), "2m", "Shortest absence that counts as a break.", label="Shortest break"
    ),
    Setting(
        "sitting.unseen_limit",
        Duration(),
        "2h",
        "Longest time that a call or a video counts as sitting without keyboard or mouse input.",
        label="Longest call or video that counts",
    ),
    Setting(
        "sitting.standing_for",
        Duration('Write for example "1h".'),
        "1h",
        "After `psoas-nudge stand`, time until you count as sitting again.",
        label="Standing lasts",
    ),
    Setting(
        "sitting.call_counts_as_sitting",
        Switch(),
        True,
        "Count a call as sitting, even without keyboard or mouse input.",
        label="A call counts as sitting",
    ),
    Setting(
        "sitting.playing_counts_as_sitting",
        Switch(),
        True,
        "Count a playing video as sitting, even without keyboard or mouse input.",
        label="A video counts as sitting",
    ),
    Setting(
        "prompt.nudge_after",
        Duration('Write for example "45m". To get no prompts at all, set prompt.daily_limit to 0.'),
        "45m",
        "Minutes of sitting after which a prompt is due.",
        label="Prompt me after sitting for",
    ),
    Setting(
        "prompt.settle_in",
        Duration(),
        "10m",
        "Minutes after the start of working hours in which no prompt appears.",
        label="No prompts at the start of work for",
    ),
    Setting(
        "prompt.wind_down",
        Duration(),
        "10m",
        "Minutes before the end of working hours in which no prompt appears.",
        label="No prompts before the end of work for",
    ),
    Setting(
        "prompt.daily_limit",
        Whole(0, 1000),
        8,
        "Maximum number of prompts per day. 0 means no prompts.",
        label="Prompts per day, at most",
    ),
    Setting(
        "prompt.lull",
        Duration(),
        "8s",
        "A due prompt waits until you pause typing for this long.",
        label="Wait for a pause in typing of",
    ),
    Setting(
        "prompt.patience",
        Duration(),
        "5m",
        "If you don't pause, the prompt appears after this time anyway.",
        label="Wait for a pause no longer than",
    ),
    Setting(
        "prompt.expires_after",
        Duration('Write for example "5m".'),
        "5m",
        "Time after which a prompt without an answer closes and counts as missed.",
        label="A prompt closes after",
    ),
    Setting(
        "prompt.ask_again_after",
        Duration(),
        "15m",
        "Time after which a missed prompt appears a second time.",
        label="Ask again after a missed prompt",
    ),
    Setting(
        "prompt.snooze_for",
        Duration('Write for example "5m". To turn snoozing off, set prompt.max_snoozes to 0.'),
        "5m",
        "Time until a snoozed prompt appears again.",
        label="Snooze for",
    ),
    Setting(
        "prompt.max_snoozes",
        Whole(0, 100),
        2,
        "How many times in a row you can snooze a prompt.",
        label="Snoozes in a row, at most",
    ),
    Setting(
        "prompt.after_quiet",
        Duration(),
        "1m",
        "How long a delayed prompt waits after a call or similar has ended.",
        label="Wait after a call",
    ),
    Setting(
        "prompt.insist",
        Switch(),
        False,
        "Keep the prompt on screen until you answer. It also shows during do-not-disturb and hides other notifications "
        "while it is open.",
        label="Stay on screen until I answer",
    ),
    *(
        Setting(f"quiet.{s.value.replace('-', '_')}", Switch(), True, text, label=QUIET_LABELS[s])
        for s, text in QUIET_HELP.items()
    ),
    Setting(
        "stretch.guide",
        Choice("page", "terminal", "none"),
        "page",
        'Where the guided stretch opens: "page" in the browser, "terminal" in a terminal window, or "none".',
        label="Open the guided stretch in",
    ),
    Setting(
        "stretch.floor",
        Switch(),
        False,
        "Also suggest stretches for which you kneel or lie on the floor.",
        label="I can kneel where I work",
    ),
    Setting(
        "stretch.voice",
        Switch(),
        False,
        "Speak the cues, the side and the countdown of a guided stretch.",
        label="Voice",
    ),
    Setting(
        "stretch.chime",
        Switch(),
        True,
        "Ring softly when something changes in a guided stretch, and twice when you change sides.",
        label="Chime",
    ),
    Setting(
        "stretch.weekly_dose",
        Duration(),
        "10m",
        "Weekly goal: time holding a stretch, for each side.",
        label="Weekly goal for each side",
    ),
    Setting(
        "stretch.rotation",
        ListOf(IN_TURN, '["standing-hip-flexor"]', least=1),
        list(ROTATION),
        "The stretches to take turns, by id; list them with `psoas-nudge routines`. "
        "If you set this, add your own stretches to the list too.",
        ["standing-hip-flexor", "glute-squeeze"],
        dormant=True,
        label="Stretches to take turns",
    ),
    Setting(
        "stretch.routines",
        Tables("[[stretch.routines]]", ROUTINE_FIELDS, routine),
        [],
        "Your own stretches, for example from your physiotherapist.",
        ROUTINE_EXAMPLES,
        dormant=True,
        label="My own stretches",
    ),
    Setting(
        "desktop.tray",
        Switch(),
        True,
        "Show an icon in the panel, if the desktop supports it.",
        label="Icon in the panel",
    ),
    Setting(
        "desktop.notifier",
        Choice("auto", "freedesktop", "balloon", "plyer", "terminal"),
        "auto",
        'How prompts are shown. "auto" tries the desktop\'s notifications first, then plyer, then the terminal.',
        label="Show prompts with",
    ),
    Setting(
        "desktop.sound",
        Switch(),
        False,
        "Play the desktop's notification sound with a prompt.",
        label="Sound with a prompt",
    ),
    *(
        Setting(f"hooks.on_{e}", COMMAND, None, text, ["logger", e], label=text.rstrip("."), dormant=True)
        for e, text in EVENTS.items()
    ),
)

SETTINGS = {row.key: row for row in ROWS}
