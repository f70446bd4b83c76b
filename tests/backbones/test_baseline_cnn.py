"""The baseline CNN is the usual first CNN of tutorials."""

from __future__ import annotations

import keras
import numpy as np

from transferleaf.backbones.baseline_cnn import BASELINE_CNN


def test_its_last_stage_is_a_dense_layer_over_the_flattened_map():
    model = BASELINE_CNN.build(38, None)
    pixels = np.random.default_rng(0).normal(size=(2, 38, 38, 3)).astype("float32")
    last_map = keras.Model(model.input, model.get_layer("conv3_pool").output)(pixels)
    kernel, bias = model.get_layer("dense").get_weights()

    flat = last_map.numpy().reshape(2, -1)
    expected = np.maximum(flat @ kernel.reshape(-1, 512) + bias, 0.0)

    assert last_map.shape[1:3] == (3, 3)
    np.testing.assert_allclose(model(pixels).numpy()[:, 0, 0], expected, rtol=1e-4, atol=1e-6)


def test_at_150_pixels_it_has_the_filters_and_the_width_of_the_post():
    model = BASELINE_CNN.build(150, None)

    kernels = [layer.kernel.shape for layer in model.layers if hasattr(layer, "kernel")]

    assert kernels == [(3, 3, 3, 32), (3, 3, 32, 64), (3, 3, 64, 128), (17, 17, 128, 512)]
