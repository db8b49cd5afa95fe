"""The reviewed list of mutants that no test can kill (tests/bench/mutants.py, `python3 tests/run.py --mutants`)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("mutants are forks", allow_module_level=True)

from tests.bench.mutants import every, mistakes, reviewed
from tests.bench.mutations import mutants

SOURCE = """\
def older(age: int) -> bool:
    return age > 40
"""


def names(folder: Path, source: str) -> list[str]:
    path = folder / "people.py"
    path.write_text(source, encoding="utf-8")
    return [mutant.name for mutant in mutants(path)]


def test_each_mutant_on_the_list_is_there_and_has_a_reason() -> None:
    assert mistakes(reviewed(), every(), {}) == []


def test_an_entry_without_its_mutant_or_its_reason_or_that_a_test_kills_is_a_mistake(tmp_path: Path) -> None:
    more, less, none = names(tmp_path, SOURCE)[:3]
    everything = mutants(tmp_path / "people.py")
    listed = {more: "Nobody is 40.", less: " ", "people.younger: return 1  =>  return 2": "Gone."}
    assert mistakes(listed, everything, {more: True, less: False, none: True}) == [
        "there is no such mutant (any more): people.younger: return 1  =>  return 2",
        f"a test kills it: {more}",
        f"the reason is missing: {less}",
    ]


def test_a_mutant_keeps_its_name_when_lines_move_and_other_code_comes_in(tmp_path: Path) -> None:
    before = names(tmp_path, SOURCE)
    assert "people.older: return age > 40  =>  return age >= 40" in before
    after = names(
        tmp_path, f"LIMIT = 3\n\n\ndef old(age: int) -> bool:\n    return age > 40\n\n\n# About age.\n{SOURCE}"
    )
    assert set(before) < set(after)
