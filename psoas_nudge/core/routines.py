"""What a routine is: its steps, the timed script that they make, and the choice of the next routine.

The routines themselves are data, in catalogue/. A routine with sides is done in full on one side, then on the other.
The steps before the first one with `again` (the tuck), or else before the first hold, are done once a side. The rest is
repeated `repeats` times with a rest between. Only holds and repetitions count, not getting into position.
Both players run the same script, and the length in a prompt is computed from it, so they always agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal
from zlib import crc32

from msgspec import Struct

from psoas_nudge.core.durations import duration

Side = Literal["left", "right"]
Need = Literal["floor", "chair"]
StepKind = Literal["move", "hold", "reps", "rest", "switch"]
Aim = Literal["stretch", "strength", "ease"]
"""What a routine is for: only holds of a "stretch" lengthen the hip flexors and count toward the weekly dose."""
COUNTED: frozenset[StepKind] = frozenset({"hold", "reps"})

SIDES: tuple[Side, Side] = ("left", "right")
SWITCH_SECONDS = 6.0
LEAST_HELD = 1.0
"""Seconds: a shorter hold was cancelled at its start and does not count."""
BREATH_IN, BREATH_OUT = 4.0, 6.0
"""Seconds of one slow breath, the pace that the players show during a hold."""
LONGEST = 3600.0
"""Seconds that a person's own routine may last."""
MOST_REPS = 50
WALK = "stand-and-walk"
"""The routine that prompts suggest while stretches are put off because of pain."""


class Step(Struct, frozen=True, kw_only=True):
    """One thing to do. `cue`: one short sentence to keep in mind meanwhile."""

    text: str
    seconds: float
    """Its length; with `reps`, that of one repetition."""
    cue: str = ""
    hold: bool = False
    """Whether it is a position to hold; its seconds count."""
    reps: int = 0
    """Repetitions of the movement; 0 when it is not repeated."""
    again: bool = False
    """Whether it is done before every hold, like the tuck, instead of once a side."""
    picture: str = ""
    """The pose of the figure, or for a person's own routine the file of a picture."""
    returns_to: str = ""
    """The picture in the second half of each repetition."""

    @property
    def kind(self) -> StepKind:
        return "reps" if self.reps > 0 else "hold" if self.hold else "move"

    @property
    def counts(self) -> bool:
        """Whether its seconds are recorded."""
        return self.kind in COUNTED


class Routine(Struct, frozen=True, kw_only=True):
    """A guided routine. A person's own has the same fields, from [[stretch.routines]] in config.toml or a pack."""

    id: str
    title: str
    purpose: str
    steps: tuple[Step, ...]
    needs: tuple[Need, ...] = ()
    sided: bool = True
    repeats: int = 1
    rest: float = 6.0
    """Seconds between two repeats."""
    cues: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    """Who should leave it out or ask first; each completes "Not for you, or ask first, if ..."."""
    feel: str = ""
    """Where to feel it ..."""
    feel_not: str = ""
    """... and where not."""
    effort: str = ""
    """How strong it should be."""
    easier: str = ""
    harder: str = ""
    check: str = ""
    """How to check that it is done right."""
    why: str = ""
    """The reason in one line, with the ids of its sources (see evidence.py) in square brackets."""
    aim: Aim = "stretch"
    default_on: bool = True
    """Whether it is in the default rotation."""
    long_break: bool = False
    """Whether only the last prompt before hours close suggests it."""
    pack: str = ""
    """The id of the pack that it came with; "" for none."""
    careful: bool = False
    """Whether prompts suggest it only after the person has read its warnings."""
    drawn_side: Side | None = None
    """The side that a person's own pictures show; they are mirrored for the other. None: they fit both."""
    pictures: str = ""
    """The folder of a person's own pictures, drawn again; "" for the built-in figures."""

    @property
    def length(self) -> float:
        """Seconds from the first step to the end."""
        return sum(segment.seconds for segment in script(self))

    @property
    def warned(self) -> int:
        """A checksum of its warnings, 0 without any: changed warnings have to be read again."""
        return crc32("\n".join((*self.not_for, *self.cautions)).encode())

    def is_read(self, read: Mapping[str, int]) -> bool:
        """Whether the person has read its current warnings. `read`: see State.read."""
        return read.get(self.id, 0) == self.warned

    @property
    def picture(self) -> str:
        """The most typical picture: that of the last step that counts and has one, else the last picture."""
        shown = [step for step in self.steps if step.picture]
        typical = [step for step in shown if step.counts] or shown
        return typical[-1].picture if typical else ""

    @property
    def names(self) -> Iterator[tuple[int, str, str]]:
        """The pictures that it uses: (index of the step, field, name)."""
        for index, step in enumerate(self.steps):
            for field, name in (("picture", step.picture), ("returns_to", step.returns_to)):
                if name:
                    yield index, field, name

    @property
    def first_cue(self) -> str:
        """What to know before starting."""
        return self.cues[0] if self.cues else self.steps[0].text


