"""The networks of keras.applications, without their classifier and their preprocessing."""

from __future__ import annotations

import socket
from typing import Any

import keras
import numpy as np
import pytest

from transferleaf.backbones import PixelNormalization, build_backbone, get_backbone
from transferleaf.errors import PretrainedWeightsError


@pytest.fixture
def _no_network(monkeypatch, tmp_path):
    """No host can be reached, and Keras has downloaded nothing."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))


@pytest.mark.usefixtures("_no_network")
def test_without_a_network_pretrained_weights_are_an_error_that_says_what_to_do():
    with pytest.raises(PretrainedWeightsError) as caught:
        build_backbone(get_backbone("resnet50"), image_size=32)

    assert str(caught.value) == (
        "the pretrained weights of 'resnet50' are not available from keras.applications.ResNet50 "
        "(URL fetch failure on https://storage.googleapis.com/tensorflow/keras-applications/"
        "resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5: None -- "
        "[Errno -2] Name or service not known). Connect to the network once, or pass a "
        "downloaded weights file; the backbone 'efficientnet_lite0' is installed with its "
        "ImageNet weights and works offline; to train from random weights, pass weights=None or "
        "--weights none."
    )


def test_a_download_from_a_silent_server_fails(monkeypatch, tmp_path):
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        monkeypatch.setattr(
            "keras.src.applications.resnet.BASE_WEIGHTS_PATH", f"http://{host}:{port}/"
        )
        monkeypatch.setattr("transferleaf.backbones.weights.downloads._SILENCE_SECONDS", 0.2)

        with pytest.raises(PretrainedWeightsError, match=r"timed out"):
            build_backbone(get_backbone("resnet50"), image_size=32)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("before", [None, 3.0])
def test_the_timeout_of_other_sockets_does_not_change(before: float | None):
    socket.setdefaulttimeout(before)
    try:
        with pytest.raises(PretrainedWeightsError):
            build_backbone(get_backbone("mobilenetv3_small"), image_size=32)

        assert socket.getdefaulttimeout() == before
    finally:
        socket.setdefaulttimeout(None)


@pytest.mark.parametrize(
    ("name", "constructor"),
    [
        ("mobilenetv3_small", "MobileNetV3Small"),  # contains preprocessing layers
        ("convnext_tiny", "ConvNeXtTiny"),  # also contains preprocessing layers
    ],
)
def test_published_weights_give_the_outputs_of_the_keras_network(
    monkeypatch, name: str, constructor: str
):
    spec = get_backbone(name)
    published = []
    construct = getattr(keras.applications, constructor)

    def with_known_values(*, weights: str | None, **arguments: Any) -> Any:
        model = construct(weights=None, **arguments)
        if weights == "imagenet":
            numbers = np.random.default_rng(0)
            model.set_weights([numbers.uniform(0.1, 0.2, w.shape) for w in model.weights])
            published.append(model)
        return model

    monkeypatch.setattr(keras.applications, constructor, with_known_values)
    photos = np.random.default_rng(1).integers(0, 256, (1, 224, 224, 3)).astype("float32")

    backbone = build_backbone(spec)

    [theirs] = published
    features = backbone.model(PixelNormalization(backbone.pixels)(photos))[-1].numpy()
    np.testing.assert_allclose(features, theirs(photos).numpy(), rtol=1e-4)
