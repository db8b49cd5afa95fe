"""The configuration is read again after every way in which programs write files."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from psoas_nudge.config import watch
from psoas_nudge.config.watch import FileWatch


class Told:
    """What the file held each time a change was told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.texts: list[str | None] = []
        self.event = asyncio.Event()

    def __call__(self) -> None:
        self.texts.append(self.path.read_text() if self.path.exists() else None)
        self.event.set()

    async def until(self, text: str | None) -> None:
        """Wait until a change to this text was told."""
        async with asyncio.timeout(5):
            while not self.texts or self.texts[-1] != text:
                self.event.clear()
                await self.event.wait()


Begin = Callable[[Path], Awaitable[Told]]


@pytest.fixture
async def begin(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Begin]:
    monkeypatch.setattr(watch, "SETTLE_SECONDS", 0.02)
    running: list[FileWatch] = []

    async def start(path: Path) -> Told:
        told = Told(path)
        running.append(FileWatch(path, told))
        await running[-1].start()
        return told

    yield start
    for each in running:
        await each.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "etc" / "config.toml"
    path.parent.mkdir()
    path.write_text("old")
    return path


async def test_a_file_written_in_place(begin: Begin, file: Path) -> None:
    told = await begin(file)
    file.write_text("new")
    await told.until("new")
    assert told.texts == ["new"]


async def test_a_file_replaced_as_vim_does(begin: Begin, file: Path) -> None:
    told = await begin(file)
    for text in ("one", "two"):
        file.rename(file.with_suffix(".toml~"))
        (file.parent / "4913").touch()
        (file.parent / "4913").unlink()
        file.write_text(text)
        file.with_suffix(".toml~").unlink()
        await told.until(text)


async def test_a_file_replaced_by_renaming_another_over_it(begin: Begin, file: Path) -> None:
    told = await begin(file)
    for text in ("one", "two", "three"):
        file.with_suffix(".new").write_text(text)
        file.with_suffix(".new").replace(file)
        await told.until(text)
    assert told.texts == ["one", "two", "three"]


async def test_a_link_that_is_swapped_and_the_file_behind_it_that_is_written(begin: Begin, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.toml").write_text(name)
    (tmp_path / "home").mkdir()
    link = tmp_path / "home" / "config.toml"
    link.symlink_to("../a/config.toml")
    told = await begin(link)
    (tmp_path / "a" / "config.toml").write_text("a, edited")
    await told.until("a, edited")
    (tmp_path / "home" / "next").symlink_to("../b/config.toml")
    (tmp_path / "home" / "next").replace(link)
    await told.until("b")
    (tmp_path / "b" / "config.toml").write_text("b, edited")
    await told.until("b, edited")
    (tmp_path / "a" / "config.toml").write_text("nobody looks here now")
    (tmp_path / "b" / "config.toml").write_text("b, again")
    await told.until("b, again")
    assert told.texts == ["a, edited", "b", "b, edited", "b, again"]


async def test_a_directory_that_is_a_link_and_swapped(begin: Begin, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.toml").write_text(name)
    (tmp_path / "data").symlink_to(tmp_path / "a")
    told = await begin(tmp_path / "data" / "config.toml")
    (tmp_path / "next").symlink_to(tmp_path / "b")
    (tmp_path / "next").replace(tmp_path / "data")
    await told.until("b")


async def test_a_file_deleted_and_made_anew(begin: Begin, file: Path) -> None:
    told = await begin(file)
    file.unlink()
    await told.until(None)
    file.write_text("back")
    await told.until("back")


async def test_a_directory_that_goes_and_comes_back_and_one_that_was_never_there(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "new" / "psoas-nudge" / "config.toml"
    told = await begin(path)
    for text in ("first", "second"):
        path.parent.mkdir(parents=True)
        path.write_text(text)
        await told.until(text)
        path.unlink()
        path.parent.rmdir()
        path.parent.parent.rmdir()
        await told.until(None)


async def test_a_file_in_the_place_of_its_directory_that_goes_away(begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("in the way")
    told = await begin(tmp_path / "etc" / "config.toml")
    (tmp_path / "etc").unlink()
    await told.until(None)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "config.toml").write_text("new")
    await told.until("new")


async def test_a_thousand_rewrites_are_told_a_few_times_and_the_last_for_certain(begin: Begin, file: Path) -> None:
    told = await begin(file)
    for number in range(1000):
        if number % 2:
            file.write_text(str(number))
        else:
            file.with_suffix(".new").write_text(str(number))
            file.with_suffix(".new").replace(file)
        if number % 100 == 0:
            await asyncio.sleep(0)
    await told.until("999")
    assert len(told.texts) <= 10


async def test_writing_without_pause_does_not_put_the_news_off_for_ever(
    begin: Begin, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SETTLE_SECONDS", 30.0)
    monkeypatch.setattr(watch, "LONGEST_SECONDS", 0.05)
    told = await begin(file)
    file.write_text("new")
    await told.until("new")


async def test_neighbours_do_not_matter(begin: Begin, file: Path) -> None:
    told = await begin(file)
    (file.parent / "other.toml").write_text("x")
    (file.parent / "config.toml.swp").write_text("x")
    os.utime(file.parent)
    await asyncio.sleep(0.1)
    assert told.texts == []


async def test_after_the_end_nothing_is_told(file: Path) -> None:
    told = Told(file)
    each = FileWatch(file, told)
    await each.start()
    file.write_text("new")
    await asyncio.sleep(0)
    await each.stop()
    await asyncio.sleep(0.3)
    assert told.texts == []


async def test_a_link_to_itself_is_no_trap(begin: Begin, tmp_path: Path) -> None:
    loop = tmp_path / "config.toml"
    loop.symlink_to(loop)
    told = await begin(loop)
    loop.unlink()
    loop.write_text("mended")
    await told.until("mended")
