"""Opens the guide: on the page, else in this terminal, else in a terminal window, else only by voice."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, TextIO

from psoas_nudge import places
from psoas_nudge.config import Settings
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.routines import Routine, Side
from psoas_nudge.core.state import State
from psoas_nudge.core.statistics import Dose, dose
from psoas_nudge.errors import JournalBroken, NotRecorded, Unavailable
from psoas_nudge.guide import asking, chime, terminal, voice
from psoas_nudge.guide.console import TerminalConsole
from psoas_nudge.guide.ear import EarConsole
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Places, Recorder, Reports, StretchReports
from psoas_nudge.guide.session import Asks
from psoas_nudge.guide.voice import Voice
from psoas_nudge.journal import Journal
from psoas_nudge.pages import browser
from psoas_nudge.system.processes import OWN_CONSOLE, with_console
from psoas_nudge.system.signals import at_end
from psoas_nudge.system.terminal import is_one

log = logging.getLogger(__name__)

TERMINALS: dict[str, tuple[str, ...]] = {
    # program: its arguments before the command to run
    "x-terminal-emulator": ("-e",),
    "gnome-terminal": ("--",),
    "konsole": ("-e",),
    "xfce4-terminal": ("-x",),
    "kitty": (),
    "alacritty": ("-e",),
    "foot": (),
    "xterm": ("-e",),
}


def recorder(settings: Settings) -> Recorder:
    """A Recorder for this machine's daemon and journal."""
    where = Places(
        socket=places.socket_file(),
        lock=places.lock_file(),
        journal=places.journal_file(),
        heartbeat=places.heartbeat_file(),
    )
    return Recorder(where, settings.rules)


def dose_now(settings: Settings) -> Dose:
    """The hold time of today and this week, from the journal. Raises JournalBroken."""
    now, local_date = datetime.now(UTC), settings.rules.hours.local_date
    found = Journal.open_reading(places.journal_file())
    if found is None:
        return dose([], local_date(now), local_date, settings.stretch.weekly_dose)
    with found:
        since = now - timedelta(days=9)  # before this week began, in any time zone
        entries = [line.entry for line in found.read(since=since, kinds=("stretch",))]
    return dose(entries, local_date(now), local_date, settings.stretch.weekly_dose)


def on_page(settings: Settings, routine_id: str, prompt: int | None, reports: Reports | None = None) -> None:
    """Play on the page. Records on this machine, or with `reports`.

    Raises Unavailable when no page can be shown, and NotRecorded.
    """
    if why := browser.page_missing(os.environ):
        raise Unavailable(f"The page cannot be shown: {why}.")
    from psoas_nudge.guide import page
    from psoas_nudge.guide.server import Sound

    player = _player(settings, routine_id)
    asks = Asks() if reports else _asks(settings, player.routine)
    token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID")
    sound = Sound(chime=settings.stretch.chime, voice=settings.stretch.voice)
    page.play(player, reports or _reports(settings, routine_id, prompt), asks, sound, token)


def in_terminal(settings: Settings, routine_id: str, prompt: int | None) -> None:
    """Play in this terminal, or as plain lines if standard output is not one. Raises NotRecorded."""
    speaker = voice.find() if settings.stretch.voice else None
    if settings.stretch.voice and not speaker:
        log.warning("%s Playing without it.", voice.MISSING)
    if speaker and not is_one(sys.stdin) and not is_one(sys.stdout):  # for example started by a key of the desktop
        by_ear(settings, routine_id, prompt, sys.stdout)
    else:
        _play(settings, _player(settings, routine_id), prompt, TerminalConsole(sys.stdin, sys.stdout), speaker)


def by_ear(settings: Settings, routine_id: str, prompt: int | None, out: TextIO | None = None) -> None:
    """Only speak the stretch, where nothing can be shown. Raises Unavailable without a voice, and NotRecorded.

    `out` gets the lines that a terminal would show.
    """
    if not settings.stretch.voice:
        raise Unavailable("The setting stretch.voice is off, so the stretch is not spoken either.")
    if not (speaker := voice.find()):
        raise Unavailable(voice.MISSING)
    player = _player(settings, routine_id)
    with EarConsole(player.routine, speaker, places.guide_socket(), out) as console:
        _play(settings, player, prompt, console, speaker)


