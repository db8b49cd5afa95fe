"""What a process and everything it started cost, read from Linux' /proc.

Memory is PSS (each shared page divided by who shares it) and RSS. A desktop has no second Python of the same build,
but a benchmark has: its own. So pages of files under the interpreter's own folders count whole.
CPU is nanoseconds on the processor (schedstat), with that of ended children (clock ticks); wake-ups are voluntary
context switches, over every thread of every process of the tree. Idea of the figures: powertop, smem.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
OWN = tuple({str(Path(p).resolve()) for p in (sys.prefix, sys.base_prefix) if p != "/usr"})
PYTHONS = re.compile(r"/(lib)?python3[^/]*$|/python3[^/]*/|/dist-packages/|/site-packages/")


class Reading(NamedTuple):
    """Sums over a process tree at one moment: kB, ms, counts."""

    at: float
    pss: float
    rss: float
    cpu_ms: float
    wakeups: int
    processes: int
    threads: int


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …"""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def tree(root: int) -> list[int]:
    """A process and all its descendants that are alive."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                state, parent = _stat(int(entry.name))[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def memory(pid: int) -> tuple[float, float]:
    """(PSS, RSS) in kB."""
    pss = rss = 0.0
    whole = False
    for line in (PROC / str(pid) / "smaps").read_text().splitlines():
        word, _, rest = line.partition(" ")
        if not word.endswith(":"):
            file = line[73:].strip()
            whole = file.startswith(OWN) or bool(PYTHONS.search(file))
        elif word == "Rss:":
            rss += float(rest.split()[0])
            pss += float(rest.split()[0]) if whole else 0.0
        elif word == "Pss:" and not whole:
            pss += float(rest.split()[0])
    return pss, rss


def read(root: int) -> Reading:
    """Look at the tree now; a process that ends meanwhile is left out."""
    pss = rss = cpu = 0.0
    wakeups = processes = threads = 0
    for pid in tree(root):
        try:
            more = memory(pid)
            cpu += sum(int(ticks) for ticks in _stat(pid)[13:15]) * TICK_MS
            for task in (PROC / str(pid) / "task").iterdir():
                cpu += int((task / "schedstat").read_text().split()[0]) / 1e6
                switched = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text(), re.MULTILINE)
                wakeups += int(switched[1]) if switched else 0
                threads += 1
        except (FileNotFoundError, ProcessLookupError):
            continue
        pss, rss, processes = pss + more[0], rss + more[1], processes + 1
    return Reading(time.monotonic(), pss, rss, cpu, wakeups, processes, threads)
