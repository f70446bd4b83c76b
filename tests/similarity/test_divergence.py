"""The divergence of channels, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.similarity.divergence import ChannelMoments, gaussian_divergence

STORED = ChannelMoments(mean=np.array([1.0]), variance=np.array([4.0]))


@pytest.mark.parametrize(
    ("mean", "variance", "expected"),
    [
        (1.0, 4.0, 0.0),
        (3.0, 4.0, 0.5),  # one standard deviation off
        (-1.0, 4.0, 0.5),
        (1.0, 1.0, 0.5 * (np.log(4) + 0.25 - 1)),
        (1.0, 16.0, 0.5 * (np.log(0.25) + 4 - 1)),
    ],
)
def test_it_is_that_of_two_gaussians(mean, variance, expected):
    target = ChannelMoments(mean=np.array([mean]), variance=np.array([variance]))

    found = gaussian_divergence(target, STORED, epsilon=1e-12)

    np.testing.assert_allclose(found, [expected], atol=1e-9)


def test_a_channel_that_was_constant_counts_by_what_the_layer_lets_pass():
    constant = ChannelMoments(mean=np.zeros(1), variance=np.array([1e-12]))
    stirred = ChannelMoments(mean=np.zeros(1), variance=np.array([1e-5]))

    found = gaussian_divergence(stirred, constant, epsilon=1e-3)

    assert found.item() == pytest.approx(0.25 * 1e-4, rel=0.05)
