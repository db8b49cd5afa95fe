"""Every claim has a source: README, manual, routines and `routines why` carry ids of one list; the manual has it all."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED
from psoas_nudge.core.evidence import CLAIMED, SOURCES, WHY, Source
from psoas_nudge.core.routines import Routine

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGE = (PROJECT / "psoas_nudge" / "manual" / "evidence.md").read_text(encoding="utf-8")
PACKAGE = PROJECT / "psoas_nudge"
MANUAL = [page.read_text("utf-8") for page in sorted((PACKAGE / "manual").glob("*.md"))]
MODULES = [
    *(file for file in sorted(PACKAGE.rglob("*.py")) if file.name != "evidence.py"),
    *sorted(file for kind in ("html", "js") for file in PACKAGE.rglob(f"*.{kind}")),
]
IDS = {source.id for source in SOURCES}


def claimed(text: str) -> tuple[str, ...]:
    """The ids in square brackets in a text."""
    return tuple(each for found in CLAIMED.findall(text) for each in found.split(", "))


def test_every_source_has_one_id() -> None:
    assert len(IDS) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_the_manual_prints_every_source_with_what_speaks_against_it(source: Source) -> None:
    (row,) = re.findall(rf"^- \*\*{source.id}\*\* .*$", PAGE, re.MULTILINE)
    assert all(words in row for words in (source.finding, source.cite, source.url, source.limit))
    assert row.endswith(f" Speaks: {source.speaks}.")


CLAIM = re.compile(
    r"\b(stud(y|ies|ied)|trials?|prov(en|es?)|research\w*|(?<!-)evidence|prevents?|cures?|heals?|relie(ves?|f)|improves?|"
    r"shortens?|lengthens?|weakens?|gets? weak|strengthens?|loosens?|tightens?|flexib\w+|range of motion|healthy|"
    r"extend the hip|causes?|good for|(less|against|reduces?|eases?|lowers?)( the)? (pain|risk))\b|\d ?%|\d°",
    re.IGNORECASE,
)
"""What a sentence has in it that says what something does to a body, or what was found."""
NO_CLAIM = (
    "No study has shown yet that a reminder changes that",
    "The defaults are our conclusions: no study has tested this program",
    "and none shows that a reminder heals anything",
    "We chose the defaults after reading the abstracts of studies.",
    "The list includes the studies that speak against it.",
    "What we took from the studies",
    "the studies behind the routines and defaults",
    "it does not stretch the hip flexors",
    "the studies, for and against",
    " % interval",
    "for the sources, see: psoas-nudge help evidence",
    "What it is good for.",
    "psoas-nudge cannot check whether a plan is good for you",
)
"""What denies a claim, points to the list, or is about numbers of the person's own journal."""


def prose(text: str) -> str:
    """A page without code, the addresses of links, and tags."""
    return re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|<[^>]+>", " ", text, flags=re.DOTALL)


