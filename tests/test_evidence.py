"""Every claim has a source: README, manual, routines and `routines why` carry ids of one list; the manual has it all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED
from psoas_nudge.core.evidence import SOURCES, WHY, Source, claimed
from psoas_nudge.core.routines import Routine

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGE = (PROJECT / "psoas_nudge" / "manual" / "evidence.md").read_text(encoding="utf-8")
MANUAL = "\n".join(page.read_text("utf-8") for page in sorted((PROJECT / "psoas_nudge" / "manual").glob("*.md")))
IDS = {source.id for source in SOURCES}


def test_every_source_has_one_id() -> None:
    assert len(IDS) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_the_manual_prints_every_source_with_what_speaks_against_it(source: Source) -> None:
    (row,) = re.findall(rf"^- \*\*{source.id}\*\* .*$", PAGE, re.MULTILINE)
    assert all(words in row for words in (source.finding, source.cite, source.url, source.limit))
    assert row.endswith(f" Speaks: {source.speaks}.")


def test_the_readme_claims_nothing_without_a_source_and_no_source_that_is_not_there() -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`|\[[^\]]*\]\([^)]*\)", "", README + MANUAL, flags=re.DOTALL)
    assert {"tilt-2024", "dose-2024"} <= set(claimed(prose)) <= IDS
    first = README.partition("\n\n")[2].partition("\n\n")[0]
    assert claimed(first), "the first sentence says what it rests on"
    table = set(re.findall(r"^- \*\*([a-z]+(?:-\d{4})?)\*\* ", PAGE, re.MULTILINE))
    assert table == IDS


@pytest.mark.parametrize("routine", CATALOGUE, ids=lambda routine: routine.id)
def test_the_reason_of_every_routine_names_its_source(routine: Routine) -> None:
    assert claimed(routine.why)
    assert set(claimed(routine.why)) <= IDS
    assert "[" not in routine.why.partition(" [")[0], "the page shows the reason without the ids"


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
