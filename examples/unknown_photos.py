"""Predict on photos of unknown classes: other crops, digits and noise.

    python examples/unknown_photos.py
    python examples/unknown_photos.py PlantVillage holiday-photos steel

The first folder is for training. Each further folder has other photos, in any structure. A
classifier predicts one of its classes for any photo, often with a high probability. After
``calibrate``, each prediction has a verdict, and most of these photos are "unknown". The script
prints the shares of known photos that are kept and of unknown photos that are caught, and draws
some of them. Without folders, it draws all photos, which takes a few minutes on two cores.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.datasets import draw_leaves, read_photo
from transferleaf.predictions import VERDICTS

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.layout_engine import ConstrainedLayoutEngine

KNOWN = ("Apple___Rust", "Apple___healthy", "Bean___Mosaic", "Bean___Rust", "Bean___healthy")
OTHER_CROPS = ("Corn___Blight", "Grape___healthy", "Tomato___Mosaic")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")

Found = Mapping[str, Sequence[tl.LeafPrediction]]


def main(argv: Sequence[str] | None = None) -> None:
    """Train on known classes, and predict on other photos."""
    options, console = parse(argv), Console()
    known, *others = options.folders or draw(options)
    data = tl.open_leaves(known)
    train, validation, test = data.split(0.5, 0.3, 0.2, seed=0)
    classifier = tl.TransferClassifier(
        classes=data.classes,
        backbone="efficientnet_lite0",
        image_size=options.image_size,
        freeze=tl.FreezePolicy.for_quadrant("IV"),
    )
    classifier.fit(train, validation_data=validation, seed=0)
    classifier.calibrate(validation, training_data=train, precision=0.9)
    asked = {"known leaves, not trained on": test.paths} | {
        folder.name: sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        for folder in others
    }
    found = {name: classifier.predict_photos(paths) for name, paths in asked.items()}
    console.print(verdicts(found))
    options.output.mkdir(parents=True, exist_ok=True)
    draw_some(found, options.output / "verdicts.png")
    console.print(f"Look at verdicts.png in {options.output}", highlight=False)


def verdicts(found: Found) -> Table:
    """Return a table of the verdicts, with the shares of kept and caught photos."""
    table = Table("photos", "number", *VERDICTS, "mean top probability", "")
    for number, (name, predictions) in enumerate(found.items()):
        times = Counter(prediction.verdict for prediction in predictions)
        unknown = times["unknown"] / len(predictions)
        table.add_row(
            name,
            str(len(predictions)),
            *(str(times[verdict]) for verdict in VERDICTS),
            f"{np.mean([prediction.probability for prediction in predictions]):.3f}",
            f"{unknown:.0%} caught" if number else f"{1 - unknown:.0%} kept",
        )
    return table


def draw_some(found: Found, path: Path, *, columns: int = 6) -> None:
    """Draw some photos of each kind with their predictions and verdicts."""
    size = (2.1 * columns, 2.7 * len(found))
    # The distance is in inches; titles need more than the default.
    layout = ConstrainedLayoutEngine(h_pad=0.12)
    figure, axes = plt.subplots(len(found), columns, figsize=size, layout=layout)
    for line, (name, predictions) in zip(axes, found.items(), strict=True):
        line[0].set_title(name, loc="left", fontweight="bold", fontsize=9)
        for place in line:
            place.set(xticks=[], yticks=[])
            place.spines[:].set_visible(False)
        for place, prediction in zip(line, spread(predictions, columns), strict=False):
            place.imshow(read_photo(prediction.path))
            caption = f"{prediction.label} {prediction.probability:.2f}\n{prediction.verdict}"
            place.set_xlabel(caption)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def spread(predictions: Sequence[tl.LeafPrediction], number: int) -> list[tl.LeafPrediction]:
    """Return some predictions from all parts of a list."""
    return list(predictions[:: max(1, len(predictions) // number)])


def draw(options: Namespace) -> list[Path]:
    """Draw known leaves, leaves of other crops, digits and noise."""
    size, rng = options.image_size, np.random.default_rng(0)
    how = {"photos_per_class": options.photos, "image_size": size}
    known = draw_leaves(options.output / "known", classes=KNOWN, **how)
    others = draw_leaves(options.output / "other crops", classes=OTHER_CROPS, **how)
    digits, noise = options.output / "digits", options.output / "noise"
    digits.mkdir(parents=True, exist_ok=True)
    noise.mkdir(parents=True, exist_ok=True)
    for number in range(options.photos):
        page = Image.new("RGB", (size, size), tuple(rng.integers(150, 256, 3).tolist()))
        place = tuple(rng.integers(0, size // 2, 2).tolist())
        font = ImageFont.load_default(size / 2)
        ImageDraw.Draw(page).text(place, str(number % 10), fill="black", font=font)
        page.save(digits / f"{number:03}.png")
        Image.fromarray(rng.integers(0, 256, (size, size, 3), "uint8")).save(
            noise / f"{number:03}.png"
        )
    return [known, others, digits, noise]


def parse(argv: Sequence[str] | None) -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description="Predict on photos of unknown classes.")
    parser.add_argument(
        "folders", nargs="*", type=Path, help="known photos, then others; default: drawn"
    )
    parser.add_argument("--output", type=Path, default=Path("runs/unknown-photos"))
    parser.add_argument("--image-size", type=int, default=160, help="in pixels")
    parser.add_argument("--photos", type=int, default=40, help="drawn photos per class")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
