"""plyer, which fails in silence, slowly, or with anything: what the breaker, the thread and the probe make of it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify.plyer_library import PlyerNotifier, load_plyer
from psoas_nudge.notify.port import Capability, Message, Surroundings
from tests.prompts import buttons

PROMPT = Message(
    7, "Sat for 31 minutes", "Stand up.", buttons(("accept", "Accept"), ("skip", "Skip")), "/icons/icon-128.png"
)


async def test_after_a_failure_it_is_left_alone_for_a_while_each_time_longer(plyer: Any) -> None:
    await plyer.start()
    await plyer.spoil()
    for pause in (60, 300, 900, 900):
        with pytest.raises(ShowFailed, match="no such icon"):
            await plyer.notifier.show(PROMPT)
        plyer.now += pause - 1
        with pytest.raises(ShowFailed, match="tried again in 1 s"):
            await plyer.notifier.show(PROMPT)
        plyer.now += 1
    plyer.facade.failure = None
    await plyer.notifier.show(PROMPT)
    await plyer.spoil()
    with pytest.raises(ShowFailed, match="no such icon"):
        await plyer.notifier.show(PROMPT)
    plyer.now += 60
    plyer.facade.failure = None
    await plyer.notifier.show(PROMPT)


async def test_a_call_that_hangs_costs_its_limit_and_no_second_thread(plyer: Any) -> None:
    await plyer.start()
    plyer.facade.hangs = threading.Event()
    with pytest.raises(ShowFailed, match="did not come back"):
        await plyer.notifier.show(PROMPT)
    plyer.now += 61
    with pytest.raises(ShowFailed, match="still hangs"):
        await plyer.notifier.show(PROMPT)
    assert sum(thread.name == "plyer" for thread in threading.enumerate()) == 1
    plyer.facade.hangs.set()
    async with asyncio.timeout(5):
        while any(thread.name == "plyer" for thread in threading.enumerate()):  # noqa: ASYNC110 - a thread tells nobody
            await asyncio.sleep(0.01)
    plyer.facade.hangs = None
    await plyer.notifier.show(PROMPT)


async def test_the_loop_goes_on_while_plyer_hangs(plyer: Any) -> None:
    await plyer.start()
    plyer.facade.hangs = threading.Event()
    showing = asyncio.create_task(plyer.notifier.show(PROMPT))
    for _ in range(10):
        await asyncio.sleep(0.01)
    assert not showing.done()
    plyer.facade.hangs.set()
    await showing


async def test_where_plyer_would_be_silent_it_is_not_asked(plyer: Any) -> None:
    await plyer.start()
    await plyer.service.stop()
    with pytest.raises(ShowFailed, match="no notification service"):
        await plyer.notifier.show(PROMPT)
    assert plyer.facade.said == []


async def test_it_goes_away_by_itself_because_it_cannot_be_withdrawn(plyer: Any) -> None:
    await plyer.start()
    await plyer.notifier.show(PROMPT)
    assert plyer.facade.said[0]["timeout"] == 60
    assert plyer.facade.said[0]["app_icon"] == "/icons/icon-128.png"
    assert Capability.WITHDRAW not in plyer.notifier.capabilities()


async def test_windows_gets_its_own_kind_of_icon_and_no_bus_is_needed(plyer: Any) -> None:
    notifier = PlyerNotifier(lambda: 0.0, load=lambda: plyer.facade, platform="win32")
    await notifier.start(Surroundings({}), lambda _: None)
    await notifier.show(PROMPT)
    assert Path(plyer.facade.said[0]["app_icon"]).parts[-2:] == ("data", "icon.ico")
    assert plyer.facade.said[0]["timeout"] == 10


def test_a_plyer_that_cannot_show_anything_says_so_and_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "dbus", None)
    with pytest.raises(Unavailable, match="plyer has nothing to show notifications with"):
        load_plyer()
    assert capfd.readouterr() == ("", "")


def test_a_broken_plyer_is_a_reason_and_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "plyer.facades", None)
    with pytest.raises(Unavailable, match="plyer does not work here"):
        load_plyer()
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="notify-send is a program of Linux")
def test_a_notify_send_that_fails_has_shown_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "notify-send"
    program.write_text("#!/bin/sh\necho hm >&2\necho 'GDBus.Error: refused' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(OSError, match=r"^notify-send: GDBus\.Error: refused$"):
        load_plyer().notify(title="Sat", message="Stand up.", app_name="psoas-nudge", app_icon="", timeout=5)
    program.write_text("#!/bin/sh\nexit 0\n")
    load_plyer().notify(title="Sat", message="Stand up.", app_name="psoas-nudge", app_icon="", timeout=5)
