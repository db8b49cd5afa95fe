"""Started by test_faulty_disk.py: everything that replaces or makes a whole file, twelve times, on a disk that fails.

A line each: what writes, "saved" or "refused", and the number of what was to be written. Faults come from strace, which
does not count writev; with "open" as second word every second open fails, because no file may be open.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from psoas_nudge.autostart.port import put
from psoas_nudge.cli.output import new_file
from psoas_nudge.config import parse, saving
from psoas_nudge.engine import starting
from psoas_nudge.errors import PsoasNudgeError

ROUNDS = 12


def writers(folder: Path) -> dict[str, Callable[[int], None]]:
    def change(number: int) -> None:
        saving.change(folder / "config.toml", "prompt.nudge_after", f"{30 + number}m", {})

    def begin(number: int) -> None:
        saving.save(folder / f"begun-{number}.toml", f"# {number}\n", fresh=True)

    def autostart(number: int) -> None:
        put({folder / "autostart.desktop": f"number={number}\n".encode() * 100})

    def last_good(number: int) -> None:
        starting._keep(parse(settings(number), "config.toml", {"XDG_CONFIG_DIRS": "-"}))

    def export(number: int) -> None:
        with new_file(folder / f"export-{number}.csv") as out:
            out.write(f"{number}\n".encode() * 10_000)

    return {"change": change, "begin": begin, "autostart": autostart, "last-good": last_good, "export": export}


def settings(number: int) -> str:
    return f'[prompt]\nnudge_after = "{30 + number}m"\n'


def tell(line: str) -> None:
    os.writev(1, [f"{line}\n".encode()])


def main(folder: Path, fault: str) -> None:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    for name, write in writers(folder).items():
        for number in range(ROUNDS):
            if fault == "open":
                resource.setrlimit(resource.RLIMIT_NOFILE, (3 if number % 2 else files[0], files[1]))
            try:
                write(number)
            except PsoasNudgeError as error:
                tell(f"{name} refused {number} {error}")
            else:
                tell(f"{name} saved {number}")


main(Path(sys.argv[1]), sys.argv[2])
