"""The parts of the page about time limits and image sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log
from statistics import fmean
from typing import Any

from benchmarks.markdown import markdown_table

Found = Mapping[str, Any]

_WITH_A_LIMIT = """\
### With a time limit

`TransferClassifier(freeze="auto")` and `fit(time_limit=...)`, from an empty store. The default
image size is 224 px.

- The time of a photo is measured on the first ones. If gradient epochs cannot fit, the base stays
  frozen, and no time is spent on the advice.
- A frozen base uses 90 % of the remaining time to read photos and solve the head. Before gradient
  epochs, photos take at most half of it.
- Without time for all photos, a part of them is used, with equal numbers of each class. If you
  chose no `image_size`, and smaller photos let so many more fit that at least 10 % fewer errors
  are expected, the fit resizes them to 160, 128 or 96 px.

"""

_AFTER_LIMITS = """

The accuracy rises with the limit until all photos are used. With 900 s and all photos, the fit also
trained stages; the accuracy differs by one photo from that of the frozen base.

"""

_ONE_CORE = """\
On one core (`taskset -c 0`), a photo takes longer. Whether the fit then chooses a smaller size
depends on the measured speed: making another network takes a few seconds. For comparison, the same
limit with `image_size=224`:

"""

_BY_SIZE = """\
### Image size and number of photos

Errors of quadrant IV on test photos, means over two draws of photos (four for the smaller data
sets).

"""

_EXPONENTS = """

Averaged over these rows, the errors change with the image size to the power of {size:.2f} from 96
to 160 px. On the PlantVillage photos, they change with the number of photos to the power of
{few:.2f} from 2 to 60 photos per class, {more:.2f} from 60 to 120, and {many:.2f} from there to
all. The choice of the image size uses similar numbers: -0.5 for the size, -0.65 up to 100 photos
per class, and -0.2 beyond.

"""

_SETS = {
    "plantvillage-large": "PlantVillage",
    "field-mini": "field photos",
    "dissimilar-mini": "steel surfaces",
}


_LIMITED_COLUMNS = [
    "photos",
    "limit, seconds",
    "seconds",
    "image size",
    "quadrant",
    "test accuracy",
]


def limits(rows: Sequence[Found]) -> Iterable[str]:
    """Return the part about trainings with a time limit."""
    if not rows:
        return
    yield _WITH_A_LIMIT
    yield markdown_table(_LIMITED_COLUMNS, map(_limited_cells, _ordered(rows, one_core=False)))
    yield _AFTER_LIMITS
    if alone := _ordered(rows, one_core=True):
        yield _ONE_CORE
        yield markdown_table(_LIMITED_COLUMNS, map(_limited_cells, alone))
        yield "\n\n"


def _ordered(rows: Sequence[Found], *, one_core: bool) -> list[Found]:
    chosen = [row for row in rows if row["one_core"] == one_core]
    return sorted(chosen, key=lambda row: (row["photos"], row["limit"], not row["size_chosen"]))


def _limited_cells(row: Found) -> list[str]:
    return [
        "all" if row["photos_a_class"] is None else f"{row['photos_a_class']} per class",
        f"{row['limit']:,.0f}",
        f"{row['seconds']:,.1f}{row['mark']}",
        f"{row['image_size']} px" + ", fixed" * (not row["size_chosen"]),
        row["policy"],
        f"{row['accuracy']:.4f}",
    ]


def sizes(rows: Sequence[Found]) -> Iterable[str]:
    """Return the part about image sizes and numbers of photos, with the exponents they show."""
    if not rows:
        return
    errors: defaultdict[tuple[str, int | None, int], list[float]] = defaultdict(list)
    for row in rows:
        errors[row["data"], row["photos_a_class"], row["image_size"]].append(1 - row["accuracy"])
    mean = {cell: fmean(values) for cell, values in errors.items()}
    sizes = sorted({size for _, _, size in mean})
    cells = [
        [
            _SETS[name],
            "all" if photos is None else f"{photos} per class",
            *(f"{mean[name, photos, size]:.1%}" for size in sizes),
        ]
        for name, photos in dict.fromkeys((name, photos) for name, photos, _ in mean)
    ]
    yield _BY_SIZE
    yield markdown_table(["data", "photos", *(f"{size} px" for size in sizes)], cells)
    yield _EXPONENTS.format(
        size=_size_exponent(mean),
        few=_photo_exponent(rows, 2, 60),
        more=_photo_exponent(rows, 60, 120),
        many=_photo_exponent(rows, 120, None),
    )


def _size_exponent(mean: Mapping[tuple[str, int | None, int], float]) -> float:
    """Return the mean exponent of the errors from 96 to 160 px."""
    ratios = [
        log(errors / mean[name, photos, 96])
        for (name, photos, size), errors in mean.items()
        if size == 160
    ]
    return fmean(ratios) / log(160 / 96)


def _photo_exponent(rows: Sequence[Found], fewest: int, most: int | None) -> float:
    """Return the exponent of the errors of the largest data set between two numbers of photos."""
    own = [row for row in rows if row["data"] == next(iter(_SETS))]
    few, many = (
        [row for row in own if row["photos_a_class"] == photos] for photos in (fewest, most)
    )
    errors = (fmean(log(1 - row["accuracy"]) for row in part) for part in (many, few))
    photos = (log(part[0]["photos"]) for part in (many, few))
    return (next(errors) - next(errors)) / (next(photos) - next(photos))
