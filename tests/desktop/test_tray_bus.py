"""The tray over a real bus: a pretended panel reads the icon and clicks every entry of the menu."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusStr
from dbus_fast.service import ServiceInterface, dbus_method
from msgspec.structs import replace

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.advice import KINDS
from psoas_nudge.core.events import Accept, Feel, Moved, Pause, Resume, Sit, Skip, Snooze, Stand, Stretch, Undo
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.status import Status
from psoas_nudge.core.words import HOUR, MINUTE
from psoas_nudge.tray.port import Action, MenuCommand
from psoas_nudge.tray.tray import WATCHER, WATCHER_PATH, Tray
from tests.moments import AT, PROMPT, SITTING

RULES = Rules(hours=WorkingHours(), rotation=("standing-hip-flexor", "constructive-rest"))
ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"


class Watcher(ServiceInterface):
    """What a panel offers for icons to register with."""

    def __init__(self) -> None:
        super().__init__(WATCHER)
        self.paths: asyncio.Queue[str] = asyncio.Queue()

    @dbus_method("RegisterStatusNotifierItem")
    def register(self, path: DBusStr):
        self.paths.put_nowait(path)


class Panel:
    """A tray host: takes the first icon that registers, listens to its signals, clicks its menu."""

    def __init__(self, address: str) -> None:
        self.bus = Bus("session", address)
        self.watcher = Watcher()
        self.heard: list[str] = []
        self.changed: dict[int, dict[str, Any]] = {}

    async def start(self) -> None:
        await self.bus.connect()
        self.bus.connection.export(WATCHER_PATH, self.watcher)
        await self.own()

    async def own(self) -> None:
        await self.bus.call(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "su", WATCHER, 4
        )

    async def see(self, icon: str) -> None:
        """Wait for the icon of the connection `icon` and follow it."""
        self.path = await asyncio.wait_for(self.watcher.paths.get(), 5)
        self.icon = icon
        for interface, member in [
            (ITEM, "NewIcon"),
            (ITEM, "NewAttentionIcon"),
            (ITEM, "NewToolTip"),
            (ITEM, "NewStatus"),
            (MENU, "LayoutUpdated"),
            (MENU, "ItemsPropertiesUpdated"),
        ]:
            await self.bus.subscribe(
                lambda body, member=member: self.hear(member, body), sender=icon, interface=interface, member=member
            )

    def hear(self, member: str, body: list[Any]) -> None:
        self.heard.append(member)
        if member == "ItemsPropertiesUpdated":
            changed, removed = body
            assert not removed
            for number, new in changed:
                self.changed.setdefault(number, {}).update({name: value.value for name, value in new.items()})

    async def get(self, name: str) -> Any:
        return await self.bus.get(self.icon, self.path, ITEM, name)

    async def menu(self, member: str, signature: str, *body: Any) -> list[Any]:
        return await self.bus.call(self.icon, await self.get("Menu"), MENU, member, signature, *body)

    async def entries(self) -> dict[int, dict[str, Any]]:
        """The properties of all entries, by number."""
        _, root = await self.menu("GetLayout", "iias", 0, -1, [])

        def walk(node: list[Any]) -> dict[int, dict[str, Any]]:
            number, properties, children = node
            mine = {number: {name: value.value for name, value in properties.items()}}
            for child in children:
                mine |= walk(child.value)
            return mine

        return walk(root)

    async def layout(self) -> dict[int, str]:
        """The labels of all entries that a person can click, by number."""
        return {
            number: entry["label"]
            for number, entry in (await self.entries()).items()
            if entry.get("enabled") and entry["visible"] and "children-display" not in entry
        }

    async def click(self, number: int) -> None:
        await self.menu("Event", "isvu", number, "clicked", Variant("s", ""), 0)

    async def settle(self) -> None:
        """All signals sent so far have arrived once a call to the same connection is answered."""
        await self.get("Title")


class Desk:
    """A daemon's side: its bus, its tray, and what was asked for."""

    def __init__(self, address: str) -> None:
        self.bus = Bus("session", address)
        self.asked: list[MenuCommand] = []
        self.tray = Tray(self.bus, self.asked.append, RULES, on_open=self.look)
        self.moment: Status | None = None

    @property
    def name(self) -> str:
        name = self.bus.connection.unique_name
        assert name
        return name

    def look(self) -> None:
        """Before the menu opens."""
        if self.moment:
            self.tray.update(self.moment, AT)

    async def start(self) -> None:
        await self.bus.connect()
        await self.tray.start()


