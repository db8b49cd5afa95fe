"""The icon on D-Bus: org.kde.StatusNotifierItem (Status Notifier Item 0.1, and what hosts read in practice)."""

from collections.abc import Callable
from typing import Annotated, Any

from dbus_fast import PropertyAccess
from dbus_fast.annotations import DBusBool, DBusInt32, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal
from msgspec import Struct

from psoas_nudge.core.summary import Look
from psoas_nudge.tray import dbusmenu
from psoas_nudge.tray.picture import pictures

INTERFACE, PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
READ = PropertyAccess.READ
Pixmaps = Annotated[list[Any], DBusSignature("a(iiay)")]
ToolTip = Annotated[list[Any], DBusSignature("(sa(iiay)ss)")]


class IconState(Struct, frozen=True):
    """The part of a status that is visible without opening the menu."""

    look: Look
    step: int
    tooltip: str


def _pixmaps(look: Look, step: int) -> list[Any]:
    return [list(picture) for picture in pictures(look, step)]


class NotifierItem(ServiceInterface):
    """The exported icon. `on_activate` is called for a click, in hosts that do not open the menu then."""

    def __init__(self, state: IconState, on_activate: Callable[[], None]) -> None:
        super().__init__(INTERFACE)
        self._state = state
        self._on_activate = on_activate

    def show(self, state: IconState) -> None:
        """Show another state; signals are sent for the differences only."""
        before, self._state = self._state, state
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
        return self._status()

    def _status(self) -> str:
        return "NeedsAttention" if self._state.look is Look.PROMPT else "Active"

    @dbus_property(READ, "Category")
    def category(self) -> DBusStr:
        return "ApplicationStatus"

    @dbus_property(READ, "Id")
    def id(self) -> DBusStr:
        """Must be the same at every start."""
        return "psoas-nudge"

    @dbus_property(READ, "Title")
    def title(self) -> DBusStr:
        return "psoas-nudge"

    @dbus_property(READ, "Status")
    def status(self) -> DBusStr:
        """NeedsAttention while a prompt is open."""
        return self._status()

    @dbus_property(READ, "WindowId")
    def window_id(self) -> DBusInt32:
        return 0

    @dbus_property(READ, "IconName")
    def icon_name(self) -> DBusStr:
        """Empty: a name would take precedence over the pixmap."""
        return ""

    @dbus_property(READ, "IconPixmap")
    def icon_pixmap(self) -> Pixmaps:
        """The icon in several sizes."""
        return _pixmaps(self._state.look, self._state.step)

    @dbus_property(READ, "OverlayIconName")
    def overlay_icon_name(self) -> DBusStr:
        return ""

    @dbus_property(READ, "AttentionIconName")
    def attention_icon_name(self) -> DBusStr:
        """Empty, see icon_name."""
        return ""

    @dbus_property(READ, "AttentionIconPixmap")
    def attention_icon_pixmap(self) -> Pixmaps:
        """The icon for NeedsAttention. It exists from the start, because GNOME's extension caches it."""
        return _pixmaps(Look.PROMPT, 0)

    @dbus_property(READ, "IconAccessibleDesc")
    def icon_accessible_desc(self) -> DBusStr:
        """For screen readers."""
        return f"psoas-nudge: {self._state.look.value}"

    @dbus_property(READ, "AttentionAccessibleDesc")
    def attention_accessible_desc(self) -> DBusStr:
        """For screen readers with NeedsAttention. Xfce's panel always shows it as a second line of the tooltip, unless
        it equals the title."""
        return f"psoas-nudge: {self._state.tooltip}"

    @dbus_property(READ, "ToolTip")
    def tool_tip(self) -> ToolTip:
        """Icon name, icon, title, text; some hosts show only the title."""
        return ["", [], f"psoas-nudge: {self._state.tooltip}", ""]

    @dbus_property(READ, "ItemIsMenu")
    def item_is_menu(self) -> DBusBool:
        """A click opens the menu too."""
        return True

    @dbus_property(READ, "Menu")
    def menu(self) -> DBusObjectPath:
        """The path of the menu; GNOME's extension ignores an item without one."""
        return dbusmenu.PATH
