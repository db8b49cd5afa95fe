"""The menu on D-Bus: com.canonical.dbusmenu, version 3, as every tray host draws it (libdbusmenu's dbus-menu.xml).

Every change is announced at once: ItemsPropertiesUpdated names the entries and what changed in them, because hosts keep
the entries they know (GNOME's extension reads their labels again only then; Xfce would draw the old ones once more).
LayoutUpdated comes when entries come or go. Before a host opens the menu it calls AboutToShow: `on_open` then brings
the menu up to date.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from dbus_fast import DBusError, PropertyAccess, Variant
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr, DBusUInt32, DBusVariant
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from psoas_nudge.tray.menu import MenuEntry, everything, find

INTERFACE, PATH = "com.canonical.dbusmenu", "/MenuBar"
EMPTY = MenuEntry(0)
Numbers = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Layout = Annotated[tuple[int, list[Any]], DBusSignature("u(ia{sv}av)")]
Properties = Annotated[list[Any], DBusSignature("a(ia{sv})")]
Events = Annotated[list[Any], DBusSignature("a(isvu)")]


def properties(item: MenuEntry, wanted: Sequence[str] = ()) -> dict[str, Variant]:
    """An entry's properties on the bus; `wanted` empty: all. An entry has the same ones at every moment."""
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
    """An entry and what is below it, down to `depth` levels (below 0: all)."""
    children = item.children if depth else ()
    return [
        item.number,
        properties(item, wanted),
        [Variant("(ia{sv}av)", layout(x, depth - 1, wanted)) for x in children],
    ]


def _changed(item: MenuEntry, known: Mapping[int, Mapping[str, Variant]]) -> dict[str, Variant]:
    before = known.get(item.number)
    if before is None:  # a new entry comes with the layout
        return {}
    return {name: value for name, value in properties(item).items() if before.get(name) != value}


class DBusMenu(ServiceInterface):
    """The exported menu. `current` makes the menu of the status last told; `on_open` brings that up to date;
    `on_click` gets an entry that was clicked."""

    def __init__(
        self, current: Callable[[], MenuEntry], on_open: Callable[[], None], on_click: Callable[[MenuEntry], None]
    ) -> None:
        super().__init__(INTERFACE)
        self._current, self._on_open, self._on_click = current, on_open, on_click
        self._revision = 0
        self._announced = EMPTY
        self._offered: dict[int, MenuEntry] = {}  # routines of earlier settings too, for clicks that come late

    def refresh(self) -> None:
        """Tell hosts what differs from the menu that they were told of last."""
        before, menu = self._announced, self._current()
        if menu == before or before is EMPTY:  # nobody has read it yet
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
        """One property of an entry."""
        values = properties(self._find(number))
        if name not in values:
            raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", f"entry {number} has no {name}")
        return values[name]

    @dbus_method("Event")
    def event(self, number: DBusInt32, event: DBusStr, data: DBusVariant, time: DBusUInt32) -> None:  # noqa: ARG002 - the interface's
        """Something happened to an entry; only a click matters."""
        self._event(number, event)

    @dbus_method("EventGroup")
    def event_group(self, events: Events) -> Numbers:
        """Several events; the numbers of the unknown entries."""
        unknown = []
        for number, event, _, _ in events:
            try:
                self._event(number, event)
            except DBusError:
                unknown.append(number)
        return unknown

    @dbus_method("AboutToShow")
    def about_to_show(self, number: DBusInt32) -> DBusBool:  # noqa: ARG002 - a submenu is as old as the whole
        """Whether the menu has to be read again before it opens."""
        return self._about_to_show()

    @dbus_method("AboutToShowGroup")
    def about_to_show_group(self, numbers: Numbers) -> Annotated[tuple[list[int], list[int]], DBusSignature("aiai")]:
        """The same for several; those to read again, and those that do not exist."""
        menu = self._current()
        unknown = [n for n in numbers if find(menu, n) is None]
        changed = self._about_to_show()
        return [n for n in numbers if changed and n not in unknown], unknown

    @dbus_signal("LayoutUpdated")
    def layout_updated(self, parent: int) -> Annotated[tuple[int, int], DBusSignature("ui")]:
        """Another menu is offered."""
        return self._revision, parent

    @dbus_signal("ItemsPropertiesUpdated")
    def items_properties_updated(
        self, changed: list[Any]
    ) -> Annotated[tuple[Any, Any], DBusSignature("a(ia{sv})a(ias)")]:
        """These entries have these new properties, and none lost any."""
        return changed, []

    @dbus_property(PropertyAccess.READ, "Version")
    def version(self) -> DBusUInt32:
        """Of the interface."""
        return 3

    @dbus_property(PropertyAccess.READ, "Status")
    def status(self) -> DBusStr:
        """Whether the menu wants to be noticed: never, the icon does that."""
        return "normal"

    @dbus_property(PropertyAccess.READ, "TextDirection")
    def text_direction(self) -> DBusStr:
        """Of the labels."""
        return "ltr"

    @dbus_property(PropertyAccess.READ, "IconThemePath")
    def icon_theme_path(self) -> Names:
        """Entries have no icons."""
        return []
