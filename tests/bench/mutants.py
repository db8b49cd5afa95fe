"""Mutation tests of core/: make one wrong change at a time and see whether a test fails. A survivor lacks an assertion.

    python tests/bench/mutants.py                       # a sample of 300, always the same for a seed
    python tests/bench/mutants.py --full                # every one
    python tests/bench/mutants.py explain routines      # every one of these modules
    options: [--reviewed] [--sample N] [--seed N] [--jobs N]

Prints each survivor, and then a row for each module. Fails when 8 % or more survive, and when equivalent_mutants.toml
is out of date: it names the mutants that no test can kill, each with the reason. They count as mutants and not as
survivors. They are tried only with --reviewed, since each of them takes as long as all of the tests that reach it.

How: pytest collects the tests once, in this process. They run once with a trace, which tells the lines of the core
that each test reaches. Then each mutant is a fork of this process: the changed code takes the place of the function's,
and the tests that reach the line run, those that did least first, until one fails. Nothing is written, so no copy of
the tree is needed. For what stands outside of functions, project and tests are imported anew in the fork. Tests that
make up their input or run through more than MOST_LINES are left out: what only they find shall have a story too.
Needs fork, so not Windows.

Why no library. mutmut 3.8.1, tried on this core on a busy machine: 4,712 mutants (it also changes texts), about 200 s
before the first and 1.0 s for each of the first 183. A first form of this program took 2,201 s for all of its 2,793
there, on two processes; this one took 340 s for a sample of 300. mutmut leaves out decorated functions, so every
property, and what stands outside of functions, so every threshold; it takes no samples; and it numbers mutants, so
that a reviewed list of equivalent ones would name others after each edit. cosmic-ray was not tried.
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
    "tests/test_evidence.py",
]
OPTIONS = [
    "-o",
    "addopts=--import-mode=importlib",
    *(f"-pno:{each}" for each in ("terminal", "randomly", "cacheprovider")),
]
OPTIONS += ["-s", "-m", "not fuzz"]
EQUIVALENT = HERE / "equivalent_mutants.toml"
LIMIT = 0.08
"""Share of mutants that may survive."""
MOST_LINES = 200_000
"""Lines of the core that a test may run, so that the same tests take part on every machine."""
MEMORY = 4 * 1024**3
"""Bytes of address space for a mutant."""
PATIENCE = 60
"""Seconds that a mutant has, and ten times as long as its tests took in the trace: it may wait for ever."""
LOOPS = 5
"""Seconds of CPU time that a mutant has for one test, and ten times as long as that took: it may loop for ever."""


class Reach(NamedTuple):
    """What one test did in the trace."""

    passed: bool
    seconds: float
    steps: int
    """Lines of the core, repeated ones too."""
    lines: frozenset[tuple[str, int]]


class Fork(NamedTuple):
    """A mutant that is being tried."""

    mutant: Mutant
    until: float
    said: Path
    """Where it says which test has killed it."""


def reviewed() -> dict[str, str]:
    """The mutants that no test can kill, and why."""
    return {each["mutant"]: each["why"] for each in tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]}


def every() -> list[Mutant]:
    """The mutants of the whole core."""
    return [mutant for path in sorted(CORE.glob("*.py")) for mutant in mutants(path)]


class Run:
    """Takes the place of pytest's loop over the tests: tries the mutants, each with the tests that reach it."""

    def __init__(self, chosen: Sequence[Mutant], equivalent: dict[str, str], jobs: int) -> None:
        self.chosen, self.equivalent, self.jobs = chosen, equivalent, jobs
        self.killed: dict[str, bool] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="mutants-"))
        self._killers: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        """Function: how many of its mutants each test has killed; the best are tried first."""
        self._forks: dict[int, Fork] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The whole run."""
        reach = traced(session.items, self._folder, self.jobs)
        tests = [index for index, each in enumerate(reach) if each.passed and each.steps <= MOST_LINES]
        print(f"{len(tests)} of {len(reach)} tests, {len(self.chosen)} mutants", flush=True)
        at: dict[tuple[str, int], list[int]] = defaultdict(list)
        for index in sorted(tests, key=lambda index: reach[index].seconds):
            for line in reach[index].lines:
                at[line].append(index)
        for number, mutant in enumerate(self.chosen):
            while len(self._forks) == self.jobs:
                self._wait()
            known = self._killers[mutant.module, mutant.function]
            fitting = sorted(_reaching(mutant, at), key=lambda index: -known[index])
            while_importing = not fitting or not mutant.function
            if while_importing:
                fitting = list(dict.fromkeys([*fitting, *tests]))
            until = time.monotonic() + PATIENCE + 10 * sum(reach[index].seconds for index in fitting)
            fork = Fork(mutant, until, self._folder / str(number))
            if (pid := os.fork()) == 0:
                _try(fork, {index: session.items[index] for index in fitting}, reach, while_importing)
            self._forks[pid] = fork
        while self._forks:
            self._wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        return True

    def _wait(self) -> None:
        """Until one has ended, or is killed because it takes too long."""
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            for late, fork in self._forks.items():
                if time.monotonic() > fork.until:
                    os.kill(late, signal.SIGKILL)
            time.sleep(0.01)
        elif fork := self._forks.pop(pid, None):
            if fork.said.exists():
                self._killers[fork.mutant.module, fork.mutant.function][int(fork.said.read_text())] += 1
            shutil.rmtree(fork.said.with_suffix(".tmp"), ignore_errors=True)
            self._ended(fork.mutant, killed=status != 0)

    def _ended(self, mutant: Mutant, *, killed: bool, why: str = "") -> None:
        self.killed[mutant.name] = killed
        if not killed and mutant.name not in self.equivalent:
            print(f"{mutant.lines[0]:>5} {why}{mutant.name}", flush=True)


def _reaching(mutant: Mutant, at: dict[tuple[str, int], list[int]]) -> list[int]:
    """The tests that reach the line, or the module when it stands outside of functions. What runs only while modules
    are imported is not traced."""
    if mutant.function:
        here, statement = ((mutant.module, line) for line in mutant.lines)
        return at.get(here) or at.get(statement, [])
    return list(dict.fromkeys(index for (module, _), some in at.items() if module == mutant.module for index in some))


def _try(fork: Fork, items: dict[int, pytest.Item], reach: Sequence[Reach], while_importing: bool) -> None:
    """In the fork: make the change and run the tests. Ends the process, with 0 when all tests pass."""
    status = 1
    try:
        _alone(fork.said)
        mutant = fork.mutant
        mutant.apply()
        code = compile(mutant.tree, CORE / f"{mutant.module}.py", "exec", dont_inherit=True)
        module = sys.modules[f"psoas_nudge.core.{mutant.module}"]
        if not while_importing:
            _put(code, module, mutant.function)
            failed = next((index for index, passed in _run(items, reach) if not passed), None)
            if failed is None:
                status = 0
            else:
                fork.said.write_text(str(failed))
        else:
            status = _import_anew(module, code, list(items.values()))
    finally:
        os._exit(status)


def _run(items: dict[int, pytest.Item], reach: Sequence[Reach] = ()) -> Iterator[tuple[int, bool]]:
    """Whether each test passes. One that loops, measured against `reach`, ends the process."""
    following = [*list(items.values())[1:], None]
    for (index, item), then in zip(items.items(), following, strict=True):
        if reach:
            signal.setitimer(signal.ITIMER_PROF, LOOPS + 10 * reach[index].seconds)
        yield index, not any(report.failed for report in runtestprotocol(item, log=False, nextitem=then))


def _alone(said: Path) -> None:
    """Quiet, limited, with a folder of its own for what tests write."""
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
    """Keeps these tests, in this order."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = {each: at for at, each in enumerate(wanted)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Of what was collected."""
        items[:] = sorted((i for i in items if i.nodeid in self.wanted), key=lambda item: self.wanted[item.nodeid])


