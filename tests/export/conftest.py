"""A small classifier and its exports, each made once."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import transferleaf as tl
from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
SUFFIXES = {"saved_model": "", "litert": ".tflite", "onnx": ".onnx", "openvino": ".xml"}
NEEDS = {"onnx": ("onnx", "onnxruntime", "tf2onnx")}


def need(form):
    """Skip the test if the packages of a format are missing."""
    for package in NEEDS.get(form, ()):
        pytest.importorskip(package, reason=f'pip install "transferleaf[{form}]" brings {package}')


def small_classifier():
    """Set non-zero weights of the head, so that predictions differ between photos."""
    import keras  # here, because pytest's main process loads this file too, and needs no Keras

    from tests.backbones.tiny import tiny_network

    keras.utils.set_random_seed(3)  # independent of earlier tests
    classifier = tl.TransferClassifier(
        classes=CLASSES, backbone=tiny_network(16), stages=("low_relu", "high_add")
    )
    rng = np.random.default_rng(0)
    head = classifier.get_layer("probabilities")
    head.set_weights([rng.normal(size=w.shape) * 0.05 for w in head.get_weights()])
    return classifier


@pytest.fixture(scope="session")
def clf():
    """A classifier without calibration."""
    return small_classifier()


@pytest.fixture(scope="session")
def exported(clf, tmp_path_factory):
    """Exports the classifier, once per format: ``path, check``."""
    folder = tmp_path_factory.mktemp("exported")

    @functools.cache
    def export(form):
        need(form)
        path = folder / f"{form}{SUFFIXES[form]}"
        return path, clf.export(path, form)

    return export


@pytest.fixture(scope="session")
def calibrated(photos):
    """A calibrated classifier. Half of the photos below are unknown to it."""
    import keras

    classifier = small_classifier()
    near = [photos[0][:2], photos[0][2:]]
    network = keras.Model(classifier.input, classifier.get_layer("standardize").output)
    means = np.concatenate([network(batch.astype("float32")) for batch in near])
    away = np.array([[0.2], [0.6], [1.0]], np.float32)  # so that distances differ
    classifier.class_means = ClassMeans(means[:3] + away)
    distances = classifier.class_means.distances(means)
    classifier.calibration = Calibration(
        temperature=1.0,
        precision=0.9,
        threshold=float(np.median(classifier.predict(photos[0], verbose=0).max(axis=1))),
        coverage=0.5,
        accuracy=0.9,
        farthest=float(np.median(distances)),
        photos=4,
    )
    return classifier


@pytest.fixture(scope="session")
def exported_calibrated(calibrated, tmp_path_factory):
    """Exports the calibrated classifier, once per format."""
    folder = tmp_path_factory.mktemp("calibrated")

    @functools.cache
    def export(form):
        need(form)
        path = folder / f"{form}{SUFFIXES[form]}"
        calibrated.export(path, form)
        return path

    return export


@pytest.fixture(scope="session")
def photos():
    """Smooth photos of three sizes, ``(n, height, width, 3)``, none at the network's size."""
    rng = np.random.default_rng(1)

    def waves(height, width):
        rows, columns = np.mgrid[:height, :width]
        phase = rng.uniform(0, 6, size=(4, 1, 1, 3))
        turns = rng.uniform(0.02, 0.2, size=(4, 1, 1, 3))
        slopes = (rows + 2 * columns)[None, :, :, None]
        return (127 * (1 + np.sin(slopes * turns + phase))).astype("uint8")

    return [waves(*size) for size in [(16, 16), (40, 23), (9, 31)]]
