"""What the daemon costs on a desktop: memory, wake-ups, CPU, start; and what `status` costs. Linux only.

    python tests/bench/footprint.py [--seconds N] [--settle N]

Runs `psoas-nudge run` on a private X server with dunst, a session bus and a system bus with the stand-in for logind,
first untouched, then with somebody typing, and prints each figure beside its budget and beside what other programs of
this kind need. A benchmark: it says what is over budget and fails nothing. Quiet machine, please.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from measure import Reading, read

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "psoas_nudge"]
ALWAYS = "".join(
    f'{day} = ["00:00-24:00"]\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
CONFIG = f'[hours]\ntimezone = "Europe/Berlin"\n{ALWAYS}'
PEERS = {
    # measured with the same components, 30 s settle, 90 s sample; idle / active
    "PSS (RSS), MB": "Workrave 54 (94), RSIBreak 60 (96), Safe Eyes 88 (130)",
    "wake-ups/min": "Workrave 359 / 426, RSIBreak 202 / 331, Safe Eyes 264 / 261",
    "CPU, ms/min": "Workrave 69 / 77, RSIBreak 30 / 47, Safe Eyes 107 / 99",
    "start, ms": "Workrave 163-383, RSIBreak 45-177, Safe Eyes 515-748",
}


def desktop_parts() -> ModuleType:
    """The components of the desktop tests."""
    spec = importlib.util.spec_from_file_location("desktop_parts", PROJECT / "tests" / "desktop" / "conftest.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Desktop:
    """A private desktop; `environ` is what a program started in it sees, `screen.type()` is somebody typing."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        parts = desktop_parts()
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pn-")))
        self.screen = parts.Screen()
        session, system = (parts.PrivateBus(kind, self.folder) for kind in ("session", "system"))
        logind, dunst = parts.Logind(system), parts.Dunst(self.folder, self.screen, session)
        for part in (self.screen, session, system, logind, dunst):
            stack.enter_context(parts.running(part))
        config = self.folder / "config.toml"
        config.write_text(CONFIG)
        # A Python told to write no bytecode would compile the whole program at each start: twice the time, 2 MB more.
        self.environ = {
            **{k: v for k, v in self.screen.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_", "PYTHON"))},
            "DBUS_SESSION_BUS_ADDRESS": session.address,
            "DBUS_SYSTEM_BUS_ADDRESS": system.address,
            "XDG_SESSION_TYPE": "x11",
            "XDG_SESSION_ID": "c1",
            "XDG_RUNTIME_DIR": str(self.folder),
            "HOME": str(self.folder),
            "PSOAS_NUDGE_CONFIG": str(config),
            "PYTHONPATH": str(PROJECT),
        }

    @contextlib.contextmanager
    def daemon(self) -> Iterator[tuple[int, float]]:
        """`psoas-nudge run`, ready (as it tells a supervisor: the first sensor reading is in): (pid, ms it took)."""
        with (self.folder / "daemon.log").open("wb") as log, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            name = self.folder / "notify"
            name.unlink(missing_ok=True)
            told.bind(str(name))
            told.settimeout(20)
            begun = time.monotonic()
            process = subprocess.Popen(
                [*COMMAND, "run"],
                env={**self.environ, "NOTIFY_SOCKET": str(name)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
            try:
                while b"READY=1" not in told.recv(4096):
                    pass
                yield process.pid, (time.monotonic() - begun) * 1000
            except TimeoutError:
                sys.exit(f"the daemon did not get ready; it said:\n{(self.folder / 'daemon.log').read_text()}")
            finally:
                process.terminate()
                process.wait(10)

    def took(self, *argv: str) -> float:
        """How long a whole process takes, ms: the best of nine, because whatever else runs only makes it longer."""
        times = []
        for _ in range(9):
            begun = time.monotonic()
            subprocess.run(argv, env=self.environ, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
            times.append((time.monotonic() - begun) * 1000)
        return min(times)


def sample(pid: int, seconds: float, meanwhile: Callable[[], object] | None = None) -> tuple[Reading, Reading]:
    """Two readings `seconds` apart; `meanwhile` is called every two seconds."""
    first = read(pid)
    while (left := first.at + seconds - time.monotonic()) > 0:
        if meanwhile:
            meanwhile()
        time.sleep(min(2.0 if meanwhile else seconds, left))
    return first, read(pid)


def line(what: str, value: float, budget: float, peers: str = "", digits: int = 1) -> None:
    """One figure beside its budget and its peers."""
    verdict = "ok  " if value <= budget else "OVER"
    print(f"{what:34} {value:9.{digits}f}   {verdict} budget {budget:<6g} {peers}".rstrip(), flush=True)


def phase(name: str, first: Reading, last: Reading) -> None:
    """The figures of one sample."""
    minutes = (last.at - first.at) / 60
    line(f"{name}: PSS, MB", last.pss / 1024, 26, PEERS["PSS (RSS), MB"])
    line(f"{name}: RSS, MB", last.rss / 1024, 29)
    line(f"{name}: wake-ups/min", (last.wakeups - first.wakeups) / minutes, 1.5, PEERS["wake-ups/min"])
    line(f"{name}: CPU, ms/min", (last.cpu_ms - first.cpu_ms) / minutes, 2.5, PEERS["CPU, ms/min"])
    print(f"{'':34} {last.processes} process(es), {last.threads} thread(s), {minutes * 60:.0f} s", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--settle", type=float, default=30, help="seconds before a sample (30)")
    options.add_argument("--seconds", type=float, default=90, help="seconds of a sample (90)")
    chosen = options.parse_args()
    if sys.platform != "linux":
        sys.exit("This reads /proc, so it needs Linux.")
    with contextlib.ExitStack() as stack:
        desktop = Desktop(stack)
        starts = []
        for _ in range(7):
            with desktop.daemon() as (_pid, took):
                starts.append(took)
        line("start, ms (best of 7)", min(starts), 200, PEERS["start, ms"], 0)
        with desktop.daemon() as (pid, _took):
            bare = desktop.took(sys.executable, "-c", "import asyncio")
            whole = desktop.took(*COMMAND, "status")
            line("status, times `import asyncio`", whole / bare, 1.5, f"{whole:.0f} ms against {bare:.0f} ms", 2)
            time.sleep(chosen.settle)
            phase("untouched", *sample(pid, chosen.seconds))
            desktop.screen.type()
            sample(pid, chosen.settle, desktop.screen.type)
            phase("typing", *sample(pid, chosen.seconds, desktop.screen.type))


if __name__ == "__main__":
    main()
