"""Packs that mean harm, or are only wrong: each is refused with the reason, and leaves nothing behind."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from psoas_nudge.packs import __main__ as child
from psoas_nudge.packs.checking import PackRefused, check
from psoas_nudge.packs.checking import zipped as read
from psoas_nudge.packs.unpacking import PackRequest
from psoas_nudge.pictures import drawing
from tests.packs.plans import PLANS, RUNNER, SVG, zipped

TOML = RUNNER["pack.toml"]


def refused(files: dict[str, bytes]) -> str:
    """Why the child refuses these files."""
    return "\n".join(child.answer(PackRequest(zipped(files))).problems)


def refused_zip(change: Callable[[zipfile.ZipFile], None]) -> str:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.toml", TOML)
        change(archive)
    return "\n".join(child.answer(PackRequest(made.getvalue())).problems)


def test_the_plans_of_these_tests_are_fine() -> None:
    assert [child.answer(PackRequest(zipped(plan))).problems for plan in PLANS.values()] == [(), (), ()]


@pytest.mark.parametrize(
    "name", ["../evil.svg", "/etc/evil.svg", "a/../../evil.svg", "C:\\evil.svg", "..\\evil.svg", "a.svg\0.png"]
)
def test_a_path_that_escapes(name: str) -> None:
    assert "would be outside the folder of the pack." in refused_zip(lambda z: z.writestr(_entry(name), b"x"))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("x")
    entry.filename = entry.orig_filename = name  # as it is: the constructor would mend it
    return entry


def test_a_link_in_a_zip() -> None:
    link = zipfile.ZipInfo("march.svg")
    link.external_attr = 0o120777 << 16
    assert refused_zip(lambda z: z.writestr(link, "/etc/passwd")) == "march.svg is a link. Put the file itself there."


def test_a_zip_bomb_is_refused_before_it_grows() -> None:
    began = time.monotonic()
    assert "Unpacked, it is larger than 20 MB." in refused_zip(lambda z: z.writestr("march.svg", b"0" * 200_000_000))
    assert time.monotonic() - began < 30


def test_a_zip_bomb_that_lies_about_its_size() -> None:
    bomb = bytearray(zipped({"pack.toml": TOML, "march.svg": b"0" * 30_000_000}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 100)  # the size in the central directory
    [why] = child.answer(PackRequest(bytes(bomb))).problems
    assert why.startswith("This is not a zip file that can be read: ")


def test_too_many_files_folders_names_that_differ_in_case_and_what_is_no_zip() -> None:
    assert "It has 102 files; 100 is the limit." in refused(
        {"pack.toml": TOML, **{f"{n}.svg": b"" for n in range(101)}}
    )
    assert "march.svg is in a folder" in refused({"pack.toml": TOML, "pictures/march.svg": b""}).replace(
        "pictures/", ""
    )
    assert "MARCH.svg is there twice." in refused({**RUNNER, "MARCH.svg": b""})
    assert "Use letters, digits" in refused({"pack.toml": TOML, "märch.svg": b""})
    assert "march.txt: A pack has only pack.toml and pictures" in refused({**RUNNER, "march.txt": b""})
    assert "There is no pack.toml in it." in refused({"plan.toml": TOML})
    assert child.answer(PackRequest(b"PK nonsense")).problems[0].startswith("This is not a zip file that can be read")


def test_an_encrypted_zip() -> None:
    locked = bytearray(zipped(RUNNER))
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    assert child.answer(PackRequest(bytes(locked))).problems == ("march.svg is encrypted.",)


PICTURES = {
    "a script": ("<script>alert(1)</script>", "scripts or other content than drawings (<script>)"),
    "an event handler": ('<rect onload="alert(1)"/>', "scripts (onload)"),
    "a page inside": ("<foreignObject><p/></foreignObject>", "(<foreignObject>)"),
    "a picture from elsewhere": ('<image href="https://example.com/a.png"/>', "outside itself (https://example.com"),
    "a file of this machine": ('<image xmlns:x="http://www.w3.org/1999/xlink" x:href="/etc/passwd"/>', "(/etc/passwd)"),
    "a script as a link": ('<a href=" javascript:alert(1)"><rect/></a>', "outside itself"),
    "a nested drawing": ('<image href="data:image/svg+xml;base64,AAAA"/>', "outside itself"),
    "a fill from elsewhere": ('<rect fill="url(https://example.com/a#b)"/>', "outside itself (url(https"),
    "a style from elsewhere": ("<style>@import 'https://example.com/a.css';</style>", "style refers to something"),
    "a font from elsewhere": ("<style>@font-face{src: url( 'https://example.com/a')}</style>", "style refers to"),
}


@pytest.mark.parametrize("what", PICTURES)
def test_an_svg_that_is_more_than_a_picture(what: str) -> None:
    inside, why = PICTURES[what]
    said = refused({**RUNNER, "march.svg": SVG.format(inside).encode()})
    assert said.startswith("march.svg: It")
    assert why in said


def test_a_picture_in_an_svg_and_a_gradient_are_fine() -> None:
    inside = (
        '<defs><linearGradient id="a"/></defs><rect width="9" height="9" fill="url(#a)" style="fill: url( \'#a\')"/>'
    )
    assert refused({**RUNNER, "march.svg": SVG.format(inside + '<use href="#a"/>').encode()}) == ""


def test_an_svg_that_declares_entities_or_a_style_sheet() -> None:
    lol = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE svg [<!ENTITY a0 "lol">{lol}]>{SVG.format("<text>&a9;</text>")}'
    outside = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{SVG.format("<text>&x;</text>")}'
    for text in (bomb, outside):
        assert "It declares entities" in refused({**RUNNER, "march.svg": text.encode()})
    sheet = f'<?xml-stylesheet href="https://example.com/a.css"?>{SVG.format("")}'
    assert "style sheet outside itself" in refused({**RUNNER, "march.svg": sheet.encode()})


def test_an_svg_that_is_none_or_has_no_size_or_a_foolish_one() -> None:
    said = {text: refused({**RUNNER, "march.svg": text.encode()}) for text in (
        "not xml", "<html/>", '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9000000"/>',
    )}  # fmt: skip
    for why, expected in zip(
        said.values(),
        ("can be read", 'outermost element is not "svg"', "Give it a viewBox", "times as long as"),
        strict=True,
    ):
        assert expected in why


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that claims this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data or zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )


def test_a_png_that_is_huge_broken_or_none() -> None:
    names = RUNNER["pack.toml"].replace(b"march.svg", b"march.png")

    def said(data: bytes) -> str:
        return refused({"pack.toml": names, "march.png": data})

    assert "20000 by 20000 pixels; the limit is 25 million." in said(png(20_000, 20_000))
    assert "more than 8 times as long" in said(png(20_000, 2))
    assert "not a PNG that can be read" in said(png(100, 100))
    assert "not a PNG that can be read" in said(b"GIF89a")


WRONG = {
    'id = 7\ntitle = "x"\n': ("pack.toml:1:6: id: 7 is not an id.", 'The key "routines" is missing'),
    'id = "../x"\n': ('id: "../x" is not an id.',),
    'id = "x"\ntitle = []\nroutines = "no"\n': ("title: a list is not text.", 'routines: "no" is not a list of tables.'),
    'id = "x"\ntitle = "t"\n[[routines]]\nid = "a"\ntitle = "b"\nsteps = [1]\n': ("steps[1]: 1 is not a table.",),
    'id = "x"\ntitle = "\\u001b]0;evil\\u0007"\n': ("title: This text has control characters.",),
    'id = "x"\ntitle = "t"\n[[routines]]\nid = "a"\ntitle = "b"\nrepeats = 1e9\nsteps = [{ text = "Hold.", seconds = "30s", hold = 1 }]\n':
        ("repeats: 1000000000.0 is not a whole number from 1 to 20.", "hold: 1 is not true or false."),
    'id = "x"\ntitle = "t"\n[[routines]]\nid = "a"\ntitle = "b"\nsteps = [{ text = "Hold.", seconds = "30s", hold = true, picture = "../a.svg" }]\n':
        ('picture: "../a.svg" is not the name of a picture.',),
    "a = " + "[" * 5000: ("nested too deeply",),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_pack_toml_of_wrong_types_is_refused_with_every_place(text: str) -> None:
    said = refused({"pack.toml": text.encode()})
    for expected in WRONG[text]:
        assert expected in said


TEXT = SVG.format('<text x="10" y="60" font-size="40" font-family="No Such Font">Hold</text>').encode()


@pytest.mark.skipif(drawing._font() is None, reason="no font is installed here")
def test_text_in_a_font_that_is_not_here_is_drawn() -> None:
    answer = child.answer(PackRequest(zipped({**RUNNER, "march.svg": TEXT})))
    assert answer.problems == ()
    assert "#" in answer.pictures["march.svg"].dots


def test_text_that_no_font_can_draw_is_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_font", lambda: None)
    assert "no font was found here" in refused({**RUNNER, "march.svg": TEXT})


def test_a_picture_that_is_not_there() -> None:
    assert refused({"pack.toml": TOML}) == 'pack.toml: There is no picture "march.svg" in the pack.'


def test_a_folder_with_a_link_a_folder_or_a_pipe_in_it_and_a_zip_that_is_too_large(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "pack.toml").write_bytes(TOML)
    odd = folder / "march.svg"
    odd.symlink_to("/etc/passwd")
    with pytest.raises(PackRefused, match=r"march.svg is a link. Put the file itself there.$"):
        read(folder)
    odd.unlink()
    os.mkfifo(odd)
    with pytest.raises(PackRefused, match=r"march.svg is not an ordinary file.$"):
        read(folder)
    odd.unlink()
    odd.mkdir()
    with pytest.raises(PackRefused, match=r"march.svg is a folder. Put the pictures beside pack.toml.$"):
        read(folder)
    with (tmp_path / "plan.zip").open("wb") as large:
        large.truncate(30_000_000)
    with pytest.raises(PackRefused, match=r"larger than 20 MB.$"):
        read(tmp_path / "plan.zip")


def test_copies_of_copies_and_deep_nesting() -> None:
    """9 levels of 12 copies are 5 billion rectangles."""
    levels = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 12 + "</g>" for n in range(1, 10))
    copies = SVG.format(f'<g id="a0"><rect width="9" height="9"/></g>{levels}')
    assert "This is not an SVG that can be drawn" in refused({**RUNNER, "march.svg": copies.encode()})
    nested = SVG.format("<g>" * 20_000 + "</g>" * 20_000)
    assert "nested too deeply" in refused({**RUNNER, "march.svg": nested.encode()})


BLUR = (
    '<filter id="f"><feGaussianBlur stdDeviation="5000"/></filter>'
    + '<g filter="url(#f)"><rect width="200" height="120"/></g>' * 400
)


@pytest.mark.parametrize(
    ("limit", "picture", "why"),
    [
        ("CPU_SECONDS = 1", ("march.svg", SVG.format(BLUR).encode()), "Drawing its pictures takes more than"),
        ("MEGABYTES = 200", ("march.png", png(5000, 5000, zlib.compress(b"\0" * 15001 * 5000))), "MB of memory"),
    ],
    ids=["time", "memory"],
)
def test_what_uses_up_time_or_memory_ends_the_child_and_not_the_program(
    limit: str, picture: tuple[str, bytes], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    code = f"from psoas_nudge.packs import __main__ as child; child.{limit}; child.main()"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}'\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    name, data = picture
    with pytest.raises(PackRefused, match=rf"^bad\.zip: .*{why}"):
        check(zipped({"pack.toml": RUNNER["pack.toml"].replace(b"march.svg", name.encode()), name: data}), "bad.zip")
