"""Both real browsers, for tests of pages that run in each of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desktop.firefox import firefox
from tests.desktop.guide.conftest import chromium

__all__ = ["chromium", "firefox"]


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Any:
    """Chromium, then Firefox: `tab = await browser.open(url)`."""
    return request.getfixturevalue(request.param)
