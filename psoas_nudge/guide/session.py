"""One stretch on the page: the player, the pages that watch it, and when it is over. No server in here.

The player runs in this process; a page only draws what it is told and sends what was pressed. So two tabs show the
same stretch, a reload goes on where it was, and a closed tab can neither lose a hold nor invent one.
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
"""Seconds after the last page has gone in which it may come back (a reload)."""
OPENED_WITHIN = 60.0
"""Seconds in which the browser has to show the page."""
IDLE_LIMIT = 900.0
"""Seconds without play and without a key after which nobody is there any more ..."""
ANSWER_WITHIN = 120.0
"""... and after the end of the play, when only questions are left."""
UNDO_WITHIN = 60.0
"""Seconds for which a report of pain can be taken back."""


class Asks(Struct, frozen=True, kw_only=True):
    """What has to be asked besides how it feels, because it is not known yet."""

    warnings: bool = False
    """Whether the warnings still have to be read, before the first play."""
    kneel: bool = False
    """Whether there is room to kneel."""


class Snapshot(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a page draws: all of it, every time."""

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
    """Whether the warnings have to be read before it begins."""
    undo: bool
    """Whether the answer can be taken back."""
    kneel: bool
    """Whether the question about kneeling is to be asked now."""
    trouble: str | None
    """Why something is not recorded."""
    advice: str | None


class StretchSession:
    """`reports` is told when the person begins, once when the play has ended, and what the person answers after.

    `clock` reads seconds on a clock that is never set; whoever runs the session calls `tick` after `due` seconds, or
    earlier when `stirred` is set.
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
        """Whether time counts now."""
        return self.begun and not self.player.paused and self.player.ended is None and bool(self._pages)

    @property
    def trouble(self) -> str | None:
        """Why something is not recorded. A report of progress that failed is made up for by that of the end."""
        return self._receipt.trouble or self._late

    @property
    def snapshot(self) -> Snapshot:
        """What there is to draw now."""
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
        """Seconds until the next tick: the next whole second of the count-down, or when patience ends."""
        if self.playing:
            return max(0.05, self.player.remaining % 1 or 1.0)
        return max(0.05, self._patience - self._idle)

    @property
    def _patience(self) -> float:
        if not self._pages:
            return RELOAD_WITHIN if self.seen else OPENED_WITHIN
        if self._pain_reported:
            return UNDO_WITHIN
        return ANSWER_WITHIN if self.player.ended else IDLE_LIMIT

    def tick(self) -> None:
        """Count the time that has passed: for the play while a page shows it, else toward the end of the session."""
        now = self._clock()
        passed, self._last = now - self._last, now
        if self.playing:
            self.player.advance(passed)
            self._late = self._reports.holding(self.player.held).trouble or self._late
            self._idle = 0.0
            self._changed()
        else:
            self._idle += passed
            if self._idle >= self._patience:
                self.close()

    def command(self, command: Command) -> None:
        """What was pressed on a page. Warnings that have to be read take the first "pause", and nothing but "stop"
        before it; then the first press of any kind but "stop" begins the play."""
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
        """The answer at the end; only the first counts. With it the session is over, unless something is left to do:
        pain can be taken back, and the question about kneeling is asked once."""
        if self.player.ended and not self.answered:
            self.answered, self._pain_reported, self._idle = True, afterwards == "pain", 0.0
            self._keep(self._reports.felt(afterwards, pain))
            if self._pain_reported or self._asks.kneel:
                self._changed()
            else:
                self.close()

    def take_back(self) -> None:
        """The answer was a mistake: it is asked for again."""
        if self._pain_reported:
            self.answered, self._pain_reported, self._idle = False, False, 0.0
            self._receipt = Receipt(self._receipt.trouble)
            self._keep(self._reports.taken_back())
            self._changed()

    def kneels(self, can: bool) -> None:
        """The answer to whether there is room to kneel. With it the session is over."""
        if self.answered and self._asks.kneel:
            self._asks = replace(self._asks, kneel=False)
            self._keep(self._reports.kneels(can))
            self.close()

    def close(self) -> None:
        """End it now: what was held so far is what was done."""
        if not self.player.ended:
            self.player.command("stop")
        self._asks, self._pain_reported = Asks(), False
        self._changed()
        self.closed.set()

    async def watch(self) -> AsyncIterator[bytes]:
        """The moments for one page, as server-sent events, until the page goes away or the session is closed."""
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
