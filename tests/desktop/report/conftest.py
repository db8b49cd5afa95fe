"""The same real browsers as for the guide's page."""

from tests.desktop.browsers import browser, chromium, firefox

__all__ = ["browser", "chromium", "firefox"]
