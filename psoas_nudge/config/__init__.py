"""The configuration: TOML text and environment variables in, `Settings` out.

`table` holds the settings, `kinds` and `lists` read single values, `read` puts it together.
"""

from psoas_nudge.config.read import load, parse, place
from psoas_nudge.config.settings import Settings

__all__ = ["Settings", "example", "load", "parse", "place"]


def example() -> str:
    """The text of config.example.toml: every setting with its default and what it does."""
    from psoas_nudge.config import writing

    return writing.example()
