"""Small wrong changes to source text: the mutants that `mutants.py` tries. Each changes one place of one statement.

What words say, annotations, docstrings and decorators are left alone. In modules that hold data (DATA) only functions
are changed: a stretch that lasts a second longer is another opinion, not a mistake.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

DATA = {"catalogue", "evidence"}
SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
SKIPPED = {"annotation", "returns", "decorator_list", "bases", "type_params"}


@dataclass
class Mutant:
    """One change. `apply` makes it in `tree`; `name` stays the same while the statement does."""

    module: str
    function: str
    """The outermost function's qualified name, "" outside of functions."""
    lines: tuple[int, int]
    """Where the change is, and where its statement begins."""
    name: str
    tree: ast.Module
    apply: Callable[[], None]


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[Mutant] = []
    known: Counter[str] = Counter()
    for function, statement, place, new in _places(tree, "", None, inside=False):
        if path.stem in DATA and not function:
            continue
        before = _text(statement)
        place.set(new)
        after = _text(new if place.old is statement else statement)
        place.set(place.old)
        name = f"{path.stem}.{function or '(module)'}: {before}  =>  {after}"
        known[name] += 1
        if known[name] > 1:
            name += f"  #{known[name]}"
        begins = (statement.pattern if isinstance(statement, ast.match_case) else statement).lineno
        lines = (getattr(place.old, "lineno", begins), begins)
        found.append(Mutant(path.stem, function, lines, name, tree, partial(place.set, new)))
    return found


@dataclass
class Place:
    """Where a node hangs: the field of its parent, and its index if that is a list."""

    parent: ast.AST
    field: str
    index: int | None
    old: ast.AST

    def set(self, new: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new


Found = tuple[str, ast.stmt | ast.match_case, Place, ast.AST]


def _places(
    parent: ast.AST, function: str, statement: ast.stmt | ast.match_case | None, *, inside: bool
) -> Iterator[Found]:
    """What can be changed below a node. `inside`: in the body of a function, whose name then stays."""
    for field, value in ast.iter_fields(parent):
        if field in SKIPPED or (isinstance(parent, ast.ClassDef) and field == "keywords"):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_fixed(child):
                continue
            now = child if isinstance(child, ast.stmt | ast.match_case) else statement
            name, within = function, inside
            if isinstance(parent, ast.FunctionDef) and field == "body" and not inside:
                name, within = f"{function}.{parent.name}".lstrip("."), True
            elif isinstance(parent, ast.ClassDef) and not inside:
                name = f"{function}.{parent.name}".lstrip(".")
            place = Place(parent, field, index if isinstance(value, list) else None, child)
            if now is not None:
                for new in _changed(child):
                    yield (name if within else ""), now, place, ast.fix_missing_locations(ast.copy_location(new, child))
            yield from _places(child, name, now, inside=within)


def _is_fixed(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
        case ast.Expr(value=ast.Constant()) | ast.keyword(arg="strict"):
            return True  # a docstring; of zip, an assertion
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _is_type(left) and _is_type(right)
    return False


def _is_type(node: ast.AST) -> bool:
    """Whether the operand of a | is a type."""
    match node:
        case ast.BinOp(op=ast.BitOr(), left=left):
            return _is_type(left)
        case ast.Subscript(value=value):
            return _is_type(value)
        case ast.Constant(value=None):
            return True
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in {"int", "str", "float", "bool"} or (name[:1].isupper() and not name.isupper())
    return False


def _changed(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one case for each kind of change
    """The node, wrong in one way each."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                for other in SWAPS[type(op)]:
                    yield _with(node, ops=[*ops[:at], other(), *ops[at + 1 :]])
        case ast.BinOp(op=op) | ast.BoolOp(op=op):
            for other in SWAPS.get(type(op), ()):
                yield _with(node, op=other())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield _with(node, func=ast.Name(NAMES[name], ast.Load()))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.If():
            yield from (_with(node, test=ast.Constant(value)) for value in (True, False))
        case ast.While():
            yield _with(node, test=ast.Constant(False))
        case ast.comprehension(ifs=ifs):
            yield from (_with(node, ifs=[*ifs[:at], *ifs[at + 1 :]]) for at in range(len(ifs)))
        case ast.match_case(guard=None, pattern=pattern) if not isinstance(pattern, ast.MatchAs) or pattern.pattern:
            yield _with(node, guard=ast.Constant(False))
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and not value.value):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign(op=op):
            yield from (_with(node, op=other()) for other in SWAPS.get(type(op), ()))
            yield ast.Pass()
        case ast.Expr() | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=targets) if any(isinstance(each, ast.Attribute | ast.Subscript) for each in targets):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def _text(statement: ast.AST) -> str:
    """A statement on one line; of a compound one only what it begins with."""
    if isinstance(statement, ast.Pass):
        return "(left out)"
    lines = ast.unparse(statement).strip().splitlines()
    return lines[0] if hasattr(statement, "body") else " ".join(line.strip() for line in lines)
