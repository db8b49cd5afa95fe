"""Reads a trace: what a person did at the desk, one JSON object a line, in any order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field

from psoas_nudge.cli.when import parse_pause
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.ranges import LONGEST, instant
from psoas_nudge.daemon.virtual import Act, During
from psoas_nudge.errors import BadInput

SIGNALS = ("input", "locked", "suspended", "call", "playing", "fullscreen", "do-not-disturb")
ALONE = ("accept", "skip", "resume", "stand", "sit")
LENGTHS = ("snooze", "pause")
"""What may have a length after it: "pause 30m"."""
MOST_MISTAKES = 20
FORM = '{"from": TIME, "to": TIME, "signal": "input"} or {"at": TIME, "do": "accept"}'


class Line(Struct, forbid_unknown_fields=True):
    """One line; either from, to and signal, or at and do."""

    begin: datetime | None = field(name="from", default=None)
    end: datetime | None = field(name="to", default=None)
    signal: str | None = None
    at: datetime | None = None
    do: str | None = None


def read_trace(name: str, lines: Iterable[bytes]) -> list[During | Act]:
    """The trace; raises BadInput with the number of every line that is wrong, the first twenty."""
    decoder = msgspec.json.Decoder(Line)
    trace: list[During | Act] = []
    wrong = []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            trace.append(_item(decoder.decode(text)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError, BadInput) as error:
            wrong.append(f"{name}:{number}: {_first_up(str(error))}")
            if len(wrong) == MOST_MISTAKES:
                break
    if wrong:
        raise BadInput("\n".join(wrong))
    if not trace:
        raise BadInput(f"{name}: This trace is empty. A line is {FORM}.")
    return trace


def _item(line: Line) -> During | Act:
    if line.at and line.do is not None and not (line.begin or line.end or line.signal):
        _check_do(line.do, _with_offset(line.at))
        return Act(line.at, line.do)
    if line.begin and line.end and line.signal is not None and not (line.at or line.do):
        if line.signal not in SIGNALS:
            raise BadInput(f'"{line.signal[:40]}" is not a signal. The signals are {", ".join(SIGNALS)}.')
        if _with_offset(line.end) < _with_offset(line.begin):
            raise BadInput('"to" is before "from".')
        return During(line.begin, line.end, line.signal)
    raise BadInput(f"A line is {FORM}.")


def _with_offset(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise BadInput(f'"{at.isoformat()}" has no offset. Write it like "{at.isoformat()}+01:00".')
    try:
        return instant(at)
    except ValueError as error:
        raise BadInput(f"{error}.") from None


def _check_do(do: str, at: datetime) -> None:
    what, _, rest = do.partition(" ")
    if what in LENGTHS and rest:
        length, until = (
            (parse_duration(rest), None) if what == "snooze" else parse_pause(tuple(rest.split()), at, at.tzinfo or UTC)
        )
        if length is not None and length * 1000 > LONGEST:
            raise BadInput(f'"{rest[:40]}" is longer than ten years.')
        if until is not None:
            _with_offset(until)
    elif do not in (*ALONE, *LENGTHS):
        raise BadInput(f'"{do[:40]}" is nothing to do. Write one of {", ".join(ALONE)}, snooze or "pause 30m".')


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
