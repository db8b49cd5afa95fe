"""Read-only properties of an exported D-Bus object, made from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dbus_fast import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_property

Exported = TypeVar("Exported", bound=ServiceInterface)


def add_properties(interface: type[Exported], properties: Mapping[str, tuple[str, Callable[[Exported], Any]]]) -> None:
    """Add properties to a class: name -> (D-Bus type, its value)."""
    for name, (signature, value) in properties.items():
        setattr(interface, name, _property(name, signature, value))


def _property(name: str, signature: str, value: Callable[[Exported], Any]) -> Any:
    def read(exported: Exported) -> Any:
        return value(exported)

    read.__name__ = name  # dbus-fast looks the attribute up under this name
    read.__annotations__["return"] = signature
    return dbus_property(PropertyAccess.READ, name)(read)
