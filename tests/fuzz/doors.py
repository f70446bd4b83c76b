"""The methods that take arrays, and the checks of their results."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.conftest import CLASSES
from tests.fuzz.arrays import PHOTOS, SIZE, plain_data, variants
from transferleaf.errors import ConfigError

_BATCH = 5
# Head weights of a size at which rounding errors of sums of shares are this large.
_ROUNDING = 1e-3
# The arguments that each method uses.
_SEEN = {
    "fit": ("images", "labels", "weights", "class_weight"),
    "validation_data": ("images", "labels", "weights"),
    "evaluate": ("images", "labels", "weights"),
    "predict": ("images",),
    "calibrate": ("images", "labels"),
}


def check_arrays(description: Path) -> str:
    """Pass arrays to a method. Returns ``"read"``, ``"refused"`` or a violation."""
    drawn = json.loads(description.read_bytes() or b"{}")
    classifier, weights = _classifier()
    if not drawn:
        return "read"
    seen = _SEEN[drawn["door"]]
    told = {kind: each for kind, each in variants(drawn).items() if kind in seen}
    plain = plain_data()
    data = {kind: each.make(plain[kind], drawn["numbers"]) for kind, each in told.items()}
    in_batches = drawn["form"] != "array" and all(each.batches for each in told.values())
    sound = all(each.sound for each in told.values())
    classifier.set_weights(weights)
    classifier.calibration = classifier.class_means = None
    with _quietly(description.parent):
        try:
            fault = _DOORS[drawn["door"]](
                classifier,
                **{**dict.fromkeys(_SEEN["fit"]), **data},
                form=drawn["form"] * in_batches,
            )
        except ConfigError as error:
            same = zip(classifier.get_weights(), weights, strict=True)
            if not all(np.array_equal(one, other) for one, other in same):
                return "refused, and the weights have changed"
            return f"refused sound data: {error}" if sound else "refused"
    if not all(np.isfinite(each).all() for each in classifier.get_weights()):
        return "a weight is no number"
    return fault or ("read" if sound else "accepted what is not sound")


@cache
def _classifier() -> tuple[Any, list[Any]]:
    """A small trained classifier, and its weights."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    import transferleaf as tl

    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((SIZE, SIZE, 3))
    for filters in (4, 8):
        x = keras.layers.Conv2D(filters, 3, strides=2, activation="relu")(x)
    network = keras.Model(inputs, x)
    classifier = tl.TransferClassifier(classes=CLASSES, backbone=network, freeze="head")
    data = plain_data()
    with _quietly(None):
        classifier.fit(data["images"], data["labels"], verbose=0)
    return classifier, classifier.get_weights()


@contextlib.contextmanager
def _quietly(folder: Path | None) -> Iterator[None]:
    """Use a separate store, and ignore warnings about unusual but valid data."""
    with (
        tempfile.TemporaryDirectory(dir=folder) as store,
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.filterwarnings("ignore", module="tests|keras|tensorflow|contextlib")
        warnings.filterwarnings("ignore", message="__array__ implementation doesn't accept a copy")
        warnings.filterwarnings("ignore", category=UserWarning)
        before = os.environ.get("TRANSFERLEAF_CACHE")
        os.environ["TRANSFERLEAF_CACHE"] = store
        try:
            yield
        finally:
            del os.environ["TRANSFERLEAF_CACHE"]
            if before is not None:
                os.environ["TRANSFERLEAF_CACHE"] = before


def _stream(*parts: Any) -> Any:
    import tensorflow as tf

    given = tuple(part for part in parts if part is not None)
    return tf.data.Dataset.from_tensor_slices(given).batch(_BATCH)


def _fit(classifier: Any, *, class_weight: Any, form: str, **data: Any) -> str | None:
    x, y, weights = _parts(data)
    options = {"class_weight": class_weight, "verbose": 0}
    if form:
        history = classifier.fit(_stream(x, y, weights), **options)
    else:
        history = classifier.fit(x, y, sample_weight=weights, **options)
    return _finite(history.history)


def _validation(classifier: Any, *, form: str, class_weight: Any, **data: Any) -> str | None:
    plain, parts = plain_data(), _parts(data)
    given = _stream(*parts) if form else parts
    history = classifier.fit(plain["images"], plain["labels"], validation_data=given, verbose=0)
    return _finite(history.history)


def _evaluate(classifier: Any, *, form: str, class_weight: Any, **data: Any) -> str | None:
    x, y, weights = _parts(data)
    options = {"verbose": 0, "return_dict": True}
    if form:
        return _finite(classifier.evaluate(_stream(x, y, weights), **options))
    return _finite(classifier.evaluate(x, y, sample_weight=weights, **options))


def _predict(classifier: Any, *, images: Any, form: str, **_: Any) -> str | None:
    if form == "generator":
        batches = (images[start : start + _BATCH] for start in range(0, PHOTOS, _BATCH))
        found = classifier.predict(batches, verbose=0)
    else:
        given = _stream(images).map(lambda each: each) if form else images
        found = classifier.predict(given, verbose=0)
    if found.shape != (PHOTOS, len(CLASSES)):
        return f"answers of shape {found.shape}"
    right = np.isfinite(found).all() and np.abs(found.sum(axis=1) - 1).max() < _ROUNDING
    return None if right else "answers that are no shares"


def _calibrate(classifier: Any, *, form: str, images: Any, labels: Any, **_: Any) -> str | None:
    given = _stream(images, labels) if form else (images, labels)
    found = classifier.calibrate(given, verbose=0)
    return None if 0 < found.temperature < np.inf else f"temperature {found.temperature}"


def _parts(data: dict[str, Any]) -> tuple[Any, Any, Any]:
    return data["images"], data["labels"], data["weights"]


def _finite(found: dict[str, Any]) -> str | None:
    bad = {name: value for name, value in found.items() if not np.isfinite(value).all()}
    return f"results {bad}" if bad else None


_DOORS: dict[str, Callable[..., str | None]] = {
    "fit": _fit,
    "validation_data": _validation,
    "evaluate": _evaluate,
    "predict": _predict,
    "calibrate": _calibrate,
}
