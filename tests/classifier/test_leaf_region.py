"""A classifier that pools over the leaf: fit, files, exports, explanations, and refusals."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image, ImageDraw

import transferleaf as tl
from transferleaf.errors import ConfigError
from transferleaf.explanations.network import PREDICTED, network_of
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.leaf_map import leaf_map_of
from transferleaf.features.photos import PhotoArray
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import read_head
from transferleaf.text.progress import Reporter
from transferleaf.training.phases import leaf_map as leaf_map_fit

COLOURS = ((40, 130, 40), (160, 130, 10), (120, 50, 20))
FORMATS = {"saved_model": "", "litert": ".tflite", "onnx": ".onnx", "openvino": ".xml"}
LEAF = tl.FreezePolicy.freeze_base(head_region="leaf", views=2)


def leaves(photos: int, *, size: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Ovals of three colours on grey."""
    rng = np.random.default_rng(seed)
    labels = np.arange(photos) % 3
    images = []
    for label in labels:
        image = Image.new("RGB", (size, size), (180, 178, 182))
        x, y = rng.uniform(0.35, 0.65, 2) * size
        wide, high = rng.uniform(0.2, 0.3, 2) * size
        ImageDraw.Draw(image).ellipse((x - wide, y - high, x + wide, y + high), COLOURS[label])
        images.append(np.asarray(image))
    noise = rng.integers(-12, 12, (photos, size, size, 3))
    return np.clip(np.stack(images) + noise, 0, 255).astype("uint8"), labels


@pytest.fixture(scope="module")
def photos():
    return leaves(48)


@pytest.fixture(scope="module")
def fitted(tiny_classifier, photos):
    keras.utils.set_random_seed(3)
    classifier = tiny_classifier(LEAF, augment=tl.Augmentation.field())
    classifier.fit(*photos, seed=0, verbose=0)
    return classifier


