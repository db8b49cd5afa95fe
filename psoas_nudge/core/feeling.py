"""Rule 12, its end: what the person reports about how it feels is recorded, and pain puts stretches off."""

from __future__ import annotations

from psoas_nudge.core.advice import puts_off
from psoas_nudge.core.model import AdviceEntry, Advised, Cleared, ClearedEntry, FeelEntry, Felt
from psoas_nudge.core.turn import Turn


def felt(turn: Turn, event: Felt) -> None:
    """Record the report. The latest pain that puts stretches off is the reason that is kept."""
    turn.record(
        FeelEntry(
            at=turn.at,
            level=event.level,
            afterwards=event.afterwards,
            pain=event.pain,
            note=event.note,
            routine=event.routine,
        )
    )
    if pain := puts_off(event):
        turn.change(hurt=pain)


def cleared(turn: Turn, _: Cleared) -> None:
    """Stretches are suggested again."""
    if turn.state.hurt:
        turn.change(hurt=None)
        turn.record(ClearedEntry(at=turn.at))


def advised(turn: Turn, event: Advised) -> None:
    """Remember that the advice was given, so that it is not repeated too soon."""
    turn.record(AdviceEntry(at=turn.at, because=event.because))
