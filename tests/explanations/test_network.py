"""Maps of evidence: what they add up to, and that they leave the classifier as it was."""

from __future__ import annotations

import gc
import weakref

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.explanations.conftest import fill_head
from transferleaf.errors import ConfigError
from transferleaf.explanations.network import PREDICTED, ExplainedNetwork, network_of


def log_probabilities(classifier, photos):
    return np.log(classifier.predict_on_batch(photos))


@pytest.mark.parametrize("head", ["all", "last", ("low_out", "high_out")])
def test_bias_and_averages_of_the_maps_are_the_logits(classifier, blobs, head):
    classifier = classifier(head)
    photos, numbers = blobs(6)

    evidence = ExplainedNetwork(classifier).run(photos, numbers, method="stage-cam")

    averages = sum(each.mean(axis=(1, 2)) for each in evidence.maps)
    logits = evidence.logits[np.arange(6), numbers]
    biases = evidence.bias[np.arange(6), numbers]
    np.testing.assert_allclose(biases + averages, logits, atol=1e-4)


@pytest.mark.parametrize("head", ["all", "last", ("low_out", "high_out")])
def test_the_logits_are_those_of_the_classifier(classifier, blobs, head):
    classifier = classifier(head)
    photos, numbers = blobs(6)

    logits = ExplainedNetwork(classifier).run(photos, numbers, method="stage-cam").logits

    expected = log_probabilities(classifier, photos)
    centred = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(centred, expected, atol=1e-4)


def test_each_stage_has_a_map_of_its_own_size(classifier, blobs):
    photos, numbers = blobs(2)

    maps = ExplainedNetwork(classifier()).run(photos, numbers, method="stage-cam").maps

    assert [each.shape for each in maps] == [(2, 8, 8), (2, 4, 4), (2, 2, 2)]


def test_without_a_class_the_most_probable_one_is_explained(classifier, blobs):
    classifier = classifier()
    photos, _ = blobs(6)

    evidence = ExplainedNetwork(classifier).run(photos, [PREDICTED] * 6, method="grad-cam")

    expected = log_probabilities(classifier, photos).argmax(axis=1)
    assert evidence.explained.tolist() == expected.tolist()


def test_grad_cam_of_the_last_stage_is_the_hand_computed_map():
    pixels = keras.Input((4, 4, 3))
    # One convolution of one pixel: its outputs are known colours times known weights.
    painted = keras.layers.Conv2D(2, 1, use_bias=False, name="painted")
    model = keras.Model(pixels, painted(pixels))
    painted.kernel.assign(np.reshape([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]], (1, 1, 3, 2)))
    classifier = tl.TransferClassifier(classes=("a", "b"), backbone=model)
    classifier.get_layer("standardize").scale.assign([2.0, 5.0])
    classifier.get_layer("probabilities").kernel.assign([[3.0, 0.0], [-10.0, 0.0]])
    photo = np.arange(48, dtype=np.float32).reshape(1, 4, 4, 3)

    (found,) = ExplainedNetwork(classifier).run(photo, [0], method="grad-cam").maps

    # d logit / d A is weight / scale / 16 places; A is red and twice green.
    red, green = photo[..., 0], 2 * photo[..., 1]
    np.testing.assert_allclose(found, (3 / 2 * red - 10 / 5 * green) / 16, rtol=1e-4)


def test_grad_cam_of_an_early_stage_sees_what_later_stages_make_of_it(classifier, blobs):
    classifier = classifier("last")
    photos, numbers = blobs(2)
    network = ExplainedNetwork(classifier)
    before = network.run(photos, numbers, method="grad-cam", stage="low_out").maps[0]

    kernel = classifier.backbone.model.get_layer("high_conv").kernel
    kernel.assign(2 * kernel)

    after = network.run(photos, numbers, method="grad-cam", stage="low_out").maps[0]
    # The gradient through a convolution that counts double, whose batch norm is linear.
    np.testing.assert_allclose(after, 2 * before, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("method", ["stage-cam", "grad-cam"])
def test_photos_of_any_size_and_number_run_through_one_trace(classifier, blobs, method):
    network = ExplainedNetwork(classifier())
    for photos, size in [(1, 16), (3, 16), (2, 20)]:
        images, numbers = blobs(photos, size=size)
        network.run(images, numbers, method=method)

    (traced,) = network._traced.values()

    assert traced.experimental_get_tracing_count() == 1


def test_new_weights_of_the_head_are_seen(classifier, blobs):
    classifier = classifier()
    photos, numbers = blobs(3)
    network = ExplainedNetwork(classifier)
    network.run(photos, numbers, method="stage-cam")
    fill_head(classifier, seed=1)

    logits = network.run(photos, numbers, method="stage-cam").logits

    expected = log_probabilities(classifier, photos)
    centred = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(centred, expected, atol=1e-4)


@pytest.mark.parametrize("method", ["stage-cam", "grad-cam"])
def test_weights_and_trainable_flags_stay_as_they_were(classifier, blobs, method):
    classifier = classifier()
    classifier.backbone.model.get_layer("mid_conv").trainable = False
    photos, numbers = blobs(3)
    weights = [np.array(weight) for weight in classifier.weights]
    flags = [weight.trainable for weight in classifier.weights]

    ExplainedNetwork(classifier).run(photos, numbers, method=method)

    for weight, before in zip(classifier.weights, weights, strict=True):
        np.testing.assert_array_equal(weight, before)
    assert [weight.trainable for weight in classifier.weights] == flags


def test_layers_inside_a_nested_network_are_seen_through(tiny_network, blobs):
    inner = tiny_network()
    pixels = keras.Input((16, 16, 3))
    top = keras.layers.Conv2D(5, 1, name="top")(inner(pixels))
    nested = keras.Model(pixels, top, name="nested")
    classifier = fill_head(
        tl.TransferClassifier(
            classes=("a", "b"),
            backbone=nested,
            stages=("tiny", "top"),
            freeze=tl.FreezePolicy.freeze_base(head_stages="last"),
        )
    )
    photos, _ = blobs(2)

    found = ExplainedNetwork(classifier).run(photos, [0, 1], method="grad-cam", stage="tiny")

    assert np.abs(found.maps[0]).max() > 0


@pytest.mark.parametrize(
    ("head", "options", "message"),
    [
        ("all", {"method": "lime"}, "method='lime' must be 'stage-cam' or 'grad-cam'."),
        (
            "all",
            {"method": "stage-cam", "stage": "top"},
            "stage='top' must be one of ['low_out', 'mid_out', 'high_out'] for stage-cam.",
        ),
        (
            "last",
            {"method": "stage-cam", "stage": "low_out"},
            "stage='low_out' must be one of ['high_out'] for stage-cam.",
        ),
        (
            ("low_out", "mid_out"),
            {"method": "grad-cam", "stage": "high_out"},
            "stage='high_out' must be one of ['low_out', 'mid_out'] for grad-cam.",
        ),
    ],
)
def test_a_method_or_stage_that_cannot_be_shown_is_refused(
    classifier, blobs, head, options, message
):
    photos, numbers = blobs(2)
    network = ExplainedNetwork(classifier(head))

    with pytest.raises(ConfigError) as caught:
        network.run(photos, numbers, **options)

    assert str(caught.value) == message


def test_a_classifier_keeps_its_network_and_can_still_be_forgotten(classifier):
    built = classifier()
    network = network_of(built)
    alive = weakref.ref(built)

    assert network_of(built) is network

    del built
    gc.collect()
    assert alive() is None
