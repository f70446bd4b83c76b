"""Predicting photo files with a trained classifier."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.speed.bench import Bench
from benchmarks.speed.job import Job
from benchmarks.speed.lines import Line, faster
from benchmarks.speed.photos import Selection
from benchmarks.speed.rows.sides import (
    LITE,
    RESNET,
    Section,
    ours,
    own,
    peer,
    photos_of,
    seconds,
    titled,
    weights_of,
)
from benchmarks.speed.scale import Scale


def predict(bench: Bench, scale: Scale) -> Section:
    """Measure both networks. The weights of the head do not affect the time."""
    return Section(lines=tuple(_line(bench, scale, backbone) for backbone in (LITE, RESNET)))


def _line(bench: Bench, scale: Scale, backbone: str) -> Line:
    job = Job(
        task="predict",
        backbone=backbone,
        weights=weights_of(backbone),
        image_size=scale.image_size,
    )
    # Most of a training step with a frozen base is the forward pass, so the fastest settings are
    # the same and already known.
    # is fastest here, and is known already.
    labelled = Selection(layout="split", photos=photos_of(backbone, scale))
    keras = bench.tuned("plain Keras", peer("plain_keras", job, labelled, repeats=scale.repeats))
    files = Selection(layout="flat", photos=scale.predict_photos)
    measured = bench.in_turn(
        {
            "ours": ours(job, files, repeats=scale.repeats),
            "keras": replace(keras, selection=files),
        }
    )
    work = f"photos to probabilities, {scale.predict_photos:,} files, {backbone}"
    theirs = measured["keras"].figures(titled("plain Keras", keras), seconds())
    return faster(work, own(measured, seconds()), theirs, bar=2)
