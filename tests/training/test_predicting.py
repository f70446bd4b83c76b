"""Many photo files are classified by a compiled engine, with the same results as in Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from transferleaf.training import predicting


@pytest.fixture
def photos(tmp_path, blobs):
    """40 photo files."""
    paths = []
    for number, image in enumerate(blobs(40)[0]):
        paths.append(tmp_path / f"{number:02}.png")
        Image.fromarray(image).save(paths[-1])
    return paths


def labelled(photos, labels, classes) -> tl.LeafDataset:
    return tl.LeafDataset(
        paths=tuple(photos),
        labels=labels,
        classes=classes,
        leaves=(None,) * len(photos),
        origin="a test",
    )


@pytest.mark.parametrize("head", ["all", "last", ("low_out", "high_out")])
def test_an_engine_gives_keras_answers(tiny_classifier, photos, blobs, monkeypatch, head):
    classifier = tiny_classifier(tl.FreezePolicy.freeze_base(head_stages=head))
    classifier.fit(*blobs(), verbose=0)
    expected = [found.probability for found in classifier.predict_photos(photos)]

    monkeypatch.setattr(predicting, "WORTH_COMPILING", 1)
    found = [found.probability for found in classifier.predict_photos(photos)]

    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_an_engine_sees_the_weights_of_the_last_training(
    tiny_classifier, photos, blobs, monkeypatch
):
    monkeypatch.setattr(predicting, "WORTH_COMPILING", 1)
    classifier = tiny_classifier(tl.FreezePolicy.train_all(learning_rate=0.01, epochs=1))
    pixels = blobs(40)[0]

    for _ in range(2):
        classifier.fit(*blobs(), verbose=0)
        found = [found.probability for found in classifier.predict_photos(photos)]

        expected = classifier.predict(pixels, verbose=0).max(axis=1)
        np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("compiled_by", ["policy", "user"])
def test_an_engine_measures_what_keras_measures(
    tiny_classifier, photos, blobs, monkeypatch, compiled_by
):
    classifier = tiny_classifier(tl.FreezePolicy.freeze_base())
    if compiled_by == "user":
        classifier.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    classifier.fit(*blobs(), epochs=1, verbose=0)
    data = labelled(photos, blobs(40)[1], classifier.classes)
    expected = classifier.evaluate(data, verbose=0, return_dict=True)

    monkeypatch.setattr(predicting, "WORTH_COMPILING", 1)
    named = classifier.evaluate(data, verbose=0, return_dict=True)
    in_order = classifier.evaluate(data, verbose=0)

    assert named == pytest.approx(expected, abs=1e-6)
    assert in_order == pytest.approx([expected["loss"], expected["accuracy"]], abs=1e-6)


def test_options_of_keras_are_left_to_keras(tiny_classifier, with_a_head, photos, monkeypatch):
    monkeypatch.setattr(predicting, "WORTH_COMPILING", 1)
    classifier = with_a_head(tiny_classifier(tl.FreezePolicy.freeze_base()))
    data = labelled(photos, np.zeros(40, np.int64), classifier.classes)

    assert len(classifier.predict(data, batch_size=8, steps=2, verbose=0)) == 16


def test_a_calibrated_classifier_makes_its_network_once(
    tiny_classifier, photos, blobs, monkeypatch
):
    classifier = tiny_classifier(tl.FreezePolicy.freeze_base())
    classifier.fit(*blobs(), verbose=0)
    classifier.calibrate(blobs(seed=1), verbose=0)
    made, model = [], keras.Model
    monkeypatch.setattr(keras, "Model", lambda *parts: made.append(parts) or model(*parts))

    found = [classifier.predict_photos(photos[:1])[0].probability for _ in range(3)]

    assert len(made) == 1
    assert found == [found[0]] * 3
    assert found[0] == pytest.approx(
        classifier.predict(blobs(40)[0][:1], verbose=0).max(), rel=1e-4
    )
