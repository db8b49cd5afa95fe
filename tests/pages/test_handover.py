"""The secret of a page reaches one browser of its person, and nobody else on the machine."""

from __future__ import annotations

import asyncio
import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from psoas_nudge.pages import browser
from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.handover import redirect, show
from psoas_nudge.pages.serving import listen, serve
from tests.pages.site import Site

READING_BROWSER = """
tr '\\0' ' ' < /proc/$$/cmdline > {tmp}/cmdline
for last; do :; done
file=$(echo "$last" | sed 's,.*file://,,')
stat -c %a "$file" > {tmp}/mode
stat -c %a "$(dirname "$file")" > {tmp}/folder
cat "$file" > {tmp}/read
sleep 30
"""


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    over = asyncio.Event()
    with listen() as listener:
        guard = Guard(Starlette(), listener.getsockname()[1], "page")
        server = asyncio.create_task(serve(guard, listener, over))
        yield Site(guard)
        over.set()
        await server


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "bin").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path), "DISPLAY": ":9"}


def program(environ: dict[str, str], name: str, script: str) -> None:
    path = Path(environ["PATH"].partition(":")[0], name)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


async def whole(path: Path) -> str:
    for _ in range(500):
        if path.exists() and (text := path.read_text()).endswith("\n"):
            return text
        await asyncio.sleep(0.01)
    pytest.fail(f"{path} was not written")


async def test_another_user_who_reads_the_command_line_learns_nothing_they_could_use(
    site: Site, environ: dict[str, str], tmp_path: Path
) -> None:
    secret = site.guard.token
    program(environ, "chromium", READING_BROWSER.format(tmp=tmp_path))
    opening = asyncio.create_task(show(site.guard, environ, lambda: False))
    assert (await whole(tmp_path / "read")).count(str(secret)) == 2
    seen = (tmp_path / "cmdline").read_text()
    assert secret not in seen
    assert site.guard.host not in seen
    assert "--app=file:///" in seen
    assert (tmp_path / "mode").read_text() == "600\n"
    assert (tmp_path / "folder").read_text() == "700\n"
    assert (await site.ask(site.link, Cookie=None)).status == 200
    process = await opening
    assert process
    process.kill()
    process.wait()
    assert [*(tmp_path / "run").rglob("*.html")] == []


async def test_the_secret_works_once_and_a_second_browser_is_refused(site: Site) -> None:
    first = await site.ask(site.link, Cookie=None)
    assert first.status == 200
    assert b'content="0;url=/"' in first.said  # type: ignore[attr-defined]
    for link in (site.link, "/"):
        second = await site.ask(link, Cookie=None)
        assert second.status == 403
        assert second.getheader("set-cookie") is None


async def test_the_file_is_gone_also_when_every_browser_fails(
    site: Site, environ: dict[str, str], tmp_path: Path
) -> None:
    environ["PATH"] = environ["PATH"].partition(":")[0]
    program(environ, "chromium", "exit 7")
    program(environ, "firefox", "exit 1")
    assert not await show(site.guard, environ, lambda: False)
    assert [*(tmp_path / "run").rglob("*.html")] == []


async def test_a_runtime_directory_that_cannot_be_used_is_said_and_nothing_is_opened(
    site: Site, environ: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").write_text("not a directory")
    environ["PATH"] = environ["PATH"].partition(":")[0]
    program(environ, "chromium", f"touch {tmp_path}/started")
    assert not await show(site.guard, environ, lambda: False)
    assert "cannot be used" in caplog.text
    assert not (tmp_path / "started").exists()


def test_the_file_has_its_usual_name_unless_another_page_is_opening(tmp_path: Path) -> None:
    with redirect("http://127.0.0.1:1/", tmp_path) as first, redirect("http://127.0.0.1:2/", tmp_path) as second:
        assert first == tmp_path / "page.html"
        assert ":1/" in first.read_text()
        assert ":2/" in second.read_text()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_already_is_not_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psoas_nudge.pages.handover.token_hex", lambda _n: "guessed")
    for name in ("page.html", "page-guessed.html"):
        (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Exception, match="cannot be written"), redirect("http://127.0.0.1:1/?token=x", tmp_path):
        pytest.fail("opened")
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_in_the_file_is_one_address(tmp_path: Path) -> None:
    with redirect("http://127.0.0.1:1/?token=a&b=<c>", tmp_path / "run") as file:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert re.findall('url=(.*?)"', file.read_text()) == ["http://127.0.0.1:1/?token=a&amp;b=&lt;c&gt;"]
    assert not file.exists()


def test_a_browser_from_a_snap_gets_the_file_where_it_can_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    monkeypatch.setattr(browser, "SNAPS", tmp_path / "snaps")
    assert browser.readable_directory("/usr/bin/firefox", environ) is None
    (tmp_path / "snaps").mkdir()
    (tmp_path / "snaps" / "firefox").touch()
    where = tmp_path / "snap/firefox/common/psoas-nudge"
    assert browser.readable_directory("/usr/bin/firefox", environ) == where
    program(environ, "xdg-settings", "echo firefox_firefox.desktop")
    assert browser.readable_directory("/usr/bin/xdg-open", environ) == where
    assert browser.readable_directory("/usr/bin/chromium", environ) is None