def _play(
    settings: Settings, player: Player, prompt: int | None, console: TerminalConsole | EarConsole, speaker: Voice | None
) -> None:
    reports, asks = _reports(settings, player.routine.id, prompt), _asks(settings, player.routine)
    troubles: list[str | None] = []
    warned = lambda: troubles.append(reports.warned().trouble)  # noqa: E731 - passed on twice
    at_end(lambda: player.command("stop"))
    bell = chime.find(console.bell) if settings.stretch.chime else None
    with console.own_screen():
        if isinstance(console, EarConsole):
            begun = console.begins(player, unread=asks.warnings, warned=warned)
        else:
            begun = asking.begins(player, console, unread=asks.warnings, warned=warned)
        if begun:
            troubles.append(reports.begun().trouble)
        ring = bell.ring if bell else lambda _times: None
        terminal.play(player, console, speaker, holding=reports.holding, ring=ring)
    if speaker:
        speaker.finish()
    if bell:
        bell.finish()
    troubles.append(reports.ended(player.held).trouble)
    console.write(asking.summary(player))
    with console.single_keys():
        if player.held.total:
            troubles.append(asking.afterwards(console, reports, kneel=asks.kneel))
        if speaker:
            speaker.finish()
    if trouble := next(filter(None, reversed(troubles)), None):
        raise NotRecorded(trouble)


def terminal_or_window(settings: Settings, routine_id: str, prompt: int | None) -> None:
    """Play in this terminal, or in a new terminal window. Raises Unavailable where there is neither."""
    if is_one(sys.stdin):
        in_terminal(settings, routine_id, prompt)
    else:
        number = () if prompt is None else ("--prompt", str(prompt))
        _in_window([routine_id, *number, "--terminal"])


def _in_window(argv: Sequence[str]) -> None:
    if why := browser.no_display(os.environ):
        raise Unavailable(f"No terminal can be opened: {why}.")
    guide = [with_console(sys.executable), "-m", "psoas_nudge.guide", *argv]
    if OWN_CONSOLE:
        subprocess.Popen(guide, creationflags=OWN_CONSOLE)  # noqa: S603 - this very program
        return
    for name, arguments in TERMINALS.items():
        if path := shutil.which(name):
            command = [path, *arguments, *guide]
            subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - see TERMINALS
            return
    raise Unavailable("No terminal program was found.")


OPENERS = (on_page, terminal_or_window, by_ear)
"""Ways to open the guide for a prompt, the best first."""


def open_for_prompt(settings: Settings, routine_id: str, prompt: int | None, how: Literal["page", "terminal"]) -> None:
    """Open the guide as stretch.guide says, else with the next of OPENERS. Raises Unavailable when none works."""
    failures: list[str] = []
    for opener in OPENERS if how == "page" else OPENERS[1:]:
        try:
            opener(settings, routine_id, prompt)
        except Unavailable as error:
            failures.append(str(error))
        else:
            return
        log.info("%s", failures[-1])
    raise Unavailable(" ".join(failures))


def _reports(settings: Settings, routine_id: str, prompt: int | None) -> StretchReports:
    def set_floor(can: bool) -> None:
        from psoas_nudge.config.saving import change

        change(settings.file or places.config_file(), "stretch.floor", can, os.environ)

    return StretchReports(recorder(settings), routine_id, prompt, set_floor)


def _asks(settings: Settings, routine: Routine) -> Asks:
    """The questions that the person has not answered yet, according to journal and configuration."""
    try:
        found = Journal.open_reading(places.journal_file())
        if found is None:
            read: Mapping[str, int] = {}
        else:
            with found:
                read = (found.load() or State()).read
    except JournalBroken as error:
        log.warning("psoas-nudge cannot look up whether you have read the warnings: %s", error)
        read = {}
    return Asks(warnings=not routine.is_read(read), kneel="stretch.floor" not in settings.given)


def _player(settings: Settings, routine_id: str) -> Player:
    routine = find(routine_id, settings.rules.routines)
    first: Side = "left"
    try:
        first = dose_now(settings).first
    except JournalBroken as error:
        log.warning("psoas-nudge cannot look up which side is behind, so it begins on the left: %s", error)
    return Player(routine, first)
