"""Invalid pixels, labels and weights are refused for every kind of input."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import transferleaf as tl
from transferleaf.errors import ConfigError, DivergedError, NotFiniteError
from transferleaf.training.feeding.pixel_values import PixelRangeWarning
from transferleaf.training.run import DivergenceWarning


def streamed(images, labels):
    return tf.data.Dataset.from_tensor_slices((images, labels)).batch(16)


DOORS = {
    "fit": lambda c, x, y: c.fit(x, y, verbose=0),
    "validation": lambda c, x, y: c.fit(x * 0 + 7, y, validation_data=(x, y), verbose=0),
    "evaluate": lambda c, x, y: c.evaluate(x, y, verbose=0),
    "predict": lambda c, x, y: c.predict(x, verbose=0),
    "calibrate": lambda c, x, y: c.calibrate((x, y), verbose=0),
    "fit on a stream": lambda c, x, y: c.fit(streamed(x, y), verbose=0),
    "evaluate on a stream": lambda c, x, y: c.evaluate(streamed(x, y), verbose=0),
    "predict a stream": lambda c, x, y: c.predict(streamed(x, y), verbose=0),
    "calibrate on a stream": lambda c, x, y: c.calibrate(streamed(x, y), verbose=0),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
def test_one_nan_pixel_is_refused_by_each_method(tiny, with_a_head, blobs, door):
    classifier = with_a_head(tiny())
    before = classifier.get_weights()
    images, labels = blobs()
    images = images.astype("float32")
    images[40, 3, 3, 1] = np.nan  # not in the first batch

    with pytest.raises(ConfigError, match=r"\(nan in image \d+\) must contain finite numbers"):
        door(classifier, images, labels)

    for weight, start in zip(classifier.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, start)


def test_zero_to_one_is_warned_about_once_for_all_data_of_a_fit(tiny, blobs):
    images, labels = blobs()
    data = (images / 255, labels)

    with pytest.warns(PixelRangeWarning, match="of x and validation_data look like") as caught:
        tiny().fit(*data, validation_data=data, verbose=0)

    assert len(caught) == 1


def test_a_backbone_with_nan_weights_is_refused(tiny, with_a_head, blobs):
    classifier = with_a_head(tiny())
    kernel = classifier.backbone.model.get_layer("mid_conv").kernel
    kernel.assign(kernel * np.nan)
    images, labels = blobs()

    with pytest.raises(NotFiniteError, match=r"the features for \d+ of \d+ photos are infinite or"):
        classifier.fit(images, labels, verbose=0)
    with pytest.raises(NotFiniteError, match="the answers for 48 of 48 photos"):
        classifier.predict(images, verbose=0)


def test_gradient_training_that_diverges_leaves_the_solved_head(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1, epochs=3))
    classifier.compile(keras.optimizers.SGD(float("inf")), "sparse_categorical_crossentropy")

    with pytest.warns(DivergenceWarning, match=r"diverged in gradient epoch 1 .* the solved head"):
        history = classifier.fit(*blobs(), verbose=0)

    assert history.epoch == [0]
    assert (classifier.predict(blobs()[0], verbose=0).argmax(axis=1) == blobs()[1]).mean() > 0.9


def test_training_that_diverges_from_the_start_is_an_error(tiny, blobs):
    policy = tl.FreezePolicy.train_all(epochs=3, head_start=tl.HeadStart.RANDOM)
    classifier = tiny(policy)
    before = classifier.get_weights()
    classifier.compile(keras.optimizers.SGD(float("inf")), "sparse_categorical_crossentropy")

    with pytest.raises(DivergedError, match="diverged in gradient epoch 1: its loss or its weigh"):
        classifier.fit(*blobs(), verbose=0)

    for weight, start in zip(classifier.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, start)


def test_a_classifier_no_better_than_guessing_is_reported(tiny, blobs, capsys):
    images, labels = blobs(24)
    images[:] = 90  # constant features

    tiny().fit(images, labels, verbose=2)

    told = " ".join(capsys.readouterr().out.split())
    assert "No better than guessing: the accuracy on 24 training photos is 33.3%, and" in told
    assert "always predicting Bean___healthy gives 33.3%." in told


def test_a_better_classifier_is_not_reported(tiny, blobs, capsys):
    tiny().fit(*blobs(), verbose=2)

    assert "guessing" not in capsys.readouterr().out


def test_a_second_fit_says_that_it_continues(tiny, blobs, capsys):
    classifier = tiny(tl.FreezePolicy.train_all(epochs=1))
    classifier.fit(*blobs(), verbose=2)
    assert "trained already" not in capsys.readouterr().out
    before = classifier.backbone.model.get_layer("low_conv").get_weights()[0]

    classifier.fit(*blobs(), epochs=0, verbose=2)

    told = " ".join(capsys.readouterr().out.split())
    assert "This classifier is trained already, so training continues from its weights." in told
    after = classifier.backbone.model.get_layer("low_conv").get_weights()[0]
    np.testing.assert_array_equal(after, before)
