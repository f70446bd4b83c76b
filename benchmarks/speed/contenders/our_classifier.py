"""transferleaf, used as in its README."""

from __future__ import annotations

import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import transferleaf as tl
from benchmarks.made_head import with_made_head
from benchmarks.speed.clock import start, steady_step
from benchmarks.speed.contenders.policies import policy_of
from benchmarks.speed.contenders.step_times import StepTimes
from benchmarks.speed.folders import class_names, leaf_table, photos_below
from benchmarks.speed.job import Answer, Job, Places, answer_command_line
from benchmarks.speed.memory import PeakMemory
from transferleaf.backbones import PixelNormalization, build_backbone
from transferleaf.backbones.backbone import weighted_layers
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.features.engines import open_engine
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.head.layers import pooled_features

VERSIONS = {
    "transferleaf": tl.__version__,
    "TensorFlow": tf.__version__,
    "Keras": keras.__version__,
}

WARM_UP = 4


def work(job: Job, places: Places) -> Answer:
    keras.utils.set_random_seed(job.seed)
    tasks = {
        "fit": fit,
        "steps": steps,
        "predict": predict,
        "floor": floor,
        "weights": write_weights,
    }
    return tasks[job.task](job, places)


def fit(job: Job, places: Places) -> Answer:
    classifier = make(job, class_names(places.photos))
    memory = PeakMemory()
    began = start()
    train, validation, *test = open_parts(places.photos)
    history = classifier.fit(train, validation_data=validation, cache=places.store, verbose=0)
    seconds = time.perf_counter() - began
    peak = memory.beyond()
    accuracy = None
    if test and job.weights:
        predicted = classifier.predict(test[0], verbose=0).argmax(axis=1)
        accuracy = float((predicted == test[0].labels).mean())
    return Answer(
        seconds=seconds,
        accuracy=accuracy,
        curve=tuple(history.curve("val_accuracy")),
        curve_from=0,
        memory=peak,
        versions=VERSIONS,
    )


def steps(job: Job, places: Places) -> Answer:
    classifier = make(job, class_names(places.photos))
    train, *_ = open_parts(places.photos)
    times = StepTimes()
    classifier.fit(
        train,
        batch_size=job.batch_size,
        cache=places.store,
        callbacks=[times],
        verbose=0,
    )
    return Answer(step_seconds=steady_step(times.seconds, warm_up=WARM_UP), versions=VERSIONS)


def predict(job: Job, places: Places) -> Answer:
    classifier = with_made_head(make(job, [f"class {number}" for number in range(30)]))
    began = start()
    classifier.predict_photos(photos_below(places.photos))
    return Answer(seconds=time.perf_counter() - began, versions=VERSIONS)


def floor(job: Job, places: Places) -> Answer:
    """Run one pass of the engine over decoded photos, and nothing else."""
    photos = [photo for part in ("train", "val") for photo in photos_below(places.photos / part)]
    pixels = np.concatenate(list(read_photos(photos, job.image_size)))
    batches = [pixels[row : row + 32] for row in range(0, len(pixels), 32)]
    engine = open_engine(head_features(job), batches[0], tell=print)
    for _ in engine.run(batches[:1]):  # the first run is slower
        pass
    began = start()
    for _ in engine.run(batches):
        pass
    return Answer(seconds=time.perf_counter() - began, versions={**VERSIONS, "engine": engine.name})


def write_weights(job: Job, places: Places) -> Answer:
    """Write pretrained weights in network order, in the layout of PyTorch."""
    backbone = build_backbone(tl.get_backbone(job.backbone), weights=job.weights)
    arrays = []
    for _, layer in weighted_layers(backbone.model):
        for values in layer.get_weights():
            if values.ndim == 4:  # (height, width, in, out), or depthwise (height, width, in, 1)
                depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
                values = values.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
            arrays.append(values)
    np.savez(places.weights, *arrays)
    return Answer()


def make(job: Job, classes: list[str]) -> tl.TransferClassifier:
    return tl.TransferClassifier(
        classes=classes,
        backbone=job.backbone,
        weights=job.weights,
        image_size=job.image_size,
        freeze=policy_of(job),
    )


def open_parts(folder: Path) -> tl.datasets.Split:
    return tl.LeafDataset.from_split_folders(folder, leaves=leaf_table(folder))


def head_features(job: Job) -> keras.Model:
    """Return the network that a first fit with a frozen base runs for each photo."""
    backbone = build_backbone(
        tl.get_backbone(job.backbone), image_size=job.image_size, weights=job.weights
    )
    photos = keras.Input((job.image_size, job.image_size, 3))
    maps = keras.tree.flatten(backbone.model(PixelNormalization(backbone.pixels)(photos)))
    groups = default_groups(backbone.describe())
    return keras.Model(photos, [pooled_features(maps, groups, backbone)])


if __name__ == "__main__":
    answer_command_line(work)
