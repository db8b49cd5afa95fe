"""Mutation tests of core/: change one place at a time and see whether a test fails. What survives lacks an assertion.

    python tests/bench/mutants.py                       # a sample of 300 of them, always the same for a seed
    python tests/bench/mutants.py --full                # every one
    python tests/bench/mutants.py explain routines      # every one of these modules
    options: [--sample N] [--seed N] [--jobs N]

Prints a row for each module and then the survivors. Fails when 8 % or more survive, or when equivalent_mutants.toml
does not fit: it names the mutants that no test can kill, each with the reason; one that is not there any more, or that
a test kills, has to go from the list.

How: pytest collects the tests once, in this process. One run with a trace tells which test reaches which line and how
long it takes. Then each mutant is a fork, in which the changed code takes the place of the function's and the tests
that reach the line run, the quickest first, until one fails. Nothing is written, so no copy of the tree is needed.
What stands outside of functions is imported anew in the fork. Tests that take longer than a second are left out: a
mutant that only made-up input finds shall have a story too. Needs fork, so not Windows.

Why not a library. mutmut 3.8, tried on this core: it makes 4,712 mutants, needs 200 s before the first and then 1.0 s
for each (well over an hour in all; here about 2,800 take a tenth of that). It leaves out what is decorated, so every
property, and what stands outside of functions, so every threshold; it has no samples; and it numbers mutants, so that
a reviewed list of equivalent ones would name others after each edit. cosmic-ray starts pytest for each mutant, which
takes 1.5 s here before the first test, and writes the change into the tree.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol  # no public function runs one test and says how it ended

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(PROJECT))

from tests.bench.mutations import Mutant, mutants  # noqa: E402 - found by the line above

CORE = PROJECT / "psoas_nudge" / "core"
TESTS = [
    "tests/core",
    "tests/config/test_durations.py",
    "tests/engine",
    "tests/journal/test_days.py",
    "tests/journal/test_merge.py",
    "tests/journal/test_records.py",
    "tests/simulation/test_play.py",
]
EQUIVALENT = HERE / "equivalent_mutants.toml"
OPTIONS = [
    "-o",
    "addopts=--import-mode=importlib",
    *(f"-pno:{name}" for name in ("terminal", "randomly", "cacheprovider")),
    "-s",
    "-mnot fuzz",
]
"""Nothing printed, the same order each time; no test that makes up its input."""
LIMIT = 0.08
"""Share of mutants that may survive."""
SLOW = 1.5
"""Seconds, with the trace on: a test that takes longer is left out."""
MEMORY = 2 * 1024**3
"""Bytes that a mutant may take."""
KILLED, SURVIVED, UNTESTED = "killed", "survived", "untested"


class Reach(NamedTuple):
    """What one test needs and reaches."""

    seconds: float
    lines: frozenset[tuple[str, int]]


def reviewed() -> dict[str, str]:
    """The mutants that no test can kill, and why."""
    return {each["mutant"]: each["why"] for each in tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]}


def every() -> list[Mutant]:
    """The mutants of the whole core."""
    return [mutant for path in sorted(CORE.glob("*.py")) for mutant in mutants(path)]


class Run:
    """Takes the place of pytest's own loop over the tests: that of the mutants, each with some of the tests."""

    def __init__(self, chosen: Sequence[Mutant], jobs: int) -> None:
        self.chosen, self.jobs = chosen, jobs
        self.ended: dict[str, str] = {}
        self.temporary = Path(tempfile.mkdtemp(prefix="mutants-"))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The whole run."""
        if session.testsfailed:
            sys.exit("the tests cannot be collected")
        reach = _traced(session.items, self.temporary, self.jobs)
        quick = [index for index, (seconds, _) in enumerate(reach) if 0 <= seconds < SLOW]
        print(
            f"{len(quick)} tests, {sum(reach[index].seconds for index in quick):.0f} s; {len(self.chosen)} mutants",
            flush=True,
        )
        at: dict[tuple[str, int], list[int]] = defaultdict(list)
        for index in sorted(quick, key=lambda index: reach[index].seconds):
            for line in reach[index].lines:
                at[line].append(index)
        killers: dict[str, Counter[int]] = defaultdict(Counter)
        running: dict[int, tuple[Mutant, float, Path, float]] = {}
        left = list(reversed(self.chosen))
        while left or running:
            while left and len(running) < self.jobs:
                mutant = left.pop()
                tests = self._tests(mutant, at)
                if not tests:
                    self.ended[mutant.name] = UNTESTED
                    continue
                known = killers[f"{mutant.module}.{mutant.function}"]
                tests.sort(key=lambda index: -known[index])
                said = self.temporary / f"{len(self.ended)}-{len(left)}"
                until = time.monotonic() + 10 + 5 * sum(reach[index].seconds for index in tests)
                child = os.fork()
                if child == 0:
                    _be(mutant, [session.items[index] for index in tests], tests, said)
                running[child] = (mutant, until, said, time.monotonic())
            if running:
                self._collect(running, killers)
        shutil.rmtree(self.temporary, ignore_errors=True)
        return True

    def _tests(self, mutant: Mutant, at: dict[tuple[str, int], list[int]]) -> list[int]:
        """The tests that reach the line, or for what stands outside of functions the module."""
        if mutant.function:
            here, statement = ((mutant.module, line) for line in mutant.lines)
            return list(at.get(here) or at.get(statement, ()))
        found = dict.fromkeys(index for (module, _), tests in at.items() if module == mutant.module for index in tests)
        return list(found)

    def _collect(self, running: dict[int, tuple[Mutant, float, Path, float]], killers: dict[str, Counter[int]]) -> None:
        """Wait a little for one that ends, and kill what takes too long."""
        child, status = os.waitpid(-1, os.WNOHANG)
        if child in running:
            mutant, _, said, _began = running.pop(child)
            self.ended[mutant.name] = SURVIVED if status == 0 else KILLED
            if os.environ.get("PNTIME"):
                print(
                    round(time.monotonic() - _began, 2),
                    self.ended[mutant.name],
                    said.exists(),
                    mutant.name[:80],
                    flush=True,
                )
            if status == 0:
                print(f"{mutant.lines[0]:>5} {mutant.name}", flush=True)
            if said.exists():
                killers[f"{mutant.module}.{mutant.function}"][int(said.read_text() or -1)] += 1
                said.unlink()
            if len(self.ended) % 200 == 0:
                print(f"{len(self.ended)} …", flush=True)
            return
        for pid, (_, until, _, _) in running.items():
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def _be(mutant: Mutant, items: Sequence[pytest.Item], numbers: Sequence[int], said: Path) -> None:
    """In the fork: make the change, run the tests until one fails. Ends the process: 0 when all passed."""
    status = 1
    try:
        _alone(said)
        mutant.apply()
        code = compile(mutant.tree, CORE / f"{mutant.module}.py", "exec", dont_inherit=True)
        module = sys.modules[f"psoas_nudge.core.{mutant.module}"]
        if mutant.function:
            _put(code, module, mutant.function)
            for index, item in enumerate(items):
                following = items[index + 1] if index + 1 < len(items) else None
                if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                    said.write_text(str(numbers[index]))
                    os._exit(1)
            status = 0
        else:
            status = _again(module, code, items)
    except BaseException:  # noqa: BLE001 - a change that cannot be imported is found out too
        os._exit(1)
    finally:
        os._exit(status)


def _alone(said: Path) -> None:
    """Quiet, limited, with a directory of its own for what tests write."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    own = said.with_suffix(".tmp")
    own.mkdir()
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(own)
    for name, module in list(sys.modules.items()):
        if name.startswith("psoas_nudge."):
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def _put(code: CodeType, module: ModuleType, function: str) -> None:
    """Give the function that is there the changed code; whoever has imported it has it then too."""
    [new] = [each for each in _codes(code) if each.co_qualname == function]
    found: Any = module
    for part in function.split("."):
        found = vars(found)[part]
    found = getattr(found, "__func__", getattr(found, "fget", getattr(found, "__wrapped__", found)))
    assert isinstance(found, FunctionType), function
    found.__code__ = new


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from the changed code."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Only for that module."""
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run it."""
        exec(self.code, vars(module))


class _Only:
    """Of what is collected keeps these tests, in this order."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = {each: at for at, each in enumerate(wanted)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the wanted ones."""
        items[:] = sorted((i for i in items if i.nodeid in self.wanted), key=lambda item: self.wanted[item.nodeid])