def unsourced(text: str) -> list[str]:
    """The sentences that claim something and do not end in the id of a source in the list."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z\"'(])|\n\s*\n|\n- ", prose(text))
    found = [" ".join(sentence.split()) for sentence in sentences if CLAIM.search(sentence)]
    return [
        sentence
        for sentence in found
        if not (claimed(sentence) and set(claimed(sentence)) <= IDS)
        and not any(words in sentence for words in NO_CLAIM)
    ]


@pytest.mark.parametrize(
    "claim",
    [
        "Stretching prevents stiffness.",
        "Studies show that a break helps.",
        "It lowers the risk by 40 %.",
        "Sitting shortens the psoas.",
        "The tuck adds 7° of extension.",
        "A weak psoas gets weaker; strength work improves it [no-such-2020].",
        "This heals.",
    ],
)
def test_a_claim_without_a_source_is_noticed(claim: str) -> None:
    assert unsourced(f"This is a page. {claim} It has an end.") == [claim]
    sourced = re.sub(r"( \[[^\]]*\])?\.$", " [tilt-2024].", claim)
    assert unsourced(f"This is a page. {sourced} It has an end.") == []


def test_the_readme_and_the_manual_claim_nothing_without_a_source() -> None:
    text = README + "\n\n".join(page.partition("## Sources")[0] for page in MANUAL)
    assert unsourced(text) == []
    assert {"tilt-2024", "dose-2024"} <= set(claimed(prose(text))) <= IDS
    first = README.partition("\n\n")[2].partition("\n\n")[0]
    assert claimed(first), "the first paragraph says what it rests on"
    table = set(re.findall(r"^- \*\*([a-z]+(?:-\d{4})?)\*\* ", PAGE, re.MULTILINE))
    assert table == IDS


def said_by(file: Path) -> list[str]:
    """The texts in a module that a person can get to read: no docstrings, except those that are a command's help."""
    tree = ast.parse(file.read_text("utf-8"))
    never = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(each) for each in node.decorator_list):
            never -= {id(statement.value) for statement in node.body[:1] if isinstance(statement, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and " " in node.value
        and id(node) not in never
    ]


SCRIPT = re.compile(r'//[^\n]*|/\*.*?\*/|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', re.DOTALL)
"""A comment, or a text of a script."""
ATTRIBUTE = re.compile(r'\b(?:aria-label|alt|title|placeholder|content)="([^"]*)"')


def said_by_page(file: Path) -> list[str]:
    """The texts that a page or its script can show. What a script fills in is not among them."""
    text = file.read_text("utf-8")
    if file.suffix == ".js":
        found = ["".join(groups) for groups in SCRIPT.findall(text)]
        return [re.sub(r"\$\{[^}]*\}", "…", each) for each in found if " " in each]
    blocks = re.split(r"</(?:p|li|dt|dd|h\d|button|legend|label|summary|title)>", text)
    return [*blocks, *ATTRIBUTE.findall(text)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.js", 'words($("cue"), "Stretching prevents pain.");'),
        ("page.js", "words(cue, `This heals the ${muscle}.`);"),
        ("page.html", "<main><p>Choose one</p><p>Stretching <b>prevents</b> pain</p></main>"),
        ("page.html", '<button aria-label="Begin, it prevents pain">Begin</button>'),
    ],
)
def test_a_claim_on_a_page_or_in_its_script_is_noticed(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert [each for said in said_by_page(tmp_path / name) for each in unsourced(said)]
    (tmp_path / name).write_text("// This prevents pain.\nfoo();" if name == "page.js" else "<p>Begin</p>")
    assert not [each for said in said_by_page(tmp_path / name) for each in unsourced(said)]


def test_the_pages_and_their_scripts_are_looked_at() -> None:
    names = {file.name for file in MODULES}
    assert {"page.html", "page.js", "figure.js", "sound.js"} <= names
    assert "What kind of pain?" in said_by_page(PACKAGE / "guide" / "static" / "page.js")


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_the_program_claims_nothing_without_a_source(file: Path) -> None:
    said = said_by(file) if file.suffix == ".py" else said_by_page(file)
    # One text may have its source at its end, for all of it.
    texts = [text for text in said if not claimed(text) or not set(claimed(text)) <= IDS]
    assert [each for text in texts for each in unsourced(text)] == []


@pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
def test_the_reason_of_every_routine_names_its_source(routine: Routine) -> None:
    assert claimed(routine.why)
    assert set(claimed(routine.why)) <= IDS
    assert "[" not in routine.why.partition(" [")[0], "the page shows the reason without the ids"


@pytest.mark.parametrize(
    "routine", [each for each in CATALOGUE if each.feel.startswith(("A pull", "The muscles at the front"))]
)
def test_the_reason_names_the_muscle_what_sitting_does_to_it_and_what_tightens_it_too(routine: Routine) -> None:
    assert all(word in routine.why for word in ("psoas", "hip flexor", "while you sit", "unning", "stress"))


@pytest.mark.parametrize("paragraph", WHY)
def test_every_paragraph_of_the_reason_why_names_its_sources(paragraph: str) -> None:
    assert claimed(" ".join(paragraph.split()))
    assert set(claimed(" ".join(paragraph.split()))) <= IDS


def test_what_speaks_against_is_told_too() -> None:
    against = {source.id for source in SOURCES if source.speaks == "against"}
    assert len(against) >= 3
    assert against <= set(claimed(" ".join(" ".join(WHY).split())))


def test_it_is_said_that_no_physiotherapist_has_reviewed_the_routines() -> None:
    assert REVIEWED in " ".join(README.split())
    assert REVIEWED in " ".join(PAGE.split())
