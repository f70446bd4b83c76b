"""A tiny network for the engines, and photos for it."""

from __future__ import annotations

import pytest


@pytest.fixture
def two_outputs(tiny_network):
    """A network for 16 px photos with two outputs: pooled stages, and the middle feature map."""
    import keras

    from transferleaf.backbones import PixelNormalization
    from transferleaf.backbones.spec import PixelConvention

    keras.utils.set_random_seed(0)
    tiny = tiny_network()
    maps = [tiny.get_layer(f"{stage}_out").output for stage in ("low", "mid", "high")]
    stages = keras.Model(tiny.input, maps)
    # Statistics as after training, because new ones would have almost no effect.
    for layer in tiny.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(keras.random.normal(layer.moving_mean.shape, stddev=0.1))
            layer.moving_variance.assign(keras.random.uniform(layer.moving_mean.shape, 0.5, 2.0))
    photos = keras.Input((16, 16, 3))
    convention = PixelConvention(mean=(120.0, 110.0, 100.0), std=(60.0, 60.0, 60.0), channels="BGR")
    low, mid, high = stages(PixelNormalization(convention)(photos))
    pooled = [keras.layers.GlobalAveragePooling2D()(one) for one in (low, mid, high)]
    return keras.Model(photos, [keras.layers.Concatenate()(pooled), mid])


@pytest.fixture
def photos():
    """Makes 16 px photos of noise, uint8."""
    import numpy as np

    def make(count: int, seed: int = 0):
        rng = np.random.default_rng(seed)
        return rng.integers(0, 256, size=(count, 16, 16, 3), dtype=np.uint8)

    return make