def _again(module: ModuleType, code: CodeType, items: Sequence[pytest.Item]) -> int:
    """Import project and tests anew, with the change, and run the tests."""
    for name in list(sys.modules):
        if name.split(".")[0] in {"psoas_nudge", "tests"} and not name.startswith("tests.bench"):
            del sys.modules[name]
    sys.meta_path.insert(0, _Changed(module.__name__, code))
    wanted = [item.nodeid for item in items]
    files = list(dict.fromkeys(item.nodeid.split("::")[0] for item in items))
    return pytest.main([*OPTIONS, "-x", *files], plugins=[_Only(wanted)])


def _traced(items: Sequence[pytest.Item], temporary: Path, jobs: int) -> list[Reach]:
    """Run all tests once, in forks so that nothing stays of it."""
    results = [temporary / f"reach-{job}" for job in range(jobs)]
    for job, result in enumerate(results):
        if os.fork() == 0:
            _alone(result)
            mine, reach = items[job::jobs], []
            signal.signal(signal.SIGALRM, _too_slow)
            for index, item in enumerate(mine):
                _Trace.lines = set()
                began = time.perf_counter()
                signal.setitimer(signal.ITIMER_REAL, SLOW)
                sys.settrace(_Trace.called)
                reports = runtestprotocol(item, log=False, nextitem=mine[index + 1] if index + 1 < len(mine) else None)
                sys.settrace(None)
                signal.setitimer(signal.ITIMER_REAL, 0)
                seconds = time.perf_counter() - began
                failed = seconds < SLOW and any(report.failed for report in reports)
                reach.append((-1.0 if failed else seconds, frozenset(_Trace.lines)))
            result.write_bytes(pickle.dumps(reach))
            os._exit(0)
    found = [Reach(0.0, frozenset())] * len(items)
    for job, result in enumerate(results):
        os.wait()
    for job, result in enumerate(results):
        found[job::jobs] = [Reach(*each) for each in pickle.loads(result.read_bytes())]
    for item, each in zip(items, found, strict=True):
        if each.seconds < 0:
            print(f"left out, for it fails without any change: {item.nodeid}")
    return found


