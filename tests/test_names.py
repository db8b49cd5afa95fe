"""One name for each thing: no class name or type alias is defined twice, and no docstring only repeats its name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODULES = {
    str(path.relative_to(PROJECT)): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((PROJECT / "psoas_nudge").rglob("*.py"))
}
PLATFORM_PAIRS = {
    "Listening": {"psoas_nudge/system/channel.py", "psoas_nudge/system/loopback.py"},
    "Family": {"psoas_nudge/system/processes.py", "psoas_nudge/system/jobs.py"},
}
"""One thing with two implementations: the first module takes the second one's on Windows, so only one is ever loaded."""

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
FILLERS = set(
    re.findall("[a-z]+", "a an the of for is are to in on at its it this that their with by from what whether one")
)


def types_of(module: ast.Module) -> Iterator[str]:
    """Classes at any depth, and names in CapWords that the module itself assigns: aliases and type variables."""
    yield from (node.name for node in ast.walk(module) if isinstance(node, ast.ClassDef))
    for node in module.body:
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            yield from (name for name in names if re.match("_?[A-Z]", name) and not name.isupper())


def words(text: str) -> set[str]:
    """The words in a text or a name, without their endings and without those that mean nothing alone."""
    separate = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ").lower()
    return {re.sub("(ing|ed|es|s|e)$", "", word) or word for word in re.findall("[a-z0-9]+", separate)} - FILLERS


def definitions(tree: ast.AST, around: str) -> Iterator[tuple[Definition, str]]:
    """Every class and function, each with the names around it: module and classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            yield node, around
        yield from definitions(node, f"{around} {node.name}" if isinstance(node, ast.ClassDef) else around)


def signature(node: Definition, around: str) -> str:
    """What a reader sees beside the docstring: names, parameters, types and bases."""
    if isinstance(node, ast.ClassDef):
        return " ".join([around, node.name, *map(ast.unparse, node.bases)])
    return " ".join([around, node.name, ast.unparse(node.args), ast.unparse(node.returns) if node.returns else ""])


def test_every_type_has_a_name_of_its_own() -> None:
    where = defaultdict(list)
    for path, module in MODULES.items():
        for name in types_of(module):
            where[name].append(path)
    twice = {name: paths for name, paths in where.items() if len(paths) > 1}
    assert {name: set(paths) for name, paths in twice.items()} == PLATFORM_PAIRS


def test_no_docstring_only_repeats_what_its_definition_says() -> None:
    repeating = [
        f"{path}:{node.lineno} {node.name}: {text!r}"
        for path, module in MODULES.items()
        for node, around in definitions(module, Path(path).stem)
        if (text := ast.get_docstring(node)) is not None and words(text) <= words(signature(node, around))
    ]
    assert not repeating, "delete these docstrings, or say what the name does not say"
