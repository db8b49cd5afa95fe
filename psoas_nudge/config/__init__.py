"""The configuration: from TOML text and environment variables to `Settings`.

`table` has the settings, `kinds`, `lists` and `times` read single values, and `read` puts them together.
"""

from psoas_nudge.config.read import load, parse, place
from psoas_nudge.config.settings import Settings

__all__ = ["Settings", "load", "parse", "place"]