def _import_anew(module: ModuleType, code: CodeType, items: Sequence[pytest.Item]) -> int:
    """Import project and tests once more, with the change, and run the tests; 0 when all pass."""
    for name in list(sys.modules):
        if name.split(".")[0] in {"psoas_nudge", "tests"} and not name.startswith("tests.bench"):
            del sys.modules[name]
    sys.meta_path.insert(0, _Changed(module.__name__, code))
    files = list(dict.fromkeys(item.nodeid.split("::")[0] for item in items))
    return pytest.main([*OPTIONS, "-x", *files], plugins=[_Only([item.nodeid for item in items])])


def traced(items: Sequence[pytest.Item], folder: Path, jobs: int) -> list[Reach]:
    """Run all tests once, in forks so that nothing stays of it."""
    results = [folder / f"reach-{job}" for job in range(jobs)]
    for job, result in enumerate(results):
        if os.fork() == 0:
            _alone(result)
            trace = Trace()
            mine = {index: item for index, item in enumerate(items) if index % jobs == job}
            result.write_bytes(pickle.dumps(dict(trace.follow(_run(mine)))))
            os._exit(0)
    for _ in results:
        os.wait()
    reach = {index: Reach(*each) for result in results for index, each in pickle.loads(result.read_bytes()).items()}
    for index, each in reach.items():
        if not each.passed:
            print(f"left out, because it fails without any change: {items[index].nodeid}")
    return [reach[index] for index in range(len(items))]


