"""One stretch on the page: the player, the browser tabs that watch it, and when it ends. Contains no server code.

The player runs in this process; tabs only draw the moments that they receive and send commands. So two tabs show the
same stretch, a reload continues it, and closing a tab cannot change what was held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

from msgspec import Struct
from msgspec.json import encode
from msgspec.structs import replace

from psoas_nudge.core.model import Afterwards, Held, Pain
from psoas_nudge.guide.player import Command, Ended, Player
from psoas_nudge.guide.reports import Receipt, Reports

RELOAD_WITHIN = 5.0
"""Seconds after the last tab was closed in which the page may be reloaded."""
OPENED_WITHIN = 60.0
"""Seconds in which the browser has to open the page."""
IDLE_LIMIT = 900.0
"""Seconds without play and commands after which the session is closed."""
ANSWER_WITHIN = 120.0
"""The same after the end of the play, while questions are open."""
UNDO_WITHIN = 60.0
"""The same while a report of pain can be taken back."""


class Asks(Struct, frozen=True, kw_only=True):
    """The questions that are still open, besides how it feels."""

    warnings: bool = False
    """Whether the person has to confirm the warnings before the play."""
    kneel: bool = False
    """Whether to ask if there is room to kneel."""


class Snapshot(Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole state that a page draws, sent at each change."""

    state: Literal["ready", "playing", "paused", "finished", "stopped"]
    index: int
    remaining: float
    total_remaining: float
    breath: Literal["in", "out"] | None
    rep: int | None
    picture: str
    held: Held
    answered: bool
    unread: bool
    """Whether the warnings have to be confirmed before the play."""
    undo: bool
    """Whether the answer can be taken back."""
    kneel: bool
    """Whether to show the question about kneeling."""
    trouble: str | None
    """Why something could not be recorded."""
    advice: str | None


class StretchSession:
    """Runs a player for the tabs that watch it. `reports` receives the beginning, the end, and the answers.

    `clock`: monotonic seconds. The caller must call `tick` after `due` seconds, and wait anew when `stirred` is set.
    """

    def __init__(self, player: Player, clock: Callable[[], float], reports: Reports, asks: Asks | None = None) -> None:
        self.player = player
        self._asks = asks or Asks()
        self._pain_reported = False
        self.begun = False
        self.answered = False
        self.closed = asyncio.Event()
        self.seen = False
        self._clock, self._last, self._idle = clock, clock(), 0.0
        self._reports, self._receipt = reports, Receipt()
        self._late: str | None = None
        self._end_reported = False
        self._pages: set[asyncio.Queue[bytes]] = set()
        self.stirred = asyncio.Event()

    @property
    def playing(self) -> bool:
        """Whether time counts: begun, not paused, not ended, and at least one tab is open."""
        return self.begun and not self.player.paused and self.player.ended is None and bool(self._pages)

    @property
    def trouble(self) -> str | None:
        """Why something is not recorded. A report of progress that failed is made up for by that of the end."""
        return self._receipt.trouble or self._late

    @property
    def snapshot(self) -> Snapshot:
        """The current state for the pages."""
        player = self.player
        state: Literal["ready", "playing", "paused"] | Ended = "playing"
        if player.ended:
            state = player.ended
        elif player.paused or not self.begun:
            state = "paused" if self.begun else "ready"
        return Snapshot(
            state=state,
            index=player.index,
            remaining=player.remaining,
            total_remaining=player.total_remaining,
            breath=player.breath,
            rep=player.rep,
            picture=player.picture,
            held=player.held,
            answered=self.answered,
            unread=self._asks.warnings,
            undo=self._pain_reported,
            kneel=self.answered and not self._pain_reported and self._asks.kneel,
            trouble=self.trouble,
            advice=self._receipt.advice,
        )

    @property
    def due(self) -> float:
        """Seconds until the next `tick`: the next whole second of the countdown, or the end of the idle limit."""
        if self.playing:
            return max(0.05, self.player.remaining % 1 or 1.0)
        return max(0.05, self._idle_limit - self._idle)

    @property
    def _idle_limit(self) -> float:
        if not self._pages:
            return RELOAD_WITHIN if self.seen else OPENED_WITHIN
        if self._pain_reported:
            return UNDO_WITHIN
        return ANSWER_WITHIN if self.player.ended else IDLE_LIMIT

    def tick(self) -> None:
        """Count the elapsed time: for the player while playing, else for the idle limit."""
        now = self._clock()
        passed, self._last = now - self._last, now
        if self.playing:
            self.player.advance(passed)
            self._late = self._reports.holding(self.player.held).trouble or self._late
            self._idle = 0.0
            self._changed()
        else:
            self._idle += passed
            if self._idle >= self._idle_limit:
                self.close()

    def command(self, command: Command) -> None:
        """Handle a command from a page. If the warnings are unread, "pause" confirms them, and only "stop" is accepted
        before it. Then the first command, except "stop", begins the play."""
        self.tick()
        self._idle = 0.0
        if self._asks.warnings and command != "stop":
            if command == "pause":
                self._asks = replace(self._asks, warnings=False)
                self._keep(self._reports.warned())
        elif not self.begun and command != "stop":
            self.begun = True
            self._keep(self._reports.begun())
        else:
            self.player.command(command)
        self._changed()

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> None:
        """Handle the answer at the end; only the first counts. Closes the session, unless pain was reported, which can
        be taken back, or the question about kneeling is open."""
        if self.player.ended and not self.answered:
            self.answered, self._pain_reported, self._idle = True, afterwards == "pain", 0.0
            self._keep(self._reports.felt(afterwards, pain))
            if self._pain_reported or self._asks.kneel:
                self._changed()
            else:
                self.close()

    def take_back(self) -> None:
        """Take back a report of pain, and ask again."""
        if self._pain_reported:
            self.answered, self._pain_reported, self._idle = False, False, 0.0
            self._receipt = Receipt(self._receipt.trouble)
            self._keep(self._reports.taken_back())
            self._changed()

    def kneels(self, can: bool) -> None:
        """Handle the answer to whether there is room to kneel, and close the session."""
        if self.answered and self._asks.kneel:
            self._asks = replace(self._asks, kneel=False)
            self._keep(self._reports.kneels(can))
            self.close()

    def close(self) -> None:
        """End the session now. What was held so far is recorded."""
        if not self.player.ended:
            self.player.command("stop")
        self._asks, self._pain_reported = Asks(), False
        self._changed()
        self.closed.set()

    async def watch(self) -> AsyncIterator[bytes]:
        """The moments as server-sent events for one tab, until it disconnects or the session is closed."""
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.tick()
        self._pages.add(queue)
        self.seen = True
        self._idle = 0.0
        self.stirred.set()
        try:
            yield self._event()
            while not (self.closed.is_set() and queue.empty()):
                yield await queue.get()
        finally:
            self.tick()
            self._pages.discard(queue)
            self._idle = 0.0
            self.stirred.set()

    def _keep(self, receipt: Receipt) -> None:
        self._receipt = Receipt(receipt.trouble or self._receipt.trouble, receipt.advice or self._receipt.advice)

    def _event(self) -> bytes:
        return b"data: " + encode(self.snapshot) + b"\n\n"

    def _changed(self) -> None:
        if self.player.ended and self.seen and not self._end_reported:
            self._end_reported = True
            self._idle = 0.0
            ended = self._reports.ended(self.player.held)
            self._late = self._late if ended.trouble else None
            self._keep(ended)
        event = self._event()
        for queue in self._pages:
            queue.put_nowait(event)
        self.stirred.set()
