"""A command line comes apart as Windows itself parts it."""

from __future__ import annotations

import ctypes
from ctypes import wintypes

import pytest

from psoas_nudge.system.command_line import join, split

_argv = ctypes.windll.shell32.CommandLineToArgvW
_argv.argtypes = [wintypes.LPCWSTR, ctypes.POINTER(ctypes.c_int)]
_argv.restype = ctypes.POINTER(wintypes.LPWSTR)


@pytest.mark.parametrize(
    "words",
    [[r"C:\Program Files\Editor\e.exe", "--wait"], ["e", r"a\\b c", 'x"y', "\\\\\\"], ["e", "", "tab\tbed", r"\""]],
)
def test_the_words_are_those_that_windows_sees(words: list[str]) -> None:
    count = ctypes.c_int()
    found = _argv(join(words), ctypes.byref(count))
    assert found[: count.value] == words == split(join(words))
