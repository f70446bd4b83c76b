"""Augmented views of photos, which depend only on the photo, the augmentation and a seed.

Their features can be stored, because view 3 of a photo is the same in any batch, in any order and
after a restart. ``Augmentation.apply`` makes new random changes in each epoch instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.augmenting.backgrounds import read_backgrounds
from transferleaf.augmenting.scene_batches import scenes_of
from transferleaf.errors import ConfigError

# Part of every key. Increase it when views with the same key would get other pixels.
_SCHEME = 1
_SCENE_SCHEME = 1  # part of the keys of field scenes


def view_keys(
    photo_keys: Sequence[bytes], augmentation: Augmentation, seed: int, view: int
) -> list[bytes]:
    """Return the keys of one view of each photo.

    Args:
        photo_keys: Keys of the content of the photos, 32 bytes each.
        augmentation: What may happen to the photos.
        seed: Random seed of all views.
        view: Number of the view, from 0.

    Returns:
        32 bytes each. Keys differ if any argument differs.

    Raises:
        ConfigError: ``seed`` or ``view`` is negative.
        FolderLayoutError, BadPhotosError: The backgrounds of scenes cannot be read.

    >>> first, second = (view_keys([bytes(32)], Augmentation.leaf(), 0, view) for view in (0, 1))
    >>> len(first[0]), first == second
    (32, False)
    """
    for option, number in (("seed", seed), ("view", view)):
        if number < 0:
            raise ConfigError(option, number, "be at least 0")
    amounts = _amounts(augmentation.to_dict())
    # Without scenes, the keys are the same as in earlier versions, so stored features stay valid.
    del amounts["scenes"]
    if augmentation.scenes is not None:
        photos = read_backgrounds(augmentation.scenes.backgrounds).digest
        amounts["scenes"] = {
            **_amounts(augmentation.scenes.to_dict()),
            "backgrounds": photos,
            "scheme": _SCENE_SCHEME,
        }
    text = json.dumps([_SCHEME, amounts, int(seed), int(view)], sort_keys=True).encode()
    return [blake2b(key + text, digest_size=32).digest() for key in photo_keys]


def _amounts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the amounts as text. Equal values have equal text, such as 0 and 0.0."""
    return {
        name: amount if amount is None or isinstance(amount, (str, dict)) else float(amount)
        for name, amount in values.items()
    }


def view_seeds(keys: Sequence[bytes]) -> NDArray[np.int64]:
    """Return a seed for each view from its key, for ``augmented_views``.

    >>> view_seeds([bytes(32), b"leaf" * 8]).tolist()
    [0, 7377289180858115436]
    """
    return np.array([int.from_bytes(key[:8], "little", signed=True) for key in keys], np.int64)


def augmented_views(
    images: NDArray[Any], photo_seeds: NDArray[np.int64], augmentation: Augmentation
) -> NDArray[np.float32]:
    """Make one view of each photo.

    Random changes depend only on the seed of the photo, not on other photos.

    Args:
        images: Shape ``(n, height, width, 3)``, RGB in [0, 255], any real dtype.
        photo_seeds: Seed of each photo, shape ``(n,)``, ``int64``; see ``view_seeds``.
        augmentation: What may happen to the photos.

    Returns:
        Shape ``(n, height, width, 3)``, ``float32``, RGB in [0, 255].

    Raises:
        ConfigError: ``augmentation`` mixes photos, or the shapes of ``images`` and ``photo_seeds``
            are invalid.
    """
    if augmentation.mixes_labels:
        raise ConfigError(
            "augmentation", augmentation, "mix nothing: a view is made of one photo alone"
        )
    if images.ndim != 4 or images.shape[-1] != 3:
        raise ConfigError("images", f"shape {images.shape}", "have shape (n, height, width, 3)")
    if photo_seeds.shape != images.shape[:1]:
        must = f"have shape {images.shape[:1]}, one seed for each photo"
        raise ConfigError("photo_seeds", f"shape {photo_seeds.shape}", must)
    change = _compiled(augmentation, *images.shape[1:3])
    if augmentation.scenes is not None:
        images = scenes_of(images, photo_seeds, augmentation.scenes)
        augmentation = replace(augmentation, scenes=None)
    # TensorFlow takes two numbers of 32 bits for a seed.
    halves = np.ascontiguousarray(photo_seeds, "<i8").view("<i4").reshape(-1, 2)
    views: NDArray[np.float32] = change(images.astype(np.float32), halves).numpy()
    return views


# Cached, because tracing takes as long as a hundred photos.
@lru_cache(maxsize=4)
def _compiled(augmentation: Augmentation, height: int, width: int) -> Callable[..., Any]:
    """Create the TensorFlow function from images and pairs of 32-bit seeds to views."""
    import tensorflow as tf

    from transferleaf.augmenting.augmentation_layers import (
        IMAGE_LAYERS,
        OnUnitRange,
        make_layers,
    )
    from transferleaf.augmenting.photo_seeds import PhotoSeeds, draw_from

    seeds = PhotoSeeds()
    layers = make_layers(IMAGE_LAYERS, augmentation.amounts(), seed=0)
    for layer in layers:
        draw_from(seeds, layer.layer if isinstance(layer, OnUnitRange) else layer)

    def view(photo: tuple[Any, Any]) -> Any:
        pixels, seed = photo
        seeds.start(seed)
        # Batches of one photo, because RandAugment selects the same operations for a whole batch.
        images = pixels[tf.newaxis]
        for layer in layers:
            images = layer(images, training=True)
        return tf.clip_by_value(images[0], 0.0, 255.0)

    photo = tf.TensorSpec((height, width, 3), tf.float32)
    signature = [
        tf.TensorSpec((None, height, width, 3), tf.float32),
        tf.TensorSpec((None, 2), tf.int32),
    ]

    # On the CPU, so that pixels do not depend on the GPU, and the GPU is free for the network.
    # With Augmentation.leaf() at 224 px on 2 cores, tf.data is less than half as fast as map_fn,
    # and vectorized_map is as fast, but cannot trace RandAugment.
    @tf.function(input_signature=signature, autograph=False)
    def views(images: Any, halves: Any) -> Any:
        with tf.device("CPU:0"):
            return tf.map_fn(view, (images, halves), fn_output_signature=photo)

    return views
