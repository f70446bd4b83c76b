"""Compare the methods of ``explain``. The default was chosen with this benchmark.

    python -m benchmarks.explanations

A classifier is trained on drawn leaves and explains others, for which the regions of leaf and
disease are known. With ``--photos FOLDER``, class folders of real photos, it also explains some of
these, after training on the others; their leaf regions are estimated. Columns:

- deletion: mean probability while the photo is blurred, hottest places first; low is good.
- insertion: the same while a blurred photo is made sharp, hottest places first; high is good.
- on leaf, on disease: share of the heat there; high is good, if the prediction depends on it.
- disease hit: share of diseased leaves whose hottest place is on the disease.

"even" is a uniform heat map, as a baseline. Takes three minutes on two cores and works offline.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import typer
from PIL import Image, ImageFilter
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from benchmarks.drawn_truth import draw_photos
from transferleaf.drawing import DRAWN_CLASSES
from transferleaf.drawing.drawing import Drawing
from transferleaf.explanations import Explanation, find_leaf

SIDE = 160  # height and width of photo and network, in pixels
STEPS = 10  # number of steps of deletion and insertion
COLUMNS = ("deletion", "insertion", "on leaf", "on disease", "disease hit")


class Shown(NamedTuple):
    """A photo to explain, and its known regions."""

    pixels: np.ndarray
    leaf: np.ndarray | None
    disease: np.ndarray | None


Way = Callable[[np.ndarray], np.ndarray]


def ways(classifier: tl.TransferClassifier) -> dict[str, Way]:
    """Return functions for heat maps, shape ``(height, width)``, of the predicted class."""
    return {
        "even": lambda photo: np.ones(photo.shape[:2], np.float32),
        "stage-cam": lambda photo: classifier.explain(photo, method="stage-cam").heatmap,
        "stage-cam, last stage": lambda photo: of_last(classifier, photo),
        "grad-cam": lambda photo: classifier.explain(photo, method="grad-cam").heatmap,
    }


def of_last(classifier: tl.TransferClassifier, photo: np.ndarray) -> np.ndarray:
    last = classifier.backbone.stage_names[-1]
    explanation: Explanation = classifier.explain(photo, method="stage-cam", stage=last)
    return explanation.heatmap


def measured(classifier: tl.TransferClassifier, way: Way, photos: list[Shown]) -> list[float]:
    """Return the columns for one method; NaN if unknown."""
    rows = [figures(classifier, way(shown.pixels), shown) for shown in photos]
    known = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
    return [float(np.mean(column)) if column else float("nan") for column in known]


def figures(classifier: tl.TransferClassifier, heat: np.ndarray, shown: Shown) -> tuple[Any, ...]:
    blurred = np.asarray(Image.fromarray(shown.pixels).filter(ImageFilter.GaussianBlur(SIDE / 16)))
    # Ties, such as all places without heat, are sorted by position.
    order = np.argsort(-heat, axis=None, kind="stable")
    ranks = np.empty(order.size)
    ranks[order] = np.arange(order.size) / order.size
    hottest = ranks.reshape(heat.shape)
    shares = np.linspace(0, 1, STEPS + 1)
    deleted = [np.where((hottest < s)[..., None], blurred, shown.pixels) for s in shares]
    inserted = [np.where((hottest < s)[..., None], shown.pixels, blurred) for s in shares]
    answers = classifier.predict_on_batch(np.stack([*deleted, *inserted]))
    explained = answers[0].argmax()
    of_class = answers[:, explained]
    disease = shown.disease if shown.disease is not None and shown.disease.any() else None
    return (
        of_class[: STEPS + 1].mean(),
        of_class[STEPS + 1 :].mean(),
        None if shown.leaf is None else heat[shown.leaf].sum() / max(heat.sum(), 1e-12),
        None if disease is None else heat[disease].sum() / max(heat.sum(), 1e-12),
        None if disease is None else float(disease[hottest == 0][0]),
    )


def drawn(folder: Path, photos_per_class: int) -> tuple[tl.LeafDataset, list[Shown]]:
    """Draw leaves for training, and others to explain."""
    others = Drawing(
        photos_per_class=max(1, photos_per_class // 8),
        image_size=SIDE,
        seed=1,
        classes=DRAWN_CLASSES,
        photos_per_leaf=(1, 1),
    )
    tl.datasets.draw_leaves(folder, photos_per_class=photos_per_class, image_size=SIDE, seed=0)
    shown = [Shown(each.pixels, each.leaf, each.disease) for each in draw_photos(others)]
    return tl.open_leaves(folder), shown


def real(folder: Path, photos: int) -> tuple[tl.LeafDataset, list[Shown]]:
    """Return photos for training, and some of the others to explain."""
    train, test = tl.open_leaves(folder).split(0.8, 0.2)
    paths = test.paths[:: max(1, len(test) // photos)]
    pixels = [np.asarray(Image.open(path).convert("RGB").resize((SIDE, SIDE))) for path in paths]
    return train, [Shown(each, find_leaf(each), None) for each in pixels]


def compare(title: str, train: tl.LeafDataset, photos: list[Shown], console: Console) -> None:
    classifier = tl.TransferClassifier(
        classes=train.classes,
        backbone="efficientnet_lite0",
        image_size=SIDE,
        freeze=tl.FreezePolicy.freeze_base(head_stages="all"),
    )
    classifier.fit(train, verbose=0)
    table = Table("way", *COLUMNS, title=f"{title}: {len(train)} trained on, {len(photos)} shown")
    for name, way in ways(classifier).items():
        table.add_row(name, *(f"{value:.3f}" for value in measured(classifier, way, photos)))
    console.print(table)


def main(
    photos_per_class: Annotated[int, typer.Option(help="Drawn leaf photos per class.")] = 24,
    photos: Annotated[Path | None, typer.Option(help="Real photos in class folders.")] = None,
    shown: Annotated[int, typer.Option(help="Real photos to explain, about.")] = 60,
) -> None:
    """Print the tables."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        compare("Drawn leaves", *drawn(Path(folder, "leaves"), photos_per_class), console)
    if photos is not None:
        compare("Real photos", *real(photos, shown), console)


if __name__ == "__main__":
    typer.run(main)
