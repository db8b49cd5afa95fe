"""The vocabulary of the core in one import: words, events, entries, effects, rules and state."""

from psoas_nudge.core.effects import *  # noqa: F403
from psoas_nudge.core.entries import *  # noqa: F403
from psoas_nudge.core.events import *  # noqa: F403
from psoas_nudge.core.rules import *  # noqa: F403
from psoas_nudge.core.state import *  # noqa: F403
from psoas_nudge.core.words import *  # noqa: F403
