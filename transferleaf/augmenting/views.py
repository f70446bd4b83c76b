"""Augmented views of photos, which depend only on the photo, the augmentation and a seed.

Their features can be stored: view 3 of a photo is the same in any batch, in any order, and after
a restart. ``Augmentation.apply`` draws anew each epoch instead.
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

# Part of every key; another number makes all views new. Count it up when views of the same key
# would get other pixels.
_SCHEME = 1
_SCENE_SCHEME = 1  # the same for field scenes


def view_keys(
    photo_keys: Sequence[bytes], augmentation: Augmentation, seed: int, view: int
) -> list[bytes]:
    """Name one view of each photo.

    Args:
        photo_keys: What names the photos' content, 32 bytes each.
        augmentation: What may happen to the photos.
        seed: The seed of all views; another one gives others.
        view: Number of the view, counted from 0.

    Returns:
        32 bytes each, another value whenever an argument differs.

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
    # Without scenes, keys are those of earlier versions, whose stored features stay valid.
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
    """Equal values get an equal text: 0 and 0.0 are one amount."""
    return {
        name: amount if amount is None or isinstance(amount, (str, dict)) else float(amount)
        for name, amount in values.items()
    }


def view_seeds(keys: Sequence[bytes]) -> NDArray[np.int64]:
    """Take a seed for each view from its key, as ``augmented_views`` wants them.

    >>> view_seeds([bytes(32), b"leaf" * 8]).tolist()
    [0, 7377289180858115436]
    """
    return np.array([int.from_bytes(key[:8], "little", signed=True) for key in keys], np.int64)


def augmented_views(
    images: NDArray[Any], photo_seeds: NDArray[np.int64], augmentation: Augmentation
) -> NDArray[np.float32]:
    """Make one view of each photo.

    Each photo is changed by itself, and all that is random about it comes from its own seed.

    Args:
        images: Shape ``(n, height, width, 3)``, RGB in [0, 255], any real dtype.
        photo_seeds: A seed for each photo, shape ``(n,)``, ``int64``; see ``view_seeds``.
        augmentation: What may happen to the photos.

    Returns:
        Shape ``(n, height, width, 3)``, ``float32``, RGB in [0, 255].

    Raises:
        ConfigError: ``augmentation`` mixes photos, or ``images`` and ``photo_seeds`` have shapes
            that do not fit.
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


# Tracing takes as long as a hundred photos, and a classifier asks for one augmentation at one size.
@lru_cache(maxsize=4)
def _compiled(augmentation: Augmentation, height: int, width: int) -> Callable[..., Any]:
    """Make the TensorFlow function from images and halved seeds to views."""
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
        # A batch of one: RandAugment chooses its operations for a whole batch.
        images = pixels[tf.newaxis]
        for layer in layers:
            images = layer(images, training=True)
        return tf.clip_by_value(images[0], 0.0, 255.0)

    photo = tf.TensorSpec((height, width, 3), tf.float32)
    signature = [
        tf.TensorSpec((None, height, width, 3), tf.float32),
        tf.TensorSpec((None, 2), tf.int32),
    ]

    # On the processor, so that a graphics card changes no pixel and is free for the network.
    # Of map_fn and its rivals (Augmentation.leaf(), 224 px, 2 cores), tf.data manages less than
    # half as many photos per second; vectorized_map as many, but it cannot trace RandAugment.
    @tf.function(input_signature=signature, autograph=False)
    def views(images: Any, halves: Any) -> Any:
        with tf.device("CPU:0"):
            return tf.map_fn(view, (images, halves), fn_output_signature=photo)

    return views
