"""The child process: reads one pack from standard input and writes its content to standard output."""

from __future__ import annotations

from psoas_nudge.config.packs import PACK_FILE, parse
from psoas_nudge.confined.limits import limit, serve
from psoas_nudge.errors import ConfigInvalid
from psoas_nudge.packs.unpacking import PackRequest, PackResult, files
from psoas_nudge.pictures import __main__ as drawing
from psoas_nudge.pictures.wire import CPU_SECONDS, MEGABYTES, NotTaken, PictureRequest


def answer(question: PackRequest) -> PackResult:
    """The pack with its pictures rendered again, or all problems with it."""
    try:
        found = files(question.zipped)
    except NotTaken as error:
        return PackResult(problems=(str(error),))
    problems: list[str] = []
    text, used = _text(found, problems)
    pictures = {name: data for name, data in found.items() if name.lower().endswith((".png", ".svg"))}
    others = found.keys() - pictures.keys() - {PACK_FILE}
    problems += [f"{name}: A pack has only {PACK_FILE} and pictures, PNG or SVG." for name in sorted(others)]
    drawn = drawing.answer(PictureRequest(pictures))
    problems += [f"{name}: {why}" for name, why in drawn.refused.items()]
    problems += [f'{PACK_FILE}: There is no picture "{name}" in the pack.' for name in sorted(used - found.keys())]
    if problems:
        return PackResult(problems=tuple(problems))
    return PackResult(text=text, pictures=drawn.pictures)


def _text(found: dict[str, bytes], problems: list[str]) -> tuple[str, frozenset[str]]:
    """(text of pack.toml, names of the pictures in it)."""
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


def main() -> None:
    limit(MEGABYTES, CPU_SECONDS)
    serve(PackRequest, answer)


if __name__ == "__main__":
    main()
