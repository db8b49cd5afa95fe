"""The child: reads pictures from standard input, writes them drawn anew to standard output, and ends."""

from __future__ import annotations

from psoas_nudge.confined.limits import limit, serve
from psoas_nudge.pictures.wire import CPU_SECONDS, MEGABYTES, Drawn, NotTaken, PictureRequest, PictureResult


def answer(question: PictureRequest) -> PictureResult:
    """Every picture drawn anew, or why not."""
    from psoas_nudge.pictures.drawing import drawn

    pictures: dict[str, Drawn] = {}
    refused: dict[str, str] = {}
    for name, data in question.files.items():
        try:
            pictures[name] = drawn(name, data)
        except NotTaken as error:
            refused[name] = str(error)
        except MemoryError:
            refused[name] = f"Drawing this takes more than {MEGABYTES} MB of memory."
    return PictureResult(pictures=pictures, refused=refused)


def main() -> None:
    """See the module."""
    limit(MEGABYTES, CPU_SECONDS)
    serve(PictureRequest, answer)


if __name__ == "__main__":
    main()
