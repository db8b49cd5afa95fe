"""The routines that come with the program, as data. CATALOGUE has the order of the rotation.

Sources: the article that the project began with (kneeling stretch, constructive rest, ball release and their doses),
common physiotherapy practice (the versions for a desk, the strength work), and the studies in evidence.py, cited by
their ids in square brackets. No physiotherapist has reviewed the words yet; REVIEWED is shown beside them.
"""

from __future__ import annotations

from collections.abc import Iterable

from psoas_nudge.core.catalogue.others import BALL, MARCH, RAISE, REST, SQUEEZE, WALKING
from psoas_nudge.core.catalogue.stretches import CHAIR_EDGE, CHAIR_KNEELING, KNEELING, STANDING
from psoas_nudge.core.durations import duration, spelled
from psoas_nudge.core.routines import Routine
from psoas_nudge.errors import BadInput

REVIEWED = "No physiotherapist has reviewed these routines yet."

CATALOGUE = (STANDING, MARCH, CHAIR_EDGE, RAISE, KNEELING, CHAIR_KNEELING, SQUEEZE, REST, BALL, WALKING)

FALLBACK = SQUEEZE
TITLES = {routine.id: routine.title for routine in CATALOGUE}
ROTATION = tuple(routine.id for routine in CATALOGUE if routine.default_on)
"""The default rotation."""


def find(routine_id: str, own: Iterable[Routine] = ()) -> Routine:
    """The routine with this id, the person's own before the catalogue's; raises errors.BadInput."""
    known = {routine.id: routine for routine in (*CATALOGUE, *own)}
    if routine_id in known:
        return known[routine_id]
    from difflib import get_close_matches

    near = get_close_matches(routine_id, known, 1)
    hint = f"Did you mean '{near[0]}'?" if near else "See: psoas-nudge routines"
    raise BadInput(f"There is no routine '{routine_id}'. {hint}")


def rotation(ids: Iterable[str], own: Iterable[Routine] = ()) -> tuple[Routine, ...]:
    """The routines of a rotation, from their ids; raises errors.BadInput for one that does not exist."""
    own = tuple(own)
    return tuple(find(routine_id, own) for routine_id in ids)


def prompt_words(routine: Routine, sat_seconds: float) -> tuple[str, str]:
    """(title, body) of a prompt: how long the person has been sitting; the routine, its length and the first cue. The
    body can follow a colon, as in "Click to start: ...". The title of a person's own routine is not changed."""
    name = routine.title
    if routine in CATALOGUE:
        name = name[:1].lower() + name[1:]
    return (
        f"You've been sitting for {spelled(sat_seconds)}",
        f"{name}, {duration(routine.length)}. {routine.first_cue}",
    )
