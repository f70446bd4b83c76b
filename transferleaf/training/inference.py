"""``evaluate`` and ``predict``: on the Keras graph, or for many files on a compiled engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import Model

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.features.finite import finite
from transferleaf.freezing.feature_groups import FeatureGroup, feature_groups
from transferleaf.training.checks import warn_if_untrained
from transferleaf.training.feeding.asked_images import asked_images
from transferleaf.training.feeding.feeds import open_feed
from transferleaf.training.feeding.pixel_values import warn_of_unit_range
from transferleaf.training.predicting import (
    all_bad_photos,
    evaluate_files,
    predict_files,
    worth_an_engine,
)


def evaluate_data(
    classifier: Any, x: Any = None, y: Any = None, *, batch_size: int | None = None, **options: Any
) -> Any:
    """Return the loss and the metrics on data, as ``keras.Model.evaluate`` does.

    Args:
        classifier: A ``TransferClassifier``.
        x: The same kinds of data as in ``fit``.
        y: Labels if ``x`` is an array.
        batch_size: Number of photos per batch. Default: 32.
        **options: Further arguments of ``keras.Model.evaluate``, such as ``return_dict=True``.
            With other arguments than ``return_dict`` and ``verbose``, a large ``LeafDataset``
            does not run on the compiled engine.

    Returns:
        The loss and the metrics, as a list or, with ``return_dict=True``, as a dictionary.

    Raises:
        BadPhotosError: Photos of a ``LeafDataset`` cannot be read.
    """
    compiler = classifier._compiler()
    if not classifier.compiled:
        compiler.finish(classifier)
    weight = options.pop("sample_weight", None)
    form = classifier._feed_format(compiler)
    feed = open_feed(x, y, what="x", form=form, sample_weight=weight, batch_size=batch_size)
    warn_of_unit_range(x=feed.unit_range)
    warn_if_untrained(classifier)
    if isinstance(x, LeafDataset) and feed.indexed and worth_an_engine(len(x), options):
        results = evaluate_files(
            classifier,
            classifier.backbone,
            feed.indexed,
            x.paths,
            groups=_groups(classifier),
            labels=compiler.labels,
            verbose=options.get("verbose"),
        )
        as_dict = options.get("return_dict", False)
        return results if as_dict else classifier._flatten_metrics_in_order(results)
    with all_bad_photos(x):
        return Model.evaluate(classifier, feed.open(None), **options)


def predict_data(
    classifier: Any, x: Any, batch_size: int | None = None, **options: Any
) -> np.ndarray[Any, Any]:
    """Return class probabilities, shape ``(n, n_classes)``; each row sums to 1.

    Args:
        classifier: A ``TransferClassifier``.
        x: A ``LeafDataset``; images as an array, a tensor or a list, shape
            ``(n, height, width, 3)``, RGB in [0, 255]; or batches of images as a
            ``tf.data.Dataset``, a ``keras.utils.PyDataset`` or an iterator.
        batch_size: Number of photos per batch. Default: 32. Batches keep their own size.
        **options: Further arguments of ``keras.Model.predict``. With other arguments than
            ``verbose``, a large ``LeafDataset`` does not run on the compiled engine.

    Raises:
        ConfigError: ``x`` has another type, or contains values that are not pixels in [0, 255].
        NotFiniteError: The network returns non-finite probabilities.
        BadPhotosError: Photos of a ``LeafDataset`` cannot be read. ``predict_photos`` skips
            such photos and returns the others.
    """
    warn_if_untrained(classifier)
    if isinstance(x, LeafDataset) and worth_an_engine(len(x), options):
        return predict_files(
            classifier,
            classifier.backbone,
            x.paths,
            groups=_groups(classifier),
            verbose=options.get("verbose"),
        )
    with all_bad_photos(x):
        images = asked_images(x, image_size=classifier.image_size, batch_size=batch_size)
        size = batch_size if isinstance(images, np.ndarray) else None
        return finite(Model.predict(classifier, images, batch_size=size, **options), "answers")


def _groups(classifier: Any) -> tuple[FeatureGroup, ...]:
    return feature_groups(classifier.freeze, classifier.backbone.describe())
