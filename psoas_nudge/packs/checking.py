"""Validates a pack in the child process."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec

import msgspec
from msgspec import Struct

from psoas_nudge.config.packs import Pack, parse
from psoas_nudge.confined.child import ChildFailed, ask
from psoas_nudge.errors import Unavailable
from psoas_nudge.packs.wire import PackRefused, PackRequest, PackResult
from psoas_nudge.pictures.wire import CPU_SECONDS, NEEDED, SECONDS, Drawn


class Checked(Struct, frozen=True, kw_only=True):
    """A valid pack: the original zip, the parsed pack.toml, and the pictures rendered again."""

    zipped: bytes
    text: str
    pack: Pack
    pictures: dict[str, Drawn]


def check(zipped: bytes, name: str) -> Checked:
    """Validate a pack. `name`: for messages. Raises PackRefused with all reasons, Unavailable without the libraries."""
    if any(find_spec(module) is None for module in NEEDED):
        raise Unavailable("Packs cannot be checked here yet. First: pip install 'psoas-nudge[packs]'")
    question = msgspec.json.encode(PackRequest(zipped))
    try:
        found = msgspec.json.decode(
            asyncio.run(ask("psoas_nudge.packs", question, SECONDS, "The reader of packs")), type=PackResult
        )
    except ChildFailed as error:
        why = f"Drawing its pictures takes more than {CPU_SECONDS} s of computing." if error.exhausted else str(error)
        raise PackRefused(name, (why,)) from None
    if found.problems:
        raise PackRefused(name, found.problems)
    return Checked(zipped=zipped, text=found.text, pack=parse(found.text, name), pictures=found.pictures)
