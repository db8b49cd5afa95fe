"""What the made-up people get, with the rules before they were changed and with those of today.

    python tests/bench/people.py [COMMIT]

Writes the same five days of each of the ten people as a trace, plays it through `simulate` of both programs, answered in
three ways, and prints one line each, "before > after". COMMIT is the program before; without it, the last before the
promises of tests/simulation/test_people.py were made. A benchmark: it fails nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from psoas_nudge.core.events import Stand  # noqa: E402 - the project need not be installed
from psoas_nudge.simulation.desk import INPUT, Act, During  # noqa: E402
from psoas_nudge.simulation.people import PEOPLE, week  # noqa: E402

BEFORE = "cb565cf"
ZONE = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
SEED = 1
ANSWERS = ("accept", "mixed", "ignore")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OFFICE = '[hours]\ntimezone = "Europe/Berlin"\n'
NIGHTS = OFFICE + "".join(f'{day} = ["22:00-24:00", "00:00-06:00"]\n' for day in DAYS)
MIXED = """
import runpy
from itertools import cycle
from psoas_nudge.daemon.simulation import Simulation
show, answers = Simulation.show, cycle(["accept", "skip", "snooze", None])
def mixed(self, effect):
    self._answer = next(answers)
    show(self, effect)
Simulation.show = mixed
runpy.run_module("psoas_nudge", run_name="__main__", alter_sys=True)
"""
"""For a program whose `simulate` did not know --answers mixed yet."""
SEVEN = timedelta(hours=7)
AWAY, LULL = 5 * 60.0, 9.0


class Figures(NamedTuple):
    """Of one week. `times`: prompts on the screen; `hours`: sat; `empty`: shown to somebody who had left before the
    lull; `call`: shown in a call; `last`: the last one of the day, on average; `longest`: minutes of sitting without any,
    calls, standing and time outside of working hours included; `flicker`: prompts that went within 90 s because quiet began."""

    times: int
    hours: float
    empty: int
    call: int
    last: str
    longest: int
    flicker: int


def main() -> None:
    commit = sys.argv[1] if len(sys.argv) > 1 else BEFORE
    heads = (
        "person",
        "answers",
        "prompts",
        "hours sat",
        "left desk",
        "in a call",
        "last of the day",
        "longest",
        "gone",
    )
    row = "{:<17} {:<7} {:>9} {:>13} {:>9} {:>9} {:>15} {:>9} {:>8}"
    print(row.format(*heads))
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "before"
        files = subprocess.run(["git", "archive", commit, "psoas_nudge"], cwd=PROJECT, check=True, capture_output=True)
        with tarfile.open(fileobj=BytesIO(files.stdout)) as archive:
            archive.extractall(old, filter="data")
        for person in PEOPLE:
            trace = week(PEOPLE[person], SEED, MONDAY, ZONE)
            (file := Path(folder) / "trace.jsonl").write_text("\n".join(map(json.dumps, lines(trace))))
            (config := Path(folder) / "config.toml").write_text(NIGHTS if person == "night shift" else OFFICE)
            for answers in ANSWERS:
                sides = [figures(trace, play(program, file, config, answers)) for program in (old, PROJECT)]
                print(row.format(person, answers, *(f"{a} > {b}" for a, b in zip(*sides, strict=True))))


def lines(trace: list[During | Act]) -> Iterator[dict[str, str]]:
    for item in trace:
        if isinstance(item, During):
            yield {"from": item.begin.isoformat(), "to": item.end.isoformat(), "signal": str(item.signal)}
        else:
            yield {"at": item.at.isoformat(), "do": "stand" if isinstance(item.what, Stand) else "sit"}


def play(program: Path, trace: Path, config: Path, answers: str) -> list[dict[str, Any]]:
    first = ["-m", "psoas_nudge"]
    if answers == "mixed" and (program / "psoas_nudge" / "daemon" / "simulation.py").exists():
        first, answers = ["-c", MIXED], "ignore"
    argv = [sys.executable, *first, "simulate", str(trace), "--config", str(config), "--json", "--answers", answers]
    done = subprocess.run(argv, cwd=program, env={"PYTHONPATH": str(program)}, check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def figures(trace: list[During | Act], entries: list[dict[str, Any]]) -> Figures:
    spans = [item for item in trace if isinstance(item, During)]
    inputs = sorted((span.begin, span.end) for span in spans if span.signal == INPUT)
    prompts = [entry for entry in entries if entry["kind"] == "prompt" and entry["shown_at"]]
    shown = [datetime.fromisoformat(prompt["shown_at"]) for prompt in prompts]
    bouts = [entry for entry in entries if entry["kind"] == "bout"]

    def on(signal: str, at: datetime) -> bool:
        return any(span.signal == signal and span.begin <= at < span.end for span in spans)

    def left(at: datetime) -> bool:
        last = max((end for begin, end in inputs if begin <= at), default=at)
        back = min((begin for begin, _ in inputs if begin > at), default=None)
        gone = back is None or (back - last).total_seconds() >= AWAY
        return gone and (at - last).total_seconds() > LULL and not on("playing", at)

    return Figures(
        times=len(shown),
        hours=round(sum(bout["sitting_seconds"] for bout in bouts) / 3600),
        empty=sum(map(left, shown)),
        call=sum(on("call", at) for at in shown),
        last=average_last(shown),
        longest=round(max(gap for bout in bouts for gap in gaps(bout, shown)) / 60),
        flicker=sum(
            prompt["outcome"] == "withdrawn"
            and prompt["because"] != "left before it was shown"
            and (datetime.fromisoformat(prompt["closed_at"]) - at).total_seconds() < 90
            for prompt, at in zip(prompts, shown, strict=True)
        ),
    )


def gaps(bout: dict[str, Any], shown: list[datetime]) -> Iterator[float]:
    begin, end = datetime.fromisoformat(bout["started"]), datetime.fromisoformat(bout["ended"])
    points = [begin, *(at for at in shown if begin < at < end), end]
    yield from ((b - a).total_seconds() for a, b in pairwise(points))


def average_last(shown: list[datetime]) -> str:
    """Days are counted from seven to seven, so that a night is one."""
    days = defaultdict[object, list[timedelta]](list)
    for at in shown:
        early = at.astimezone(ZONE).replace(tzinfo=None) - SEVEN
        days[early.date()].append(early - datetime.combine(early.date(), time()))
    if not days:
        return "-"
    mean = SEVEN + sum(map(max, days.values()), timedelta()) / len(days)
    return f"{mean.seconds // 3600}:{mean.seconds // 60 % 60:02}"


if __name__ == "__main__":
    main()
