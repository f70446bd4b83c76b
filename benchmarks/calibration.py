"""Measure how many predictions are sure and how many of these are correct, with few photos.

    python -m benchmarks.calibration --photos DATA

DATA contains the sets ``plantvillage-mini`` (with its leaf map next to it) and ``field-mini``; a
third set is drawn. From each, 300, 600 and 2,400 photos are drawn several times, three quarters for
training and one quarter for validation. The photos of all other leaves are the test set.
Prints the results and writes them as a page.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import typer
from rich.console import Console

import transferleaf as tl
from transferleaf.calibrating.calibrating import inputs_of, standardised
from transferleaf.calibrating.verdicts import verdicts
from transferleaf.features.store import FeatureStore
from transferleaf.head.layers import read_head
from transferleaf.reports.metrics import share_interval
from transferleaf.text.progress import Reporter
from transferleaf.training.feeding.feeds import FeedFormat, open_feed

PRECISION = 0.95
SIZES = (300, 600, 2400)
DRAWS = 5
DRAWN_PER_CLASS = 300

PAGE = """\
# Calibration with few photos

    {command}

This page measures how many predictions of a calibrated classifier are sure, and how many of these
are correct. From each data set, 300, 600 and 2,400 photos are drawn {draws} times. Three quarters
train the head of `{backbone}` ({size} px, frozen stages), one quarter is for validation, and the
photos of all other leaves are the test. The requested precision is {precision:.0%}.

- **Validation only**: `clf.calibrate(validation)`.
- **Cross-validation**: `clf.calibrate(validation, training_data=train)`, as in
  `transferleaf train`. A head that was solved on other leaves classifies each training and
  validation photo, so all of them count.

| data set | photos | accuracy | sure, validation only | sure, cross-validation | of these correct |
| --- | --- | --- | --- | --- | --- |
{rows}

Shares are means over the draws. Brackets after "sure" contain the lowest and the highest draw.
Brackets after "correct" contain a 95 % bootstrap interval over test leaves. If a draw has no
threshold with the requested precision, it counts as 0 % sure. About one known leaf in twenty is
"unknown" by design, so at most about 95 % of the predictions can be sure. Number of test photos:
{tests}.

The goals were a share of sure predictions of at least 50 %, 70 % and 85 % with 300, 600 and 2,400
photos if the accuracy is above 93 %, of which at least 95 % are correct. With a lower accuracy,
fewer predictions can be sure at this precision.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The result of one draw of photos.

    Attributes:
        accuracy: Accuracy on the test photos.
        alone: Share of sure predictions after calibration on validation photos only.
        sure: The same with training photos.
        right: Whether each sure prediction is correct.
        leaves: The leaf in each of these photos.
        tested: Number of test photos.
    """

    accuracy: float
    alone: float
    sure: float
    right: np.ndarray
    leaves: tuple[str, ...]
    tested: int


def main(
    photos: Annotated[Path, typer.Option(help="Folder of the sets of real photos.")],
    backbone: str = "efficientnet_lite0",
    image_size: int = 160,
    draws: int = DRAWS,
    page: Path = Path("docs/calibration.md"),
    work: Annotated[Path, typer.Option(help="Where leaves are drawn.")] = Path("runs/calibration"),
) -> None:
    """Measure how many predictions are sure, and how many of these are correct."""
    console = Console()
    rows, tests = [], []
    for name, data in sets(photos, work):
        for size in SIZES:
            if size + size // 20 > len(data):
                continue
            found = [one_draw(data, size, backbone, image_size, seed) for seed in range(draws)]
            rows.append(row(name, size, found))
            console.print(rows[-1])
            tests.append(f"{round(mean(each.tested for each in found)):,} ({name}, {size:,})")
    text = PAGE.format(
        command="python -m benchmarks.calibration --photos DATA",
        backbone=backbone,
        size=image_size,
        draws=draws,
        precision=PRECISION,
        tests=", ".join(tests),
        rows="\n".join(rows),
    )
    page.write_text(text, encoding="utf-8")


def sets(photos: Path, work: Path) -> Iterator[tuple[str, tl.LeafDataset]]:
    """Yield the sets by name."""
    leaves = photos / "plantvillage-mini-leaves.csv"
    yield "PlantVillage", tl.LeafDataset.from_folder(photos / "plantvillage-mini", leaves=leaves)
    yield "field", tl.LeafDataset.from_folder(photos / "field-mini")
    drawn = tl.datasets.draw_leaves(work / "drawn", photos_per_class=DRAWN_PER_CLASS)
    yield "drawn", tl.LeafDataset.from_folder(drawn)


def one_draw(data: tl.LeafDataset, size: int, backbone: str, image_size: int, seed: int) -> Draw:
    """Train and calibrate on a number of photos, and count verdicts on all other leaves."""
    taken = size / len(data)
    train, validation, test = data.split(0.75 * taken, 0.25 * taken, 1 - taken, seed=seed)
    classifier = tl.TransferClassifier(
        classes=data.classes,
        backbone=backbone,
        image_size=image_size,
        freeze=tl.FreezePolicy.freeze_base(),
    )
    classifier.fit(train, validation_data=validation, seed=seed, verbose=0)
    classifier.calibrate(validation, precision=PRECISION, verbose=0)
    alone, _ = sure_answers(classifier, test)
    classifier.calibrate(validation, training_data=train, precision=PRECISION, verbose=0)
    sure, right = sure_answers(classifier, test)
    return Draw(
        accuracy=float(right.mean()),
        alone=float(alone.mean()),
        sure=float(sure.mean()),
        right=right[sure],
        leaves=tuple(
            leaf or str(path)
            for leaf, path, chosen in zip(test.leaves, test.names, sure, strict=True)
            if chosen
        ),
        tested=len(test),
    )


def sure_answers(
    classifier: tl.TransferClassifier, test: tl.LeafDataset
) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each test prediction is sure, and whether it is correct."""
    form = FeedFormat(classes=classifier.classes, image_size=classifier.image_size, labels="sparse")
    feed = open_feed(test, what="test", form=form)
    inputs = inputs_of(classifier, feed, FeatureStore(None), Reporter(0), name="test")
    head = read_head(classifier)
    probabilities = head.probabilities(inputs.features)
    calibration, means = classifier.calibration, classifier.class_means
    assert calibration is not None  # set by calibrate
    assert means is not None
    told = verdicts(
        calibration,
        means,
        features=standardised(head, inputs.features[:]),
        probabilities=probabilities,
    )
    right = probabilities.argmax(axis=1) == inputs.targets.argmax(axis=1)
    return np.array([verdict == "sure" for verdict in told]), right


def row(name: str, size: int, found: list[Draw]) -> str:
    """Return a row of the table."""
    right = np.concatenate([each.right for each in found])
    correct = "none sure"
    if len(right):
        interval = share_interval(right, groups=[leaf for each in found for leaf in each.leaves])
        correct = f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"
    cells = [
        name,
        f"{size:,}",
        f"{mean(each.accuracy for each in found):.1%}",
        span([each.alone for each in found]),
        span([each.sure for each in found]),
        correct,
    ]
    return f"| {' | '.join(cells)} |"


def span(shares: list[float]) -> str:
    return f"{mean(shares):.0%} ({min(shares):.0%} to {max(shares):.0%})"


if __name__ == "__main__":
    typer.run(main)
