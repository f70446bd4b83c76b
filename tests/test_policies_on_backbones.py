"""The four quadrants on networks: a small ResNet, EfficientNet-Lite0, ResNet50, transformers."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.backbones.keras_hub.tiny import tiny_hub_spec
from tests.backbones.tinyformer import TINYFORMER
from transferleaf.errors import PretrainedWeightsError

pytestmark = pytest.mark.slow

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
QUADRANTS = ("I", "II", "III", "IV")
SIZE = 32


def short(quadrant: str) -> tl.FreezePolicy:
    return tl.FreezePolicy.for_quadrant(quadrant, epochs=1, patience=None)


def moved_layers(classifier, before) -> set[str]:
    """Return the paths of changed backbone weights, without the names of the weights."""
    after = {weight.path: weight.numpy() for weight in classifier.backbone.model.weights}
    return {
        path.rsplit("/", 1)[0]
        for path, value in after.items()
        if not np.array_equal(before[path], value)
    }


def train(classifier, blobs) -> tuple[set[str], set[str]]:
    """Train on few photos. Returns the layers planned to train and those that changed."""
    before = {weight.path: weight.numpy() for weight in classifier.backbone.model.weights}
    classifier.fit(*blobs(6, size=SIZE), batch_size=6, verbose=0, seed=0)
    planned = {path.split("/")[-1] for path in classifier.plan.phases[-1].trainable}
    return planned, {path.split("/")[-1] for path in moved_layers(classifier, before)}


@pytest.fixture(
    scope="module", params=[("keras_cv:resnet18", None), ("efficientnet_lite0", "imagenet")]
)
def network(request):
    """Return the name of a network and its weights."""
    return request.param


@pytest.mark.parametrize("quadrant", QUADRANTS)
def test_what_is_planned_trains_and_nothing_else_after_a_reload_too(
    network, quadrant, blobs, tmp_path
):
    name, weights = network
    classifier = tl.TransferClassifier(
        classes=CLASSES, backbone=name, weights=weights, image_size=SIZE, freeze=short(quadrant)
    )

    planned, moved = train(classifier, blobs)
    classifier.save(tmp_path / "leaf.keras")
    loaded = keras.saving.load_model(tmp_path / "leaf.keras")
    planned_again, moved_again = train(loaded, blobs)

    assert moved == planned
    assert moved_again == planned_again == planned


@pytest.fixture(scope="module", params=["tinyformer", "dinov3"])
def transformer(request) -> tl.BackboneSpec:
    """A transformer of Keras layers, and one of KerasHub with class and register tokens."""
    if request.param == "tinyformer":
        return TINYFORMER
    pytest.importorskip("keras_hub", reason="the extra hub is not installed")
    return tiny_hub_spec("dinov3")


def train_blocks(spec: tl.BackboneSpec, policy: tl.FreezePolicy, blobs):
    """Train on few photos. Returns the last phase and the layers that changed."""
    classifier = tl.TransferClassifier(classes=CLASSES, backbone=spec, weights=None, freeze=policy)
    layers = classifier.backbone.model.layers
    before = {layer.name: layer.get_weights() for layer in layers}
    classifier.fit(*blobs(6, size=SIZE), batch_size=6, verbose=0, seed=0)
    moved = {
        layer.name
        for layer in layers
        if any(
            not np.array_equal(old, new)
            for old, new in zip(before[layer.name], layer.get_weights(), strict=True)
        )
    }
    return classifier.plan.phases[-1], moved


@pytest.mark.parametrize("quadrant", QUADRANTS)
def test_the_planned_blocks_of_a_transformer_train_and_nothing_else(transformer, quadrant, blobs):
    phase, moved = train_blocks(transformer, short(quadrant), blobs)

    assert moved == {path.split("/")[0] for path in phase.trainable}


def test_the_blocks_of_a_transformer_have_discriminative_rates(transformer, blobs):
    policy = tl.FreezePolicy.train_all(epochs=1, stage_decay=0.5)

    phase, _ = train_blocks(transformer, policy, blobs)

    stages = len(phase.stages)
    rates = [stage.rate for stage in phase.stages]
    assert rates == pytest.approx([0.5 ** (stages - 1 - place) for place in range(stages)])


@pytest.fixture(scope="module")
def resnet50_file(tmp_path_factory):
    """A weights file of random values for ResNet50."""
    path = tmp_path_factory.mktemp("weights") / "resnet50.weights.h5"
    network = keras.applications.ResNet50(
        weights=None, include_top=False, input_shape=(SIZE, SIZE, 3)
    )
    network.save_weights(path)
    return path, network.get_layer("conv5_block3_3_conv").kernel.numpy()


@pytest.mark.parametrize("quadrant", QUADRANTS)
def test_resnet50_from_a_file_trains_a_step_and_comes_back(
    resnet50_file, quadrant, blobs, tmp_path
):
    path, kernel = resnet50_file
    classifier = tl.TransferClassifier(
        classes=CLASSES, weights=path, image_size=SIZE, freeze=short(quadrant)
    )
    layer = classifier.backbone.model.get_layer("conv5_block3_3_conv")
    np.testing.assert_array_equal(layer.kernel.numpy(), kernel)

    planned, moved = train(classifier, blobs)
    classifier.save(tmp_path / "leaf.keras")
    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    photos = blobs(3, size=SIZE)[0]
    assert moved == planned
    np.testing.assert_array_equal(
        loaded.predict(photos, verbose=0), classifier.predict(photos, verbose=0)
    )


def test_without_a_network_pretrained_weights_are_an_error_and_never_random(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: (_ for _ in ()).throw(OSError()))

    with pytest.raises(PretrainedWeightsError, match=r"efficientnet_lite0.*works offline"):
        tl.TransferClassifier(classes=CLASSES, image_size=SIZE)
