"""Checks on single photos: tiny, huge, odd-shaped, blurred, dark, over-exposed, without content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from transferleaf.auditing.finding import Finding, Severity
from transferleaf.auditing.measures import Floats, Measures, measure
from transferleaf.auditing.phrases import so_many
from transferleaf.auditing.statistics import robust_distance
from transferleaf.auditing.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The range in which a measure of a photo is unusual.

    Attributes:
        measure: Field of ``Measures``.
        side: Whether low or high values are unusual.
        certain: Limit beyond which a photo is unusual in any data set.
        possible: Limit beyond which a photo is unusual if it also differs much from the other
            photos.
        varies: Whether differences are ratios, as for sizes, or amounts, as for shares.
        far: Number of robust standard deviations that is a large difference.
    """

    measure: str
    side: Literal["low", "high"]
    certain: float
    possible: float
    varies: Literal["by factors", "by amounts"] = "by factors"
    far: float = 3.5

    def flags(self, measures: Measures) -> npt.NDArray[np.bool_]:
        """Return whether each photo is unusual, shape ``(n_photos,)``."""
        values: Floats = getattr(measures, self.measure)
        sign = 1 if self.side == "high" else -1
        factors = self.varies == "by factors"
        distance = sign * robust_distance(np.log(np.maximum(values, 1e-6)) if factors else values)
        possible = (sign * values > sign * self.possible) & (distance > self.far)
        flagged: npt.NDArray[np.bool_] = possible | (sign * values > sign * self.certain)
        return flagged


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """One way in which a photo can be unusual.

    Attributes:
        check: Name of the check.
        what: The predicate of the title, after "3 photos".
        limits: A photo is unusual if it is outside one of these limits. The first measure is shown.
        number: Format of the first measure.
        severity: Severity of the finding.
        advice: What to do.
    """

    check: str
    what: str
    limits: tuple[Limit, ...]
    number: str
    severity: Severity = "note"
    advice: str


# The limits were set by inspecting the flagged photos among 2,994 photos of PlantVillage, 640 of
# field crops and 480 sharp photos of smooth steel. 3.5: Iglewicz and Hoaglin (1993).
UNUSUAL = (
    Unusual(
        check="tiny-photos",
        what="are tiny",
        # Backbones use 224 px; less than a seventh of that is a thumbnail.
        limits=(Limit(measure="short_side", side="low", certain=32, possible=128),),
        number="{:.0f} px",
        severity="warning",
        advice="Get the originals: enlarging adds no detail.",
    ),
    Unusual(
        check="huge-photos",
        what="are huge",
        limits=(Limit(measure="megapixels", side="high", certain=50, possible=16),),
        number="{:.0f} megapixels",
        advice="They slow down each epoch; store them at about 1,000 px.",
    ),
    Unusual(
        check="odd-shapes",
        what="are very long and narrow",
        # Wider than any camera's format (16:9 is 1.8, panoramas begin at 2).
        limits=(Limit(measure="elongation", side="high", certain=4, possible=2.2),),
        number="{:.1f} to 1",
        advice="Training distorts them to a square; crop them to the leaf.",
    ),
    Unusual(
        check="blurred-photos",
        what="are blurred, or very smooth",
        # About half of the 24 least sharp photos of PlantVillage (below 40) look out of focus; the
        # others show smooth maize leaves.
        limits=(Limit(measure="sharpness", side="low", certain=3, possible=40, far=2.5),),
        number="sharpness {:.0f}",
        advice="Check them, and leave out those on which the disease is not visible.",
    ),
    Unusual(
        check="dark-photos",
        what="are dark",
        limits=(
            Limit(
                measure="highlights", side="low", certain=0.12, possible=0.3, varies="by amounts"
            ),
        ),
        number="brightest places {:.0%}",
        advice="Check them, and leave out those on which the disease is not visible.",
    ),
    Unusual(
        check="over-exposed-photos",
        what="are over-exposed",
        limits=(
            Limit(
                measure="bright_share",
                side="high",
                certain=0.97,
                possible=0.5,
                varies="by amounts",
            ),
            Limit(measure="shadows", side="high", certain=0.9, possible=0.65, varies="by amounts"),
        ),
        number="{:.0%} nearly white",
        advice="Check them, and leave out those on which the disease is not visible.",
    ),
    Unusual(
        check="photos-without-content",
        what="are of one colour",
        # The lowest contrast of the real photos is 0.018, for steel.
        limits=(Limit(measure="contrast", side="low", certain=0.008, possible=0.012),),
        number="contrast {:.3f}",
        severity="warning",
        advice="Check them, and leave out photos without content.",
    ),
)


def find_unusual_photos(subject: Subject) -> Iterator[Finding]:
    """Find photos with unusual measures."""
    measures = measure(subject)
    for unusual in UNUSUAL:
        flagged = np.logical_or.reduce([limit.flags(measures) for limit in unusual.limits])
        if flagged.any():
            yield _finding(subject, unusual, np.flatnonzero(flagged), measures)


def _finding(
    subject: Subject, unusual: Unusual, at: npt.NDArray[np.int64], measures: Measures
) -> Finding:
    first = unusual.limits[0]
    values: Floats = getattr(measures, first.measure)
    # The worst come first, because a report shows only a few.
    worst = at[np.argsort(values[at] if first.side == "low" else -values[at], kind="stable")]
    names = subject.names(worst)
    verb, rest = unusual.what.split(maxsplit=1)
    beyond = "below" if first.side == "low" else "above"
    return Finding(
        check=unusual.check,
        title=f"{so_many(len(names), 'photo', verb)} {rest}",
        severity=unusual.severity,
        count=len(names),
        photos=names,
        notes={
            name: unusual.number.format(value)
            for name, value in zip(names, values[worst], strict=True)
        },
        advice=unusual.advice,
        sure=f"measured: {beyond} {unusual.number.format(first.possible)} and unlike the others, "
        f"or {beyond} {unusual.number.format(first.certain)}",
        figures={"median": round(float(np.nanmedian(values)), 4)},
    )
