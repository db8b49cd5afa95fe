"""What people read, against the habits that make it hard to read, as far as a pattern can find them.

People read the messages in the code, the help of the commands, the pages in the browser, and the documents. Names of
settings, of entries in the journal and of fields in JSON are data: the patterns leave them alone where they stand in
quotation marks or as code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from psoas_nudge.core.words import counted, times

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted((PROJECT / "psoas_nudge").rglob("*.py"))
DOCUMENTS = [
    PROJECT / "README.md",
    PROJECT / "CHANGELOG.md",
    PROJECT / "config.example.toml",
    *sorted((PROJECT / "psoas_nudge").rglob("*.md")),
]
PAGES = [*sorted((PROJECT / "psoas_nudge").rglob("*.html")), *sorted((PROJECT / "psoas_nudge").rglob("*.js"))]

HABITS = {
    r"\bso (?:long|many|soon|shortly|often)\b": "name the quantity",
    r"\b(?:is|are|was|were) told\b": 'say who does what: "psoas-nudge reports", "you see"',
    r"\bbouts?\b": '"a stretch of sitting"',
    r"\bwithdraw\w*": '"cancelled"',
    r"\blulls?\b": '"a pause in typing"',
    r"\b(?:hung up|died|without a word|by itself)\b": "say what happens",
    r"\bmend(?:s|ed|ing)?\b": '"fix"',
    r"\bmeant to\b|\bas the case\b|\bto be had\b|\bmakes no sense\b": "say it directly",
    r"\bwhose turn it is\b|\bnobody can tell\b|\bknows? no\b": "a program is no being",
    r"\bswitched (?:on|off)\b": '"turned on", "turned off", as everywhere else',
    r"\be\.g\.|\bi\.e\.": '"for example", "that is"',
    r"\bthe configuration is unchanged\b": '"the previous settings stay in force"',
}
KEYS = re.compile(r"`[^`\n]*`|\"[\w.-]+\"|\*[\w-]+\*|\b\w+[._]\w+|\b[\w-]+ = ")
"""Names in a text: code, a quoted or emphasised word, a key."""

PLURALS = (
    "prompts|days|weeks|months|entries|times|mistakes|warnings|lines|events|stretches|changes|periods|files|"
    "routines|snoozes|repetitions|seconds|minutes|hours|characters|others"
)


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The texts in a module that can be a sentence: constants with a space, f-strings with {} for what is filled in,
    and the docstrings of commands, which are their help."""
    notes, inside = set(), set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for each in body if isinstance(body, list) else ():
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                notes.add(each.value)
        if isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(d) for d in node.decorator_list):
            yield node.lineno, ast.get_docstring(node) or ""
        if isinstance(node, ast.JoinedStr):
            inside.update(node.values)
            yield node.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in notes | inside:
            yield node.lineno, node.value


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file that people read, with their lines."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from ((line, found) for line, found in literals(ast.parse(text)) if " " in found.strip())
    elif path.suffix == ".toml":
        yield from ((n, line) for n, line in enumerate(text.splitlines(), 1) if re.match(r"# (?!\w+ = )", line))
    elif path.suffix == ".js":
        yield from (
            (n, found)
            for n, line in enumerate(text.splitlines(), 1)
            for found in re.findall(r'"([^"]* [^"]*)"|`([^`]* [^`]*)`', re.sub(r"//.*", "", line))
            for found in found
        )
    else:
        yield from enumerate(text.splitlines(), 1)


def habits(text: str) -> list[str]:
    """What is wrong with a text."""
    plain = KEYS.sub(" ", text)
    found = [(re.search(pattern, plain, re.IGNORECASE), instead) for pattern, instead in HABITS.items()]
    return [f'"{match[0]}": {instead}' for match, instead in found if match]


def test_no_text_has_a_habit_that_makes_it_hard_to_read() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{line}: {each}"
        for path in (*SOURCES, *DOCUMENTS, *PAGES)
        for line, text in sentences(path)
        for each in habits(text)
    ]
    assert found == []


def test_no_docstring_or_comment_points_at_a_number_somewhere_else() -> None:
    pointing = re.compile(r"\bso (?:long|many|soon|shortly)\b", re.IGNORECASE)
    files = [*SOURCES, *PAGES, *(path for path in (PROJECT / "tests").rglob("*.py") if path != Path(__file__))]
    assert [str(path) for path in files if pointing.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "text",
    [
        "At most so many prompts a day.",
        "A mistake is told with its place.",
        "The bout has ended.",
        "The prompt was withdrawn.",
        "Each source tells it by itself.",
    ],
)
def test_the_habits_are_found(text: str) -> None:
    assert habits(text)


@pytest.mark.parametrize("text", ['A "bout" is a stretch of sitting.', "lull = 5m", "prompt.lull is too long."])
def test_names_are_no_habits(text: str) -> None:
    assert not habits(text)


def uncounted(tree: ast.Module) -> Iterator[str]:
    """f-strings with a number before a noun in the plural, which read "1 prompts" when the number is 1.

    A number in capitals is a limit of the program, and larger than 1.
    """
    for node in ast.walk(tree):
        for before, after in zip(node.values, node.values[1:], strict=False) if isinstance(node, ast.JoinedStr) else ():
            if not isinstance(before, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            number = ast.unparse(before.value)
            if re.match(rf" (?:[a-z]+ )?(?:{PLURALS})\b", str(after.value)) and not re.match(r"[A-Z_]+\b", number):
                yield f"{node.lineno}: {{{number}}}{after.value}"


def test_a_number_and_its_noun_agree() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{each}"
        for path in SOURCES
        if path.name != "words.py"  # `counted` and `times` themselves
        for each in uncounted(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_a_number_that_may_not_agree_is_found() -> None:
    assert list(uncounted(ast.parse('f"You have had all {limit} prompts"'))) == ["1: {limit} prompts"]
    assert list(uncounted(ast.parse('f"in the last {WEEKS} weeks"'))) == []


def test_one_and_many() -> None:
    assert [counted(n, "prompt") for n in (0, 1, 2)] == ["0 prompts", "1 prompt", "2 prompts"]
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]
    assert [times(n) for n in (1, 2, 3)] == ["once", "twice", "3 times"]
