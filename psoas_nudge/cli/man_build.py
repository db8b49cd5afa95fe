"""The build hook that puts the manual page into the wheel, made from the very commands that go with it.

Run by hatchling at build time only, and not part of the wheel itself.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPage(BuildHookInterface[Any]):
    """Writes the page beside the wheel, hands it over, and removes it again."""

    @property
    def file(self) -> Path:
        """Where the page is while the wheel is built."""
        return Path(self.directory) / "psoas-nudge.1"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Before the build."""
        sys.path.insert(0, self.root)
        try:
            from psoas_nudge.cli import cli
            from psoas_nudge.cli.man import page
        finally:
            sys.path.remove(self.root)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(page(cli), "utf-8")
        build_data["shared_data"][str(self.file)] = "share/man/man1/psoas-nudge.1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's signature
        """After it."""
        self.file.unlink()
