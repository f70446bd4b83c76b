"""Random Keras layers that use one seed per photo instead of a sequence of draws."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class PhotoSeeds(keras.random.SeedGenerator):
    """Seeds for every random draw on one photo, computed from the photo's own seed.

    The seed generator of Keras counts draws in a variable, so the result for a photo depends on
    earlier photos. This one counts during tracing, so each draw in the graph has a fixed number.
    """

    def __init__(self) -> None:
        # This creates a variable that is not used, but that layers expect.
        super().__init__(seed=0)
        self._photo_seed: Any = None
        self._draws = 0

    def start(self, photo_seed: Any) -> None:
        """Start the graph of one photo.

        Args:
            photo_seed: Tensor of shape ``(2,)``, ``int32``.
        """
        self._photo_seed = photo_seed
        self._draws = 0

    def next(self, ordered: bool = True) -> Any:
        """Return the seed of the next draw, shape ``(2,)``, ``int32``."""
        self._draws += 1
        return tf.random.experimental.stateless_fold_in(self._photo_seed, self._draws)


def draw_from(seeds: PhotoSeeds, layer: Any) -> None:
    """Make a Keras layer and its inner layers use ``seeds``. Call it before the layer."""
    layer.generator = seeds
    for part in list(vars(layer).values()):
        if isinstance(part, keras.Layer):
            draw_from(seeds, part)