class Segment(Struct, frozen=True, kw_only=True):
    """One timed part of the script, in the order of play. `repeat` counts from 1."""

    kind: StepKind
    text: str
    seconds: float
    cue: str
    side: Side | None
    repeat: int
    repeats: int
    reps: int
    """Repetitions in it, of equal length."""
    picture: str
    returns_to: str

    @property
    def counts(self) -> bool:
        """Whether its seconds are recorded."""
        return self.kind in COUNTED


def script(routine: Routine, first: Side = "left") -> tuple[Segment, ...]:
    """The routine as timed segments, beginning with the side `first`."""
    sides: tuple[Side | None, ...] = (None,)
    if routine.sided:
        sides = SIDES if first == "left" else (SIDES[1], SIDES[0])
    return tuple(segment for index, side in enumerate(sides) for segment in _one_side(routine, side, index))


def _one_side(routine: Routine, side: Side | None, index: int) -> Iterator[Segment]:
    once, again = parts(routine)
    if index:
        switch = Step(text=f"Now the {side} side.", seconds=SWITCH_SECONDS, picture=routine.steps[0].picture)
        yield _segment(switch, "switch", routine, side)
    for step in once:
        yield _segment(step, step.kind, routine, side)
    position = (*once, *again)[max(0, len(once) - 1)].picture if routine.steps else ""
    rest = Step(text="Relax and breathe.", seconds=routine.rest, picture=position)
    for repeat in range(1, routine.repeats + 1):
        if repeat > 1 and routine.rest:
            yield _segment(rest, "rest", routine, side, repeat)
        for step in again:
            yield _segment(step, step.kind, routine, side, repeat)


def parts(routine: Routine) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """(steps done once a side, steps repeated for every hold or set)."""
    steps = routine.steps
    begin = next((index for index, step in enumerate(steps) if step.again or step.counts), len(steps))
    return steps[:begin], steps[begin:]


def _segment(step: Step, kind: StepKind, routine: Routine, side: Side | None, repeat: int = 1) -> Segment:
    return Segment(
        kind=kind,
        text=step.text,
        seconds=step.seconds * max(1, step.reps),
        cue=step.cue,
        side=side,
        repeat=repeat,
        repeats=routine.repeats,
        reps=step.reps,
        picture=step.picture,
        returns_to=step.returns_to,
    )


def choose(
    last_used: Mapping[str, int],
    routines: Iterable[Routine],
    *,
    fallback: Routine,
    floor: bool,
    time_left: float,
    last: bool,
) -> Routine:
    """The routine that fits and was suggested longest ago; among equals the first in the rotation.

    Stretching and strength alternate: two suggestions in a row have the same aim only when nothing else fits.

    `last_used`: id -> a number that is higher the later the routine was suggested or done. `floor`: whether the person
    may lie or kneel on the floor here. `time_left`: seconds until hours close. `last`: no other prompt fits in before
    they do, so there is room for a long break. `fallback`: what is suggested when nothing else fits.
    """
    every = tuple(routines)
    fitting = [
        routine
        for routine in every
        if (floor or "floor" not in routine.needs) and (last or not routine.long_break) and routine.length <= time_left
    ]
    used = [routine for routine in every if routine.id in last_used]
    latest = max(used, key=lambda routine: last_used[routine.id], default=None)
    if latest:
        fitting = [each for each in fitting if each.aim != latest.aim] or fitting
    return min(fitting, key=lambda routine: last_used.get(routine.id, -1), default=fallback)


def problems(routine: Routine) -> list[str]:
    """The mistakes in a person's own routine, each as "field: what to write"."""
    found = []
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", routine.id):
        found.append(f"id: use small letters, digits and single hyphens, not {routine.id!r}")
    if not routine.title.strip():
        found.append("title: give it a name that a prompt can show")
    if not any(step.counts for step in routine.steps):
        found.append("steps: at least one step needs hold = true or reps, else nothing is counted")
    for number, step in enumerate(routine.steps, 1):
        found += [f"steps[{number}].{problem}" for problem in _step_problems(step)]
    if not 1 <= routine.repeats <= 20:
        found.append(f"repeats: between 1 and 20, not {routine.repeats}")
    if not 0 <= routine.rest <= 300:
        found.append(f"rest: between 0 s and 5 min, not {routine.rest:g} s")
    if not found and routine.length > LONGEST:
        found.append(f"steps: with all sides and repeats it lasts {duration(routine.length)}; 1 h is the most")
    return found


def _step_problems(step: Step) -> Iterator[str]:
    if not step.text.strip():
        yield "text: say what to do"
    if not 1 <= step.seconds <= LONGEST:
        yield f"seconds: between 1 s and 1 h, not {step.seconds:g} s"
    if not 0 <= step.reps <= MOST_REPS:
        yield f"reps: between 0 and {MOST_REPS}, not {step.reps}"
    if step.hold and step.reps:
        yield "reps: a step is either held or repeated; leave out hold or reps"