@pytest.fixture
async def desk(session_bus) -> AsyncIterator[Desk]:
    made = Desk(session_bus.address)
    await made.start()
    yield made
    await made.tray.stop()
    await made.bus.close()


@pytest.fixture
async def panel(session_bus) -> AsyncIterator[Panel]:
    made = Panel(session_bus.address)
    await made.start()
    yield made
    await made.bus.close()


async def test_the_icon_shows_how_long_one_has_sat(panel: Panel, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    assert await panel.get("Status") == "Active"
    assert list(await panel.get("ToolTip")) == ["", [], "psoas-nudge: sat 24 min, next prompt about 09:36", ""]
    sizes = [(w, h, len(pixels)) for w, h, pixels in await panel.get("IconPixmap")]
    assert sizes == [(s, s, 4 * s * s) for s in (16, 22, 24, 32, 48)]


async def test_the_icon_tells_the_time_in_the_zone_of_the_working_hours(panel: Panel, desk: Desk) -> None:
    desk.tray.update(replace(SITTING, zone="Asia/Kolkata"), AT)
    await panel.see(desk.name)
    assert (await panel.get("ToolTip"))[2] == "psoas-nudge: sat 24 min, next prompt about 15:06"
    _, root = await panel.menu("GetLayout", "iias", 0, 1, ["label"])
    assert root[2][0].value[1]["label"].value == "Sat 24 min, next prompt about 15:06"


async def test_new_settings_change_what_the_menu_offers(panel: Panel, desk: Desk) -> None:
    desk.tray.update(replace(SITTING, prompt=PROMPT), AT)
    await panel.see(desk.name)
    assert {"In 5 min", "Constructive rest"} <= set((await panel.layout()).values())
    desk.tray.use(replace(RULES, snooze_for=10 * MINUTE, rotation=("standing-hip-flexor",)))
    desk.tray.update(replace(SITTING, prompt=PROMPT), AT)
    labels = set((await panel.layout()).values())
    assert "In 10 min" in labels
    assert not {"In 5 min", "Constructive rest"} & labels
    await panel.settle()
    assert "LayoutUpdated" in panel.heard


async def test_a_routine_keeps_its_number_whatever_the_rotation_becomes(panel: Panel, desk: Desk) -> None:
    """A click on the menu that was open before the settings changed opens what the person read."""
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    rest = next(number for number, label in (await panel.layout()).items() if label == "Constructive rest")
    desk.tray.use(replace(RULES, rotation=("glute-squeeze", "standing-hip-flexor")))
    desk.tray.update(SITTING, AT)
    assert rest not in await panel.layout()
    await panel.click(rest)
    assert desk.asked == [Stretch(routine="constructive-rest", via="tray")]


async def test_the_picture_that_asks_for_attention_is_there_before_it_is_needed(panel: Panel, desk: Desk) -> None:
    """GNOME's extension reads it once, when the icon appears, and logs an error without words for screen readers."""
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    assert len(await panel.get("AttentionIconPixmap")) == 5
    assert await panel.get("IconAccessibleDesc") == "psoas-nudge: sitting"
    assert await panel.get("AttentionAccessibleDesc") == (await panel.get("ToolTip"))[2]


async def test_the_panel_hears_only_of_what_changed(panel: Panel, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    await panel.layout()

    desk.tray.update(replace(SITTING, sat_seconds=1465.0, toward_next=1465.0), AT)
    await panel.settle()
    assert panel.heard == []

    desk.tray.update(replace(SITTING, sat_seconds=1525.0, toward_next=1525.0), AT)
    await panel.settle()
    assert panel.heard == ["NewToolTip", "ItemsPropertiesUpdated"]

    panel.heard.clear()
    desk.tray.update(replace(SITTING, prompt=PROMPT), AT)
    await panel.settle()
    assert panel.heard == ["NewIcon", "NewAttentionIcon", "NewToolTip", "NewStatus", "ItemsPropertiesUpdated"]
    assert await panel.get("Status") == "NeedsAttention"


MOMENTS = [
    replace(SITTING, prompt=PROMPT),
    replace(SITTING, paused=True),
    replace(SITTING, presence="standing"),
    replace(SITTING, backed_off=True),
    SITTING,
]


async def test_every_entry_of_the_menu_does_what_it_says(panel: Panel, desk: Desk) -> None:
    expected: dict[str, MenuCommand] = {
        "Show in a notification": Action.EXPLAIN,
        "Start": Accept(via="tray"),
        "In 5 min": Snooze(via="tray"),
        "Skip": Skip(via="tray"),
        "Next in turn": Stretch(via="tray"),
        "Standing hip-flexor stretch": Stretch(routine="standing-hip-flexor", via="tray"),
        "Constructive rest": Stretch(routine="constructive-rest", via="tray"),
        "I'm sitting again": Sit(via="tray"),
        "I'm standing now": Stand(via="tray"),
        "I just moved": Moved(via="tray"),
        "Resume prompts": Resume(via="tray"),
        "For 30 minutes": Pause(length=30 * MINUTE, via="tray"),
        "For 1 hour": Pause(length=HOUR, via="tray"),
        "Until tomorrow": Pause(until_tomorrow=True, via="tray"),
        "Back to the usual number of prompts": Resume(via="tray"),
        "Fine": Feel(afterwards="fine", via="tray"),
        "Tight": Feel(afterwards="tight", via="tray"),
        **{
            "Other pain" if kind == "other" else words.capitalize(): Feel(pain=kind, via="tray")
            for kind, words in KINDS.items()
        },
        "Take back the last report": Undo(via="tray"),
        "Report": Action.REPORT,
        "Edit settings": Action.EDIT_SETTINGS,
        "Quit": Action.QUIT,
    }
    done: dict[str, MenuCommand] = {}
    for n, moment in enumerate(MOMENTS):
        desk.tray.update(moment, AT)
        if n == 0:
            await panel.see(desk.name)
        for number, label in (await panel.layout()).items():
            desk.asked.clear()
            await panel.click(number)
            [done[label]] = desk.asked
    assert done == expected


async def test_before_it_opens_a_menu_the_panel_hears_the_words_of_this_moment(panel: Panel, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    await panel.layout()
    assert await panel.menu("AboutToShow", "i", 0) == [False]
    assert panel.changed == {}
    desk.moment = replace(SITTING, sat_seconds=1600.0)  # nothing has happened since, but time has passed
    assert await panel.menu("AboutToShow", "i", 0) == [True]
    await panel.settle()
    assert panel.changed == {1: {"label": "Sat 26 min, next prompt about 09:36"}}
    assert panel.heard == ["NewToolTip", "ItemsPropertiesUpdated"]
    [[_, said]] = (await panel.menu("GetGroupProperties", "aias", [1, 999], ["label"]))[0]
    assert said["label"].value == "Sat 26 min, next prompt about 09:36"
    assert await panel.menu("AboutToShowGroup", "ai", [0, 999]) == [[], [999]]


async def test_a_panel_that_keeps_what_it_has_read_shows_every_moment_as_it_is(panel: Panel, desk: Desk) -> None:
    """GNOME's extension and libdbusmenu read an entry once; afterwards they know what the signals say."""
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    kept = await panel.entries()
    for moment in (*MOMENTS, replace(SITTING, put_off="sharp pain"), replace(SITTING, backed_off=True), SITTING):
        desk.tray.update(moment, AT)
        await panel.settle()
        for number, changes in panel.changed.items():
            kept[number] |= changes
        assert kept == await panel.entries()
    assert "LayoutUpdated" not in panel.heard


async def test_clicks_can_come_in_a_group(panel: Panel, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    quit_ = next(n for n, label in (await panel.layout()).items() if label == "Quit")
    clicks = [
        [quit_, "clicked", Variant("s", ""), 0],
        [999, "clicked", Variant("s", ""), 0],
        [21, "opened", Variant("s", ""), 0],
    ]
    assert await panel.menu("EventGroup", "a(isvu)", clicks) == [[999]]
    assert desk.asked == [Action.QUIT]
    assert (await panel.menu("GetProperty", "is", quit_, "label"))[0].value == "Quit"
    with pytest.raises(CallFailed, match="no entry 999"):
        await panel.click(999)


async def test_a_click_on_the_menu_of_a_moment_ago_still_does_what_it_said(panel: Panel, desk: Desk) -> None:
    desk.tray.update(replace(SITTING, prompt=PROMPT), AT)
    await panel.see(desk.name)
    skip = next(n for n, label in (await panel.layout()).items() if label == "Skip")
    desk.tray.update(SITTING, AT)
    await panel.click(skip)
    assert desk.asked == [Skip(via="tray")]


async def test_a_click_on_the_icon_itself_explains(panel: Panel, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    for method, signature, body in [
        ("SecondaryActivate", "ii", (0, 0)),
        ("ContextMenu", "ii", (0, 0)),
        ("Scroll", "is", (1, "vertical")),
    ]:
        await panel.bus.call(desk.name, panel.path, ITEM, method, signature, *body)
    assert desk.asked == []
    await panel.bus.call(desk.name, panel.path, ITEM, "Activate", "ii", 0, 0)
    assert desk.asked == [Action.EXPLAIN]


async def test_without_a_panel_nothing_is_exported(session_bus, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    other = Bus("session", session_bus.address)
    await other.connect()
    with pytest.raises(CallFailed):
        await other.get(desk.name, "/StatusNotifierItem", ITEM, "Title")
    await other.close()


async def test_the_icon_comes_to_a_panel_that_starts_later_and_to_one_that_restarts(session_bus, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    for moment in (SITTING, replace(SITTING, paused=True)):
        panel = Panel(session_bus.address)
        await panel.start()
        desk.tray.update(moment, AT)
        await panel.see(desk.name)
        assert "psoas-nudge: sat 24 min" in (await panel.get("ToolTip"))[2]
        await panel.bus.close()


async def test_the_icon_comes_to_a_panel_that_has_its_name_before_it_answers(session_bus, desk: Desk) -> None:
    panel = Panel(session_bus.address)
    await panel.bus.connect()
    await panel.own()
    desk.tray.update(SITTING, AT)
    await asyncio.sleep(0.1)  # the first try is refused
    panel.bus.connection.export(WATCHER_PATH, panel.watcher)
    await panel.see(desk.name)
    await panel.bus.close()


async def test_the_icon_comes_back_when_the_bus_restarts(session_bus, desk: Desk) -> None:
    desk.tray.update(SITTING, AT)
    panel = Panel(session_bus.address)
    await panel.start()
    await panel.see(desk.name)
    await panel.bus.close()
    session_bus.kill()
    session_bus.start()
    panel = Panel(session_bus.address)
    await panel.start()
    for _ in range(100):
        if desk.bus.connected:
            break
        await asyncio.sleep(0.1)  # the bus client waits between its tries
    await panel.see(desk.name)
    assert await panel.get("Status") == "Active"
    await panel.bus.close()


async def test_stopping_takes_the_icon_away(session_bus, panel: Panel) -> None:
    bus = Bus("session", session_bus.address)
    await bus.connect()
    tray = Tray(bus, lambda _command: None, RULES, on_open=lambda: None)
    await tray.start()
    tray.update(SITTING, AT)
    await panel.see(str(bus.connection.unique_name))
    await tray.stop()
    with pytest.raises(CallFailed):
        await panel.get("Title")
    await bus.close()


async def test_any_client_can_read_what_is_exported(session_bus, panel: Panel, desk: Desk) -> None:
    """Introspection and every property, so that no property raises when a host asks for all of them at once."""
    desk.tray.update(SITTING, AT)
    await panel.see(desk.name)
    client = await MessageBus(bus_address=session_bus.address).connect()
    for path, interface in (("/StatusNotifierItem", ITEM), ("/MenuBar", MENU)):
        described = await client.introspect(desk.name, path)
        known = next(i for i in described.interfaces if i.name == interface)
        got = (await panel.bus.call(desk.name, path, "org.freedesktop.DBus.Properties", "GetAll", "s", interface))[0]
        assert set(got) == {p.name for p in known.properties}
    client.disconnect()
    await client.wait_for_disconnect()


async def test_the_end_may_come_while_the_icon_still_asks_whether_there_is_a_panel(session_bus) -> None:
    bus = Bus("session", session_bus.address)
    await bus.connect()
    tray = Tray(bus, lambda _command: None, RULES, on_open=lambda: None)
    starting = asyncio.create_task(tray.start())
    await asyncio.sleep(0)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await tray.stop()
    await bus.close()
