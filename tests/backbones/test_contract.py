"""Every built-in backbone fulfils the contract, and the checks detect violations."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from tests.backbones.tiny import TINY_STAGES, tiny_network, tiny_spec
from transferleaf.backbones import Stage, build_backbone, get_backbone, list_backbones
from transferleaf.errors import BackboneContractError
from transferleaf.testing import (
    BACKBONE_CHECKS,
    BackboneSubject,
    check_backbone,
    run_backbone_check,
)

# The default backbone, one with installed weights, and a small one from each other source.
QUICK = ("resnet50", "efficientnet_lite0", "baseline_cnn", "mobilenetv3_small", "keras_cv:resnet18")


def _names() -> list[str]:
    """All except those of KerasHub, which are tested as smaller networks of the same kinds."""
    return [name for name in list_backbones() if not name.startswith("keras_hub:")]


def _slow_unless_quick(name: str) -> Any:
    return name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)


@pytest.fixture(scope="module", params=map(_slow_unless_quick, _names()))
def subject(request) -> BackboneSubject:
    """One build for all checks. pytest runs them backbone by backbone."""
    return BackboneSubject(get_backbone(request.param))


@pytest.mark.parametrize("check", BACKBONE_CHECKS)
def test_a_built_in_backbone_keeps_the_contract(subject: BackboneSubject, check: str):
    run_backbone_check(subject, check)


def test_a_custom_backbone_can_fulfil_it():
    check_backbone(tiny_spec())


@keras.saving.register_keras_serializable(package="tests")
class _Noisy(keras.layers.Layer):
    def call(self, features: Any) -> Any:
        return features + keras.random.normal((1,))


@keras.saving.register_keras_serializable(package="tests")
class _Detached(keras.layers.Layer):
    def call(self, features: Any) -> Any:
        return keras.ops.stop_gradient(features)


class _Around(keras.layers.Layer):
    """Wraps another layer, possibly several times."""

    def __init__(self, inner: keras.layers.Layer) -> None:
        super().__init__()
        self.inner = inner

    def call(self, features: Any) -> Any:
        return self.inner(features)


def _with_last(layer: keras.layers.Layer) -> Any:
    """A builder of ``tiny`` with an additional layer named ``last``."""

    def build(image_size: int, weights: str | None) -> Any:
        model = tiny_network(image_size)
        return keras.Model(model.input, layer(model.output))

    layer.name = "last"
    return {"build": build, "stages": (TINY_STAGES[0], Stage(name="high", last_layer="last"))}


def _networked(image_size: int, weights: str | None) -> Any:
    socket.create_connection(("192.0.2.1", 80))
    return tiny_network(image_size)


def _frozen(image_size: int, weights: str | None) -> Any:
    model = tiny_network(image_size)
    model.trainable = False
    return model


def _unnamed(image_size: int, weights: str | None) -> Any:
    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    features = keras.layers.Conv2D(4, 1)(pixels)
    return keras.Model(pixels, keras.layers.ReLU(name="out")(features))


def _one_size(image_size: int, weights: str | None) -> Any:
    return tiny_network(8)


_ONE_STAGE = (Stage(name="all", last_layer="out"),)
_NO_CUT = (Stage(name="low", last_layer="high_conv"), TINY_STAGES[1])


@pytest.mark.parametrize(
    ("changes", "check", "reason"),
    [
        (
            {"build": _networked},
            "builds_without_network",
            "OSError: it uses the network although no pretrained weights are requested",
        ),
        ({"build": _frozen}, "builds_without_network", "nothing in it can be trained"),
        (
            {"stages": _NO_CUT},
            "builds_without_network",
            "BackboneStructureError: the network 'tiny' cannot be used as a backbone: layer "
            "'high_add' takes the output of 'low_relu' from inside stage 'low', so the network "
            "cannot be cut at the end of that stage",
        ),
        (
            {"feature_width": 5},
            "feature_width",
            "its last stage has 4 channels, its spec says 5",
        ),
        ({"build": _one_size}, "image_sizes", "asked for 21 pixels, it takes 8"),
        (
            {"reference_pixels": lambda photos: photos / 255 - 0.5},
            "pixel_convention",
            "for uint8 photos it differs from the reference by 128 of 255",
        ),
        (
            _with_last(_Noisy()),
            "deterministic",
            "the features of a second run differ in the stage at position 1",
        ),
        (_with_last(_Noisy()), "stages_compose", None),
        (_with_last(keras.layers.Lambda(lambda features: features * 2)), "saves_and_loads", None),
        (_with_last(_Around(keras.layers.ReLU())), "clones", None),
        (_with_last(_Detached()), "gradients", "no gradient reaches 'low_conv/kernel'"),
    ],
)
def test_the_failed_check_of_a_broken_backbone_is_reported(
    changes: dict[str, Any], check: str, reason: str | None
):
    subject = BackboneSubject(tiny_spec(**changes))

    with pytest.raises(BackboneContractError) as caught:
        run_backbone_check(subject, check)

    assert (caught.value.backbone, caught.value.check) == ("tiny", check)
    if reason is not None:
        assert str(caught.value) == f"'tiny' fails the check {check!r}: {reason}"


def test_statistics_that_two_layers_share_fail_the_check_of_batch_norms():
    shared = keras.layers.BatchNormalization()

    def build(image_size: int, weights: str | None) -> Any:
        pixels = keras.Input((image_size, image_size, 3))
        features = _Around(shared)(_Around(shared)(pixels))
        return keras.Model(pixels, keras.layers.Conv2D(4, 1, name="out")(features))

    with pytest.raises(BackboneContractError) as caught:
        run_backbone_check(
            BackboneSubject(tiny_spec(build=build, stages=_ONE_STAGE)), "batch_norms"
        )

    assert str(caught.value) == (
        "'tiny' fails the check 'batch_norms': it contains 1 batch normalisations, 2 are described"
    )


def test_automatic_names_fail_the_check_of_names():
    subject = BackboneSubject(tiny_spec(build=_unnamed, stages=_ONE_STAGE))

    with pytest.raises(BackboneContractError, match=r"is called 'conv2d_\d+' when it is built"):
        run_backbone_check(subject, "names_repeat")


def test_all_checks_are_run_until_one_fails():
    with pytest.raises(BackboneContractError) as caught:
        check_backbone(tiny_spec(feature_width=5))

    assert caught.value.check == "feature_width"


def test_the_network_connection_works_again_after_a_build():
    before = (socket.getaddrinfo, socket.socket.connect)

    _ = BackboneSubject(tiny_spec()).backbone

    assert (socket.getaddrinfo, socket.socket.connect) == before


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("files")
    for name in ("convnext_tiny", "keras_cv:mobilenet_v3_small"):
        backbone = build_backbone(get_backbone(name), image_size=32, weights=None)
        stem = name.replace(":", "_")
        backbone.model.save(folder / f"{stem}.keras")
        np.save(folder / f"{stem}.npy", backbone.model(np.ones((1, 32, 32, 3)))[-1].numpy())
    return folder


def test_a_fresh_process_reads_a_file_with_keras_alone(written):
    code = f"""
import pathlib, keras, numpy as np
for path in sorted(pathlib.Path({str(written)!r}).glob("*.keras")):
    model = keras.saving.load_model(path, safe_mode=True)
    features = keras.ops.convert_to_numpy(model(np.ones((1, 32, 32, 3)))[-1])
    print(path.stem, np.array_equal(features, np.load(path.with_suffix(".npy"))))
"""

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=written
    )

    assert answer.stdout.splitlines() == [
        "convnext_tiny True",
        "keras_cv_mobilenet_v3_small True",
    ]
