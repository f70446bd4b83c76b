"""Scenes to test on, composed in another way than the augmentation composes them.

Nothing but the leaf mask is shared with ``transferleaf.scenes``: edges are feathered instead of
matted, brightness is matched by gamma, light falls in hard bands, leaves of other photos lie in
front, and blur has a direction. Backgrounds are photos that no training sees.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from transferleaf.scenes.leaf_mask import find_leaf

Pixels = NDArray[np.uint8]


def swapped(photo: Pixels, background: Pixels, rng: np.random.Generator) -> Pixels | None:
    """Only replace the background; ``None`` if no leaf on a plain background is found."""
    leaf = find_leaf(photo)
    if leaf is None:
        return None
    ground = _cropped(background, len(photo), rng)
    return _composite(Image.fromarray(photo), _feathered(leaf, 0.8), ground)


def composed(
    photo: Pixels, backgrounds: Sequence[Pixels], rng: np.random.Generator
) -> Pixels | None:
    """Compose a scene of the field; ``None`` where no leaf on a plain background is found."""
    leaf = find_leaf(photo)
    if leaf is None:
        return None
    size = len(photo)
    ground = _cropped(backgrounds[int(rng.integers(len(backgrounds)))], size, rng)
    shown, mask = _placed(photo, leaf, rng)
    scene = _composite(_as_bright_as(shown, mask, ground, rng), mask, ground)
    scene = _behind(scene, backgrounds[int(rng.integers(len(backgrounds)))], rng)
    return _blurred(_in_bands(scene, rng), rng)


def _cropped(background: Pixels, size: int, rng: np.random.Generator) -> Image.Image:
    height, width = background.shape[:2]
    side = int(min(height, width) * rng.uniform(0.5, 1))
    left, top = int(rng.integers(width - side + 1)), int(rng.integers(height - side + 1))
    part = Image.fromarray(background).crop((left, top, left + side, top + side))
    return part.resize((size, size), Image.Resampling.BICUBIC)


def _feathered(leaf: NDArray[np.bool_], radius: float) -> Image.Image:
    mask = Image.fromarray(leaf.astype(np.uint8) * np.uint8(255))
    # One step inwards, so that the old ground does not show.
    return mask.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(radius))


def _placed(
    photo: Pixels, leaf: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Image.Image, Image.Image]:
    """Turn, shrink and shift a leaf, but not one that the border cuts off."""
    shown, mask = Image.fromarray(photo), _feathered(leaf, 0.8)
    rim = np.concatenate([leaf[0], leaf[-1], leaf[:, 0], leaf[:, -1]]).mean()
    if rim > 0.03:
        return shown, mask
    size = len(photo)
    small = int(size * rng.uniform(0.55, 1))
    turn = float(rng.uniform(-120, 120))
    across, down = (int(rng.integers(size - small + 1)) for _ in range(2))
    moved = []
    for image in (shown, mask):
        sheet = Image.new(image.mode, (size, size))
        turned = image.rotate(turn, Image.Resampling.BICUBIC)
        sheet.paste(turned.resize((small, small), Image.Resampling.LANCZOS), (across, down))
        moved.append(sheet)
    return moved[0], moved[1]


def _as_bright_as(
    leaf: Image.Image, mask: Image.Image, ground: Image.Image, rng: np.random.Generator
) -> Image.Image:
    values = np.asarray(leaf, np.float64) / 255
    weights = np.asarray(mask, np.float64)
    own = (values.mean(axis=2) * weights).sum() / max(weights.sum(), 1)
    there = np.asarray(ground).mean() / 255
    gamma = (np.log(there + 0.05) / np.log(own + 0.05)) ** rng.uniform(0.2, 0.9)
    bright = values ** float(np.clip(gamma, 0.5, 2))
    return Image.fromarray((bright * 255).astype(np.uint8))


def _composite(leaf: Image.Image, mask: Image.Image, ground: Image.Image) -> Pixels:
    return np.asarray(Image.composite(leaf, ground, mask))


def _behind(scene: Pixels, front: Pixels, rng: np.random.Generator) -> Pixels:
    """Let a part of another photo, in the form of a leaf, lie in front of a corner."""
    if rng.random() < 0.5:
        return scene
    size = len(scene)
    mask = Image.new("L", (size, size))
    corner = np.array([rng.choice([0, size]), rng.choice([0, size])])
    half = size * rng.uniform(0.2, 0.4, 2)
    box = [*(corner - half).tolist(), *(corner + half).tolist()]
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.5)))
    return _composite(_cropped(front, size, rng), mask, Image.fromarray(scene))


def _in_bands(scene: Pixels, rng: np.random.Generator) -> Pixels:
    """Sun and shade in bands with hard edges, a curve of contrast, and another white."""
    size = len(scene)
    row, column = np.mgrid[:size, :size] / size
    turn = rng.uniform(0, np.pi)
    across = np.cos(turn) * column + np.sin(turn) * row
    shade = np.ones((size, size, 1))
    if rng.random() < 0.5:
        begin = rng.uniform(-0.2, 1)
        inside = (across > begin) & (across < begin + rng.uniform(0.1, 0.4))
        shade = np.where(inside, rng.uniform(0.5, 0.85), 1.0)[..., None]
    white = np.exp(rng.normal(0, 0.06, 3))
    values = np.clip(scene / 255 * shade * white, 0, 1) ** np.exp(rng.normal(0, 0.2))
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


def _blurred(scene: Pixels, rng: np.random.Generator) -> Pixels:
    """A hand that was not quite still."""
    steps = int(rng.integers(1, 4))
    along = int(rng.integers(2))
    moved = [np.roll(scene, step, axis=along).astype(np.float32) for step in range(steps)]
    return np.mean(moved, axis=0).astype(np.uint8)