def _too_slow(_: int, frame: FrameType | None) -> None:
    """Let a test that will be left out go on without the trace."""
    sys.settrace(None)
    while frame:
        frame.f_trace = None
        frame = frame.f_back


class _Trace:
    """Which lines of the core run."""

    lines: set[tuple[str, int]] = set()
    modules = {str(path): path.stem for path in CORE.glob("*.py")}

    @classmethod
    def called(cls, frame: FrameType, event: str, arg: object) -> Any:
        """Follow only the core's functions."""
        return cls.line if frame.f_code.co_filename in cls.modules else None

    @classmethod
    def line(cls, frame: FrameType, event: str, arg: object) -> Any:
        """Keep the line."""
        if event == "line":
            cls.lines.add((cls.modules[frame.f_code.co_filename], frame.f_lineno))
        return cls.line


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("modules", nargs="*")
    options.add_argument("--full", action="store_true")
    options.add_argument("--sample", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    everything = every()
    chosen = [mutant for mutant in everything if mutant.module in given.modules] if given.modules else everything
    if not given.full and not given.modules:
        chosen = sorted(random.Random(given.seed).sample(chosen, given.sample), key=everything.index)
    equivalent = reviewed()
    gone = set(equivalent) - {mutant.name for mutant in everything}

    os.chdir(PROJECT)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    began = time.monotonic()
    run = Run(chosen, given.jobs)
    pytest.main([*OPTIONS, *TESTS], plugins=[run])
    if not run.ended:
        return 2

    lived = [mutant for mutant in chosen if run.ended[mutant.name] != KILLED]
    survivors = [mutant for mutant in lived if mutant.name not in equivalent]
    print(f"\n{'module':<16}{'mutants':>8}{'killed':>8}{'equivalent':>11}{'survivors':>10}")
    for module in [*dict.fromkeys(mutant.module for mutant in chosen), ""]:
        of = [mutant for mutant in chosen if module in ("", mutant.module)]
        alive = [mutant for mutant in lived if module in ("", mutant.module)]
        left = [mutant for mutant in survivors if module in ("", mutant.module)]
        print(f"{module or 'all':<16}{len(of):>8}{len(of) - len(alive):>8}{len(alive) - len(left):>11}{len(left):>10}")
    for mutant in survivors:
        untested = " (no test reaches it)" if run.ended[mutant.name] == UNTESTED else ""
        print(f"{mutant.lines[0]:>5} {mutant.name}{untested}")
    wrong = sorted(gone | {name for name, end in run.ended.items() if end == KILLED and name in equivalent})
    for name in wrong:
        print(f"to be taken from {EQUIVALENT.name}: {name}")
    share = len(survivors) / len(chosen)
    print(f"{share:.1%} survive; {time.monotonic() - began:.0f} s")
    return int(share >= LIMIT or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
