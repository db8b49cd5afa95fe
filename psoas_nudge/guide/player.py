"""The player: a routine's script under way. Pure; time comes in as seconds that have passed since the last call.

Both the terminal and the page show what this says and pass on what was pressed, so a hold is counted in one place
only, second by second while it runs, and never ahead. Idea: media players' transport controls.
"""

from __future__ import annotations

from typing import Literal

from psoas_nudge.core.routines import BREATH_IN, BREATH_OUT, LEAST_HELD, WALK, Routine, Segment, Side, script
from psoas_nudge.core.state import Held

Ended = Literal["finished", "stopped"]
Command = Literal["pause", "back", "next", "stop"]

STALL = 5.0
"""Seconds without a step after which nobody can have been following: the process or the machine was stopped."""
RESTART = 3.0
"""Seconds into a segment from which `back` begins it anew; earlier it goes to the one before."""


class Player:
    """One run through a routine; it runs from the start and stays where it ended."""

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
        """The segment under way, or the last one."""
        return self.segments[self.index]

    @property
    def remaining(self) -> float:
        """Seconds left of the segment."""
        return self.segment.seconds - self.elapsed

    @property
    def total_remaining(self) -> float:
        """Seconds left of the routine."""
        if self.ended:
            return 0.0
        return self.remaining + sum(segment.seconds for segment in self.segments[self.index + 1 :])

    @property
    def breath(self) -> Literal["in", "out"] | None:
        """Where the slow breath is, while something is held."""
        if self.ended or self.segment.kind != "hold" or self.routine.id == WALK:
            return None
        return "in" if self.elapsed % (BREATH_IN + BREATH_OUT) < BREATH_IN else "out"

    @property
    def rep(self) -> int | None:
        """The repetition under way, from 1; None where nothing is repeated."""
        reps = self.segment.reps
        return min(reps, int(self.elapsed * reps / self.segment.seconds) + 1) if reps else None

    @property
    def picture(self) -> str:
        """The picture to show: of a repetition, first where it goes, then where it comes back to."""
        segment = self.segment
        if not segment.reps or not segment.returns_to:
            return segment.picture
        back = self.elapsed * segment.reps / segment.seconds % 1 >= 0.5
        return segment.returns_to if back else segment.picture

    @property
    def held(self) -> Held:
        """What has been done so far. A hold that is begun anew counts once, at its longest; less than
        LEAST_HELD does not count."""
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
        """Let time pass. More than STALL at once counts as nothing, and pauses: see there."""
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
        """Do what the person asked; after the end nothing changes any more."""
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
