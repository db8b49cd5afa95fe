"""Three plans as people are given them, each as the files of a pack."""

from __future__ import annotations

import io
import zipfile

from PIL import Image, ImageDraw

from psoas_nudge import places
from psoas_nudge.config.packs import Pack
from psoas_nudge.config.packs import imported as kept
from psoas_nudge.packs.checking import check
from psoas_nudge.packs.keeping import keep

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 120">{}</svg>'
LYING = SVG.format('<path d="M10 100H190" stroke="#333" stroke-width="4"/><circle cx="40" cy="80" r="12"/>{}')


def lying(knees: str) -> bytes:
    """Somebody on their back, with these knees."""
    body = f'<path d="M55 88H110L{knees}L150 98" fill="none" stroke="#24506b" stroke-width="9"/>'
    return LYING.format(body).encode()


def photo(colour: str) -> bytes:
    """What a phone's picture of a drawing on paper is like."""
    image = Image.new("RGB", (640, 480), "#f2efe8")
    ImageDraw.Draw(image).line([(200, 90), (210, 250), (330, 300), (320, 440)], fill=colour, width=18)
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


AFTER_SURGERY = {
    "pack.toml": b"""\
id = "after-disc-surgery"
title = "Weeks 3 to 6 after disc surgery"
by = "City Physio, L. Brandt"

[[routines]]
id = "pelvic-rock"
title = "Pelvic rock, lying down"
purpose = "Moves the lower back without load."
needs = ["floor"]
sided = false
aim = "ease"
not_for = ["your surgeon has not allowed exercise yet", "your leg has become weaker or numb"]
cautions = [
    "Stop if pain goes down a leg.",
    "Numb between the legs, or trouble with bladder or bowels: go to a hospital at once.",
]
rest = "0s"
steps = [
    { text = "Lie on your back, knees bent, feet flat.", seconds = "15s", picture = "lying.svg" },
    { text = "Tilt your pelvis back, then let go.", cue = "Small and slow.", seconds = "6s", reps = 8, picture = "tilt.svg", returns_to = "lying.svg" },
]

[[routines]]
id = "calves-up"
title = "Lying with your calves on a chair"
needs = ["floor", "chair"]
sided = false
aim = "ease"
long_break = true
not_for = ["your surgeon has not allowed exercise yet"]
cautions = ["Roll on to your side before you get up."]
steps = [
    { text = "Lie on your back, calves on the seat.", seconds = "20s", picture = "calves.svg" },
    { text = "Rest and breathe slowly.", seconds = "5m", hold = true, picture = "calves.svg" },
]

[[routines]]
id = "heel-slide"
title = "Heel slide, lying down"
needs = ["floor"]
aim = "strength"
drawn_side = "right"
not_for = ["your surgeon has not allowed exercise yet"]
cautions = ["Roll on to your side before you get up."]
rest = "0s"
steps = [
    { text = "Lie on your back, belly flat.", seconds = "10s", picture = "lying.svg" },
    { text = "Slide this heel away, then draw it back.", seconds = "5s", reps = 6, picture = "slide.svg", returns_to = "lying.svg" },
]
""",
    "calves.svg": lying("132 66"),
    "lying.svg": lying("130 50"),
    "tilt.svg": lying("128 46"),
    "slide.svg": lying("150 92"),
}
"""After disc surgery: lying positions, nothing that counts as a stretch, and the signs that cannot wait."""

DESK_KNEE = {
    "pack.toml": b"""\
id = "desk-knee"
title = "At the desk, sparing the left knee"

[[routines]]
id = "desk-lunge"
title = "Standing lunge at the desk"
needs = ["chair"]
repeats = 3
rest = "10s"
drawn_side = "left"
not_for = ["your knee swells or locks"]
cautions = ["Both knees stay bent less than a right angle."]
feel = "The front of the hip of the back leg."
easier = "A shorter step."
steps = [
    { text = "Hands on the desk, this leg back.", seconds = "8s", picture = "start.png" },
    { text = "Tuck your pelvis.", seconds = "5s", again = true, picture = "start.png" },
    { text = "Hold.", cue = "The knee stays above the ankle.", seconds = "20s", hold = true, picture = "hold.png" },
]

[[routines]]
id = "sitting-knee-straight"
title = "Straighten the knee, sitting"
needs = ["chair"]
aim = "strength"
drawn_side = "left"
not_for = ["your knee swells or locks"]
cautions = ["Stop before it hurts under the kneecap."]
feel = "The front of the thigh."
harder = "A light weight at the ankle."
steps = [
    { text = "Sit back in the chair.", seconds = "6s", picture = "sitting.png" },
    { text = "Straighten this knee, and lower it slowly.", seconds = "5s", reps = 10, picture = "start.png", returns_to = "sitting.png" },
]
""",
    "sitting.png": photo("#665544"),
    "start.png": photo("#556677"),
    "hold.png": photo("#223344"),
}
"""A desk worker with knee trouble: no kneeling, photographs, both sides, strength for the knee."""

RUNNER = {
    "pack.toml": b"""\
id = "runner"
title = "Hip strength for runners"
by = "Coach Okafor"

[[routines]]
id = "band-march"
title = "March against a band"
aim = "strength"
repeats = 2
rest = "30s"
effort = "The last two are hard, and your back stays still."
harder = "A stronger band."
steps = [
    { text = "Put the band around both feet.", seconds = "15s" },
    { text = "Lift this knee to hip height, lower it slowly.", seconds = "4s", reps = 12, picture = "march.svg" },
]

[[routines]]
id = "couch-stretch"
title = "Couch stretch"
needs = ["floor"]
repeats = 2
not_for = ["kneeling hurts your knee"]
steps = [
    { text = "Shin against the couch, this knee on a cushion.", seconds = "15s" },
    { text = "Tuck and hold.", seconds = "45s", hold = true, picture = "march.svg" },
]
""",
    "march.svg": lying("100 30"),
}
"""A runner: strength work against a band besides one stretch."""

PLANS = {"after-disc-surgery": AFTER_SURGERY, "desk-knee": DESK_KNEE, "runner": RUNNER}


def zipped(files: dict[str, bytes], top: str = "") -> bytes:
    """The files as a zip, in a folder if `top` names one, as a desktop's "Compress" makes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(top + name, data)
    return made.getvalue()


def imported(pack_id: str) -> Pack:
    """A plan imported where $XDG_DATA_HOME says, which a test has pointed at a folder of its own."""
    keep(check(zipped(PLANS[pack_id]), f"{pack_id}.zip"), ())
    [pack] = [each for each in kept(places.packs_directory()) if each.id == pack_id]
    return pack
