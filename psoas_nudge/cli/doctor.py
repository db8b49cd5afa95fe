"""`doctor`: what was chosen for every port in this session, what else there is, and what is missing and why."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.autostart import application
from psoas_nudge.autostart.port import this_computer
from psoas_nudge.bus import buses
from psoas_nudge.cli.presence import ByName, live
from psoas_nudge.config import load
from psoas_nudge.control import messages as c
from psoas_nudge.control.client import ask
from psoas_nudge.core.prompting import answer_name
from psoas_nudge.engine.others import advice, running
from psoas_nudge.errors import PsoasNudgeError, ShowFailed
from psoas_nudge.journal.store import Journal
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Capability, Pressed, Surroundings
from psoas_nudge.notify.probe import TEST_MESSAGE
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession

Row = tuple[str, str, str]
PRESS_SECONDS = 15
CHECK_SECONDS = 1.0
"""Of looking at the journal."""


@click.command(epilog="Examples: psoas-nudge doctor; psoas-nudge doctor --notify; psoas-nudge doctor --watch")
@click.option("--notify", is_flag=True, help="Also show a test notification.")
@click.option("--watch", is_flag=True, help="Then show what every sensor sees, live, until Ctrl+C.")
@click.pass_obj
def doctor(config_file: Path | None, notify: bool, watch: bool) -> None:
    """What works here: for every port what was chosen, what else is available, what is missing and how to get it.

    Ends with status 1 when the main job cannot work here.
    """
    status = asyncio.run(_doctor(config_file, notify))
    if watch:
        print("\nWhat the sensors see: type, lock, join a call. Ctrl+C ends it.")
        live(ByName())
    sys.exit(status)


async def _doctor(config_file: Path | None, notify: bool) -> int:
    print("Basics")
    wanted, problems = _basics(config_file)
    async with AsyncExitStack() as stack:
        missing = buses(lambda kind, why: _rows([(f"{kind} bus", "missing", why)]))
        session_bus, system_bus = await stack.enter_async_context(missing)
        environ = dict(os.environ)
        presence = Presence()
        await presence.start(DesktopSession(environ, session_bus, system_bus), lambda _event: None)
        stack.push_async_callback(presence.stop)
        choices = presence.choices()
        for port, title in (("idle", "Idle time"), ("signals", "Signals")):
            _table(title, ((each.name, each.state, each.why or each.about) for each in choices if each.port == port))
        notifiers = Chooser(wanted, time.monotonic)
        pressed: asyncio.Queue[Pressed] = asyncio.Queue()
        surroundings = Surroundings(environ, session_bus, sys.stdin.isatty())
        await notifiers.start(surroundings, pressed.put_nowait)
        stack.push_async_callback(notifiers.stop)
        rows = await notifiers.choices()
        _table("Notifiers", ((row.name, row.verdict, row.why) for row in rows))
        if not any(row.verdict == "chosen" for row in rows):
            problems.append("no prompt can be shown here")
        if notify:
            problems += await _notify(notifiers, pressed)
        _table("Desktop", await _desktop(environ))
    print(f"\nThe main job cannot work here: {'; '.join(problems)}." if problems else "\nThe main job works here.")
    return 1 if problems else 0


async def _desktop(environ: dict[str, str]) -> list[Row]:
    """Whether it has a name and an icon here, and whether somebody else reminds of breaks too."""
    computer = this_computer()
    rows = []
    if application.knows(computer):
        named = application.is_installed(computer)
        how = str(application.entry(computer)) if named else "windows show the browser's; psoas-nudge autostart enable"
        rows.append(("name and icon", "installed" if named else "missing", how))
    others = await running(environ)
    rows.append(("other reminders", "found" if others else "none", advice(others) if others else ""))
    return rows


async def _notify(notifiers: Chooser, pressed: asyncio.Queue[Pressed]) -> list[str]:
    """Show a test notification, and tell which button is pressed."""
    try:
        showing = await notifiers.show(TEST_MESSAGE)
    except ShowFailed as error:
        return [f"the test notification was not shown: {error}"]
    print(f"\nA test notification was shown by {showing.notifier}.", end=" ", flush=True)
    if Capability.BUTTONS in notifiers.capabilities():
        print(f"Press a button within {PRESS_SECONDS} s to see that it arrives.", flush=True)
        try:
            print(f"Pressed: {answer_name((await asyncio.wait_for(pressed.get(), PRESS_SECONDS)).press)}.", end="")
        except TimeoutError:
            print("No button was pressed.", end="")
    print()
    await notifiers.withdraw(showing.notifier, showing.ref)
    return []


def _basics(config_file: Path | None) -> tuple[str, list[str]]:
    """The notifier that is wanted, and what is in the way of everything."""
    wanted, problems, rows = "auto", [], []
    try:
        settings = load(config_file, os.environ)
    except PsoasNudgeError as error:
        rows.append(("configuration", "broken", str(error)))
        problems.append("the configuration has mistakes")
    else:
        wanted = settings.desktop.notifier
        rows.append(("configuration", "in force", str(settings.file or "the defaults; there is no file")))
    try:
        journal = Journal.open_reading(places.journal_file())
        if journal is None:
            rows.append(("journal", "empty", f"{places.journal_file()} is made when the daemon starts"))
        else:
            deadline = time.monotonic() + CHECK_SECONDS
            with journal:
                found = journal.check(lambda: time.monotonic() > deadline)
            what = str(places.journal_file()) + ("" if found.entries is None else f", entries: {found.entries}")
            if not found.whole:
                what += f"; looked at for {CHECK_SECONDS:g} s, which is not enough for all of it"
            rows.append(("journal", "broken" if found.problems else "sound", what))
            problems.extend(found.problems)
    except PsoasNudgeError as error:
        rows.append(("journal", "broken", str(error)))
        problems.append("the journal cannot be read")
    try:
        now = ask(c.GetStatus(), places.socket_file()).status
        if now and now.trouble:
            rows.append(("daemon", "cannot save", now.trouble))
            problems.append("the daemon cannot write the journal")
        else:
            rows.append(("daemon", "running", str(places.socket_file())))
    except PsoasNudgeError as error:
        rows.append(("daemon", "not there", str(error)))
    _rows(rows)
    return wanted, problems


def _table(title: str, rows: Iterable[Row]) -> None:
    print(f"\n{title}")
    _rows(rows)


def _rows(rows: Iterable[Row]) -> None:
    for name, state, why in rows:
        print(f"  {name:<20} {state:<12} {why}".rstrip())
