"""`demo`: a workday in about a minute, with the daemon's engine, a real notifier and a journal in memory."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import click

from psoas_nudge.bus import buses
from psoas_nudge.cli.entry_words import because
from psoas_nudge.cli.output import say
from psoas_nudge.config import parse
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.durations import duration
from psoas_nudge.core.entries import BoutEntry, HeldBackEntry, HoursEntry, PostureEntry, PromptEntry, StretchEntry
from psoas_nudge.core.events import AnyEvent, Asked, Sensed, Started, Woke
from psoas_nudge.core.outcomes import ANSWERS
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Open, State
from psoas_nudge.core.words import ENDINGS, MINUTE, OUTCOMES, SECOND
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.errors import Unavailable
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Pressed, Surroundings
from psoas_nudge.pages import browser
from psoas_nudge.simulation import day
from psoas_nudge.simulation.desk import VirtualDesk
from psoas_nudge.system.terminal import is_one

STORY = "story"
"""`via` of the made-up person's answers."""
SPEED = 800.0
"""Virtual seconds per real second."""
SLOW_FIRST, SLOW = 4.0, 15.0
"""The same during the first virtual minute of the first prompt, and of later prompts: time to press a button."""


@click.command(epilog="Example: psoas-nudge demo")
def demo() -> None:
    """Play a made-up workday in about a minute, with real prompts. Nothing is recorded.

    If you start the stretch of a prompt, its page opens and the day waits. If you do not answer, the
    demo does.
    """
    asyncio.run(_play())


async def _play() -> None:
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    end = day.at(midnight, "17:01")
    async with AsyncExitStack() as stack:
        journal = stack.enter_context(Journal.in_memory())
        notifiers = Chooser("auto")
        missing = browser.page_missing(os.environ) or ""
        story = Story(midnight, journal, rules_of_the_day(os.environ), notifiers, missing)
        session_bus, _ = await stack.enter_async_context(buses(lambda _kind, _why: None))
        surroundings = Surroundings(dict(os.environ), session_bus, is_one(sys.stdin))
        notifiers.begin(surroundings, story.pressed)
        stack.push_async_callback(notifiers.stop)
        if not any(each.verdict == "chosen" for each in await notifiers.choices()):
            raise Unavailable("No prompt can be shown here. To see why: psoas-nudge doctor")
        print("A made-up workday in about a minute. The prompts are real; nothing is recorded.")
        if missing:
            say(f"A stretch cannot open here: {missing}. To try one in the terminal: psoas-nudge stretch")
        else:
            print("Start the stretch of a prompt, and its page opens while the day waits.")
        print("If you do not answer a prompt within a few seconds, the demo answers for you.\n", flush=True)
        story.start()
        stack.callback(story.close_page)
        stack.push_async_callback(story.desktop.stop)
        await asyncio.sleep(0)  # lets the idle source receive its threshold
        desk = story.desk
        while (wait := desk.next()) is not None and desk.now().at + timedelta(milliseconds=wait) <= end:
            await asyncio.sleep(wait / SECOND / story.pace)
            await story.page_closed()
            desk.advance()
    say("That was the day. To begin a real one: psoas-nudge start")


def rules_of_the_day(environ: Mapping[str, str]) -> Rules:
    """The demo's settings, in the time zone that the timeline shows: the system's, or that of TZ."""
    return parse(day.CONFIG, "the demo", {"TZ": environ.get("TZ", "")}).rules


class Story(Listener):
    """Drives the engine through the made-up day and prints the timeline.

    `missing`: why the page of a stretch cannot open; empty when it can.
    """

    def __init__(self, midnight: datetime, journal: Journal, rules: Rules, notifiers: Chooser, missing: str) -> None:
        self.desk = VirtualDesk(day.trace(midnight), day.at(midnight, "08:59"), self._feed, self.line)
        self._engine = engine = Engine(journal, rules, self.desk)
        self.desktop = Desktop(
            engine, idle_time=self.desk, notifiers=notifiers, timer=self.desk, guides=self, typed=False
        )
        self._answers = iter(day.ANSWERS)
        self._seen = 0
        self._by_person = False
        self._missing = missing
        self._page: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._engine.listen(self)
        self.desktop.start(Started())
        self.desktop.open()

    @property
    def pace(self) -> float:
        """Virtual seconds per real second at this moment."""
        prompt = self._engine.state.prompt
        if prompt is None or self._engine.state.now - prompt.since >= MINUTE:
            return SPEED
        return SLOW_FIRST if prompt.number == 1 else SLOW

    def pressed(self, pressed: Pressed) -> None:
        """notify.port.OnPressed: the real person has answered."""
        self._by_person = True
        self.desktop.pressed(pressed)
        self._by_person = False

    def line(self, words: str) -> None:
        """Print a line of the timeline."""
        print(f"{self.desk.now().at.astimezone():%H:%M}  {words}", flush=True)

    def open(self, routine: str, prompt: int | None, token: str | None) -> None:  # noqa: ARG002 - desktop.Guides
        """desktop.Guides: open the page if the real person accepted."""
        if not self._by_person:
            self.line("  The stretch would open now. Start one yourself to see it.")
        elif self._missing:
            self.line("  The stretch would open now, but it cannot open here.")
        else:
            self.line("  You started the stretch. The day goes on when you close the page.")
            words = [sys.executable, "-m", "psoas_nudge.guide", routine, "--practice"]
            self._page = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603 - this very program

    async def page_closed(self) -> None:
        """Wait until the page of a stretch is closed, if one is open."""
        if self._page:
            await asyncio.to_thread(self._page.wait)
            self._page = None

    def close_page(self) -> None:
        if self._page:
            self._page.terminate()

    def _feed(self, event: Sensed | Woke | Asked) -> None:
        self._engine.feed(event)

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - whatever it was
        """Listener: schedule the made-up person's answer to a new prompt."""
        prompt = state.stage
        if not isinstance(prompt, Open) or prompt.number == self._seen:
            return
        self._seen = prompt.number
        title = find(prompt.routine).title
        sat = duration(self._engine.status().sat_seconds)
        self.line(f"PROMPT  {title}, after {sat} of sitting (shown by {prompt.notifier})")
        if answer := next(self._answers, None):
            self.desk.later(day.THINKS, ANSWERS[answer](via=STORY, prompt=prompt.number))

    def recorded(self, stored: Stored) -> None:
        """Listener: print the entry on the timeline."""
        match stored.entry:
            case PromptEntry(outcome=outcome, via=via):
                self.line(f"  {OUTCOMES[outcome]}" + (", by the demo" if via == STORY else ", by you" if via else ""))
            case BoutEntry(sitting_seconds=seconds, ended_by=ended_by):
                self.line(f"  You had been sitting for {duration(seconds)}, {ENDINGS[ended_by]}.")
            case HeldBackEntry(reasons=reasons):
                self.line(f"  A prompt waited: {because(reasons)}.")
            case PostureEntry(posture=posture):
                self.line(f"You are {posture} from now on.")
            case HoursEntry(open=is_open):
                self.line(f"Working hours {'begin' if is_open else 'end'}.")
            case StretchEntry(performed=False):
                self.line("  There was input the whole time, so the stretch counts as not done.")
