"""What ten years of journal (a million entries) cost to record, to add up and to look into.

    python tests/bench/ten_years.py [--entries N]

Prints each figure beside its budget. A benchmark: it says what is over budget and fails nothing. Quiet machine, please.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from psoas_nudge.core.model import AnyEntry, BoutEntry, Outcome, PromptEntry, State, StretchEntry  # noqa: E402 - found by the line above
from psoas_nudge.journal import Journal  # noqa: E402 - as above

FIRST = datetime.now(UTC) - timedelta(days=3652)
BERLIN = ZoneInfo("Europe/Berlin")


def entries(count: int) -> Iterator[AnyEntry]:
    """Bouts, prompts and stretches, spread evenly over ten years."""
    chance = random.Random(1)
    for number in range(count):
        at = FIRST + timedelta(days=3652) * (number / count)
        match number % 4:
            case 0 | 1:
                sat = chance.uniform(100, 3000)
                yield BoutEntry(
                    at=at, started=at - timedelta(seconds=sat), ended=at, sitting_seconds=sat, ended_by="idle"
                )
            case 2:
                yield PromptEntry(
                    at=at, number=number, shown_at=at, closed_at=at, outcome=chance.choice(get_args(Outcome)),
                    routine="standing-hip-flexor", notifier="dbus", via="notification",
                )  # fmt: skip
            case _:
                yield StretchEntry(
                    at=at, routine="standing-hip-flexor", performed=True, left_seconds=30.0, prompt=number
                )


def took(environ: dict[str, str], *words: str, may_fail: bool = False) -> float:
    """Milliseconds of a whole process, the median of nine."""
    times = []
    for _ in range(9):
        began = time.perf_counter()
        command = [sys.executable, "-m", "psoas_nudge", *words]
        subprocess.run(
            command,
            check=not may_fail,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if may_fail else None,
        )
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def line(what: str, value: float, budget: float | None, unit: str) -> None:
    """One figure beside its budget, if it has one."""
    verdict = "" if budget is None else f"{'ok  ' if value <= budget else 'OVER'} budget {budget:g}"
    print(f"{what:44} {value:9.1f} {unit:3} {verdict}".rstrip(), flush=True)


def after_an_update(file: Path, environ: dict[str, str]) -> None:
    """What a version meets that counts otherwise: sums in another form."""
    db = sqlite3.connect(file)
    db.execute("UPDATE days_form SET form = 'another'")
    db.commit()
    db.close()
    line("stats of a week, sums in an old form", took(environ, "stats"), 300, "ms")
    line("stats of a year, sums in an old form", took(environ, "stats", "--since", "8760h"), None, "ms")
    began = time.perf_counter()
    with Journal.open(file) as journal:
        line("open, sums in an old form", (time.perf_counter() - began) * 1000, 200, "ms")
        slices = []
        more = True
        while more:
            began = time.perf_counter()
            more = journal.sum_up()
            slices.append((time.perf_counter() - began) * 1000)
    line("one slice of the sums, median", statistics.median(slices), None, "ms")
    line("one slice of the sums, longest", max(slices), None, "ms")
    line("all slices", sum(slices) / 1000, None, "s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--entries", type=int, default=1_000_000, help="how many (a million)")
    count = options.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="pn-") as folder:
        file = Path(folder) / "psoas-nudge" / "journal.db"
        environ = os.environ | {"XDG_DATA_HOME": folder, "PYTHONPATH": str(PROJECT)}
        with Journal.open(file) as journal:
            source = entries(count)
            while some := list(islice(source, 5_000)):  # few at a time: a process started later inherits the peak
                journal.commit(some, State(), BERLIN)
            times = []
            for entry in entries(200):
                began = time.perf_counter()
                journal.commit([entry], State(), BERLIN)
                times.append((time.perf_counter() - began) * 1000)
        line(f"size of {count} entries", file.stat().st_size / 1e6, None, "MB")
        line("one more commit, median of 200", statistics.median(times), None, "ms")
        for words in ("stats --since 2016-01-01", "stats --by week --since 2016-01-01 --json", "journal"):
            line(words, took(environ, *words.split()), 300, "ms")
        line("doctor", took(environ, "doctor", may_fail=True), 2000, "ms")
        after_an_update(file, environ)
        # the largest of all processes that were started, so of `stats` too
        line("most memory of these", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 60, "MB")
        page = Path(folder) / "report.html"
        line("report", took(environ, "report", "--output", str(page)), 1500, "ms")
        line("size of its page", page.stat().st_size / 1e6, 1, "MB")
        line("most memory of all", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 80, "MB")


if __name__ == "__main__":
    main()
