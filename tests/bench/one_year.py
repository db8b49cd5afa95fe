"""What a simulated year costs on one core.

    python tests/bench/one_year.py

Prints the figure beside its budget. A benchmark: it says what is over budget and fails nothing. Quiet machine, please.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BUDGET = 2.0
RUNS = 5


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    command = [sys.executable, "-m", "psoas_nudge", "simulate", "--days", "365", "--answers", "accept", "--json"]
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = subprocess.run(
            command, check=True, env=os.environ | {"PYTHONPATH": str(PROJECT)}, stdout=subprocess.PIPE
        ).stdout.count(b"\n")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    took = statistics.median(seconds)
    verdict = "within" if took <= BUDGET else "OVER"
    print(
        f"simulate --days 365 ({lines} entries): {took:.2f} s of CPU, the whole process; budget {BUDGET:g} s: {verdict}"
    )


if __name__ == "__main__":
    main()
