"""The positions of leaf and disease in drawn photos.

A drawing is a function of its seed, so the leaf of a photo can be drawn again with and without its
disease. The difference is the disease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
from PIL import Image

from transferleaf.drawing import draw
from transferleaf.drawing.drawing import Drawing
from transferleaf.drawing.growing import leaf
from transferleaf.drawing.growing.diseases import DISEASES
from transferleaf.drawing.photographing import background, scene
from transferleaf.drawing.photographing.camera import develop
from transferleaf.drawing.photographing.pose import draw_pose, laid
from transferleaf.drawing.photographing.scene import set_scene

Mask = npt.NDArray[np.bool_]

_CHANGED = 0.1  # difference in colour that is clearly visible, as a share of white


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnPhoto:
    """A drawn photo and its true regions.

    Attributes:
        pixels: Shape ``(size, size, 3)``, ``uint8``, RGB in [0, 255].
        class_name: Its class.
        leaf: Mask of the leaf, shape ``(size, size)``.
        disease: Mask of the disease, shape ``(size, size)``; all False on a healthy leaf.
        ground: Name of the background, such as ``"card"``.
    """

    pixels: npt.NDArray[np.uint8]
    class_name: str
    leaf: Mask
    disease: Mask
    ground: str


def draw_photos(drawing: Drawing) -> list[DrawnPhoto]:
    """Draw the first photo of every leaf, with the same pixels as ``draw_leaves``."""
    return [_draw(drawing, each.class_name, each.number) for each in drawing.leaves()]


def _draw(drawing: Drawing, class_name: str, number: int) -> DrawnPhoto:
    sheet = round(draw._SHEET_SCALE * drawing.image_size)
    size = round(draw._SCENE_SCALE * drawing.image_size)
    ill = leaf.grow_leaf(class_name, drawing.random_of(class_name, number), sheet)
    with mock.patch.dict(leaf.__dict__, DISEASES=dict.fromkeys(DISEASES, _spare)):
        healthy = leaf.grow_leaf(class_name, drawing.random_of(class_name, number), sheet)
    rng = drawing.random_of(class_name, number, 1)
    ground: list[str] = []
    with mock.patch.object(scene, "draw_background", lambda *given: _noted(ground, *given)):
        seen = set_scene(ill, rng, size)
    pose = draw_pose(drawing.random_of(class_name, number, 1))
    differing = np.abs(ill.colour - healthy.colour)
    changed, opacity = laid(differing, ill.opacity, pose, size)
    on_leaf = _reduced(opacity, drawing.image_size) > 0.5
    return DrawnPhoto(
        pixels=np.asarray(develop(seen, rng, drawing.image_size)),
        class_name=class_name,
        leaf=on_leaf,
        disease=on_leaf & (_reduced(changed.max(axis=2), drawing.image_size) > _CHANGED),
        ground=ground[0],
    )


def _spare(blade: Any, rng: np.random.Generator, severity: float) -> Any:
    """Return the blade unchanged, in place of a disease."""
    return blade


def _noted(ground: list[str], rng: np.random.Generator, size: int) -> Any:
    kinds = {each.__name__: each for each in background.PLAIN + background.FIELD}

    def noting(name: str) -> Callable[..., Any]:
        def painted(*given: Any) -> Any:
            ground.append(name)
            return kinds[name](*given)

        return painted

    plain = tuple(noting(each.__name__) for each in background.PLAIN)
    field = tuple(noting(each.__name__) for each in background.FIELD)
    with mock.patch.multiple(background, PLAIN=plain, FIELD=field):
        return background.draw_background(rng, size)


def _reduced(field: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float32]:
    return np.asarray(Image.fromarray(field).resize((size, size), Image.Resampling.BILINEAR))
