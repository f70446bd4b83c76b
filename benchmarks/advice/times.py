"""Fits the constants of ``transferleaf.advice.cost`` to measured seconds, and tests the result."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

from benchmarks.advice.cells import CHOICES
from benchmarks.advice.places import Place
from benchmarks.markdown import markdown_table
from transferleaf.advice.cost import fit_seconds
from transferleaf.freezing import BackboneLayers, FreezePolicy, Method

_BATCH = 32


def time_table(places: Sequence[Place], layers: BackboneLayers) -> str:
    """Compare expected with measured seconds, by choice."""
    header = (
        "choice",
        "measured seconds, mean",
        "expected, mean",
        "expected by measured, middle half",
    )
    rows = []
    for choice in CHOICES:
        pairs = _pairs(places, layers, choice)
        if len(pairs):
            measured, expected = pairs.T
            low, high = np.quantile(expected / measured, (0.25, 0.75))
            means = (f"{each.mean():.0f}" for each in (measured, expected))
            rows.append([choice, *means, f"{low:.1f} to {high:.1f}"])
    return markdown_table(header, rows)


def fitted_constants(places: Sequence[Place], layers: BackboneLayers) -> dict[str, float]:
    """Return the constants with the smallest squared relative error.

    They are seconds of the engine and of gradient training as multiples of a forward pass, seconds
    before the first step, and seconds of the head per row.
    """
    rows, seconds = [], []
    for place in places:
        for choice in place.choices:
            if choice == "IV":  # pays for the first pass over the photos
                continue
            for result, evidence in zip(place.results[choice], place.evidence, strict=True):
                forward = evidence.forward_seconds or 0.0
                policy = FreezePolicy.for_quadrant(CHOICES[choice].quadrant)
                views = policy.views if CHOICES[choice].augmented else 0
                # Choices with views after the first reuse them.
                new_views = views if choice == "IV, augmented" else 0
                work, trains = _gradient_work(policy, layers, evidence.size.classes, result.photos)
                rows.append(
                    [
                        result.photos * new_views * forward,
                        work * forward,
                        float(trains),
                        float(result.photos * (1 + views)),
                    ]
                )
                seconds.append(result.seconds["total"])
    weights = 1 / np.array(seconds)
    found, *_ = np.linalg.lstsq(np.array(rows) * weights[:, None], np.ones(len(seconds)))
    names = ("engine pass", "gradient pass", "tracing seconds", "head seconds per photo")
    return dict(zip(names, found.tolist(), strict=True))


def _gradient_work(
    policy: FreezePolicy, layers: BackboneLayers, classes: int, photos: int
) -> tuple[float, bool]:
    """Return the forward passes that gradient training is worth, and whether there is any."""
    plan = policy.plan(layers, classes=classes, steps_per_epoch=ceil(photos / _BATCH))
    last = plan.phases[-1]
    if last.method is not Method.GRADIENT:
        return 0.0, False
    return last.epochs * photos * last.passes, True


def _pairs(places: Sequence[Place], layers: BackboneLayers, choice: str) -> np.ndarray:
    """Return measured and expected seconds, shape ``(n, 2)``."""
    found = []
    for place in places:
        for result, evidence in zip(place.results.get(choice, ()), place.evidence, strict=False):
            expected = fit_seconds(
                FreezePolicy.for_quadrant(CHOICES[choice].quadrant),
                CHOICES[choice].augmented,
                layers,
                classes=evidence.size.classes,
                training_photos=result.photos,
                forward_seconds=evidence.forward_seconds,
            )
            found.append((result.seconds["total"], expected))
    return np.array(found, float)
