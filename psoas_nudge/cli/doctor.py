"""`doctor`: collects findings about this session. verdict.py turns them into the report."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.autostart import application
from psoas_nudge.autostart.port import Computer
from psoas_nudge.bus import Bus, CallFailed, buses
from psoas_nudge.cli.output import say
from psoas_nudge.cli.presence import live
from psoas_nudge.cli.running import running
from psoas_nudge.cli.verdict import MANAGERS, Findings, report
from psoas_nudge.config import Settings, load
from psoas_nudge.engine import others
from psoas_nudge.errors import NoDaemon, PsoasNudgeError, ShowFailed
from psoas_nudge.journal.store import Journal
from psoas_nudge.journal.upkeep import check
from psoas_nudge.notify.chooser import AUTO, Chooser
from psoas_nudge.notify.port import Capability, Pressed, Surroundings, key
from psoas_nudge.notify.probe import TEST_MESSAGE
from psoas_nudge.pages import browser
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.system import shell
from psoas_nudge.system.files import is_root
from psoas_nudge.system.terminal import is_one
from psoas_nudge.tray.tray import WATCHER

Row = tuple[str, str, str]
PRESS_SECONDS = 15
WIDEST = 100
CHECK_SECONDS = 1.0
"""Time limit for checking the journal."""


@click.command(epilog="Examples: psoas-nudge doctor; psoas-nudge doctor --notify; psoas-nudge doctor --all")
@click.option("--all", "everything", is_flag=True, help="Also list every sensor and notifier, with what is missing.")
@click.option("--notify", is_flag=True, help="Also show a test notification.")
@click.option("--watch", is_flag=True, help="Afterwards show what every sensor sees, live, until you press Ctrl+C.")
@click.pass_obj
def doctor(config_file: Path | None, everything: bool, notify: bool, watch: bool) -> None:
    """Check whether prompts will appear here, what they need, and how to fix what is missing.

    The exit status is 1 if prompts cannot appear.
    """
    logging.getLogger("psoas_nudge").addHandler(logging.NullHandler())  # the report has the warnings
    status = asyncio.run(_doctor(config_file, everything, notify))
    if watch:
        print("\nThis is what the sensors see. Type, lock the screen or join a call. Press Ctrl+C to end.")
        live()
    sys.exit(status)


async def _doctor(config_file: Path | None, everything: bool, notify: bool) -> int:
    settings, mistakes, configuration = _configuration(config_file)
    journal, entries = _journal()
    runs, trouble, daemon = _daemon()
    async with AsyncExitStack() as stack:
        buses_missing: list[Row] = []
        missing = buses(lambda kind, why: buses_missing.append((f"{kind} bus", "missing", why)))
        session_bus, system_bus = await stack.enter_async_context(missing)
        environ = dict(os.environ)
        presence = Presence()
        await presence.start(DesktopSession(environ, session_bus, system_bus), lambda _event: None)
        stack.push_async_callback(presence.stop)
        notifiers = Chooser(settings.desktop.notifier if settings else AUTO)
        pressed: asyncio.Queue[Pressed] = asyncio.Queue()
        notifiers.begin(Surroundings(environ, session_bus, is_one(sys.stdin)), pressed.put_nowait)
        stack.push_async_callback(notifiers.stop)
        choices, ways = presence.choices(), await notifiers.choices()
        computer, rivals = Computer(), await others.running(environ)
        # a desktop of Windows, which has no variable that says so
        balloons = any(each.name == "balloon" and each.verdict != "unavailable" for each in ways)
        reminders = others.advice(rivals) if rivals else ""
        found = Findings(
            mistakes=mistakes,
            journal=journal or trouble,
            running=runs,
            sensors=tuple(choices),
            notifiers=tuple(ways),
            tray=await _no_tray(session_bus, settings),
            page=browser.page_missing(environ) or "",
            others=reminders,
            unnamed=application.is_supported(computer) and not application.is_installed(computer),
            display=bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")) or balloons,
            session_bus=session_bus is not None,
            wayland=bool(environ.get("WAYLAND_DISPLAY")),
            gnome="GNOME" in environ.get("XDG_CURRENT_DESKTOP", "").split(":"),
            manager=manager(),
            root=is_root(),
        )
        for line in report(found, min(shutil.get_terminal_size().columns, WIDEST)):
            say(line)
        works = found.works
        if notify:
            works = await _notify(notifiers, pressed) and works
        if everything:
            _table("Basics", [configuration, entries, daemon, *buses_missing])
            for port, title in (("idle", "Idle time"), ("signals", "Signals")):
                _table(title, ((e.name, e.state, e.why or e.about) for e in choices if e.port == port))
            _table("Notifiers", ((row.name, row.verdict, row.why) for row in ways))
            _table("Desktop", _desktop(computer, reminders))
        else:
            say("\nEvery sensor and notifier: psoas-nudge doctor --all")
    return 0 if works else 1


def manager(os_release: Mapping[str, str] | None = None) -> str | None:
    """The package manager of this Linux distribution (os-release(5)); None when it is unknown."""
    if os_release is None:
        try:
            os_release = platform.freedesktop_os_release()
        except OSError:
            return None
    here = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    return next((name for name, (_, ids) in MANAGERS.items() if ids & here), None)


async def _no_tray(session_bus: Bus | None, settings: Settings | None) -> str:
    """Why there is no icon in the panel; empty when there can be one."""
    if settings and not settings.desktop.tray:
        return "your settings turn it off"
    if shell.is_here():
        return ""
    if session_bus is None:
        return "there is no session bus"
    try:
        return "" if await session_bus.owner(WATCHER) else "no panel here shows such icons"
    except CallFailed:
        return "the session bus does not answer"


def _desktop(computer: Computer, reminders: str) -> list[Row]:
    """Rows about the desktop entry and other break reminders."""
    rows = []
    if application.is_supported(computer):
        named = application.is_installed(computer)
        how = str(application.entry(computer)) if named else "to add them: psoas-nudge autostart menu"
        rows.append(("name and icon", "installed" if named else "missing", how))
    rows.append(("other reminders", "found" if reminders else "none", reminders))
    return rows


async def _notify(notifiers: Chooser, pressed: asyncio.Queue[Pressed]) -> bool:
    """Show a test notification and print which button is pressed; False when it was not shown."""
    try:
        showing = await notifiers.show(TEST_MESSAGE)
    except ShowFailed as error:
        print(f"\nThe test notification was not shown: {error}")
        return False
    print(f"\nA test notification was shown by {showing.notifier}.", end=" ", flush=True)
    if Capability.BUTTONS in notifiers.capabilities():
        print(f"Press a button within {PRESS_SECONDS} s to see that it arrives.", flush=True)
        try:
            print(f"Pressed: {key((await asyncio.wait_for(pressed.get(), PRESS_SECONDS)).press)}.", end="")
        except TimeoutError:
            print("No button was pressed.", end="")
    print()
    await notifiers.withdraw(showing.notifier, showing.ref)
    return True


def _configuration(config_file: Path | None) -> tuple[Settings | None, str, Row]:
    """The settings, what is wrong with them, and the row about them."""
    try:
        settings = load(config_file, os.environ)
    except PsoasNudgeError as error:
        return None, str(error), ("configuration", "broken", str(error))
    return settings, "", ("configuration", "in force", str(settings.file or "the defaults; there is no file"))


def _journal() -> tuple[str, Row]:
    """What is wrong with the journal, and the row about it."""
    file = places.journal_file()
    try:
        kept = Journal.open_reading(file)
        if kept is None:
            return "", ("journal", "empty", f"{file} is created at the first start")
        deadline = time.monotonic() + CHECK_SECONDS
        with kept:
            found = check(kept, lambda: time.monotonic() > deadline)
    except PsoasNudgeError as error:
        return f"The journal cannot be used: {error}", ("journal", "broken", str(error))
    what = str(file) + ("" if found.entries is None else f", entries: {found.entries}")
    if not found.whole:
        what += f"; checked for {CHECK_SECONDS:g} s, which was not enough for all of it"
    if not found.problems:
        return "", ("journal", "ok", what)
    wrong = f"Some of the journal cannot be read and is left out: {'; '.join(found.problems)}"
    return wrong, ("journal", "damaged", what)


def _daemon() -> tuple[bool, str, Row]:
    """Whether the daemon runs, why it cannot save, and the row about it."""
    try:
        now = running()
    except PsoasNudgeError as error:
        return True, "", ("psoas-nudge", "waits", str(error))
    if now is None:
        return False, "", ("psoas-nudge", "not running", str(NoDaemon()))
    if now.trouble:
        return True, f"The journal cannot be used: {now.trouble}", ("psoas-nudge", "cannot save", now.trouble)
    return True, "", ("psoas-nudge", "running", str(places.socket_file()))


def _table(title: str, rows: Iterable[Row]) -> None:
    print(f"\n{title}")
    for name, state, why in rows:
        say(f"  {name:<20} {state:<12} {why}".rstrip())
