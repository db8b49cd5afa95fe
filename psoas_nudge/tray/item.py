"""The icon on D-Bus: org.kde.StatusNotifierItem (Status Notifier Item 0.1, and what hosts read in practice)."""

from collections.abc import Callable
from typing import Any

from dbus_fast.annotations import DBusInt32, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from psoas_nudge.core.status import Look
from psoas_nudge.tray import dbusmenu
from psoas_nudge.tray.exported import add_properties
from psoas_nudge.tray.picture import pictures
from psoas_nudge.tray.port import IconState

INTERFACE, PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"


def _pixmaps(look: Look, step: int) -> list[Any]:
    return [list(picture) for picture in pictures(look, step)]


class NotifierItem(ServiceInterface):
    """The exported icon. `on_activate` is called for a click, in hosts that do not open the menu then."""

    def __init__(self, state: IconState, on_activate: Callable[[], None]) -> None:
        super().__init__(INTERFACE)
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
    "Menu": ("o", lambda _: dbusmenu.PATH),  # GNOME's extension ignores an item without one
}
add_properties(NotifierItem, PROPERTIES)
