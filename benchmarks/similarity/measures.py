"""Measures of how unlike natural photos a set is, each larger for less similar photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from transferleaf.backbones import Backbone, PixelNormalization
from transferleaf.similarity.batch_norm_inputs import batch_norms, stage_divergences
from transferleaf.similarity.divergence import ChannelMoments, gaussian_divergence
from transferleaf.similarity.synthetic_photos import synthetic_photos

Photos = NDArray[np.uint8]
_BATCH = 32
_EARLY = 2 / 3

# Of ImageNet, in [0, 255].
_MEAN = np.array([123.675, 116.28, 103.53])
_STD = np.array([58.395, 57.12, 57.375])
_BANDS = 4


class Network:
    """A network with real weights, and what it computes for photos.

    Args:
        backbone: The network.
    """

    def __init__(self, backbone: Backbone) -> None:
        self.backbone = backbone
        self.averages = np.zeros((0, 0))
        self.of_averages: list[ChannelMoments] = []
        self._run = tf.function(
            lambda pixels: keras.tree.flatten(
                backbone.model(PixelNormalization(backbone.pixels)(pixels), training=False)
            )
        )

    def moments(self, photos: Photos) -> list[ChannelMoments]:
        """Return the moments of the channels of each stage."""
        sums: list[NDArray[np.float64]] = []
        squares: list[NDArray[np.float64]] = []
        for batch in _batches(photos):
            maps = self._run(tf.constant(batch, tf.float32))
            means = [np.asarray(tf.reduce_mean(each, (1, 2)), np.float64) for each in maps]
            powers = [np.asarray(tf.reduce_mean(each**2, (1, 2)), np.float64) for each in maps]
            first = not sums
            sums = means if first else [np.concatenate(p) for p in zip(sums, means, strict=True)]
            squares = (
                powers if first else [np.concatenate(p) for p in zip(squares, powers, strict=True)]
            )
        self.averages = sums[-1]
        self.of_averages = [
            ChannelMoments(mean=mean.mean(axis=0), variance=mean.var(axis=0)) for mean in sums
        ]
        return [
            ChannelMoments(
                mean=mean.mean(axis=0),
                variance=np.maximum(square.mean(axis=0) - mean.mean(axis=0) ** 2, 0),
            )
            for mean, square in zip(sums, squares, strict=True)
        ]


def _batches(photos: Photos) -> list[Photos]:
    return [photos[start : start + _BATCH] for start in range(0, len(photos), _BATCH)]


def early(values: Sequence[float | None]) -> float:
    """Return the mean of the first two thirds of the stages."""
    known = [value for value in values[: int(np.ceil(_EARLY * len(values)))] if value is not None]
    return float(np.mean(known))


def batch_norm(network: Network, photos: Photos) -> float:
    """Return the divergence of the batch-norm statistics, the reference."""
    assert batch_norms(network.backbone.model)
    return early(stage_divergences(network.backbone, _batches(photos)))


def against(references: list[ChannelMoments], found: list[ChannelMoments]) -> list[float]:
    """Return the divergence of each stage from the moments over reference photos."""
    return [
        float(
            gaussian_divergence(
                seen, reference, epsilon=1e-3 * float(np.mean(reference.variance))
            ).mean()
        )
        for seen, reference in zip(found, references, strict=True)
    ]


def colours(photos: Photos) -> float:
    """Return the divergence of the colours from those of ImageNet, as one normal distribution."""
    flat = photos.reshape(-1, 3).astype(np.float64)
    shift = (flat.mean(axis=0) - _MEAN) / _STD
    # The correlation of the channels of natural photos.
    directions = np.array(
        [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]]
    )
    shares = np.array([0.2175, 0.0188, 0.0045]) / 0.2408 * 3
    old = directions @ np.diag(shares) @ directions.T
    new = np.cov((flat / _STD).T) + 1e-3 * np.eye(3)
    inverse = np.linalg.inv(old)
    logs = np.linalg.slogdet(old)[1] - np.linalg.slogdet(new)[1]
    return float(0.5 * (np.trace(inverse @ new) + shift @ inverse @ shift - 3 + logs))


def texture(photos: Photos) -> float:
    """Return how far the power in each octave is from that of natural photos, which is equal."""
    grey = photos.astype(np.float64).mean(axis=3) / 255
    size = grey.shape[1]
    window = np.hanning(size)[:, None] * np.hanning(size)[None]
    power = np.abs(np.fft.fft2((grey - grey.mean(axis=(1, 2), keepdims=True)) * window)) ** 2
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None])
    edges = 0.5 / 2.0 ** np.arange(_BANDS, -1, -1)
    bands = [
        power[:, (frequency >= low) & (frequency < high)].sum(axis=1).mean()
        for low, high in pairwise(edges)
    ]
    logs = np.log(np.asarray(bands) + 1e-9)
    natural = np.log(0.04 * size**4 * 0.14 / _BANDS)  # contrast 0.2 behind the window
    return float(np.mean((logs - natural) ** 2))


def norm(averages: NDArray[np.float64]) -> float:
    """Return how small the averages of the last stage are: the negative mean length."""
    return -float(np.linalg.norm(averages, axis=1).mean())


def entropy(averages: NDArray[np.float64]) -> float:
    """Return how few directions the averages of the last stage use, as a negative entropy."""
    values = np.linalg.svd(averages - averages.mean(axis=0), compute_uv=False) ** 2
    shares = values[values > 0] / values.sum()
    return float((shares * np.log(shares)).sum())


def scikit_learn_crops(number: int, image_size: int) -> Photos:
    """Return crops of the two photos that scikit-learn ships."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    numbers = np.random.default_rng(0)
    found = []
    for place in range(number):
        photo = load_sample_images().images[place % 2]
        side = int(numbers.uniform(0.3, 1) * min(photo.shape[:2]))
        top = int(numbers.integers(0, photo.shape[0] - side + 1))
        left = int(numbers.integers(0, photo.shape[1] - side + 1))
        crop = Image.fromarray(photo[top : top + side, left : left + side])
        found.append(np.asarray(crop.resize((image_size, image_size), Image.Resampling.BILINEAR)))
    return np.stack(found)


REFERENCES: dict[str, Callable[[int, int], Photos]] = {
    "synthetic photos": synthetic_photos,
    "crops of two photos": scikit_learn_crops,
}
