"""Rule 12, its end: what the person reports about how it feels is recorded, and pain puts stretches off."""

from __future__ import annotations

from psoas_nudge.core.advice import puts_off
from psoas_nudge.core.decision import Decision
from psoas_nudge.core.entries import AdviceEntry, ClearedEntry, FeelEntry
from psoas_nudge.core.events import Advised, Feel


def feel(decision: Decision, event: Feel) -> None:
    """Record the report. The latest pain that puts stretches off is the reason that is kept."""
    decision.record(
        FeelEntry(
            at=decision.at,
            level=event.level,
            afterwards=event.afterwards,
            pain=event.pain,
            note=event.note,
            routine=event.routine,
        )
    )
    if pain := puts_off(event):
        decision.state.put_off = pain


def clear(decision: Decision) -> None:
    """Stretches are suggested again."""
    if decision.state.put_off:
        decision.state.put_off = None
        decision.record(ClearedEntry(at=decision.at))


def advised(decision: Decision, event: Advised) -> None:
    """Remember that the advice was given, so that it is not repeated too soon."""
    decision.record(AdviceEntry(at=decision.at, because=event.because))
