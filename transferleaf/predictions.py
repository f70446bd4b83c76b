"""What a classifier says of one photo: its label, taken apart, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.labels import LeafLabel, parse_label


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPrediction:
    """What a classifier says of one photo.

    Attributes:
        path: The photo.
        label: The most probable class, such as ``"Tomato___Late_blight"``.
        crop: Its crop; ``None`` where class names carry no structure.
        disease: Its disease; ``None`` for a healthy leaf or a plain class name.
        healthy: Whether it is a healthy leaf; ``None`` for a plain class name.
        probability: Probability of ``label``, in [0, 1].
        top: The most probable classes with their probabilities, most probable first.
        crop_probability: Probability of ``crop``, summed over its diseases and its healthy leaves.
    """

    path: Path
    label: str
    crop: str | None
    disease: str | None
    healthy: bool | None
    probability: float
    top: tuple[tuple[str, float], ...]
    crop_probability: float | None


def describe_prediction(
    path: Path, probabilities: NDArray[Any], labels: tuple[LeafLabel, ...], *, top_k: int
) -> LeafPrediction:
    """Turn the probabilities of one photo, shape ``(n_classes,)``, into words."""
    # Stable, so that equal probabilities keep the order of the classes.
    order = np.argsort(-probabilities, kind="stable")
    best = labels[order[0]]
    of_crop = [p for p, label in zip(probabilities, labels, strict=True) if label.crop == best.crop]
    return LeafPrediction(
        path=path,
        label=best.name,
        crop=best.crop,
        disease=best.disease,
        healthy=best.healthy,
        probability=float(probabilities[order[0]]),
        top=tuple((labels[i].name, float(probabilities[i])) for i in order[:top_k]),
        crop_probability=None if best.crop is None else min(1.0, float(np.sum(of_crop))),
    )


def parse_classes(classes: tuple[str, ...]) -> tuple[LeafLabel, ...]:
    """Take class names apart, in order."""
    return tuple(parse_label(name) for name in classes)
