"""The child: reads one pack from standard input, writes what is in it to standard output, and ends."""

from __future__ import annotations

import sys

import msgspec

from psoas_nudge.config.packs import PACK_FILE, parse
from psoas_nudge.confined.limits import end_with_parent, limit
from psoas_nudge.errors import ConfigInvalid
from psoas_nudge.packs.limits import CPU_SECONDS, MEGABYTES
from psoas_nudge.packs.unpacking import NotTaken, files
from psoas_nudge.packs.wire import Drawn, PackRequest, PackResult


def answer(question: PackRequest) -> PackResult:
    """The pack with its pictures drawn anew, or all that is wrong with it."""
    try:
        found = files(question.zipped)
    except NotTaken as error:
        return PackResult(problems=(str(error),))
    problems: list[str] = []
    text, used = _text(found, problems)
    pictures: dict[str, Drawn] = {}
    for name, data in found.items():
        if name == PACK_FILE:
            continue
        if not name.lower().endswith((".png", ".svg")):
            problems.append(f"{name}: A pack has only {PACK_FILE} and pictures, PNG or SVG.")
            continue
        try:
            pictures[name] = _drawn(name, data)
        except NotTaken as error:
            problems.append(f"{name}: {error}")
        except MemoryError:
            problems.append(f"{name}: Drawing this takes more than {MEGABYTES} MB of memory.")
    problems += [f'{PACK_FILE}: There is no picture "{name}" in the pack.' for name in sorted(used - found.keys())]
    if problems:
        return PackResult(problems=tuple(problems))
    return PackResult(text=text, pictures=pictures)


def _text(found: dict[str, bytes], problems: list[str]) -> tuple[str, frozenset[str]]:
    """The text of pack.toml, and the pictures that it names."""
    if PACK_FILE not in found:
        problems.append(f"There is no {PACK_FILE} in it.")
        return "", frozenset()
    try:
        text = found[PACK_FILE].decode()
        return text, parse(text, PACK_FILE).pictures
    except UnicodeDecodeError:
        problems.append(f"{PACK_FILE}: This is not UTF-8 text.")
    except ConfigInvalid as error:
        problems += error.problems
    return "", frozenset()


def _drawn(name: str, data: bytes) -> Drawn:
    from psoas_nudge.packs.pictures import drawn

    return drawn(name, data)


def main() -> None:
    """See the module."""
    limit(MEGABYTES, CPU_SECONDS)
    question = msgspec.json.decode(sys.stdin.buffer.readline(), type=PackRequest)
    end_with_parent()
    sys.stdout.buffer.write(msgspec.json.encode(answer(question)))


if __name__ == "__main__":
    main()
