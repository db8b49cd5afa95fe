"""The icon and its menu on D-Bus, as every tray host draws them: org.kde.StatusNotifierItem (Status Notifier Item 0.1,
and what hosts read in practice) and com.canonical.dbusmenu, version 3 (libdbusmenu's dbus-menu.xml).

Every change of the menu is announced at once. ItemsPropertiesUpdated has the changed entries and properties, because
hosts cache entries (GNOME's extension reads labels again only then; Xfce would draw the old ones once more).
LayoutUpdated is sent when entries are added or removed. Before a host opens the menu it calls AboutToShow, and
`on_open` updates the menu.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from dbus_fast import DBusError, Variant
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr, DBusUInt32, DBusVariant
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from psoas_nudge.core.status import Look
from psoas_nudge.tray.exported import add_properties
from psoas_nudge.tray.menu import MenuEntry, everything, find
from psoas_nudge.tray.picture import pictures
from psoas_nudge.tray.port import MENU_PATH, IconState

ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"
EMPTY = MenuEntry(0)
Numbers = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Layout = Annotated[tuple[int, list[Any]], DBusSignature("u(ia{sv}av)")]
Properties = Annotated[list[Any], DBusSignature("a(ia{sv})")]
Events = Annotated[list[Any], DBusSignature("a(isvu)")]


def _pixmaps(look: Look, step: int) -> list[Any]:
    return [list(picture) for picture in pictures(look, step)]


class NotifierItem(ServiceInterface):
    """The exported icon. `on_activate` is called for a click, in hosts that do not open the menu then."""

    def __init__(self, state: IconState, on_activate: Callable[[], None]) -> None:
        super().__init__(ITEM)
        self.state = state
        self._on_activate = on_activate

    def show(self, state: IconState) -> None:
        """Show another state; signals are sent for the differences only."""
        before, self.state = self.state, state
        if (before.look, before.step) != (state.look, state.step):
            self.new_icon()
            self.new_attention_icon()
        if before.tooltip != state.tooltip:
            self.new_tool_tip()
        if (before.look is Look.PROMPT) != (state.look is Look.PROMPT):
            self.new_status()

    @dbus_method("Activate")
    def activate(self, x: DBusInt32, y: DBusInt32) -> None:  # noqa: ARG002 - the interface's
        self._on_activate()

    @dbus_method("SecondaryActivate")
    def secondary_activate(self, x: DBusInt32, y: DBusInt32) -> None:
        """Does nothing: a middle click happens by accident."""

    @dbus_method("ContextMenu")
    def context_menu(self, x: DBusInt32, y: DBusInt32) -> None:
        """Does nothing: for hosts that cannot draw the menu."""

    @dbus_method("Scroll")
    def scroll(self, delta: DBusInt32, orientation: DBusStr) -> None:
        """Does nothing."""

    @dbus_signal("NewIcon")
    def new_icon(self) -> None: ...

    @dbus_signal("NewAttentionIcon")
    def new_attention_icon(self) -> None:
        """Sent although it is always the same, because some hosts read the attention icon again only then."""

    @dbus_signal("NewToolTip")
    def new_tool_tip(self) -> None: ...

    @dbus_signal("NewStatus")
    def new_status(self) -> DBusStr:
        return self.attention()

    def attention(self) -> str:
        """The property Status: NeedsAttention while a prompt is open."""
        return "NeedsAttention" if self.state.look is Look.PROMPT else "Active"


PROPERTIES: dict[str, tuple[str, Callable[[NotifierItem], Any]]] = {
    # name: (D-Bus type, its value)
    "Category": ("s", lambda _: "ApplicationStatus"),
    "Id": ("s", lambda _: "psoas-nudge"),  # the same at every start
    "Title": ("s", lambda _: "psoas-nudge"),
    "Status": ("s", lambda item: item.attention()),
    "WindowId": ("i", lambda _: 0),
    # Without icon names: a name would take precedence over the pixmap.
    "IconName": ("s", lambda _: ""),
    "IconPixmap": ("a(iiay)", lambda item: _pixmaps(item.state.look, item.state.step)),
    "OverlayIconName": ("s", lambda _: ""),
    "AttentionIconName": ("s", lambda _: ""),
    # The icon for NeedsAttention exists from the start, because GNOME's extension caches it.
    "AttentionIconPixmap": ("a(iiay)", lambda _: _pixmaps(Look.PROMPT, 0)),
    "IconAccessibleDesc": ("s", lambda item: f"psoas-nudge: {item.state.look.value}"),
    # For screen readers with NeedsAttention. Xfce's panel always shows it as a second line of the tooltip, unless it
    # equals the title.
    "AttentionAccessibleDesc": ("s", lambda item: item.state.tooltip),
    # Icon name, icon, title, text; some hosts show only the title.
    "ToolTip": ("(sa(iiay)ss)", lambda item: ["", [], item.state.tooltip, ""]),
    "ItemIsMenu": ("b", lambda _: True),  # a click opens the menu too
    "Menu": ("o", lambda _: MENU_PATH),  # GNOME's extension ignores an item without one
}
add_properties(NotifierItem, PROPERTIES)


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


class DBusMenu(ServiceInterface):
    """The exported menu. `current` makes the menu of the current status; `on_open` updates that status; `on_click` gets
    a clicked entry."""

    def __init__(
        self, current: Callable[[], MenuEntry], on_open: Callable[[], None], on_click: Callable[[MenuEntry], None]
    ) -> None:
        super().__init__(MENU)
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
        changed = []
        for item in everything(menu):
            now = properties(item)
            old = known.get(item.number, now)  # LayoutUpdated announces a new entry
            if new := {name: value for name, value in now.items() if old.get(name) != value}:
                changed.append([item.number, new])
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
        if event == "clicked":
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
