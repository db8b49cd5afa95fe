"""Text made safe to show. Titles and bodies may hold a person's own routine, read from a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from psoas_nudge.called import as_called

HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters; marks that turn the order of what follows around, so that a text could pose as another; lone
surrogates, which have no UTF-8 form, so that D-Bus would refuse the whole message."""


def paragraph(text: str) -> str:
    """`text` with lines kept and every harmful character made visible; fit for a terminal and for D-Bus."""
    return HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " ")).strip()


def line(text: str) -> str:
    """The same on one line."""
    return " ".join(paragraph(text).split())


def escape(text: str) -> str:
    """`text` for a place that reads markup. (The html module would cost the daemon half a megabyte.)"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sentence(text: str) -> str:
    """`text` with a capital at its beginning: the body of a prompt where nothing stands before it."""
    return text[:1].upper() + text[1:]


def how_to_answer(answers: Sequence[str], lead: str = "To answer, in a terminal: psoas-nudge") -> str:
    """Which commands answer, for a notifier without buttons. `answers`: the keys of the buttons."""
    listed = ", ".join(answers[:-1]) + " or " + answers[-1] if len(answers) > 1 else "".join(answers)
    return as_called(f"{lead} {listed}.") if answers else ""


def shortened(text: str, longest: int) -> str:
    """`text` of at most `longest` characters, cut between words, with an ellipsis where something is left out."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"
