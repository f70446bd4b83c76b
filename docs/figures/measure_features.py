"""Measure the responses of a network's stages to a drawn leaf, and the accuracy of each stage.

    python -m docs.figures.measure_features

writes ``measured/features``: the leaf, a map per stage, and the accuracy of a linear classifier on
each stage. The map is that of the channel whose values vary most over the photo. Takes about two
minutes on two cores and works offline.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import transferleaf as tl
from docs.figures.stage_probes import stage_probes
from transferleaf.advice.measuring.learning_curve import share_right
from transferleaf.datasets.parts.sampling import Labelled

BACKBONE = "efficientnet_lite0"
CLASS = "Apple___Rust"
PHOTOS_PER_CLASS = 40
SIDE = 224  # input size of the network, in pixels
FOLDS = 3
FOLDER = Path(__file__).parent / "measured" / "features"


def main() -> None:
    """Draw leaves, and measure."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        tl.datasets.draw_leaves(folder, photos_per_class=PHOTOS_PER_CLASS)
        measure(Path(folder), cache)


def measure(folder: Path, cache: str) -> None:
    """Compute the maps of one leaf and the accuracies on all leaves, and write them."""
    leaf = tl.datasets.read_photo(sorted((folder / CLASS).glob("*.jpg"))[0], SIDE)
    backbone = tl.TransferClassifier(classes=["a", "b"], backbone=BACKBONE).backbone
    maps = dict(zip(backbone.stage_names, responses(backbone, leaf), strict=True))
    FOLDER.mkdir(parents=True, exist_ok=True)
    Image.fromarray(leaf).save(FOLDER / "leaf.jpg", quality=88)
    for name, values in maps.items():
        coloured(values).save(FOLDER / f"{name}.png", optimize=True)
    facts = {
        "backbone": BACKBONE,
        "class": CLASS,
        "stages": list(maps),
        "sides": [len(values) for values in maps.values()],
        **accuracies(tl.open_leaves(folder), cache),
    }
    (FOLDER / "facts.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def responses(backbone: tl.backbones.Backbone, leaf: np.ndarray) -> list[np.ndarray]:
    """Return the map of each stage's most varied channel, shape ``(height, width)``."""
    mean, std = np.float32(backbone.pixels.mean), np.float32(backbone.pixels.std)
    outputs = backbone.model((leaf[None].astype(np.float32) - mean) / std)
    maps = [np.asarray(output)[0] for output in outputs]
    return [each[..., each.var(axis=(0, 1)).argmax()] for each in maps]


def coloured(values: np.ndarray) -> Image.Image:
    """Return a map as an image: small values dark, large ones light, with a scale per map."""
    from matplotlib import colormaps

    low, high = values.min(), values.max()
    steps = np.round(255 * (values - low) / max(high - low, 1e-9)).astype(np.uint8)
    picture = Image.fromarray(steps).convert("P")
    colours = colormaps["viridis"](np.arange(256))[:, :3] * 255
    picture.putpalette(colours.astype(np.uint8).tobytes())
    return picture


def accuracies(data: tl.LeafDataset, cache: str) -> dict[str, Any]:
    """Return the accuracy of a classifier on each stage and on all, for other leaves."""
    evidence = tl.feature_evidence(data, backbone=BACKBONE, folds=FOLDS, cache=cache, verbose=0)
    photos = Labelled(labels=data.labels, leaves=data.leaves, classes=data.classes)
    probes = stage_probes(evidence.features, photos, widths=evidence.widths, folds=FOLDS, seed=0)
    right = evidence.probabilities.argmax(axis=1) == data.labels
    return {
        "photos": len(data),
        "classes": len(data.classes),
        "probes": [probe.to_dict() for probe in probes],
        "all_stages": asdict(share_right(right, photos)),
    }


if __name__ == "__main__":
    main()
