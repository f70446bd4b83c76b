"""Light and camera effects of a scene: sun and shade, tint, blur, noise."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from transferleaf.drawing.texture import Field, clouds, picture, smoothstep


def in_field_light(scene: Field, rng: np.random.Generator, amount: float) -> Field:
    """Give a scene uneven light, an exposure and a tint.

    Args:
        scene: Shape ``(size, size, 3)``, RGB in [0, 1].
        rng: Where the randomness comes from.
        amount: Strength, in [0, 1]; 0 changes nothing.
    """
    size = len(scene)
    row, column = np.mgrid[:size, :size].astype(np.float32) / size - 0.5
    turn = rng.uniform(0, 2 * np.pi)
    slope = np.cos(turn) * column + np.sin(turn) * row
    log_light = rng.uniform(0, 0.7) * slope + rng.uniform(0, 0.15) * clouds(rng, size, 2.5)
    if rng.random() < 0.4:  # shade of leaves above, as dark patches with soft outlines
        patches = smoothstep(clouds(rng, size, rng.uniform(2, 6), octaves=2), -0.7, 0.7)
        log_light += np.log(rng.uniform(0.45, 0.9)) * patches
    log_light += np.clip(rng.normal(0, 0.22), -0.4, 0.4)
    warmth = rng.normal(0, 0.07)
    tint = np.array([warmth, rng.normal(0, 0.025), -warmth])
    lit = scene * np.exp(amount * (log_light[..., None] + tint)).astype(np.float32)
    contrast = np.exp(amount * rng.normal(0, 0.15))
    middle = float(lit.mean())
    return np.clip(middle + contrast * (lit - middle), 0, 1).astype(np.float32)


def out_of_focus(scene: Field, radius: float) -> Field:
    """Blur a scene. ``radius`` is in pixels; below 1/3, the scene does not change."""
    if radius < 1 / 3:
        return scene
    blurred = picture(scene).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(blurred, np.float32) / 255


def as_taken(scene: Field, rng: np.random.Generator, amount: float) -> Field:
    """Simulate a phone camera: slight blur, noise, JPEG compression.

    Args:
        scene: Shape ``(size, size, 3)``, RGB in [0, 1].
        rng: Where the randomness comes from.
        amount: Strength, in [0, 1]; 0 changes nothing.
    """
    if not amount:
        return scene
    taken = out_of_focus(scene, amount * rng.exponential(0.4) * len(scene) / 224)
    grain = amount * rng.exponential(0.015)
    noisy = taken + np.float32(grain) * rng.standard_normal(taken.shape, np.float32)
    file = io.BytesIO()
    picture(noisy).save(file, "JPEG", quality=int(rng.uniform(95 - 55 * amount, 96)))
    return np.asarray(Image.open(file), np.float32) / 255
