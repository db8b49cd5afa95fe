"""The settings that the rule book (machine.py) uses, under their names in config.toml. Lengths in milliseconds."""

from __future__ import annotations

from msgspec import Struct

from psoas_nudge.core.catalogue import ROTATION
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.routines import Routine
from psoas_nudge.core.words import HOUR, MINUTE, QUIETING, SECOND, Signal


class Rules(Struct, frozen=True, kw_only=True):
    """config/table.py has the meaning of each setting."""

    hours: WorkingHours
    away_after: int = 5 * MINUTE
    shortest_break: int = 2 * MINUTE
    unseen_limit: int = 2 * HOUR
    standing_for: int = HOUR
    call_counts_as_sitting: bool = True
    playing_counts_as_sitting: bool = True
    nudge_after: int = 45 * MINUTE
    settle_in: int = 10 * MINUTE
    wind_down: int = 10 * MINUTE
    daily_limit: int = 8
    lull: int = 8 * SECOND
    patience: int = 5 * MINUTE
    expires_after: int = 5 * MINUTE
    ask_again_after: int = 15 * MINUTE
    snooze_for: int = 5 * MINUTE
    max_snoozes: int = 2
    after_quiet: int = MINUTE
    quiet: frozenset[Signal] = QUIETING
    rotation: tuple[str, ...] = ROTATION
    routines: tuple[Routine, ...] = ()
    """The person's own, beside the catalogue."""
    floor: bool = False
