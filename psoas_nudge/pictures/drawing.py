"""Renders pictures to plain PNG. Runs in the child process, because it imports the renderers.

An SVG with active or external content is refused. Renderers: resvg (no scripts, no network, no animation)
and Pillow.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from psoas_nudge.pictures.wire import LONGEST_SIDE, MOST_ELEMENTS, MOST_PIXELS, NARROWEST, Drawn, NotTaken

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from PIL.Image import Image

ICON = 192
"""Size of the picture in a notification, in pixels, as for the built-in ones."""
DOTS = (152, 80)
"""Columns and rows of dots: 76 characters by 20 lines of Braille."""
INK = 150
"""Gray level (0 to 255) below which a pixel becomes a dot."""
HEAD = struct.Struct(">16xII")
"""Width and height in the IHDR chunk of a PNG (https://www.w3.org/TR/png-3/#11IHDR)."""
SVG = "{http://www.w3.org/2000/svg}"
SCRIPTS = frozenset({"script", "handler", "listener", "foreignObject", "iframe", "object", "embed"})
WITHIN = re.compile(r"#|data:image/(?:png|jpeg);base64,", re.IGNORECASE)
"""Allowed beginnings of a reference: a fragment of the same file, or an embedded picture."""
OUTSIDE = re.compile(r"url\(\s*+['\"]?+\s*+(?!#)(?!data:image/(?:png|jpeg);base64,)|@import|javascript:", re.IGNORECASE)


def drawn(name: str, data: bytes) -> Drawn:
    """Render a picture in all three forms. Raises NotTaken."""
    picture = _from_svg(data) if name.lower().endswith(".svg") else _from_png(data)
    return Drawn(png=_png(picture), icon=_png(_square(picture)), dots=_dots(picture))


def _from_png(data: bytes) -> Image:
    from PIL import Image

    width, height = HEAD.unpack_from(data) if len(data) >= HEAD.size else (0, 0)
    if data.startswith(b"\x89PNG") and width * height > MOST_PIXELS:
        size = f"{width} by {height} pixels"
        raise NotTaken(f"It has {size}; the limit is {MOST_PIXELS // 1_000_000} million.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            _fits(opened.width, opened.height)
            plain = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise NotTaken(f"This is not a PNG that can be read: {error}.") from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return Image.frombytes("RGBA", plain.size, plain.tobytes())  # without metadata


def _from_svg(data: bytes) -> Image:
    from xml.etree.ElementTree import tostring

    import resvg_py

    root = _checked(data)
    width, height = _size(root)
    _fits(width, height)
    wide, high = (LONGEST_SIDE, None) if width >= height else (None, LONGEST_SIDE)
    font = _font()
    if font is None and root.find(f".//{SVG}text") is not None:
        raise NotTaken("It has text, and no font was found here to draw it with. Turn the text into outlines.")
    try:
        # serialized from the checked tree, not the original text
        made = resvg_py.svg_to_bytes(
            svg_string=tostring(root, encoding="unicode"),
            width=wide,
            height=high,
            font_family=font,
            serif_family=font,
            sans_serif_family=font,
        )
    except RecursionError:
        raise NotTaken("Its groups are nested too deeply.") from None
    except ValueError as error:
        raise NotTaken(f"This is not an SVG that can be drawn: {error}.") from None
    return _from_png(made)


@cache
def _font() -> str | None:
    """The fallback font; without one, resvg leaves out text whose font is missing."""
    if not (program := shutil.which("fc-match")):
        return None
    asked = [program, "--format=%{family[0]}", "sans-serif"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)  # noqa: S603 - fixed words
    return done.stdout.strip() or None


def _checked(data: bytes) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if b"<?xml-stylesheet" in data:
        raise NotTaken("It refers to a style sheet outside itself.")
    try:
        root: Element = fromstring(data)
    except DefusedXmlException:
        raise NotTaken("It declares entities, which can hide or multiply what is in it.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise NotTaken(f"This is not an SVG that can be read: {error}.") from None
    if root.tag != f"{SVG}svg":
        raise NotTaken('This is not an SVG: its outermost element is not "svg".')
    for number, element in enumerate(root.iter()):
        if number > MOST_ELEMENTS:
            raise NotTaken(f"It has more than {MOST_ELEMENTS} elements.")
        for problem in _dangers(element):
            raise NotTaken(problem)
    return root


def _dangers(element: Element) -> Iterator[str]:
    kind = _local(element.tag)
    if kind in SCRIPTS:
        yield f"It has scripts or other content than drawings (<{kind}>)."
    for attribute, value in element.attrib.items():
        name = _local(attribute)
        if name.lower().startswith("on"):
            yield f"It has scripts ({name})."
        if name in {"href", "src"} and not WITHIN.match(value.strip()):
            yield f"It refers to something outside itself ({value[:60]})."
        if found := OUTSIDE.search(value):
            yield f"It refers to something outside itself ({value[found.start() : found.start() + 60]})."
    if kind == "style" and (found := OUTSIDE.search(element.text or "")):
        yield f"Its style refers to something outside itself ({found[0]})."


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _size(root: Element) -> tuple[float, float]:
    """(width, height) in user units."""
    box = re.findall(r"-?\d+(?:\.\d*)?", root.get("viewBox", ""))
    if len(box) == 4:
        width, height = float(box[2]), float(box[3])
    else:
        width, height = (_number(root.get(side, "")) for side in ("width", "height"))
    if width <= 0 or height <= 0:
        raise NotTaken('It does not say how large it is. Give it a viewBox, for example viewBox="0 0 400 300".')
    return width, height


def _number(text: str) -> float:
    """The number at the beginning of a length; 0 if there is none."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text)
    return float(found[1]) if found else 0.0


def _fits(width: float, height: float) -> None:
    if max(width, height) > NARROWEST * min(width, height):
        raise NotTaken(f"It is more than {NARROWEST:g} times as long as it is wide.")


def _png(picture: Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG", optimize=True)
    return made.getvalue()


def _on_white(picture: Image, size: tuple[int, int]) -> Image:
    """The picture, scaled to fit, centered on a white background of this size."""
    from PIL import Image, ImageOps

    inside = ImageOps.contain(picture, size)
    card = Image.new("RGBA", size, "white")
    card.alpha_composite(inside, ((size[0] - inside.width) // 2, (size[1] - inside.height) // 2))
    return card


def _square(picture: Image) -> Image:
    return _on_white(picture, (ICON, ICON))


def _dots(picture: Image) -> str:
    """Dark pixels as "#". Lines are thickened before scaling down, so that thin ones do not vanish."""
    from PIL import ImageFilter, ImageOps

    columns, rows = DOTS
    large = _on_white(picture, (columns * 4, rows * 4)).convert("L")
    grey = ImageOps.autocontrast(large.filter(ImageFilter.MinFilter(3)).resize((columns, rows)))
    ink = [
        "".join("#" if level < INK else "." for level in grey.tobytes()[y * columns :][:columns]) for y in range(rows)
    ]
    return "\n".join(ink)
