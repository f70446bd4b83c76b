"""Train on lab photos and evaluate on field photos with other class names.

    python examples/field_photos.py
    python examples/field_photos.py PlantVillage PlantDoc farm

The first folder is for training and a test on other leaves. Each further folder is a separate set
in the report. ``match_classes`` proposes matching class names; check its table before you use the
results. Without folders, the script draws leaves for the lab, and dark and blurred leaves for the
field. This takes a few minutes on two cores.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageEnhance, ImageFilter
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.datasets import draw_leaves, match_classes

LAB = ("Apple___Rust", "Apple___healthy", "Bean___Mosaic", "Bean___Rust", "Bean___healthy")
FIELD = {  # the names of the field; the lab has no grapes
    "Apple___Rust": "rust on apple leaves",
    "Apple___healthy": "apple leaf",
    "Bean___Mosaic": "bean mosaic",
    "Bean___Rust": "bean rust",
    "Grape___Leaf_spot": "grape leaf spot",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the lab photos, match the class names, and report on all sets."""
    options, console = parse(argv), Console()
    lab_folder, *field_folders = options.folders or draw(options)
    lab = tl.open_leaves(lab_folder)
    train, validation, test = lab.split(0.6, 0.2, 0.2, seed=0)
    classifier = tl.TransferClassifier(
        classes=lab.classes,
        backbone="efficientnet_lite0",
        image_size=options.image_size,
        freeze=tl.FreezePolicy.for_quadrant("IV"),
        augment=tl.Augmentation.leaf(),
    )
    classifier.fit(train, validation_data=validation, seed=0)
    classifier.calibrate(validation, precision=0.8)

    sets = {"lab": test}
    label_map: dict[str, str | None] = {}
    for folder in field_folders:
        sets[folder.name] = tl.open_leaves(folder)
        match = match_classes(lab.classes, sets[folder.name].classes)
        console.print(match)
        label_map |= match.label_map()
    report = classifier.report(sets, label_map=label_map, training_data=train)
    console.print(side_by_side(report))
    options.output.mkdir(parents=True, exist_ok=True)
    report.save_html(options.output / "report.html")
    console.print(f"Look at report.html in {options.output}", highlight=False)


def side_by_side(report: tl.Report) -> Table:
    """Compare the results of all sets in a table."""
    table = Table("", *(found.name for found in report.sets))
    rows: Mapping[str, Callable[[Any], str]] = {
        "photos judged": lambda found: f"{found.photos}",
        "accuracy": lambda found: f"{found.accuracy.value:.3f}",
        "95 % interval": lambda found: f"{found.accuracy.low:.3f} to {found.accuracy.high:.3f}",
        "crop right": lambda found: f"{found.crop_accuracy.value:.3f}",
        "healthy or sick right": lambda found: f"{found.healthy_accuracy.value:.3f}",
        "of classes it never saw": lambda found: f"{sum(u.photos for u in found.unknown)}",
        "of these, answered": lambda found: f"{sum(u.answered or 0 for u in found.unknown)}",
    }
    for title, cell in rows.items():
        table.add_row(title, *map(cell, report.sets))
    return table


def draw(options: Namespace) -> list[Path]:
    """Draw leaves for the lab, and other leaves with field names for the field."""
    how = {"photos_per_class": options.photos, "image_size": options.image_size}
    lab = draw_leaves(options.output / "lab", classes=LAB, **how)
    unspoilt = draw_leaves(options.output / "unspoilt", classes=FIELD, seed=1, **how)
    field = options.output / "field"
    for path in unspoilt.glob("*/*.jpg"):
        spoilt = field / FIELD[path.parent.name] / path.name
        spoilt.parent.mkdir(parents=True, exist_ok=True)
        at_dusk(Image.open(path)).save(spoilt)
    return [lab, field]


def at_dusk(photo: Image.Image) -> Image.Image:
    """Darken, redden, tilt and blur a photo."""
    red, green, blue = ImageEnhance.Brightness(photo).enhance(0.6).split()
    warm = Image.merge("RGB", (red.point(lambda value: value * 1.25), green, blue))
    tilted = warm.rotate(20, Image.Resampling.BILINEAR)
    return tilted.filter(ImageFilter.GaussianBlur(photo.width / 120))


def parse(argv: Sequence[str] | None) -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description="Train on lab photos, evaluate on field photos.")
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        help="lab folder, then field folders; default: drawn leaves",
    )
    parser.add_argument("--output", type=Path, default=Path("runs/field-photos"))
    parser.add_argument("--image-size", type=int, default=128, help="in pixels")
    parser.add_argument("--photos", type=int, default=40, help="drawn photos per class")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
