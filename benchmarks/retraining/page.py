"""The page of the benchmark, written from the stored results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.markdown import markdown_table
from benchmarks.retraining.faster import SCHEDULES
from benchmarks.retraining.judging import judge, unpacked
from benchmarks.retraining.limits_page import limits, sizes
from benchmarks.retraining.policies import POLICIES, VARIANTS

Found = Mapping[str, Any]

_PAGE = """\
# What retraining adds

How accurate is a classifier when its backbone stays frozen, and how much does retraining add? This
page shows this for each policy and number of photos, with the training time.

    python -m benchmarks.retraining --photos DATA --page docs/retraining.md

The raw results are in `benchmarks/retraining/measured.json`. {machines}
Other work ran at the same time, so the seconds are only approximate. Compare only seconds of the
same machine: the slowest one took about three times as long as the fastest.

## Policies

`efficientnet_lite0` at 160 px on PlantVillage photos of 29 classes, split by leaf. `k per class`
means k training photos per class and a quarter as many for validation. The {test} test photos of
other leaves are the same in every row. Intervals are 95 % bootstrap intervals over
leaves; the last column compares the errors with those of quadrant IV on the same photos.

{policies}

- A frozen base with covariances (quadrant IV) makes fewer errors than every policy with averages
  only, in a fraction of the time. With averages, quadrant I removes about 15 % of the errors from
  60 photos per class on, quadrant III at most 8 %, and quadrant II 20 % with all photos and almost
  none with fewer. With 20 photos per class, all three add errors.
- With covariances and 60 photos per class, retraining removes up to 15 % of the errors. With 20,
  the differences are random. With 200, quadrant II removes 10 % of the errors. With quadrants I and
  III, the last epochs were better on the test photos, but not on the validation photos, so the
  solved head was kept.
- Four augmented views of each photo remove about a fifth of the errors of a frozen base with 20, 60
  and 200 photos per class. Retraining without views removes fewer and takes longer. Retraining with
  views (quadrant I, 20 and 60 photos per class) removes a little more than views alone.
- With all photos, views remove 12 % of the errors, and quadrants I and II remove 14 %. Views and
  quadrant I take about eight minutes instead of one. Quadrant III does not improve on the solved
  head.
