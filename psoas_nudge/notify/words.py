"""Text made safe to show. Titles and bodies may hold a person's own routine, read from a file."""

from __future__ import annotations

import unicodedata

from psoas_nudge.core.model import Answer

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the order of what follows on the screen around, so a text could pose as another."""


def paragraph(text: str) -> str:
    """`text` with lines kept and every other control character made visible; fit for a terminal and for D-Bus."""
    return "".join(_harmless(char) for char in text).strip()


def line(text: str) -> str:
    """The same on one line."""
    return " ".join(paragraph(text).split())


def how_to_answer(buttons: tuple[tuple[Answer, str], ...]) -> str:
    """Which commands answer, for a notifier without buttons."""
    answers = [answer for answer, _ in buttons]
    listed = ", ".join(answers[:-1]) + " or " + answers[-1] if len(answers) > 1 else "".join(answers)
    return f"To answer, in a terminal: psoas-nudge {listed}." if answers else ""


def _harmless(char: str) -> str:
    if char == "\n":
        return char
    if char == "\t":
        return " "
    # Cs: a lone surrogate (from a file name, say) has no UTF-8 form, and D-Bus would refuse the whole message.
    return "\N{REPLACEMENT CHARACTER}" if char in BIDI or unicodedata.category(char) in {"Cc", "Cs"} else char
