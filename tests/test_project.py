"""What pyproject.toml declares is what the code needs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    """The distributions' names, written as modules are."""
    found = {re.split(r"[^\w.-]", requirement)[0].lower().replace("-", "_") for requirement in requirements}
    return {"PIL" if name == "pillow" else name for name in found}


def imported() -> dict[str, str]:
    """Every module of somebody else that the package imports anywhere, and one file that does."""
    found: dict[str, str] = {}
    for path in sorted((PROJECT / "psoas_nudge").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            for module in modules:
                top = module.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "psoas_nudge":
                    found[top] = str(path.relative_to(PROJECT))
    return found


def test_every_library_that_is_imported_is_declared() -> None:
    project = DECLARED["project"]
    declared = names(project["dependencies"]) | names(DECLARED["build-system"]["requires"])
    for extra in project.get("optional-dependencies", {}).values():
        declared |= names(extra)
    missing = {module: file for module, file in imported().items() if module not in declared}
    assert not missing, "add to pyproject.toml what these files import"


def test_every_declared_library_is_used() -> None:
    unused = names(DECLARED["project"]["dependencies"]) - set(imported())
    assert unused <= {"tzdata"}, "tzdata is data that zoneinfo reads where the system has none"


def test_what_an_extra_brings_is_there_for_the_tests() -> None:
    tested_with = names(DECLARED["dependency-groups"]["dev"])
    for extra, requirements in DECLARED["project"].get("optional-dependencies", {}).items():
        assert names(requirements) - {"psoas_nudge"} <= tested_with, extra
