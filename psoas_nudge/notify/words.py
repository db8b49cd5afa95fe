"""Makes text safe to show. Titles and bodies may contain a person's own routine, read from a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from psoas_nudge.called import as_called

HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters; bidirectional controls, which can make a text look like another one; lone surrogates, which have
no UTF-8 form, so that D-Bus would refuse the whole message."""


def paragraph(text: str) -> str:
    """`text` with its lines and with every harmful character replaced, for a terminal and for D-Bus."""
    return HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " ")).strip()


def line(text: str) -> str:
    """`paragraph` on one line."""
    return " ".join(paragraph(text).split())


def escape(text: str) -> str:
    """`text` escaped for markup. (The html module would cost the daemon half a megabyte.)"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def how_to_answer(answers: Sequence[str], lead: str = "To answer, in a terminal: psoas-nudge") -> str:
    """The commands that answer, for a notifier without buttons. `answers`: the keys of the buttons."""
    listed = ", ".join(answers[:-1]) + " or " + answers[-1] if len(answers) > 1 else "".join(answers)
    return as_called(f"{lead} {listed}.") if answers else ""


def shortened(text: str, longest: int) -> str:
    """`text` cut between words to at most `longest` characters, with an ellipsis if something is left out."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"
