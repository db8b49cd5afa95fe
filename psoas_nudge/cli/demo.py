"""`demo`: a workday in about a minute: the daemon's own code, the real notifier, a throw-away journal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import click

from psoas_nudge.bus import buses
from psoas_nudge.config import parse
from psoas_nudge.core import model as m
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.durations import duration
from psoas_nudge.daemon.daemon import Daemon
from psoas_nudge.daemon.virtual import Act, During, VirtualDesk
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Surroundings

SPEED = 800.0
"""Virtual seconds in one real second, ..."""
SLOW = 15.0
"""... and in a prompt's first minute, so that there is time to press a button."""
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CONFIG = "[hours]\n" + "\n".join(f'{day} = ["09:00-12:30", "13:15-17:00"]' for day in WEEK)
DAY: tuple[tuple[str, str, str, str], ...] = (
    # from, to, what, what to say about it
    ("09:00", "09:32", "input", "The day begins."),
    ("09:34", "09:36", "nothing", ""),
    ("09:36", "10:12", "input", "Back at the desk."),
    ("10:02", "10:26", "call", "A call. You sit, although there is no input; a prompt would wait."),
    ("10:26", "10:50", "input", ""),
    ("10:50", "11:00", "locked", "The screen is locked: certainly a break."),
    ("11:00", "11:20", "input", ""),
    ("11:20", "11:24", "nothing", "Reading. Four minutes without input are still sitting."),
    ("11:24", "11:29", "input", ""),
    ("11:31", "11:46", "input", ""),
    ("11:47", "13:15", "nothing", "Lunch. Nobody locked the screen; the bout ends at the last input all the same."),
    ("13:15", "13:46", "input", ""),
    ("13:40", "13:55", "do-not-disturb", "Do not disturb. A due prompt waits."),
    ("13:46", "13:56", "input", ""),
    ("13:58", "14:20", "input", ""),
    ("14:20", "14:40", "suspended", "The lid is closed."),
    ("14:40", "16:59", "input", ""),
)
ACTS: tuple[tuple[str, str], ...] = (("15:20", "stand"), ("15:50", "sit"))
ANSWERS: tuple[m.Answer | None, ...] = ("accept", "snooze", "skip", None, None, "accept")
"""What the person in the story answers, unless you are quicker. None: nothing."""
THINKS = 45.0
"""Virtual seconds until then."""


@click.command(epilog="Example: psoas-nudge demo")
def demo() -> None:
    """Play a workday in about a minute: real prompts, a visible timeline, nothing recorded.

    Press a button when a prompt comes up, or let the person in the story answer.
    """
    asyncio.run(_play())


async def _play() -> None:
    day = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)

    def at(clock: str) -> datetime:
        hours, minutes = clock.split(":")
        return day.replace(hour=int(hours), minute=int(minutes))

    trace: list[During | Act] = [During(at(a), at(b), what) for a, b, what, _ in DAY if what != "nothing"]
    trace += [Act(at(clock), f"say {said}") for clock, _, _, said in DAY if said]
    trace += [Act(at(clock), do) for clock, do in ACTS]
    async with AsyncExitStack() as stack:
        journal = stack.enter_context(Journal.in_memory())
        desk = VirtualDesk(trace, at("08:59"))
        notifiers = Chooser("auto", asyncio.get_running_loop().time)
        rules = rules_of_the_day(os.environ)
        daemon = Daemon(journal, rules, desk, presence=desk, notifiers=notifiers, timer=desk)
        session_bus, _ = await stack.enter_async_context(buses(lambda _kind, _why: None))
        surroundings = Surroundings(dict(os.environ), session_bus, sys.stdin.isatty())
        await notifiers.start(surroundings, daemon.pressed)
        stack.push_async_callback(notifiers.stop)
        story = Story(daemon, desk)
        daemon.start()
        daemon.open_screen()
        stack.push_async_callback(daemon.stop)
        await asyncio.sleep(0)  # the idle source takes its threshold
        while (wait := desk.next()) is not None and desk.now().at + timedelta(seconds=wait) <= at("17:01"):
            await asyncio.sleep(wait / (SLOW if story.prompt_is_new else SPEED))
            desk.advance()
    print("That was a day. To begin a real one: psoas-nudge run")


def rules_of_the_day(environ: Mapping[str, str]) -> m.Rules:
    """The defaults in the demo's hours, in the zone of the clock that the timeline shows: the system's, or TZ's."""
    return parse(CONFIG, "the demo", {"TZ": environ.get("TZ", "")}).rules


class Story:
    """The person at the desk, and the timeline that tells what happens to them."""

    def __init__(self, daemon: Daemon, desk: VirtualDesk) -> None:
        self._daemon, self._desk = daemon, desk
        self._answers = iter(ANSWERS)
        self._seen = 0
        desk.report, desk.act = daemon.report, self.act
        daemon.on_entry.append(self.entered)
        daemon.on_step.append(self.stepped)
        daemon.on_guide = lambda effect, _token: self.tell(f"  The guide to the stretch opens ({effect.routine}).")

    @property
    def prompt_is_new(self) -> bool:
        """Whether a prompt has come up within the last minute."""
        state = self._daemon.runner.state
        return state.prompt is not None and state.now - state.prompt.decided < 60

    def tell(self, words: str) -> None:
        """One line of the timeline."""
        print(f"{self._desk.now().at.astimezone():%H:%M}  {words}", flush=True)

    def act(self, do: str) -> None:
        """What the trace has the person do."""
        what, _, rest = do.partition(" ")
        if what == "say":
            self.tell(rest)
        elif what in ("stand", "sit"):
            self._daemon.feed(m.Stood if what == "stand" else m.Sat)
        elif (prompt := self._daemon.runner.state.prompt) and str(prompt.number) == rest:
            self._daemon.feed(m.Answered, answer=what, via="story")

    def stepped(self, state: m.State) -> None:
        """A prompt that has just come up is answered in a while."""
        if state.prompt is None or state.prompt.shown is None or state.prompt.number == self._seen:
            return
        self._seen = state.prompt.number
        title = find(state.prompt.routine).title
        sat = duration(self._daemon.status().sat_seconds)
        self.tell(f"PROMPT  {title}, after {sat} of sitting (shown by {state.prompt.notifier})")
        if answer := next(self._answers, None):
            self._desk.later(THINKS, f"{answer} {self._seen}")

    def entered(self, stored: Stored) -> None:
        """What the journal would keep."""
        match stored.entry:
            case m.PromptEntry(outcome=outcome, because=because):
                self.tell(f"  {outcome}" + (f": {because}" if because else ""))
            case m.BoutEntry(sitting_seconds=seconds, ended_by=ended_by):
                self.tell(f"  The bout ended after {duration(seconds)} of sitting ({ended_by}).")
            case m.HeldBackEntry(reasons=reasons):
                self.tell(f"  A prompt was held back: {', '.join(reasons)}.")
            case m.PostureEntry(posture=posture):
                self.tell(f"You are {posture} from now on.")
            case m.HoursEntry(open=is_open):
                self.tell(f"Working hours {'open' if is_open else 'close'}.")
            case m.StretchEntry(performed=False):
                self.tell("  Input went on: accepted, but not performed.")
