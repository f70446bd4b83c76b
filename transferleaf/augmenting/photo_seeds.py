"""Random Keras layers that draw from a seed of each photo, instead of one draw after another."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class PhotoSeeds(keras.random.SeedGenerator):
    """Seeds for every random draw on one photo, computed from the photo's own seed.

    Keras' generator counts draws in a variable, so what a photo gets depends on the photos before
    it. This one counts while TensorFlow traces: each draw in the graph has a fixed number.
    """

    def __init__(self) -> None:
        # The variable that this makes is never read, but a layer lists it among its own.
        super().__init__(seed=0)
        self._photo_seed: Any = None
        self._draws = 0

    def start(self, photo_seed: Any) -> None:
        """Begin the graph of one photo.

        Args:
            photo_seed: Tensor of shape ``(2,)``, ``int32``.
        """
        self._photo_seed = photo_seed
        self._draws = 0

    def next(self, ordered: bool = True) -> Any:
        """Give the seed of the next draw, shape ``(2,)``, ``int32``."""
        self._draws += 1
        return tf.random.experimental.stateless_fold_in(self._photo_seed, self._draws)


def draw_from(seeds: PhotoSeeds, layer: Any) -> None:
    """Let a Keras layer, and the layers inside it, draw from ``seeds``; before its first call."""
    layer.generator = seeds
    for part in list(vars(layer).values()):
        if isinstance(part, keras.Layer):
            draw_from(seeds, part)
