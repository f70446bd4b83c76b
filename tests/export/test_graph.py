"""The exported graph resizes like the classifier, using only matrix products."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from transferleaf.calibrating.class_means import ClassMeans
from transferleaf.export.graph import (
    MatrixResize,
    corrected_graph,
    export_graph,
    features_graph,
    nearest_mean,
    resize_matrix,
)

SIZES = [(16, 16), (17, 15), (64, 48), (5, 40), (1, 1), (3, 200)]


@pytest.mark.parametrize("size", SIZES)
def test_matrix_products_resize_as_keras_does(size):
    photos = np.random.default_rng(0).integers(0, 256, size=(2, *size, 3)).astype("uint8")

    found = MatrixResize(16)(photos)

    # For bytes, Keras would return bytes, but the input of the classifier is always float.
    resize = keras.layers.Resizing(16, 16, antialias=True, dtype="float32")
    wanted = resize(photos.astype("float32"))
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("length", [1, 7, 16, 300])
def test_each_new_pixel_is_a_mean_of_old_ones(length):
    matrix = ops.convert_to_numpy(resize_matrix(length, 16))

    assert matrix.shape == (16, length)
    assert matrix.min() >= 0
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-6)


def test_a_photo_of_the_networks_size_passes_through_untouched():
    photos = np.arange(2 * 4 * 4 * 3).reshape(2, 4, 4, 3).astype("uint8")

    np.testing.assert_array_equal(MatrixResize(4)(photos), photos)


def test_the_graph_takes_bytes_of_any_size_and_answers_as_the_classifier(clf, photos):
    graph = export_graph(clf, image_size=16, photo_size=None)

    assert graph.input.dtype == "uint8"
    assert graph.input.shape == (None, None, None, 3)
    for batch in photos:
        np.testing.assert_allclose(
            graph.predict(batch, verbose=0)["probabilities"],
            clf.predict(batch, verbose=0),
            atol=1e-5,
        )


def test_a_classifier_can_be_saved_after_an_export_graph_was_laid_on_it(clf, photos, tmp_path):
    export_graph(clf, image_size=16, photo_size=None)

    clf.save(tmp_path / "m.keras")

    loaded = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(
        loaded.predict(photos[0], verbose=0), clf.predict(photos[0], verbose=0)
    )


def test_the_head_of_a_corrected_graph_sees_shifted_features(clf, photos):
    graph = export_graph(clf, image_size=16, photo_size=(16, 16))
    photo = photos[0][:1]
    all_of_it = features_graph(graph).predict(photo, verbose=0)[0]

    found = corrected_graph(graph, -all_of_it).predict(photo, verbose=0)["probabilities"]

    # With zero features, the output depends only on the bias of the head.
    offset = clf.get_layer("probabilities").bias
    np.testing.assert_allclose(found[0], ops.softmax(offset), atol=1e-5)


def test_distances_are_those_of_the_class_means():
    rng = np.random.default_rng(0)
    means, features = rng.normal(size=(5, 300)), rng.normal(size=(7, 300))

    found = nearest_mean(features.astype("float32"), means.astype("float32"))

    np.testing.assert_allclose(found, ClassMeans(means).distances(features), rtol=1e-5)
