"""transferleaf, used as in its README."""

from __future__ import annotations

from typing import Literal

import keras
import numpy as np

import transferleaf as tl
from benchmarks.peers.curve import Curve, Recorder, answer_command_line
from benchmarks.speed.folders import class_names, leaf_table
from benchmarks.speed.job import Places

VERSIONS = {"transferleaf": tl.__version__}


def train(
    places: Places,
    *,
    backbone: str,
    image_size: int,
    freeze: Literal["auto", "I", "II", "III", "IV"],
    augmented: bool = False,
    time_limit: float | None = None,
) -> Curve:
    keras.utils.set_random_seed(0)
    classifier = tl.TransferClassifier(
        classes=class_names(places.photos),
        backbone=backbone,
        image_size=image_size,
        freeze=freeze,
        augment=tl.Augmentation.leaf() if augmented else None,
    )
    recorder = Recorder()
    train, validation, test = tl.LeafDataset.from_split_folders(
        places.photos, leaves=leaf_table(places.photos)
    )
    classifier.fit(
        train,
        validation_data=validation,
        seed=0,
        time_limit=time_limit,
        cache=places.store,
        verbose=0,
    )
    recorder.stop()
    probabilities = classifier.predict(test, verbose=0)
    own = probabilities[np.arange(len(test)), test.labels]
    recorder.record(
        _policy(classifier),
        accuracy=float((probabilities.argmax(axis=1) == test.labels).mean()),
        loss=float(-np.log(np.clip(own, 1e-12, None)).mean()),
    )
    return Curve(points=tuple(recorder.points), versions=VERSIONS)


def _policy(classifier: tl.TransferClassifier) -> str:
    advice = classifier.advice
    if advice is not None and advice.recommended is not None:
        return advice.recommended.name
    quadrant = classifier.freeze.quadrant
    assert quadrant is not None
    return f"{quadrant.value}, augmented" if classifier.augment else quadrant.value


if __name__ == "__main__":
    answer_command_line(train)
