"""Text made safe to show."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge import called
from psoas_nudge.core.events import Accept, Skip
from psoas_nudge.core.words import capitalized
from psoas_nudge.notify import words
from psoas_nudge.notify.arguments import NotificationServer
from psoas_nudge.notify.port import Button, Message


@given(st.text(st.characters(codec=None)))
def test_whatever_is_written_can_be_sent_and_shown(text: str) -> None:
    shown = words.paragraph(text)
    shown.encode()
    assert all(char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"} for char in shown)
    assert "\n" not in words.line(text)


def test_ordinary_words_stay_as_they_are() -> None:
    assert words.paragraph("Hüftbeuger: 30 s 👍🏽\nzweite Zeile") == "Hüftbeuger: 30 s 👍🏽\nzweite Zeile"
    assert words.line("one\n  two\tthree") == "one two three"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (("accept", "snooze", "skip"), "To answer, in a terminal: psoas-nudge accept, snooze or skip."),
        (("accept", "skip"), "To answer, in a terminal: psoas-nudge accept or skip."),
        (("skip",), "To answer, in a terminal: psoas-nudge skip."),
        ((), ""),
    ],
)
def test_only_what_is_offered_is_told(answers: tuple[str, ...], told: str) -> None:
    assert words.how_to_answer(answers) == told


def test_a_command_that_answers_begins_as_the_program_was_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(called, "_given", [".venv/bin/psoas-nudge"])
    assert words.how_to_answer(("skip",)) == "To answer, in a terminal: .venv/bin/psoas-nudge skip."


def test_a_prompt_that_no_command_answers_names_none() -> None:
    buttons = (Button(Accept(), "Start"), Button(Skip(), "Skip"))
    for server in (NotificationServer("dunst", frozenset({"actions"})), NotificationServer("xfce", frozenset())):
        named = server.arguments(Message(1, "Stand up", "a walk", buttons), 0)[4]
        unnamed = server.arguments(Message(1, "Stand up", "a walk", buttons, typed=False), 0)[4]
        assert "psoas-nudge" in named
        assert "psoas-nudge" not in unnamed
        assert unnamed.endswith("A walk")


@pytest.mark.parametrize(("text", "begun"), [("a walk, 5 min.", "A walk, 5 min."), ("My lunge", "My lunge"), ("", "")])
def test_a_sentence_begins_with_a_capital(text: str, begun: str) -> None:
    assert capitalized(text) == begun


@given(st.text())
def test_what_is_escaped_reads_as_it_was_written(text: str) -> None:
    escaped = words.escape(text)
    assert html.unescape(escaped) == html.unescape(html.escape(text, quote=False))
    assert not set("<>") & set(escaped)
