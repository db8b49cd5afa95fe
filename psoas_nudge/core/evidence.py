"""The sources of the program's claims, which cite them by id in square brackets.

The README's table, `psoas-nudge routines why` and the routines use this list; a test compares them. Findings are from
the abstracts. `speaks`: whether a study supports what this program does, speaks against it, or is background.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

Stance = Literal["for", "against", "background"]


class Source(Struct, frozen=True, kw_only=True):
    """A study or text: its finding, what that does not show, and where it is published."""

    id: str
    cite: str
    finding: str
    limit: str
    speaks: Stance
    url: str = ""


SOURCES: tuple[Source, ...] = (
    Source(
        id="who-2020",
        cite="WHO guidelines 2020",
        finding="Limit sitting; replacing it with movement of any intensity helps",
        limit="no threshold can be given",
        speaks="background",
        url="https://pmc.ncbi.nlm.nih.gov/articles/PMC7719906/",
    ),
    Source(
        id="desk-2015",
        cite="Buckley 2015",
        finding="Break up desk work regularly with standing or light activity",
        limit="an expert statement",
        speaks="background",
        url="https://doi.org/10.1136/bjsports-2015-094618",
    ),
    Source(
        id="sitting-2021",
        cite="Boukabache 2021, 98 people",
        finding="Inactive people who sit a lot extend the hip 6.1° less than active people who sit little",
        limit="measured once, so it shows neither the cause nor that pain follows",
        speaks="for",
        url="https://pubmed.ncbi.nlm.nih.gov/33188982/",
    ),
    Source(
        id="range-2015",
        cite="Roach 2015, 60 people",
        finding="Passive hip extension was 6.8° in healthy people, -4.2° in those with chronic low back pain",
        limit="a comparison, so it does not show which came first",
        speaks="for",
        url="https://pmc.ncbi.nlm.nih.gov/articles/PMC4325283/",
    ),
    Source(
        id="tilt-2024",
        cite="González-de-la-Flor 2024, 26 people",
        finding="Stretching with a tucked pelvis changed hip-flexor tension by 4.85 N·m, moving forward alone by 0.06",
        limit="one session, young active people, healthy hips",
        speaks="for",
        url="https://doi.org/10.1186/s12891-024-07988-9",
    ),
    Source(
        id="dose-2024",
        cite="Ingram 2024, 189 studies",
        finding="Gains in flexibility level off at about 4 min a session and 10 min a week, however often you stretch",
        limit="static stretching in general, mean age 27, not hip flexors at a desk",
        speaks="for",
        url="https://doi.org/10.1007/s40279-024-02143-9",
    ),
    Source(
        id="strength-2021",
        cite="Afonso 2021, 11 trials, 452 people",
        finding="Strength training improved the range of motion as much as stretching did",
        limit="very different trials, few of them about the hip",
        speaks="for",
        url="https://pmc.ncbi.nlm.nih.gov/articles/PMC8067745/",
    ),
    Source(
        id="office-2014",
        cite="Sihawong 2014, 563 office workers",
        finding="8.8 % got low back pain within a year with daily stretching and endurance training, 19.7 % without",
        limit="people with a stiff or weak trunk, other exercises than these; when pain came, it was not milder",
        speaks="for",
        url="https://pmc.ncbi.nlm.nih.gov/articles/PMC3960439/",
    ),
    Source(
        id="office-2020",
        cite="Fraeulin 2020, 161 office workers",
        finding="Three months of static stretching twice a week improved movement everywhere except in hip extension",
        limit="done on a device, without a control group",
        speaks="against",
        url="https://doi.org/10.3233/WOR-203273",
    ),
    Source(
        id="back-2021",
        cite="Hatefi 2021, 30 women with low back pain",
        finding="Eight weeks of hip-flexor stretching helped no more than none (group x time not significant)",
        limit="small; both groups together improved",
        speaks="against",
        url="https://pmc.ncbi.nlm.nih.gov/articles/PMC8316530/",
    ),
    Source(
        id="pelvis-2021",
        cite="Preece 2021, 23 men",
        finding="One session of stretching added 2.6° of hip extension and tipped the pelvis back by 1.2°; "
        "the curve of the back was the same",
        limit="one session, healthy men",
        speaks="against",
        url="http://usir.salford.ac.uk/id/eprint/60850/",
    ),
    Source(
        id="prompts-2017",
        cite="Stephenson 2017",
        finding="Programs on computers and phones cut sitting by 42 min a day up to 3 months, by 1.65 min after 6",
        limit="16 of 17 studies with high or unclear risk of bias",
        speaks="against",
        url="https://pmc.ncbi.nlm.nih.gov/articles/PMC5553917/",
    ),
    Source(
        id="moment-2008",
        cite="Iqbal and Bailey 2008",
        finding="Notifications at a break between tasks frustrate less than immediate ones",
        limit="tasks in a laboratory",
        speaks="for",
    ),
    Source(
        id="article",
        cite="The article on the psoas that this project began with",
        finding="Anatomy, causes, the kneeling stretch, constructive rest and ball release with their doses",
        limit="an article, not a study",
        speaks="background",
    ),
    Source(
        id="practice",
        cite="Common physiotherapy practice",
        finding="The versions for a desk, the cues, when to stop and who should ask first",
        limit="in our own words; no physiotherapist has reviewed them yet",
        speaks="background",
    ),
)

WHY = (
    """The psoas runs from the sides of the lower spine, in front of the pelvis, to the inside of the thigh bone.
    Together with the iliacus it is the strongest muscle that lifts the thigh, and it steadies the lower back
    [article].""",
    """While you sit, it is short and still. People who sit a lot and move little can move the leg back less than
    others. It is not known which of the two comes first [sitting-2021].""",
    """Sitting is not the only cause. Running, cycling, dancing and stress can make the psoas tight, too. It is
    connected to the diaphragm, the muscle you breathe with [article].""",
    """The tuck is what stretches it. A tucked pelvis changed the tension in the hip flexors; moving forward alone
    hardly changed it [tilt-2024]. A healthy hip lets the thigh move only about 7 degrees behind the pelvis
    [range-2015]. If you lean further, you arch your lower back instead.""",
    """A muscle also needs exercise. Strength training improved the range of motion as much as stretching did
    [strength-2021], so the two take turns.""",
    """Some studies speak against it. Three months of stretching did not improve the hip extension of office workers
    [office-2020]. In women with low back pain, it helped no more than doing nothing [back-2021]. One session did not
    change the curve of the lower back [pelvis-2021]. And programs that prompt people work less well after some
    months [prompts-2017].""",
    """Nothing here shows that a reminder heals anything. If a hip hurts, or you can move it very little and that does
    not get better, see a physiotherapist or doctor [practice].""",
)
"""The paragraphs that `routines why` prints."""

CLAIMED = re.compile(r"\[([a-z]+(?:-\d{4})?(?:, [a-z]+(?:-\d{4})?)*)\]")


def without_ids(text: str) -> str:
    """The text without the ids, for a page whose footer names the sources."""
    return re.sub(rf" {CLAIMED.pattern}", "", text)
