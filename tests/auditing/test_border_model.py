from __future__ import annotations

import numpy as np

from transferleaf.auditing.border_model import predict_from_border


def coloured(labels, rng):
    noise = rng.integers(0, 60, size=(len(labels), 16, 3))
    return (noise + 50 * labels[:, None, None]).astype(np.uint8)


def test_colours_that_tell_the_class_are_learnt():
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=120)

    predicted = predict_from_border(coloured(labels, rng), labels, np.arange(120))

    assert np.mean(predicted == labels) > 0.9


def test_where_colours_are_does_not_matter():
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=100)
    border = coloured(labels, rng)

    turned = predict_from_border(np.roll(border, 4, axis=1), labels, np.arange(100))

    assert np.array_equal(turned, predict_from_border(border, labels, np.arange(100)))


def test_a_photo_is_never_predicted_from_its_own_leaf():
    rng = np.random.default_rng(0)
    leaves = np.repeat(np.arange(20), 5)
    labels = leaves % 2
    border = np.repeat(rng.integers(0, 256, size=(20, 16, 3), dtype=np.uint8), 5, axis=0)

    by_photo = predict_from_border(border, labels, np.arange(100))
    by_leaf = predict_from_border(border, labels, leaves)

    assert np.mean(by_photo == labels) > 0.95
    assert np.mean(by_leaf == labels) < 0.8


def test_the_same_seed_gives_the_same_answer():
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=60)
    border = rng.integers(0, 256, size=(60, 16, 3), dtype=np.uint8)

    first, second = (predict_from_border(border, labels, np.arange(60), seed=3) for _ in range(2))

    assert np.array_equal(first, second)
