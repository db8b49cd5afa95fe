"""The menu on D-Bus: com.canonical.dbusmenu, version 3, which every tray host draws (libdbusmenu's dbus-menu.xml).

Every change is announced at once. ItemsPropertiesUpdated has the changed entries and properties, because hosts cache
entries (GNOME's extension reads labels again only then; Xfce would draw the old ones once more). LayoutUpdated is sent
when entries are added or removed. Before a host opens the menu it calls AboutToShow, and `on_open` updates the menu.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from dbus_fast import DBusError, Variant
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr, DBusUInt32, DBusVariant
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from psoas_nudge.tray.exported import add_properties
from psoas_nudge.tray.menu import MenuEntry, everything, find

INTERFACE, PATH = "com.canonical.dbusmenu", "/MenuBar"
EMPTY = MenuEntry(0)
Numbers = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Layout = Annotated[tuple[int, list[Any]], DBusSignature("u(ia{sv}av)")]
Properties = Annotated[list[Any], DBusSignature("a(ia{sv})")]
Events = Annotated[list[Any], DBusSignature("a(isvu)")]


def properties(item: MenuEntry, wanted: Sequence[str] = ()) -> dict[str, Variant]:
    """An entry's properties on the bus; `wanted` empty: all. An entry always has the same properties."""
    values: dict[str, Variant] = {}
    if item.children or item.number == 0:
        values["children-display"] = Variant("s", "submenu")
    if item.separator:
        values["type"] = Variant("s", "separator")
    elif item.number:
        values["label"] = Variant("s", item.label.replace("_", "__"))
        values["enabled"] = Variant("b", item.command is not None or bool(item.children))
    if item.number:
        values["visible"] = Variant("b", item.visible)
    return {name: value for name, value in values.items() if not wanted or name in wanted}


def layout(item: MenuEntry, depth: int, wanted: Sequence[str] = ()) -> list[Any]:
    """An entry and the entries below it, down to `depth` levels (below 0: all)."""
    children = item.children if depth else ()
    return [
        item.number,
        properties(item, wanted),
        [Variant("(ia{sv}av)", layout(x, depth - 1, wanted)) for x in children],
    ]


def _changed(item: MenuEntry, known: Mapping[int, Mapping[str, Variant]]) -> dict[str, Variant]:
    before = known.get(item.number)
    if before is None:  # LayoutUpdated announces a new entry
        return {}
    return {name: value for name, value in properties(item).items() if before.get(name) != value}


class DBusMenu(ServiceInterface):
    """The exported menu. `current` makes the menu of the current status; `on_open` updates that status; `on_click` gets
    a clicked entry."""

    def __init__(
        self, current: Callable[[], MenuEntry], on_open: Callable[[], None], on_click: Callable[[MenuEntry], None]
    ) -> None:
        super().__init__(INTERFACE)
        self._current, self._on_open, self._on_click = current, on_open, on_click
        self._revision = 0
        self._announced = EMPTY
        self._offered: dict[int, MenuEntry] = {}  # with routines of earlier settings, for late clicks

    def refresh(self) -> None:
        """Send signals for the differences from the menu that was announced last."""
        before, menu = self._announced, self._current()
        if menu == before or before is EMPTY:  # no host has read it yet
            return
        self._keep(menu)
        known = {item.number: properties(item) for item in everything(before)}
        changed = [[item.number, new] for item in everything(menu) if (new := _changed(item, known))]
        if changed:
            self.items_properties_updated(changed)
        if menu.shape != before.shape:
            self.layout_updated(0)

    def _keep(self, menu: MenuEntry) -> None:
        self._revision += menu != self._announced
        self._announced = menu
        self._offered.update((item.number, item) for item in everything(menu))

    def _find(self, number: int) -> MenuEntry:
        found = find(self._current(), number) or self._offered.get(number)
        if found is None:
            raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", f"there is no entry {number}")
        return found

    def _about_to_show(self) -> bool:
        before = self._revision
        self._on_open()
        self.refresh()
        return self._revision != before

    def _event(self, number: int, event: str) -> None:
        item = self._find(number)
        if event == "clicked" and item.command is not None:
            self._on_click(item)

    @dbus_method("GetLayout")
    def get_layout(self, parent: DBusInt32, depth: DBusInt32, names: Names) -> Layout:
        """The menu from one entry downwards, and its revision."""
        self._on_open()
        self.refresh()
        self._keep(self._current())
        return self._revision, layout(self._find(parent), depth, names)

    @dbus_method("GetGroupProperties")
    def get_group_properties(self, numbers: Numbers, names: Names) -> Properties:
        """The properties of several entries; unknown ones are left out."""
        menu = self._current()
        return [[n, properties(item, names)] for n in numbers if (item := find(menu, n))]

    @dbus_method("GetProperty")
    def get_property(self, number: DBusInt32, name: DBusStr) -> DBusVariant:
        values = properties(self._find(number))
        if name not in values:
            raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", f"entry {number} has no {name}")
        return values[name]

    @dbus_method("Event")
    def event(self, number: DBusInt32, event: DBusStr, data: DBusVariant, time: DBusUInt32) -> None:  # noqa: ARG002 - the interface's
        """An event of an entry; only "clicked" is handled."""
        self._event(number, event)

    @dbus_method("EventGroup")
    def event_group(self, events: Events) -> Numbers:
        """Several events; returns the numbers of unknown entries."""
        unknown = []
        for number, event, _, _ in events:
            try:
                self._event(number, event)
            except DBusError:
                unknown.append(number)
        return unknown

    @dbus_method("AboutToShow")
    def about_to_show(self, number: DBusInt32) -> DBusBool:  # noqa: ARG002 - the whole menu is updated
        """Whether the menu has to be read again before it opens."""
        return self._about_to_show()

    @dbus_method("AboutToShowGroup")
    def about_to_show_group(self, numbers: Numbers) -> Annotated[tuple[list[int], list[int]], DBusSignature("aiai")]:
        """The same for several; returns those to read again, and those that do not exist."""
        menu = self._current()
        unknown = [n for n in numbers if find(menu, n) is None]
        changed = self._about_to_show()
        return [n for n in numbers if changed and n not in unknown], unknown

    @dbus_signal("LayoutUpdated")
    def layout_updated(self, parent: int) -> Annotated[tuple[int, int], DBusSignature("ui")]:
        """Entries were added or removed."""
        return self._revision, parent

    @dbus_signal("ItemsPropertiesUpdated")
    def items_properties_updated(
        self, changed: list[Any]
    ) -> Annotated[tuple[Any, Any], DBusSignature("a(ia{sv})a(ias)")]:
        """The entries and their new properties; none was removed."""
        return changed, []


add_properties(
    DBusMenu,
    {
        "Version": ("u", lambda _: 3),
        "Status": ("s", lambda _: "normal"),  # never "notice": the icon asks for attention instead
        "TextDirection": ("s", lambda _: "ltr"),
        "IconThemePath": ("as", lambda _: []),
    },
)
