"""The end of rule 12: reports of how it feels are recorded, and pain puts stretches off."""

from __future__ import annotations

from psoas_nudge.core.advice import KINDS, puts_off
from psoas_nudge.core.catalogue import TITLES, find
from psoas_nudge.core.effects import Decision, Refuse
from psoas_nudge.core.entries import AdviceEntry, ClearedEntry, FeelEntry, UndoneEntry, WarningsReadEntry
from psoas_nudge.core.events import Advised, Feel, WarningsRead
from psoas_nudge.core.state import LastReport


def feel(decision: Decision, event: Feel) -> None:
    """Record the report. Pain that puts stretches off replaces the pain of an earlier report."""
    state = decision.state
    entry = FeelEntry(
        at=decision.at,
        level=event.level,
        afterwards=event.afterwards,
        pain=event.pain,
        note=event.note,
        routine=event.routine,
    )
    decision.record(entry)
    state.last_report = LastReport(entry, put_off_before=state.put_off)
    if pain := puts_off(event):
        state.put_off = pain


def undo(decision: Decision) -> None:
    """Take back the last report, once. The journal keeps it, with an entry that it was taken back."""
    state, last = decision.state, decision.state.last_report
    if last is None or last.taken_back:
        decision.do(Refuse(why="There is no report to take back."))
        return
    decision.record(UndoneEntry(at=decision.at, reported=last.entry.at))
    if puts_off(last.entry):
        state.put_off = last.put_off_before
    state.last_report = LastReport(last.entry, last.put_off_before, taken_back=True)


def described(report: FeelEntry) -> str:
    """A report in a few words: "discomfort 3 of 10, sharp pain"."""
    words = []
    if report.level is not None:
        words.append(f"discomfort {report.level} of 10")
    if report.afterwards is not None:
        title = TITLES.get(report.routine, report.routine) if report.routine else "the stretch"
        words.append(f"{report.afterwards} after {title}")
    if report.pain is not None:
        words.append(KINDS[report.pain])
    if report.note:
        words.append(report.note)
    return ", ".join(words) or "nothing said"


def clear(decision: Decision) -> None:
    """Stretching is possible again: prompts suggest it."""
    if decision.state.put_off:
        decision.state.put_off = None
        decision.record(ClearedEntry(at=decision.at))


def warnings_read(decision: Decision, event: WarningsRead) -> None:
    """Rule 12: remember that the person has read the current warnings of a routine."""
    state = decision.state
    routine = find(event.routine, decision.rules.routines)
    if not routine.is_read(state.read):
        state.read = {**state.read, routine.id: routine.warned}
        decision.record(WarningsReadEntry(at=decision.at, routine=routine.id))


def advised(decision: Decision, event: Advised) -> None:
    """Record that the advice was given, so that it is not repeated too soon."""
    decision.record(AdviceEntry(at=decision.at, because=event.because))
