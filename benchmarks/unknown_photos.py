"""Compare measures that distinguish photos of unknown things from known leaves.

    python benchmarks/unknown_photos.py FOLDER

FOLDER contains the sets ``plantvillage-mini``, ``field-mini`` and ``dissimilar-mini``. A linear
head is solved on the first set with frozen features. Means and thresholds come from validation
leaves, and results from other leaves. AUROC: probability that a known leaf has a lower distance
than an unknown photo; kept and caught: known leaves below and unknown photos above the threshold
that keeps 95 % of the validation leaves. The last column is how many numbers a saved model must
store.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.calibrating.class_means import ClassMeans
from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.head.solver import HeadProblem, LinearHead, solve_head
from transferleaf.text.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.evidence import stored_groups

# Number of directions of the covariance; with more, unknown photos were distinguished less well.
DIRECTIONS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """Standardised features of the validation leaves, their classes, and the head."""

    features: np.ndarray
    labels: np.ndarray
    leaves: tuple[str | None, ...]
    classes: int
    head: LinearHead


# A function from standardised features to distances, and the number of stored values.
Measure = tuple[Callable[[np.ndarray], np.ndarray], int]


def logits(known: Known, features: np.ndarray) -> np.ndarray:
    return features @ known.head.kernel + known.head.bias


def log_sum(values: np.ndarray) -> np.ndarray:
    return np.logaddexp.reduce(values, axis=1)


def top_probability(known: Known) -> Measure:
    def measure(features: np.ndarray) -> np.ndarray:
        scores = logits(known, features)
        return log_sum(scores) - scores.max(axis=1)

    return measure, 0


def energy(known: Known) -> Measure:
    return lambda features: -log_sum(logits(known, features)), 0


def class_means(known: Known) -> Measure:
    means = ClassMeans.of(known.features, known.labels, classes=known.classes)
    return means.distances, means.means.size


def mahalanobis(known: Known) -> Measure:
    """Class means with a shared covariance: its largest directions, and a common variance."""
    means = ClassMeans.of(known.features, known.labels, classes=known.classes).means
    rest = known.features - means[known.labels]
    variances, weights = np.linalg.eigh(rest @ rest.T)  # there are fewer photos than features
    largest = slice(-DIRECTIONS, None)
    directions = rest.T @ weights[:, largest] / np.sqrt(variances[largest])
    freedom = len(rest) - len(means)
    spread = variances[largest] / freedom
    noise = variances[:-DIRECTIONS].sum() / freedom / (rest.shape[1] - DIRECTIONS)

    def measure(features: np.ndarray) -> np.ndarray:
        found = []
        for mean in means:
            away = features - mean
            along = np.square(away @ directions)
            beside = np.square(away).sum(axis=1) - along.sum(axis=1)
            found.append((along / (spread + noise)).sum(axis=1) + beside / noise)
        return np.min(found, axis=0)

    return measure, means.size + directions.size


def nearest_photo(known: Known) -> Measure:
    """Cosine distance to the nearest validation photo, as in Sun et al. (2022)."""
    reference = unit(known.features)
    return lambda features: -(unit(features) @ reference.T).max(axis=1), reference.size


def unit(features: np.ndarray) -> np.ndarray:
    return features / np.linalg.norm(features, axis=1, keepdims=True)


MEASURES: dict[str, Callable[[Known], Measure]] = {
    "top probability": top_probability,
    "energy": energy,
    "class means": class_means,
    f"Mahalanobis, {DIRECTIONS} directions": mahalanobis,
    "nearest photo": nearest_photo,
}


def without_some_leaves(known: Known, seed: int) -> list[tuple[Known, np.ndarray]]:
    """Yield five parts of the validation photos: the known data without each, and its features."""
    ids = [leaf or row for row, leaf in enumerate(known.leaves)]
    numbers = {leaf: number for number, leaf in enumerate(dict.fromkeys(ids))}
    order = np.random.default_rng(seed).permutation(len(numbers))
    fold = order[[numbers[leaf] for leaf in ids]] % 5
    found = []
    for number in range(5):
        kept = fold != number
        # A class with all leaves in one part keeps them, because it needs a mean.
        kept |= ~np.isin(known.labels, known.labels[kept])
        part = Known(
            features=known.features[kept],
            labels=known.labels[kept],
            leaves=(),
            classes=known.classes,
            head=known.head,
        )
        found.append((part, known.features[fold == number]))
    return found


def border(make: Callable[[Known], Measure], known: Known) -> float:
    """Return the threshold that keeps 95 % of validation leaves, without using their own photos."""
    parts = [make(part)[0](features) for part, features in without_some_leaves(known, seed=0)]
    return float(np.quantile(np.concatenate(parts), 0.95))


def auroc(known: np.ndarray, unknown: np.ndarray) -> float:
    ordered = np.sort(known)
    return float(np.searchsorted(ordered, unknown).mean() / len(ordered))


def main(
    folder: Annotated[Path, typer.Argument(help="Holds the three sets.")],
    image_size: Annotated[int, typer.Option(help="Pixels.")] = 160,
    photos: Annotated[int, typer.Option(help="Of each set at most; fewer is a rehearsal.")] = 3000,
    backbone: Annotated[str, typer.Option(help="Name of a backbone.")] = "efficientnet_lite0",
) -> None:
    """Print the table."""
    network = resolve_backbone(backbone, weights="imagenet", stages=None, image_size=image_size)

    def read(name: str, leaves: Path | str) -> tuple[tl.LeafDataset, np.ndarray]:
        data = tl.LeafDataset.from_folder(folder / name, leaves=leaves)
        rows = np.random.default_rng(0).permutation(len(data))[:photos]
        data = data.subset(rows)
        prefix = FrozenPrefix(
            backbone=network, store=FeatureStore(), reporter=Reporter(1), photos=len(data)
        )
        return data, stored_groups(prefix, data.paths).read()

    leaves, features = read("plantvillage-mini", folder / "plantvillage-mini-leaves.csv")
    unknown = {name: read(name, "auto")[1] for name in ("field-mini", "dissimilar-mini")}
    names = np.asarray(leaves.classes)[leaves.labels]
    parts = split_indices(names, leaves.leaves, [0.5, 0.25, 0.25], seed=0)
    head = solve_head(
        *(problem(features[rows], leaves, rows) for rows in parts[:2]),
        groups=default_groups(network.describe()),
    )
    learnt, held_out = (head.scaling.apply(features[rows]) for rows in parts[1:])
    known = Known(
        features=learnt,
        labels=leaves.labels[parts[1]],
        leaves=tuple(leaves.leaves[row] for row in parts[1]),
        classes=len(leaves.classes),
        head=head,
    )
    strangers = {name: head.scaling.apply(rows) for name, rows in unknown.items()}
    columns = [f"{name} {told}" for name in strangers for told in ("AUROC", "caught")]
    table = Table("measure", "kept", *columns, "numbers")
    for name, make in MEASURES.items():
        measure, size = make(known)
        limit, own = border(make, known), measure(held_out)
        cells = [f"{(own <= limit).mean():.3f}"]
        for rows in strangers.values():
            theirs = measure(rows)
            cells += [f"{auroc(own, theirs):.3f}", f"{(theirs > limit).mean():.3f}"]
        table.add_row(name, *cells, f"{size:,}")
    Console(width=150).print(table)


def problem(features: np.ndarray, data: tl.LeafDataset, rows: np.ndarray) -> HeadProblem:
    targets = np.eye(len(data.classes), dtype=np.float32)[data.labels[rows]]
    return HeadProblem(features=features, targets=targets, weights=np.ones(len(rows), np.float32))


if __name__ == "__main__":
    typer.run(main)
