"""The page of the benchmark, written from what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.review.planted import CASES
from benchmarks.review.teaching import COMPARISONS, Comparison
from benchmarks.review.ways import WAYS

Found = Mapping[str, Any]

_PAGE = """\
# What a review finds

`transferleaf review` shows the most suspicious labels first and says when to stop. For new photos,
it chooses those whose labels teach the classifier most. This page measures both.

    python -m benchmarks.review --photos DATA --page docs/review.md

The raw results are in `benchmarks/review/measured.json`. The features are those of a frozen
EfficientNet-Lite0.

## Planted wrong labels

Labels are changed at random, to any other class or to one of the same crop. The reviewer knows
which. "Found by 60" is the share of the planted labels among the first 60 questions. "Stops after"
is the number of labels after which the review is no longer worth continuing, and "found by then"
the share of the planted labels found until then. Median and range of {seeds} draws.

{planted}

The order is that of the audit: the probability that a model gives to the label, lowest first. The
model is trained on other leaves ([audit](audit.md)). Photos that had a wrong label before are
counted as right.

## Wrong labels that are left

The review estimates how many wrong labels are left among the labels that were not reviewed. The
table compares this estimate with the truth after 40, 60, 80 and 100 labels, in all draws of the
table above in which an estimate was made. It needs 20 reviewed labels and 5 that were right.

{estimates}

How it works: the logit of the probability of a wrong label is a linear function of the logit of the
suspicion, which is the probability that the model gives to all other classes. Bayesian logistic
regression learns its two numbers from the reviewed labels. It is no longer worth continuing if the
next 20 labels hold less than one wrong label on average. The estimate is for labels that were
changed at random. If many photos have the same error, their labels look right to the model, and the
estimate is too low.

## Labels for new photos

A head is trained on 5 photos of each class, then again with new labels. The ways to choose the new
photos see the same classifier and the same photos. Test photos show other leaves. The last column
is the difference from random photos of the same draw, in points of accuracy, with the 95 % interval
of its mean.

{teaching}

- "Entropy" and "margin" choose the most uncertain photos. Many of them are similar.
- "Farthest" chooses photos that are far from all photos with a label. Without uncertainty, these
  are often unusual photos.
- "Farthest, weighted by margin" chooses uncertain photos that are far from all photos with a label.
- "Clusters" puts the photos into as many clusters as labels are wanted, weights each photo by its
  entropy, and chooses the photo next to each centre. `transferleaf review` does this.

Clusters and "farthest, weighted by margin" beat random photos in each table. The difference between
the two is within the intervals.
"""


def write_page(page: Path, found: Found) -> None:
    """Write all tables into ``page``."""
    text = _PAGE.format(
        seeds=max(case.seeds for case in CASES.values()),
        planted=_planted(found),
        estimates=_estimates(found),
        teaching="\n\n".join(_teaching(found, name) for name in COMPARISONS),
    )
    page.write_text(text, encoding="utf-8")


def _of(found: Found, name: str) -> list[Any]:
    return [value for key, value in found.items() if key.rsplit("; ", 1)[0] == name]


def _planted(found: Found) -> str:
    rows = [
        "| photos, wrong labels | photos | planted | found by 60 | stops after | found by then |",
        "|---|---|---|---|---|---|",
    ]
    for name in CASES:
        draws = _of(found, name)
        if not draws:
            continue
        planted = draws[0]["planted"]
        by_60 = _range([each["found_at_60"] / each["planted"] for each in draws], "{:.0%}")
        by_then = _range([each["found"] / each["planted"] for each in draws], "{:.0%}")
        stops = _range([each["reviewed"] for each in draws], "{:.0f}")
        rows.append(
            f"| {name} | {draws[0]['photos']} | {planted} | {by_60} | {stops} | {by_then} |"
        )
    return "\n".join(rows)


def _range(values: list[float], form: str) -> str:
    low, middle, high = (form.format(each) for each in np.quantile(values, [0, 0.5, 1]))
    return middle if low == high else f"{middle} ({low} to {high})"


def _estimates(found: Found) -> str:
    rows = [
        "| photos, wrong labels | estimates | left | estimated | in the interval | width |",
        "|---|---|---|---|---|---|",
    ]
    for name in CASES:
        told = np.array([row for each in _of(found, name) for row in each["estimates"]], float)
        if not len(told):
            continue
        _, left, estimated, low, high = told.T
        inside = ((low <= left) & (left <= high)).mean()
        rows.append(
            f"| {name} | {len(told)} | {left.mean():.1f} | {estimated.mean():.1f} | {inside:.0%} "
            f"| {(high - low).mean():.1f} |"
        )
    return "\n".join(rows)


def _teaching(found: Found, name: str) -> str:
    draws, case = _of(found, name), COMPARISONS[name]
    if not draws:
        return ""
    rows = [
        _heading(name, case, len(draws)),
        "",
        "| strategy | accuracy | difference from random |",
        "|---|---|---|",
    ]
    base = np.array([each["at random"] for each in draws])
    for way in ("no new label", *WAYS):
        reached = np.array([each[way] for each in draws])
        gain = 100 * (reached - base)
        spread = 1.96 * gain.std(ddof=1) / len(gain) ** 0.5 if len(gain) > 1 else float("nan")
        told = "" if way == "at random" else f"{gain.mean():+.1f} ± {spread:.1f}"
        rows.append(f"| {way} | {reached.mean():.1%} | {told} |")
    return "\n".join(rows)


def _heading(name: str, case: Comparison, draws: int) -> str:
    return f"{name}, {draws} draws:"
