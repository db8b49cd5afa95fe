"""Hatchling build hook that generates the manual pages and adds them to the wheel. Not part of the wheel itself."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface[Any]):
    """See the module."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        sys.path.insert(0, self.root)
        try:
            from psoas_nudge.cli import cli
            from psoas_nudge.cli.man import NAME, PAGES, page, roff
        finally:
            sys.path.remove(self.root)
        folder = Path(self.directory, "manual")
        folder.mkdir(parents=True, exist_ok=True)
        written = {f"{each.name}.{each.section}": roff(topic) for topic, each in PAGES.items()}
        for name, text in {f"{NAME}.1": page(cli), **written}.items():
            file = folder / name
            file.write_text(text, "utf-8")
            build_data["shared_data"][str(file)] = f"share/man/man{name[-1]}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's signature
        shutil.rmtree(Path(self.directory, "manual"))