- Quadrant II takes about twice as long as quadrant I. It is more accurate with 20 and 200 photos
  per class, and not with 60 or all; these differences are not larger than chance.
  [Ways to make retraining faster](#ways-to-make-retraining-faster) compares it with smaller photos
  first on one machine.
- The target was that retraining removes at least 30 % of the errors of quadrant IV from 60 photos
  per class on, and half of those with averages only. It is missed: the most is 24 % and 47 %, for
  quadrant I with views and 60 photos per class. So the advice weighs each gain against its
  time.

{others}{limits}{sizes}## What the policies are

- Quadrant IV solves the head on the frozen base: averages of all stages, and covariances of the
  early ones ([second-order features](second-order.md)).
- The other three solve the head too, then train stages: III the last two, I the last 40 % of them,
  II all.
- Gradient training continues from the solved head, with plain cross-entropy, a small rate and
  frozen batch normalisation, for about 400 steps and at least 5 epochs.
- "Augmented" adds four views of each training photo, augmented with `Augmentation.leaf()`.
- The weights of the epoch with the best validation accuracy are kept. The solved head is kept if
  every epoch has a lower one.

{variants}{faster}## When to trust the validation photos

A retrained network replaces the solved head depending on the validation photos, which are few. The
predictions of the epochs of most trainings above are stored. So selection photos can be drawn many
times, and the other photos show which choice was right. "Wrong" is the share of draws in which the
rule kept the worse one; "lost" is the mean loss in percentage points of accuracy.

{judging}

`transferleaf` uses the first rule. Requiring one standard error keeps the solved head too often,
because the gain is as small as the standard error of a few hundred photos. In these trainings,
always keeping the epoch is about as good, but it would not help if retraining is harmful.
"""


_FASTER = """

- Smaller photos in the first epochs take about a quarter less time, and the accuracy does not
  differ by more than chance. `FreezePolicy.for_quadrant("II", initial_image_scale=0.7)` trains like
  this; validation photos have the full size in all epochs. It is not the default, because it
  is only measured with few photos.
- Fewer stages at the end take about a quarter less time too. `fit` has no option for this. Create
  a new classifier, copy the weights, and fit again, as `benchmarks/retraining/faster.py` does.
- In bfloat16, an epoch takes more than twice as long as in float32, although the processor has
  instructions for it.

"""

_FROM_ZEROS = """\
"From zeros" means a head that starts from zeros, batch normalisation that trains, a rate of 0.001
(0.0005 for the head), a weight decay of 0.01, label smoothing of 0.1, and dropout of 0.2.

"""

_VARIANTS_SHOW = """

12 epochs of quadrant II, with new views in each epoch, make as few errors as quadrant I with four
stored views, in several times the time.

"""


def write_page(page: Path, found: Mapping[str, Found]) -> None:
    """Write all tables to ``page``."""
    found, machines = _marked(found)
    policies = _of(found, "policies")
    text = _PAGE.format(
        machines=machines,
        test=f"{policies[0]['test_photos']:,}",
        policies=_policies(policies),
        others="".join(_other_photos(found)),
        limits="".join(limits(_of(found, "limits"))),
        sizes="".join(sizes(_of(found, "sizes"))),
        variants="".join(_variants(_of(found, "variants"))),
        faster="".join(_faster(_of(found, "faster"))),
        judging=_judging([*policies, *_of(found, "variants")]),
    )
    page.write_text(text, encoding="utf-8")


def _marked(found: Mapping[str, Found]) -> tuple[dict[str, Found], str]:
    """Mark the rows of other machines than that of most rows, and name the machines."""
    timed = [row for row in found.values() if "seconds" in row]
    (most, _), *others = Counter(row["machine"] for row in timed).most_common()
    marks = {machine: " " + "\\*" * n for n, (machine, _) in enumerate(others, start=1)}
    rows: dict[str, Found] = {
        key: {**row, "mark": marks.get(row["machine"], "")} for key, row in found.items()
    }
    named = "".join(f"\nSeconds with{mark}: {machine}." for machine, mark in marks.items())
    return rows, f"Machine: {most}.{named}"


def _of(found: Mapping[str, Found], measurement: str) -> list[Found]:
    return [row for row in found.values() if row["measurement"] == measurement]


def _policies(rows: Sequence[Found]) -> str:
    cells = []
    for row in sorted(rows, key=lambda row: (row["photos"], _ORDER.index(row["policy"]))):
        size = "all" if row["photos_a_class"] is None else f"{row['photos_a_class']} per class"
        cells.append([f"{size} ({row['photos']:,})", *_cells(row, rows)])
    return markdown_table(["photos", *_COLUMNS], cells)


_ORDER = tuple(POLICIES)
_COLUMNS = ["policy", "test accuracy", "95 %", "mean of classes", "loss", "seconds", "errors"]


def _cells(row: Found, rows: Sequence[Found]) -> list[str]:
    base = [
        other
        for other in rows
        if other["policy"] == "quadrant IV" and other["photos_a_class"] == row["photos_a_class"]
    ]
    errors = ""
    if base and base[0] is not row:
        errors = f"{(1 - row['accuracy']) / (1 - base[0]['accuracy']) - 1:+.0%}"
    return [
        row["policy"],
        f"{row['accuracy']:.4f}",
        f"{row['low']:.3f} to {row['high']:.3f}",
        f"{row['class_average']:.4f}",
        f"{row['loss']:.3f}",
        f"{row['seconds']['total']:,.0f}{row['mark']}",
        errors,
    ]


def _other_photos(found: Mapping[str, Found]) -> Iterable[str]:
    looks = {
        "field": (
            "bean and blackgram in the field",
            "No policy is more accurate than quadrant IV here. Views lower its loss.\n\n",
        ),
        "steel": (
            "steel surfaces",
            "Every policy misclassifies one of the 96 photos.\n\n",
        ),
    }
    for name, (words, conclusion) in looks.items():
        rows = _of(found, name)
        if rows:
            ordered = sorted(rows, key=lambda row: _ORDER.index(row["policy"]))
            table = markdown_table(_COLUMNS, [_cells(row, rows) for row in ordered])
            photos = f"{rows[0]['photos']:,} for training, {rows[0]['test_photos']:,} for the test"
            yield f"### Other photos: {words}\n\n160 px, {photos}.\n\n{table}\n\n{conclusion}"


def _variants(rows: Sequence[Found]) -> Iterable[str]:
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: list(VARIANTS).index(row["policy"]))
    cells = [
        [*_short(row), " ".join(f"{share:.3f}" for share in _by_epoch(row))] for row in ordered
    ]
    yield "## Variants of the policies\n\n60 photos per class at 160 px, one training per row.\n\n"
    if any("zeros" in row["policy"] for row in rows):
        yield _FROM_ZEROS
    epochs = "validation accuracy: head, then some epochs"
    yield markdown_table(["variant", *_SHORT_COLUMNS, epochs], cells)
    yield _VARIANTS_SHOW


def _faster(rows: Sequence[Found]) -> Iterable[str]:
    if not rows:
        return
    yield "## Ways to make retraining faster\n\n"
    yield "60 photos per class at 160 px; means of the trainings, each with other photos.\n\n"
    header = ["schedule", "trainings", "test accuracy", "after the last epoch", "seconds"]
    yield markdown_table(
        header, (_mean([row for row in rows if row["policy"] == t]) for t in SCHEDULES)
    )
    yield _FASTER


def _mean(rows: Sequence[Found]) -> list[str]:
    """Return the cells of a schedule: means over its trainings."""
    last = [row["last_accuracy"] for row in rows if "last_accuracy" in row]
    return [
        rows[0]["policy"],
        str(len(rows)),
        f"{fmean(row['accuracy'] for row in rows):.4f}",
        f"{fmean(last):.4f}" if last else "",
        f"{fmean(row['seconds']['total'] for row in rows):,.0f}{rows[0]['mark']}",
    ]


_SHORT_COLUMNS = ["test accuracy", "loss", "seconds"]


def _short(row: Found) -> list[str]:
    seconds = f"{row['seconds']['total']:,.0f}{row['mark']}"
    return [row["policy"], f"{row['accuracy']:.4f}", f"{row['loss']:.3f}", seconds]


def _by_epoch(row: Found) -> list[float]:
    return [
        bin(int(epoch["validation"]["right"], 16)).count("1") / epoch["validation"]["photos"]
        for epoch in row["epochs"]
    ]


def _judging(rows: Iterable[Found]) -> str:
    trainings = [unpacked(row["epochs"]) for row in rows if len(row["epochs"]) > 1]
    sizes = (60, 400, 2000)
    verdicts = {size: judge(trainings, size) for size in sizes}
    header = ["rule: the epoch is kept if it has"]
    header += [f"{size:,} photos: wrong (lost)" for size in sizes]
    cells = [
        [
            first["rule"],
            *(
                f"{verdicts[size][n]['wrong']:.0%} ({verdicts[size][n]['regret']:.2f})"
                for size in sizes
            ),
        ]
        for n, first in enumerate(verdicts[sizes[0]])
    ]
    return markdown_table(header, cells)
