"""Conversion of batches of photos into field scenes, with one seed per photo."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from transferleaf.augmenting.backgrounds import read_backgrounds
from transferleaf.datasets.photos.reading import default_workers
from transferleaf.scenes.composing import compose
from transferleaf.scenes.field_scenes import FieldScenes

Floats = npt.NDArray[np.float32]


def scenes_of(
    images: npt.NDArray[Any], seeds: npt.NDArray[np.int64], scenes: FieldScenes
) -> Floats:
    """Compose a scene from each photo.

    Args:
        images: Shape ``(n, height, width, 3)``, RGB in [0, 255].
        seeds: Seed of each photo, shape ``(n,)``.
        scenes: How scenes vary.

    Returns:
        Shape ``(n, height, width, 3)``, RGB in [0, 255].

    Raises:
        FolderLayoutError, BadPhotosError: The background photos cannot be read.
    """
    backgrounds = read_backgrounds(scenes.backgrounds).pixels

    def scene(at: int) -> Floats:
        rng = np.random.default_rng(int(seeds[at]) % 2**64)
        photo = np.clip(np.round(images[at]), 0, 255).astype(np.uint8)
        height, width = photo.shape[:2]
        if height == width:
            return compose(photo, scenes, rng, backgrounds)
        side = max(height, width)
        square = compose(_sized(photo, side, side), scenes, rng, backgrounds)
        return _sized(square.round().astype(np.uint8), height, width).astype(np.float32)

    with ThreadPoolExecutor(default_workers(), thread_name_prefix="transferleaf-scene") as pool:
        made = list(pool.map(scene, range(len(images))))
    return np.stack(made) if made else images.astype(np.float32)


def new_scenes(scenes: FieldScenes, seed: int) -> Callable[[npt.NDArray[Any]], Floats]:
    """Return a function from a batch of photos to scenes, which differ with each call.

    Args:
        scenes: How scenes vary.
        seed: Random seed. The scenes of a batch depend on the number of earlier calls.
    """
    calls = itertools.count()

    def change(images: npt.NDArray[Any]) -> Floats:
        seeds = np.random.SeedSequence([seed, next(calls)]).generate_state(len(images), np.uint64)
        return scenes_of(images, seeds.astype(np.int64), scenes)

    return change


def _sized(photo: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.BILINEAR))
