"""The bus connection against a real bus."""

from __future__ import annotations

import asyncio

from psoas_nudge.bus import Bus


async def test_two_who_ask_for_an_owner_at_the_same_time_both_hear_who_it_is(dunst, session_bus) -> None:
    bus = Bus("session", session_bus.address)
    await bus.connect()
    try:
        first, second = await asyncio.gather(*(bus.watch_owner(dunst.NAME, lambda _: None) for _ in range(2)))
        assert first == second == await bus.owner(dunst.NAME)
        assert first is not None
    finally:
        await bus.close()
