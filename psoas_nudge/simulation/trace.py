"""Reads a trace: one JSON object per line, in any order (see psoas-nudge-trace(5))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field

from psoas_nudge.core.events import PLAIN, Asked, Plain, Skip, Snooze
from psoas_nudge.core.ranges import instant
from psoas_nudge.core.words import Signal, capitalized
from psoas_nudge.core.written import parse_length, parse_pause
from psoas_nudge.errors import BadInput
from psoas_nudge.simulation.desk import INPUT, Act, During
from psoas_nudge.simulation.play import VIA

SIGNALS = (INPUT, *(signal.value for signal in Signal))
ALONE: dict[str, Skip | Plain] = {"skip": Skip(via=VIA)} | {name: kind(via=VIA) for name, kind in PLAIN.items()}
MOST_MISTAKES = 20
FORM = '{"from": TIME, "to": TIME, "signal": "input"} or {"at": TIME, "do": "accept"}'


class TraceLine(Struct, forbid_unknown_fields=True):
    """A line: either from, to and signal, or at and do."""

    begin: datetime | None = field(name="from", default=None)
    end: datetime | None = field(name="to", default=None)
    signal: str | None = None
    at: datetime | None = None
    do: str | None = None


def read_trace(name: str, lines: Iterable[bytes]) -> list[During | Act]:
    """Parse a trace; raises BadInput with the numbers of up to MOST_MISTAKES wrong lines."""
    decoder = msgspec.json.Decoder(TraceLine)
    trace: list[During | Act] = []
    wrong = []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            trace.append(_item(decoder.decode(text)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError, BadInput) as error:
            why = str(error)
            wrong.append(f"{name}:{number}: {capitalized(why)}")
            if len(wrong) == MOST_MISTAKES:
                break
    if wrong:
        raise BadInput("\n".join(wrong))
    if not trace:
        raise BadInput(f"{name}: This trace is empty. A line is {FORM}.")
    return trace


def _item(line: TraceLine) -> During | Act:
    if line.at and line.do is not None and not (line.begin or line.end or line.signal):
        return Act(line.at, _asked(line.do, _checked(line.at)))
    if line.begin and line.end and line.signal is not None and not (line.at or line.do):
        if line.signal not in SIGNALS:
            raise BadInput(f'"{line.signal[:40]}" is not a signal. The signals are {", ".join(SIGNALS)}.')
        if _checked(line.end) < _checked(line.begin):
            raise BadInput('"to" is before "from".')
        return During(line.begin, line.end, line.signal)
    raise BadInput(f"A line is {FORM}.")


def _checked(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BadInput(f'"{at.isoformat()}" has no offset. Write it like "{at.isoformat()}+01:00".')
    try:
        return instant("a time", at)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _asked(do: str, at: datetime) -> Asked:
    what, _, rest = do.partition(" ")
    if what == "pause":
        return parse_pause(tuple(rest.split()), at, at.tzinfo or UTC, via=VIA)
    if what == "snooze":
        return Snooze(via=VIA, delay=parse_length(rest) if rest else None)
    if do not in ALONE:
        raise BadInput(f'"{do[:40]}" is not something to do. Write one of {", ".join(ALONE)}, snooze or "pause 30m".')
    return ALONE[do]
