"""Measures of photos: size, shape, light, sharpness and contrast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transferleaf.auditing.subject import Indices, Subject

Floats = npt.NDArray[np.float64]

_BLOCK = 4096  # thumbnails per block, which limits memory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """Measures of all photos, each of shape ``(n_photos,)``, NaN where a photo is broken.

    Attributes:
        short_side: The shorter of width and height, in pixels.
        megapixels: Width times height, in millions.
        elongation: Longer side by shorter side, at least 1.
        sharpness: Variance of the Laplacian, as in ``PhotoFacts``.
        bright_share: Share of nearly white pixels, in [0, 1].
        shadows: Grey of the darkest parts (the first percentile of a thumbnail), in [0, 1]. It is
            high only if the whole photo is bright, including the leaf.
        highlights: Grey of the brightest parts (the 99th percentile), in [0, 1]. It is low only if
            the whole photo is dark, including the leaf.
        contrast: Standard deviation of the grey thumbnail, in [0, 0.5].
    """

    short_side: Floats
    megapixels: Floats
    elongation: Floats
    sharpness: Floats
    bright_share: Floats
    shadows: Floats
    highlights: Floats
    contrast: Floats


def measure(subject: Subject) -> Measures:
    """Measure all photos of a data set."""
    width, height = subject.values("width"), subject.values("height")
    shadows, highlights, contrast = _light(subject)
    return Measures(
        short_side=np.minimum(width, height),
        megapixels=width * height / 1e6,
        elongation=np.maximum(width, height) / np.minimum(width, height),
        sharpness=subject.values("sharpness"),
        bright_share=subject.values("bright_share"),
        shadows=shadows,
        highlights=highlights,
        contrast=contrast,
    )


def measure_colour(subject: Subject) -> Floats:
    """Return the largest difference between the colour channels in a thumbnail.

    Returns:
        Shape ``(n_photos,)``, in [0, 255]; NaN where a photo is broken.
    """
    colour = np.full(len(subject.facts), np.nan)
    for block, pixels in _thumbnails(subject):
        # NumPy is slow along an axis of length 3.
        red, green, blue = (pixels[..., channel] for channel in range(3))
        most = np.maximum(np.maximum(red, green), blue)
        least = np.minimum(np.minimum(red, green), blue)
        colour[block] = (most - least).max(axis=1)
    return colour


def _light(subject: Subject) -> Floats:
    """Return shadows, highlights and contrast of the thumbnails, shape ``(3, n_photos)``."""
    light = np.full((3, len(subject.facts)), np.nan)
    for block, pixels in _thumbnails(subject):
        grey = pixels.mean(axis=2) / 255
        light[:, block] = [*np.percentile(grey, [1, 99], axis=1), grey.std(axis=1)]
    return light


def _thumbnails(subject: Subject) -> Iterator[tuple[Indices, npt.NDArray[np.uint8]]]:
    """Yield blocks of photo indices and thumbnails, shape ``(n, n_pixels, 3)``."""
    seen = subject.readable
    for start in range(0, len(seen), _BLOCK):
        block = seen[start : start + _BLOCK]
        thumbnails = b"".join(subject.facts[at].thumbnail or b"" for at in block)
        yield block, np.frombuffer(thumbnails, dtype=np.uint8).reshape(len(block), -1, 3)
