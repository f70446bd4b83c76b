"""Draw the figure of the leaf map, from drawn leaves in composed scenes.

python -m benchmarks.field.figure --output docs/leaf-map.jpg
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import matplotlib as mpl
import numpy as np
import typer
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.drawing import draw_leaves
from transferleaf.features.leaf_map import leaf_map_of
from transferleaf.scenes.composing import compose

mpl.use("Agg")
import matplotlib.pyplot as plt

SIDE = 224
COLUMNS = 6


def main(output: Annotated[Path, typer.Option(help="The figure.")]) -> None:
    """Fit a leaf map on drawn leaves, and show it for leaves that it has not seen."""
    with tempfile.TemporaryDirectory() as folder:
        draw_leaves(folder, photos_per_class=24, image_size=SIDE)
        data = tl.open_leaves(folder)
        train, test = data.split(0.8, 0.2, seed=0)
        classifier = tl.TransferClassifier(
            classes=data.classes,
            backbone="efficientnet_lite0",
            freeze=tl.FreezePolicy.freeze_base(head_region="leaf", views=1),
            augment=tl.Augmentation.field(),
        )
        classifier.fit(train, seed=0, verbose=0)
        photos = np.stack([test.read(row, SIDE) for row in range(0, len(test), 5)][:COLUMNS])
        scenes = np.stack(
            [
                compose(photo, tl.FieldScenes(), np.random.default_rng(row), ())
                for row, photo in enumerate(photos)
            ]
        ).astype(np.uint8)
    rows: list[Any] = [photos, _maps(classifier, photos), scenes, _maps(classifier, scenes)]
    titles = ("photos", "leaf map", "scenes", "leaf map")
    figure, axes = plt.subplots(4, COLUMNS, figsize=(9, 6.2), layout="constrained")
    for line, title, pictures in zip(axes, titles, rows, strict=True):
        line[0].set_ylabel(title)
        for axis, picture in zip(line, pictures, strict=True):
            axis.imshow(picture, cmap="gray", vmin=0, vmax=1)
            axis.set(xticks=[], yticks=[])
    figure.savefig(output, dpi=110, pil_kwargs={"quality": 88, "optimize": True})


def _maps(classifier: tl.TransferClassifier, photos: NDArray[np.uint8]) -> NDArray[np.float32]:
    backbone = classifier.backbone
    pixels = PixelNormalization(backbone.pixels)(photos.astype(np.float32))
    outputs: Any = backbone.model(pixels, training=False)
    return np.asarray(leaf_map_of(outputs, backbone))[..., 0]


if __name__ == "__main__":
    typer.run(main)
