"""Divergence of channel statistics from those of the pretraining, for Gaussian channels.

Batch normalisation stores the mean and variance of each channel over the pretraining photos. They
can be compared with those over other photos, without the pretraining photos.

Source:
    Li et al., "Revisiting Batch Normalization For Practical Domain Adaptation" (2016), use these
    statistics to characterise a domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChannelMoments:
    """Mean and variance of each channel over photos and positions of the map.

    Attributes:
        mean: Shape ``(channels,)``.
        variance: Shape ``(channels,)``, each at least 0.
    """

    mean: NDArray[Any]
    variance: NDArray[Any]


class MomentSum:
    """The moments over several batches, from those of each batch.

    >>> total = MomentSum()
    >>> total.add(np.zeros(1), np.ones(1), photos=1)
    >>> total.add(np.full(1, 2.0), np.ones(1), photos=1)
    >>> total.moments()
    ChannelMoments(mean=array([1.]), variance=array([2.]))
    """

    def __init__(self) -> None:
        self._photos = 0
        self._first: Any = 0.0
        self._second: Any = 0.0

    def add(self, mean: Any, variance: Any, *, photos: int) -> None:
        """Add the mean and the variance of each channel over a batch."""
        mean, variance = np.asarray(mean, np.float64), np.asarray(variance, np.float64)
        # All maps have the same size, so batches can be weighted by their number of photos.
        self._photos += photos
        self._first = self._first + photos * mean
        self._second = self._second + photos * (variance + np.square(mean))

    def moments(self) -> ChannelMoments:
        """Return the moments over all batches."""
        mean = self._first / self._photos
        variance = np.maximum(self._second / self._photos - np.square(mean), 0)
        return ChannelMoments(mean=mean, variance=variance)


def gaussian_divergence(
    target: ChannelMoments, stored: ChannelMoments, *, epsilon: float
) -> Float64:
    """Kullback-Leibler divergence of each channel, ``KL(target || stored)``, in nats.

    ``epsilon`` is added to both variances, as in the layer. Otherwise, a channel that was almost
    constant in the pretraining would dominate after the smallest change, although the layer hardly
    passes it on. With ``epsilon``, a channel counts by its possible effect on later layers.

    Args:
        target: Moments of the new photos.
        stored: Moments of the pretraining.
        epsilon: Epsilon of the layer, above 0.

    Returns:
        Shape ``(channels,)``, each at least 0; 0 if both are equal.

    >>> one = ChannelMoments(mean=np.zeros(1), variance=np.ones(1))
    >>> moved = ChannelMoments(mean=np.ones(1), variance=np.ones(1))
    >>> gaussian_divergence(moved, one, epsilon=1e-9).round(6).tolist()
    [0.5]
    """
    new = np.asarray(target.variance, np.float64) + epsilon
    old = np.asarray(stored.variance, np.float64) + epsilon
    shift = np.asarray(target.mean, np.float64) - np.asarray(stored.mean, np.float64)
    return np.asarray(0.5 * (np.log(old / new) + (new + np.square(shift)) / old - 1))