class Trace:
    """Which lines of the core run, and how many."""

    def __init__(self) -> None:
        self._modules = {str(path): path.stem for path in CORE.glob("*.py")}
        self._lines: set[tuple[str, int]] = set()
        self._steps = 0

    def follow(
        self, tests: Iterator[tuple[int, bool]]
    ) -> Iterator[tuple[int, tuple[bool, float, int, frozenset[tuple[str, int]]]]]:
        """What each test reaches."""
        while True:
            self._lines, self._steps, began = set(), 0, time.perf_counter()
            sys.settrace(self._call)
            index, passed = next(tests, (-1, False))
            sys.settrace(None)
            if index < 0:
                return
            yield index, (passed, time.perf_counter() - began, self._steps, frozenset(self._lines))

    def _call(self, frame: FrameType, event: str, arg: object) -> Any:
        inside = self._steps <= MOST_LINES and frame.f_code.co_filename in self._modules
        return self._line if inside else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            self._lines.add((self._modules[frame.f_code.co_filename], frame.f_lineno))
            self._steps += 1
        return self._line if self._steps <= MOST_LINES else None


def report(chosen: Sequence[Mutant], killed: dict[str, bool], equivalent: dict[str, str]) -> int:
    """Print a row for each module; how many survive."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant in chosen:
        end = "killed" if killed.get(mutant.name) else "equivalent" if mutant.name in equivalent else "survivors"
        for name in (mutant.module, "all"):
            rows[name].update(["mutants", end])
    columns = ("mutants", "killed", "equivalent", "survivors")
    print("\n" + f"{'module':<16}" + "".join(f"{column:>12}" for column in columns))
    for name in [*(name for name in rows if name != "all"), "all"]:
        print(f"{name:<16}" + "".join(f"{rows[name][column]:>12}" for column in columns))
    return rows["all"]["survivors"]


def mistakes(equivalent: dict[str, str], everything: Sequence[Mutant], killed: dict[str, bool]) -> list[str]:
    """What is wrong with the reviewed list, a line for each entry."""
    there = {mutant.name for mutant in everything}
    found = [f"there is no such mutant (any more): {name}" for name in equivalent if name not in there]
    found += [f"a test kills it: {name}" for name in equivalent if killed.get(name)]
    return found + [f"the reason is missing: {name}" for name, why in equivalent.items() if not why.strip()]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("modules", nargs="*")
    options.add_argument("--full", action="store_true")
    options.add_argument("--reviewed", action="store_true")
    options.add_argument("--sample", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    everything = every()
    chosen = [mutant for mutant in everything if not given.modules or mutant.module in given.modules]
    if not given.full and not given.modules:
        chosen = sorted(random.Random(given.seed).sample(chosen, given.sample), key=everything.index)
    equivalent = reviewed()

    os.chdir(PROJECT)
    began = time.monotonic()
    tried = [mutant for mutant in chosen if given.reviewed or mutant.name not in equivalent]
    run = Run(tried, equivalent, given.jobs)
    pytest.main([*OPTIONS, *TESTS], plugins=[run])
    if len(run.killed) < len(tried):
        return 2
    share = report(chosen, run.killed, equivalent) / len(chosen)
    print(f"{share:.1%} survive; {time.monotonic() - began:.0f} s")
    wrong = mistakes(equivalent, everything, run.killed)
    for each in wrong:
        print(f"{EQUIVALENT.name}: {each}")
    return int(share >= LIMIT or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
