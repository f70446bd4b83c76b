"""The classifier as a Keras model: inputs and outputs."""

from __future__ import annotations

import inspect

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.errors import ConfigError, NotTrainedError
from transferleaf.training.checks import NotTrainedWarning


def test_it_is_a_keras_model_from_raw_photos_to_probabilities(tiny, with_a_head, blobs):
    classifier = with_a_head(tiny())

    probabilities = classifier.predict(blobs(5)[0], verbose=0)

    assert isinstance(classifier, keras.Model)
    assert probabilities.shape == (5, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "int32"])
@pytest.mark.parametrize("shape", [(16, 16), (40, 24), (9, 50)])
def test_it_takes_any_height_width_and_number_type(tiny, with_a_head, dtype, shape):
    photos = np.random.default_rng(0).integers(0, 256, (2, *shape, 3)).astype(dtype)
    classifier = with_a_head(tiny())

    assert classifier.predict(photos, verbose=0).shape == (2, 3)


def test_predict_and_call_and_files_agree(tiny, with_a_head, leaf_folder):
    data = tl.LeafDataset.from_folder(leaf_folder)
    classifier = with_a_head(tiny())
    pixels = np.stack([data.read(row) for row in range(len(data))])

    called = classifier(pixels, training=False).numpy()

    np.testing.assert_allclose(classifier.predict(pixels, verbose=0), called, atol=1e-6)
    np.testing.assert_allclose(classifier.predict(data, verbose=0), called, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["a"]}, "classes=['a'] must be at least two different class names."),
        ({"classes": ["a", "a"]}, "classes=['a', 'a'] must all be different; 'a' occurs twice."),
        (
            {"classes": "ab"},
            "classes='ab' must be a list or a tuple: it names the outputs in their order.",
        ),
        (
            {"classes": {"a": 0, "b": 1}},
            "classes={'a': 0, 'b': 1} must be a list or a tuple: it names the outputs in their "
            "order.",
        ),
        (
            {"stages": {"high_out"}},
            "stages={'high_out'} must be a list or a tuple: stages have an order.",
        ),
        ({"classes": [0, 1]}, "classes=[0, 1] must be at least two different class names."),
        ({"dropout": 1.0}, "dropout=1.0 must be in [0, 1)."),
        ({"image_size": 99}, "image_size=99 must be 16, the size of the given network's input."),
    ],
)
def test_invalid_options_are_refused(tiny, options, message):
    with pytest.raises(ConfigError) as caught:
        tiny(**options)

    assert str(caught.value) == message


@pytest.mark.parametrize("kind", [set, frozenset, iter], ids=["set", "frozen set", "iterator"])
def test_classes_without_an_order_are_refused(tiny, kind):
    with pytest.raises(ConfigError, match="must be a list or a tuple: it names the outputs"):
        tiny(classes=kind(["a", "b"]))


def test_classes_may_be_an_array(tiny):
    assert tiny(classes=np.array(["a", "b", "c"])).classes == ("a", "b", "c")


def MobileNetV2():  # noqa: N802
    """Replaces a function of Keras."""


@pytest.mark.parametrize(
    ("backbone", "message"),
    [
        pytest.param(None, "backbone=None must be the name of a registered backbone, a", id="None"),
        pytest.param(
            MobileNetV2, "call the function: MobileNetV2(include_top=False, ...).", id="f"
        ),
    ],
)
def test_an_invalid_backbone_is_refused(backbone, message):
    with pytest.raises(ConfigError) as caught:
        tl.TransferClassifier(classes=["a", "b"], backbone=backbone)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("policy", "layers"),
    [
        pytest.param(tl.FreezePolicy.freeze_base(), set(), id="the head alone"),
        pytest.param(
            tl.FreezePolicy.train_last(stages=1), {"high_conv"}, id="the last stage and the head"
        ),
    ],
)
def test_a_new_classifier_tells_what_will_train(tiny, policy, layers):
    classifier = tiny(policy)

    trains = {weight.path.split("/")[0] for weight in classifier.trainable_weights}

    assert trains == {*layers, "probabilities"}


