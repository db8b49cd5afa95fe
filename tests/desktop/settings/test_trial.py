""" "Test it now": a real test prompt in a real notification service, and what the page says about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.desktop.settings.conftest import Served
from tests.pages.site import Site


async def said(served: Served, notifier: str) -> str:
    """Everything that the page is told."""
    answer = await Site(served.guard).ask("/test", "POST", f'{{"notifier": "{notifier}"}}')
    assert answer.status == 200
    told: bytes = answer.said  # type: ignore[attr-defined]
    return told.decode()


async def test_a_person_presses_a_button_of_the_test_prompt_and_the_page_says_that_it_works(
    served: Served, dunst: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", dunst.bus.address)
    asking = asyncio.create_task(said(served, "freedesktop"))
    await asyncio.to_thread(eventually, dunst.count)
    await asyncio.to_thread(dunst.press, "Start")
    assert (await asking).splitlines() == [
        "Shown by freedesktop. Press a button on it.",
        'It works: you pressed "Start".',
    ]
    assert await asyncio.to_thread(dunst.count) == 0, "it is gone afterwards"
