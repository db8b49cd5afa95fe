"""What the package imports, it declares."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = {
    "dbus-fast": "dbus_fast",
    "pillow": "PIL",
    "recurring-ical-events": "recurring_ical_events",
    "resvg-py": "resvg_py",
    "tomli-w": "tomli_w",
}
BUILD = ROOT / "psoas_nudge" / "cli" / "man_build.py"


def declared() -> set[str]:
    """The modules of all dependencies and extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    needed = [re.split(r"[<>=;\[ ]", line)[0] for line in [*project["dependencies"], *(x for e in extras for x in e)]]
    return {NAMES.get(name, name) for name in needed}


def imported() -> dict[str, Path]:
    """Every module from elsewhere that some file imports."""
    found: dict[str, Path] = {}
    for file in sorted((ROOT / "psoas_nudge").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "psoas_nudge" and file != BUILD:
                    found[top] = file
    return found


@pytest.mark.parametrize("module", sorted(imported()))
def test_what_is_imported_is_declared(module: str) -> None:
    assert module in declared(), f"{imported()[module].relative_to(ROOT)} imports it"


def test_the_extra_all_is_all_extras() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = re.fullmatch(r"psoas-nudge\[(.*)\]", extras["all"][0])
    assert named
    assert set(named[1].split(",")) == set(extras) - {"all"}