def test_the_map_finds_the_leaf(fitted):
    images, _ = leaves(12, seed=5)
    shown = (images.astype(int).max(axis=3) - images.min(axis=3)) > 40
    outputs = fitted.backbone.model(images[:, ::2, ::2].astype("float32"))

    found = np.asarray(leaf_map_of(outputs, fitted.backbone))[..., 0]

    inside = shown.reshape(12, found.shape[1], -1, found.shape[2], 32 // found.shape[2])
    inside = inside.mean(axis=(2, 4)) > 0.5
    assert found[inside].mean() > found[~inside].mean() + 0.3


def test_each_class_has_an_output_for_photos_and_one_for_scenes(fitted):
    head = read_head(fitted)

    assert (head.domains, head.classes) == (2, 3)
    assert fitted.get_layer("probabilities").kernel.shape[1] == 6
    assert fitted.plan.head_parameters == 6 * (head.kernel.shape[0] + 1)


def test_predictions_are_good_and_sum_to_1(fitted):
    images, labels = leaves(30, seed=7)

    found = fitted.predict(images, verbose=0)

    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert (found.argmax(axis=1) == labels).mean() > 0.8


def test_a_saved_classifier_gives_the_same_answers(fitted, photos, tmp_path):
    fitted.save(tmp_path / "leaf.keras")

    loaded = tl.load_classifier(tmp_path / "leaf.keras")

    assert loaded.backbone.leaf_map.digest() == fitted.backbone.leaf_map.digest()
    np.testing.assert_allclose(
        loaded.predict(photos[0], verbose=0), fitted.predict(photos[0], verbose=0), atol=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_an_export_gives_the_same_answers(fitted, tmp_path, form):
    if form == "onnx":
        pytest.importorskip("tf2onnx", reason="the extra onnx is not installed")

    check = fitted.export(tmp_path / f"leaf{FORMATS[form]}", form)

    assert check.max_difference < 1e-4


def test_stored_features_are_those_of_the_graph(tmp_path):
    """Also where two stages have equally many channels after the projection."""
    classifier = tl.TransferClassifier(
        classes=("Bean___healthy", "Bean___rust"),
        backbone="efficientnet_lite0",
        image_size=64,
        freeze=LEAF,
    )
    leaf_map = classifier.backbone.leaf_map
    rng = np.random.default_rng(0)
    leaf_map.set_values(rng.normal(size=len(leaf_map.values()), scale=0.1).astype("float32"))
    groups = feature_groups(classifier.freeze, classifier.backbone.describe())
    prefix = FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(tmp_path),
        reporter=Reporter(0),
        photos=4,
        map_type="float32",
    )
    images = rng.integers(0, 255, (4, 64, 64, 3)).astype("uint8")

    rows = prefix.rows(PhotoArray(images), View(), groups=groups, cut=None, label="")

    graph = keras.Model(classifier.inputs, classifier.get_layer("features").output)
    expected = graph.predict(images, verbose=0)
    np.testing.assert_allclose(rows.features.read(), expected, rtol=1e-3, atol=1e-3)


def test_bias_and_averages_of_the_maps_are_the_logits(fitted, photos):
    images = photos[0][:6]

    evidence = network_of(fitted).run(images, [PREDICTED] * 6, method="stage-cam")

    rows = np.arange(6)
    averages = sum(each.mean(axis=(1, 2)) for each in evidence.maps)
    np.testing.assert_allclose(
        evidence.bias[rows, evidence.explained] + averages,
        evidence.logits[rows, evidence.explained],
        atol=1e-3,
    )
    predicted = fitted.predict(images, verbose=0)
    np.testing.assert_allclose(evidence.probabilities, predicted, atol=1e-5)
    np.testing.assert_array_equal(evidence.explained, predicted.argmax(axis=1))


def test_a_second_fit_finds_the_map_in_the_store(tiny_classifier, photos, tmp_path, monkeypatch):
    first, second = (tiny_classifier(LEAF, augment=tl.Augmentation.field()) for _ in range(2))
    second.set_weights(first.get_weights())
    first.fit(*photos, seed=0, verbose=0, cache=tmp_path)
    monkeypatch.setattr(leaf_map_fit, "compose_with_leaf", None)  # calling it would fail

    second.fit(*photos, seed=0, verbose=0, cache=tmp_path)

    assert second.backbone.leaf_map.digest() == first.backbone.leaf_map.digest()


def test_a_map_without_time_is_fitted_on_the_first_photos(tiny_classifier, tmp_path, monkeypatch):
    images, _ = leaves(200, size=16)
    composed, compose = [], leaf_map_fit.compose_with_leaf
    monkeypatch.setattr(
        leaf_map_fit, "compose_with_leaf", lambda *given: composed.append(1) or compose(*given)
    )
    backbone = tiny_classifier(LEAF).backbone
    store = FeatureStore(tmp_path)

    leaf_map_fit.LeafMapFit(
        backbone=backbone,
        source=PhotoArray(images),
        scenes=tl.FieldScenes(),
        store=store,
        reporter=Reporter(0),
        seconds=0.0,
    ).run()

    assert backbone.leaf_map.fitted
    assert len(composed) == 32 * 8  # of 200 * 8
    assert not store.usage().spaces  # another fit may have more time


def test_a_calibration_uses_both_domains(fitted, photos):
    calibration = fitted.calibrate(leaves(60, seed=9), verbose=0)

    assert calibration.temperature > 0
    assert fitted.class_means is not None


def test_photos_without_a_leaf_on_a_plain_background_are_refused(tiny_classifier):
    green = np.random.default_rng(0).normal((40, 130, 40), 9, (24, 32, 32, 3)).astype("uint8")

    with pytest.raises(ConfigError, match="0 leaves on a plain background in 24 photos"):
        tiny_classifier(LEAF).fit(green, np.arange(24) % 3, verbose=0)


def test_a_stream_is_refused(tiny_classifier, photos):
    tf = pytest.importorskip("tensorflow")
    stream = tf.data.Dataset.from_tensor_slices(photos).batch(8)

    with pytest.raises(ConfigError, match="be a LeafDataset or an array"):
        tiny_classifier(LEAF).fit(stream, verbose=0)


@pytest.mark.parametrize("trained", [1, 0.5, "all", "auto"])
def test_only_a_frozen_base_can_pool_over_the_leaf(trained):
    with pytest.raises(ConfigError, match="unless the base is frozen"):
        tl.FreezePolicy(trainable_stages=trained, head_region="leaf")
