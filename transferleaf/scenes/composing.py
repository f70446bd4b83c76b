"""Composition of a random field scene from a photo of a leaf, as set by ``FieldScenes``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from transferleaf.drawing.texture import Field, clouds
from transferleaf.scenes.cut_out import CutOut, cut_out
from transferleaf.scenes.field_scenes import FieldScenes
from transferleaf.scenes.grounds import DRAWN, drawn_ground, own_ground, part_of
from transferleaf.scenes.leaf_mask import find_leaf
from transferleaf.scenes.lighting import as_taken, in_field_light, out_of_focus
from transferleaf.scenes.pasting import Place, Shadow, in_light_of, laid, pasted
from transferleaf.scenes.pieces import Mask

_PHOTO_CHANCE = 0.7  # probability of a photo as background, if there are any
_OWN_CHANCE = 0.15  # probability of its own background, mirrored; otherwise it is drawn
_SMALLEST = 8  # smallest side of a photo in pixels
_MOST_HIDDEN = 1 / 3  # share of a leaf that others cover
_STRIP_CHANCE = 0.6  # probability that a photo without plain background is used as one leaf


def compose(
    photo: npt.NDArray[np.uint8],
    scenes: FieldScenes,
    rng: np.random.Generator,
    backgrounds: Sequence[npt.NDArray[np.uint8]] = (),
) -> npt.NDArray[np.float32]:
    """Compose a scene from a photo.

    Args:
        photo: Shape ``(size, size, 3)``, RGB in [0, 255].
        scenes: How scenes vary.
        rng: Random generator.
        backgrounds: Background photos, each of shape ``(height, width, 3)``, RGB in [0, 255].

    Returns:
        Shape ``(size, size, 3)``, RGB in [0, 255].
    """
    return compose_with_leaf(photo, scenes, rng, backgrounds)[0]


def compose_with_leaf(
    photo: npt.NDArray[np.uint8],
    scenes: FieldScenes,
    rng: np.random.Generator,
    backgrounds: Sequence[npt.NDArray[np.uint8]] = (),
) -> tuple[npt.NDArray[np.float32], Field | None]:
    """Compose a scene from a photo, and return where the leaf is; see ``compose``.

    Returns:
        The scene, and the share of each pixel that the leaf covers, shape ``(size, size)``, in
        [0, 1]. ``None`` instead if the photo did not become a scene.
    """
    if rng.random() >= scenes.share or len(photo) < _SMALLEST:
        return photo.astype(np.float32), None
    seen = photo.astype(np.float32) / 255
    leaf = find_leaf(photo)
    strip = rng.random() < _STRIP_CHANCE
    scene: Field
    covered: Field | None
    if leaf is None and not strip:
        scene, covered = seen, None
    else:
        found = _strip(rng, len(photo)) if leaf is None else leaf
        ground = _ground(seen, leaf, rng, backgrounds)
        ground = out_of_focus(ground, scenes.blur * _depth(rng) * len(photo) / 224)
        scene, covered = _arranged(cut_out(seen, found), ground, scenes, rng)
    if scenes.light:
        scene = in_field_light(scene, rng, scenes.light)
    return np.clip(as_taken(scene, rng, scenes.blur), 0, 1) * np.float32(255), covered


def _ground(
    photo: Field,
    leaf: Mask | None,
    rng: np.random.Generator,
    backgrounds: Sequence[npt.NDArray[np.uint8]],
) -> Field:
    size = len(photo)
    if len(backgrounds) and rng.random() < _PHOTO_CHANCE:
        return part_of(backgrounds[int(rng.integers(len(backgrounds)))], rng, size, smallest=0.4)
    if leaf is not None and rng.random() < _OWN_CHANCE:
        return own_ground(photo, leaf)
    return part_of(drawn_ground(int(rng.integers(DRAWN)), size), rng, size)


def _depth(rng: np.random.Generator) -> float:
    """Return the blur of the background in pixels: often none, sometimes much."""
    return 0.0 if rng.random() < 0.4 else float(rng.exponential(1.8))


def _arranged(
    leaf: CutOut, ground: Field, scenes: FieldScenes, rng: np.random.Generator
) -> tuple[Field, Field]:
    """Place a leaf on a background, with other leaves beside it and in front of it.

    Returns:
        The scene, and the share of each pixel that the leaf covers.
    """
    leaf = in_light_of(leaf, ground, scenes.light * rng.uniform(0.2, 0.8))
    size = len(ground)
    whole = leaf if leaf.goes_on else _cropped(leaf)
    main = laid(whole, _main_place(whole, scenes, rng), size)
    shadow = _shadow(rng, scenes.shadow)
    scene = ground
    for _ in range(_how_many(rng, scenes.neighbours)):
        scene = pasted(scene, _other(whole, rng, size), shadow)
    scene = pasted(scene, main, shadow)
    covered = main.opacity
    for _ in range(_how_many(rng, scenes.occlusion)):
        front = _other(whole, rng, size) if rng.random() < 0.5 else _blade(ground, rng)
        if (front.opacity * main.opacity).sum() <= _MOST_HIDDEN / 2 * main.opacity.sum():
            scene = pasted(scene, front, shadow)
            covered = covered * (1 - front.opacity)
    return scene, covered


def _main_place(leaf: CutOut, scenes: FieldScenes, rng: np.random.Generator) -> Place:
    if leaf.goes_on:
        size, off = rng.uniform(1 - 0.35 * scenes.scale, 1 + 0.5 * scenes.scale), 0.12
        turn = float(rng.normal(0, 0.3) + np.pi / 2 * rng.integers(4))
    else:
        size = rng.uniform(0.95 - 0.5 * scenes.scale, 0.95 + 0.25 * scenes.scale)
        off, turn = 0.08 + 0.25 * max(0.95 - size, 0), rng.uniform(-np.pi, np.pi)
    x, y = 0.5 + rng.uniform(-off, off, 2)
    mirrored = rng.random() < 0.5
    return Place(x=float(x), y=float(y), turn=turn, size=size, mirrored=mirrored)


def _other(leaf: CutOut, rng: np.random.Generator, size: int) -> CutOut:
    """Return the same leaf at another place, rotated, in other light, sometimes blurred."""
    around, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.65)
    place = Place(
        x=float(0.5 + away * np.cos(around)),
        y=float(0.5 + away * np.sin(around)),
        turn=float(rng.uniform(-np.pi, np.pi)),
        size=float(rng.uniform(0.4, 0.9)),
        mirrored=rng.random() < 0.5,
    )
    other = laid(leaf, place, size)
    shade = rng.uniform(0.5, 1.15) + rng.normal(0, 0.05, 3)
    colours = np.clip(other.colours * shade.astype(np.float32), 0, 1)
    if rng.random() < 0.5:
        radius = float(rng.exponential(1.5)) * size / 224
        channels = np.dstack([colours * other.opacity[..., None], other.opacity])
        colours, opacity = _blurred(channels, radius)
        return CutOut(colours, opacity)
    return CutOut(colours, other.opacity)


def _blurred(channels: Field, radius: float) -> tuple[Field, Field]:
    opacity = out_of_focus(np.repeat(channels[..., 3:], 3, axis=2), radius)[..., 0]
    colours = out_of_focus(channels[..., :3], radius) / np.maximum(opacity, 1 / 255)[..., None]
    return np.clip(colours, 0, 1), opacity


def _blade(ground: Field, rng: np.random.Generator) -> CutOut:
    """Return a blade of grass or a stalk across the picture, coloured like the background."""
    size, fine = len(ground), 2
    image = Image.new("L", (fine * size, fine * size))
    ends = rng.uniform(-0.1, 1.1, (3, 2)) * fine * size
    width = int(fine * size * rng.uniform(0.01, 0.06))
    line = [(float(x), float(y)) for x, y in ends]
    ImageDraw.Draw(image).line(line, fill=255, width=max(width, 1), joint="curve")
    opacity = np.asarray(image.resize((size, size), Image.Resampling.BOX), np.float32) / 255
    green = np.array([0.35, 0.48, 0.18]) * rng.uniform(0.5, 1.5) + rng.normal(0, 0.05, 3)
    colour = 0.5 * green + 0.5 * ground[int(rng.integers(size)), int(rng.integers(size))]
    uneven = 1 + 0.08 * clouds(rng, size, 12)
    colours = np.clip(colour * uneven[..., None], 0, 1).astype(np.float32)
    return CutOut(colours, opacity)


def _strip(rng: np.random.Generator, size: int) -> Mask:
    """Return a band with curved outlines across the picture, like a long leaf seen from near."""
    row, column = np.mgrid[:size, :size].astype(np.float32) / size - 0.5
    turn = rng.uniform(0, np.pi)
    across = np.cos(turn) * column + np.sin(turn) * row
    along = np.cos(turn) * row - np.sin(turn) * column
    bent = across + rng.uniform(-0.25, 0.25) * along**2 + 0.015 * clouds(rng, size, 4)
    half = rng.uniform(0.25, 0.45) * (1 - rng.uniform(0, 0.5) * (along + 0.5))
    strip: Mask = np.abs(bent - rng.uniform(-0.1, 0.1)) < half
    return strip


def _shadow(rng: np.random.Generator, amount: float) -> Shadow | None:
    if rng.random() >= 0.8 * amount:
        return None
    turn, far = rng.uniform(0, 2 * np.pi), rng.exponential(0.03)
    return Shadow(
        across=float(np.clip(far * np.cos(turn), -0.12, 0.12)),
        down=float(np.clip(far * np.sin(turn), -0.12, 0.12)),
        softness=float(rng.uniform(0.005, 0.05)),
        depth=float(amount * rng.uniform(0.2, 0.75)),
    )


def _how_many(rng: np.random.Generator, amount: float) -> int:
    """Return 0, 1 or 2; larger amounts make larger numbers more probable."""
    return int(rng.random() < 0.5 * amount) + int(rng.random() < 0.35 * amount)


def _cropped(leaf: CutOut) -> CutOut:
    """Return the leaf centred in a square array."""
    rows, columns = (np.flatnonzero((leaf.opacity > 0.1).any(axis=axis)) for axis in (1, 0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side = max(bottom - top, right - left)
    above, before = (side - (bottom - top)) // 2, (side - (right - left)) // 2
    colours = np.zeros((side, side, 3), np.float32)
    opacity = np.zeros((side, side), np.float32)
    here = slice(above, above + bottom - top), slice(before, before + right - left)
    colours[here] = leaf.colours[top:bottom, left:right]
    opacity[here] = leaf.opacity[top:bottom, left:right]
    return CutOut(colours, opacity)