@pytest.mark.parametrize("method", ["predict", "evaluate"])
def test_predictions_of_random_weights_warn(tiny, blobs, method):
    images, labels = blobs(6)
    data = (images, labels) if method == "evaluate" else (images,)

    with pytest.warns(NotTrainedWarning, match="never trained: its predictions come from random"):
        getattr(tiny(), method)(*data, verbose=0)


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        pytest.param(lambda c, data: c.report(data), "a report", id="report"),
        pytest.param(lambda c, data: c.calibrate(data), "a calibration", id="calibrate"),
        pytest.param(lambda c, data: c.predict_photos(data), "a prediction", id="predict_photos"),
        pytest.param(lambda c, data: c.explain(data.paths[0]), "an explanation", id="explain"),
    ],
)
def test_results_based_on_random_weights_are_refused(tiny, leaf_folder, ask, what):
    data = tl.LeafDataset.from_folder(leaf_folder)

    with pytest.raises(NotTrainedError) as caught:
        ask(tiny(), data)

    assert str(caught.value) == (
        f"this classifier is not trained, so {what} would be based on random weights; call "
        "fit(...) first, or load a trained one with load_classifier."
    )


def test_another_keras_backend_is_refused(tiny, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")

    with pytest.raises(ConfigError) as caught:
        tiny()

    assert str(caught.value) == (
        "keras.backend.backend()='jax' must be \"tensorflow\"; set the environment variable "
        "KERAS_BACKEND before Keras is imported."
    )


def test_pixels_in_zero_to_one_are_warned_about(tiny, with_a_head):
    with pytest.warns(UserWarning, match=r"look like \[0, 1\].*multiply them by 255"):
        with_a_head(tiny()).predict(np.full((1, 16, 16, 3), 0.5), verbose=0)


def test_the_head_sees_the_stages_that_the_policy_names(tiny):
    everything = tiny(tl.FreezePolicy.freeze_base())
    last = tiny(tl.FreezePolicy.freeze_base(head_stages="last"))
    two = tiny(tl.FreezePolicy.freeze_base(head_stages=("high_out", "low_out")))

    widths = [c.get_layer("probabilities").kernel.shape[0] for c in (everything, last, two)]

    assert widths == [4 + (8 + 36) + 16, 16, 4 + 16]


def test_a_plain_call_is_inference_and_moves_no_statistics(with_a_head):
    inputs = keras.Input((16, 16, 3))
    maps = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3)(inputs))
    classifier = with_a_head(
        tl.TransferClassifier(classes=["a", "b"], backbone=keras.Model(inputs, maps), weights=None)
    )
    photos = np.random.default_rng(0).integers(0, 256, (3, 20, 20, 3)).astype("uint8")
    before = classifier.get_weights()

    called = np.asarray(classifier(photos))

    np.testing.assert_allclose(called, classifier.predict(photos, verbose=0), atol=1e-6)
    np.testing.assert_equal(classifier.get_weights(), before)


def test_a_trained_classifier_can_be_cloned(tiny, blobs):
    classifier = tiny()
    classifier.fit(*blobs(), verbose=0)

    clone = keras.models.clone_model(classifier)

    clone.set_weights(classifier.get_weights())
    photos = blobs(seed=1)[0]
    np.testing.assert_allclose(
        clone.predict(photos, verbose=0), classifier.predict(photos, verbose=0), atol=1e-6
    )


def test_the_clone_that_keras_3_10_asks_for_is_a_plain_network(tiny, with_a_head, blobs):
    classifier = with_a_head(tiny())

    clone = tl.TransferClassifier(classifier.input, classifier.output, name="clone")

    photos = blobs(4)[0]
    assert (type(clone).__name__, clone.name) == ("Functional", "clone")
    np.testing.assert_array_equal(
        clone.predict(photos, verbose=0), classifier.predict(photos, verbose=0)
    )


def test_its_signature_is_that_of_the_constructor():
    assert list(inspect.signature(tl.TransferClassifier).parameters)[:2] == ["classes", "backbone"]
