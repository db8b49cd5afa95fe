"""The same real Chromium as for the guide's page."""

from tests.desktop.guide.conftest import chromium

__all__ = ["chromium"]
