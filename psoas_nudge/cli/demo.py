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
from psoas_nudge.called import as_called
from psoas_nudge.config import parse
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.durations import duration
from psoas_nudge.core.entries import BoutEntry, HeldBackEntry, HoursEntry, PostureEntry, PromptEntry, StretchEntry
from psoas_nudge.core.events import AnyEvent, Asked, Sensed, Started, Woke
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Open, State
from psoas_nudge.core.words import MINUTE, SECOND
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.engine.screen import Screen
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Surroundings
from psoas_nudge.simulation import day
from psoas_nudge.simulation.desk import VirtualDesk
from psoas_nudge.simulation.play import ANSWERS

SPEED = 800.0
"""Virtual seconds in one real second, ..."""
SLOW = 15.0
"""... and in a prompt's first minute, so that there is time to press a button."""


@click.command(epilog="Example: psoas-nudge demo")
def demo() -> None:
    """Play a workday in about a minute: real prompts, a visible timeline, nothing recorded.

    Press a button when a prompt comes up, or let the person in the story answer.
    """
    asyncio.run(_play())


async def _play() -> None:
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    end = day.at(midnight, "17:01")
    async with AsyncExitStack() as stack:
        journal = stack.enter_context(Journal.in_memory())
        notifiers = Chooser("auto", asyncio.get_running_loop().time)
        story = Story(midnight, journal, rules_of_the_day(os.environ), Screen(notifiers))
        session_bus, _ = await stack.enter_async_context(buses(lambda _kind, _why: None))
        surroundings = Surroundings(dict(os.environ), session_bus, sys.stdin.isatty())
        await notifiers.start(surroundings, story.desktop.pressed)
        stack.push_async_callback(notifiers.stop)
        story.start()
        stack.push_async_callback(story.desktop.stop)
        await asyncio.sleep(0)  # the idle source takes its threshold
        desk = story.desk
        while (wait := desk.next()) is not None and desk.now().at + timedelta(milliseconds=wait) <= end:
            await asyncio.sleep(wait / SECOND / (SLOW if story.prompt_is_new else SPEED))
            desk.advance()
    print(as_called("That was a day. To begin a real one: psoas-nudge start"))


def rules_of_the_day(environ: Mapping[str, str]) -> Rules:
    """The settings of the story, in the zone of the clock that the timeline shows: the system's, or that of TZ."""
    return parse(day.CONFIG, "the demo", {"TZ": environ.get("TZ", "")}).rules


class Story(Listener):
    """The person at the desk, and the timeline that tells what happens to them."""

    def __init__(self, midnight: datetime, journal: Journal, rules: Rules, screen: Screen) -> None:
        self.desk = VirtualDesk(day.trace(midnight), day.at(midnight, "08:59"), self._feed, self.say)
        self._screen = screen
        self._engine = engine = Engine(journal, rules, self.desk)
        self.desktop = Desktop(engine, idle_time=self.desk, screen=screen, timer=self.desk, guides=self)
        self._answers = iter(day.ANSWERS)
        self._seen = 0

    def start(self) -> None:
        """Begin the day."""
        self._engine.listen(self)
        self.desktop.start(Started())
        self._screen.open()

    @property
    def prompt_is_new(self) -> bool:
        """Whether a prompt has come up within the last minute."""
        prompt = self._engine.state.prompt
        return prompt is not None and self._engine.state.now - prompt.since < MINUTE

    def say(self, words: str) -> None:
        """One line of the timeline."""
        print(f"{self.desk.now().at.astimezone():%H:%M}  {words}", flush=True)

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:  # noqa: ARG002 - desktop.Guides
        """The guide would open now."""
        self.say(f"  The guide to the stretch opens ({routine}).")

    def _feed(self, event: Sensed | Woke | Asked) -> None:
        self._engine.feed(event)

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - whatever it was
        """A prompt that has just come up is answered in a while."""
        prompt = state.stage
        if not isinstance(prompt, Open) or prompt.number == self._seen:
            return
        self._seen = prompt.number
        title = find(prompt.routine).title
        sat = duration(self._engine.status().sat_seconds)
        self.say(f"PROMPT  {title}, after {sat} of sitting (shown by {prompt.notifier})")
        if answer := next(self._answers, None):
            self.desk.later(day.THINKS, ANSWERS[answer](via="story", prompt=prompt.number))

    def recorded(self, stored: Stored) -> None:
        """What the journal would keep."""
        match stored.entry:
            case PromptEntry(outcome=outcome, because=because):
                self.say(f"  {outcome}" + (f": {because}" if because else ""))
            case BoutEntry(sitting_seconds=seconds, ended_by=ended_by):
                self.say(f"  The bout ended after {duration(seconds)} of sitting ({ended_by}).")
            case HeldBackEntry(reasons=reasons):
                self.say(f"  A prompt was held back: {', '.join(reasons)}.")
            case PostureEntry(posture=posture):
                self.say(f"You are {posture} from now on.")
            case HoursEntry(open=is_open):
                self.say(f"Working hours {'open' if is_open else 'close'}.")
            case StretchEntry(performed=False):
                self.say("  Input went on: accepted, but not performed.")
