"""The player: runs a routine's script. Pure; callers pass the seconds that have elapsed since the last call.

Terminal and page only show its state and pass on commands, so holds are counted in one place, as they elapse.
Idea: the transport controls of media players.
"""

from __future__ import annotations

from typing import Literal

from psoas_nudge.core.routines import BREATH_IN, BREATH_OUT, LEAST_HELD, WALK, Routine, Segment, Side, script
from psoas_nudge.core.state import Held

Ended = Literal["finished", "stopped"]
Command = Literal["pause", "back", "next", "stop"]

STALL = 5.0
"""Seconds between two calls of `advance` above which the process or the machine must have been stopped."""
RESTART = 3.0
"""Seconds into a segment after which `back` restarts it. Before that, `back` goes to the previous segment."""


class Player:
    """One run through a routine."""

    def __init__(self, routine: Routine, first: Side = "left") -> None:
        self.routine = routine
        self.segments = script(routine, first)
        self.index = 0
        self.elapsed = 0.0
        self.paused = False
        self.ended: Ended | None = None
        self._done = [0.0] * len(self.segments)

    @property
    def segment(self) -> Segment:
        """The current segment; after the end, the one in which it ended."""
        return self.segments[self.index]

    @property
    def remaining(self) -> float:
        """Seconds left in the segment."""
        return self.segment.seconds - self.elapsed

    @property
    def total_remaining(self) -> float:
        """Seconds left in the routine."""
        if self.ended:
            return 0.0
        return self.remaining + sum(segment.seconds for segment in self.segments[self.index + 1 :])

    @property
    def breath(self) -> Literal["in", "out"] | None:
        """The phase of the slow breath during a hold; None otherwise."""
        if self.ended or self.segment.kind != "hold" or self.routine.id == WALK:
            return None
        return "in" if self.elapsed % (BREATH_IN + BREATH_OUT) < BREATH_IN else "out"

    @property
    def rep(self) -> int | None:
        """The current repetition, from 1; None if the segment has none."""
        reps = self.segment.reps
        return min(reps, int(self.elapsed * reps / self.segment.seconds) + 1) if reps else None

    @property
    def picture(self) -> str:
        """The picture to show. In the second half of each repetition, that of `returns_to`."""
        segment = self.segment
        if not segment.reps or not segment.returns_to:
            return segment.picture
        back = self.elapsed * segment.reps / segment.seconds % 1 >= 0.5
        return segment.returns_to if back else segment.picture

    @property
    def held(self) -> Held:
        """Seconds held so far. A restarted hold counts once, at its longest; less than LEAST_HELD is left out."""
        left = right = other = 0.0
        for segment, done in zip(self.segments, self._done, strict=True):
            if done < LEAST_HELD:
                continue
            if self.routine.aim != "stretch" or segment.side is None:
                other += done
            elif segment.side == "left":
                left += done
            else:
                right += done
        return Held(left, right, other)

    def advance(self, seconds: float) -> None:
        """Let `seconds` elapse. More than STALL is not counted and pauses the player."""
        if self.paused or self.ended or seconds <= 0:
            return
        if seconds > STALL:
            self.paused = True
            return
        while seconds > 0 and not self.ended:
            step = min(seconds, self.remaining)
            self.elapsed += step
            seconds -= step
            if self.segment.counts:
                self._done[self.index] = max(self._done[self.index], self.elapsed)
            if self.remaining <= 1e-9:
                self._go(self.index + 1)

    def command(self, command: Command) -> None:
        """Carry out a command; ignored after the end."""
        if self.ended:
            return
        if command == "pause":
            self.paused = not self.paused
        elif command == "stop":
            self.ended = "stopped"
        elif command == "next":
            self._go(self.index + 1)
        elif self.elapsed >= RESTART:
            self._go(self.index)
        else:
            self._go(max(0, self.index - 1))

    def _go(self, index: int) -> None:
        if index == len(self.segments):
            self.ended = "finished"
        else:
            self.index, self.elapsed = index, 0.0
