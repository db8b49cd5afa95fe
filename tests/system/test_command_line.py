"""A command line comes apart into its words on Windows, too, where backslashes are part of paths."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.system.command_line import join, split, split_windows


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"C:\Windows\notepad.exe a.txt", [r"C:\Windows\notepad.exe", "a.txt"]),
        (r'"C:\Program Files\Editor\e.exe" --wait', [r"C:\Program Files\Editor\e.exe", "--wait"]),
        (r"say 'two words'", ["say", "'two", "words'"]),
        # from "Parsing C++ command-line arguments"
        (r'"a b c" d e', ["a b c", "d", "e"]),
        (r'"ab\"c" "\\" d', ['ab"c', "\\", "d"]),
        (r'a\\\b d"e f"g h', [r"a\\\b", "de fg", "h"]),
        (r"a\\\"b c d", [r"a\"b", "c", "d"]),
        (r'a\\\\"b c" d e', [r"a\\b c", "d", "e"]),
        ("", []),
        ('""', [""]),
    ],
)
def test_the_words_of_a_line_on_windows(line: str, words: list[str]) -> None:
    assert split_windows(line) == words


words = st.lists(st.text(st.sampled_from("\\\" \tab'-")), min_size=1)


@given(words)
def test_what_python_hands_to_windows_comes_apart_again(words: list[str]) -> None:
    assert split_windows(subprocess.list2cmdline(words)) == words


@given(words)
def test_on_this_system_too(words: list[str]) -> None:
    assert split(join(words)) == words
