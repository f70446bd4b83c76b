"""Made-up photos with the statistics of natural ones: a reference without batch norm.

Shapes of all sizes lie on top of each other ("dead leaves"), in the colours of natural photos. Such
pictures have the edges, the texture and the spectrum of photos, but show nothing.

Source:
    The model is that of Lee, Mumford and Huang, "Occlusion Models for Natural Images" (2001). The
    mean, the variance and the main axes of the colours are those that are published for ImageNet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

# Of the colours of ImageNet, in [0, 1]: mean; and the directions of the covariance, from light to
# dark, from yellow to blue, and from green to purple, with their shares of the variance.
_MEAN = np.array([0.485, 0.456, 0.406])
_VARIANCE = 0.229**2 + 0.224**2 + 0.225**2
_DIRECTIONS = np.array(
    [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]]
)
_SHARES = np.array([0.2175, 0.0188, 0.0045]) / (0.2175 + 0.0188 + 0.0045)

# Radii as shares of the side, with a density that falls with the third power.
_SMALLEST, _LARGEST = 0.03, 0.7
_SHAPES = 500

_TEXTURE = 0.08  # standard deviation of the texture, in [0, 1]


def synthetic_photos(number: int, image_size: int, *, seed: int = 0) -> NDArray[np.uint8]:
    """Make photos of nothing.

    Args:
        number: Number of photos, at least 1.
        image_size: Height and width, in pixels.
        seed: Random seed, at least 0.

    Returns:
        Shape ``(number, image_size, image_size, 3)``, RGB in [0, 255].

    >>> synthetic_photos(2, 32).shape
    (2, 32, 32, 3)
    """
    streams = np.random.SeedSequence(seed).spawn(number)
    return np.stack([_made(np.random.default_rng(each), image_size) for each in streams])


def _made(numbers: np.random.Generator, size: int) -> NDArray[np.uint8]:
    colours = _colours(numbers, _SHAPES + 1)
    photo = Image.new("RGB", (size, size), tuple(colours[-1]))
    draw = ImageDraw.Draw(photo)
    for colour, radius in zip(colours, _radii(numbers, _SHAPES) * size, strict=False):
        corners = _outline(numbers, radius) + numbers.uniform(0, size, 2)
        draw.polygon([tuple(corner) for corner in corners], fill=tuple(colour))
    light = np.asarray(photo, np.float64) / 255 + _texture(numbers, size)[..., None]
    return (np.clip(light, 0, 1) * 255).round().astype(np.uint8)


def _colours(numbers: np.random.Generator, number: int) -> NDArray[np.int64]:
    """Draw colours, ``(number, 3)``. Those of one photo have a common part."""
    spread = np.sqrt(_SHARES * _VARIANCE / 2)
    common, own = numbers.normal(size=(1, 3)), numbers.normal(size=(number, 3))
    found = _MEAN + ((common + own) * spread) @ _DIRECTIONS.T
    return (np.clip(found, 0, 1) * 255).round().astype(np.int64)


def _radii(numbers: np.random.Generator, number: int) -> NDArray[np.float64]:
    """Draw radii whose density falls with the third power."""
    low, high = _SMALLEST**-2, _LARGEST**-2
    return np.asarray(numbers.uniform(high, low, number) ** -0.5)


def _outline(numbers: np.random.Generator, radius: float) -> NDArray[np.float64]:
    """Draw an ellipse or a polygon of any orientation around 0, ``(corners, 2)``."""
    corners = int(numbers.choice([3, 4, 5, 16]))
    angles = np.sort(numbers.uniform(0, 2 * np.pi, corners))
    if corners == 16:
        angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    flat, turn = numbers.uniform(0.3, 1), numbers.uniform(0, np.pi)
    points = np.stack([np.cos(angles), flat * np.sin(angles)], axis=1) * radius
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(points @ turned.T)


def _texture(numbers: np.random.Generator, size: int) -> NDArray[np.float64]:
    """Draw noise whose amplitude falls with the frequency, as in photos, ``(size, size)``."""
    vertical, horizontal = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    frequency = np.hypot(vertical, horizontal)
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(numbers.normal(size=(size, size))) / frequency
    noise = np.fft.irfft2(spectrum, s=(size, size))
    strength = _TEXTURE * numbers.uniform(0, 2)
    return np.asarray(noise * (strength / max(float(noise.std()), 1e-12)))
