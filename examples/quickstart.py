"""Train on a folder of photos, calibrate, and write a report.

    python examples/quickstart.py
    python examples/quickstart.py PlantVillage --output runs/plantvillage

Without a folder, the script draws leaves, which takes a few minutes on two cores and works offline.
It writes an HTML report, the model, and a heat map of one prediction.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.datasets import draw_leaves

KINDS = ("Apple___Rust", "Apple___healthy", "Bean___Mosaic", "Bean___Rust", "Bean___healthy")


def main(argv: Sequence[str] | None = None) -> None:
    """Open, split, fit, calibrate, report, predict."""
    options = parse(argv)
    options.output.mkdir(parents=True, exist_ok=True)

    data = tl.open_leaves(options.folder or draw(options))
    train, validation, test = data.split(0.6, 0.2, 0.2, seed=0)  # stratified, by leaf
    clf = tl.TransferClassifier(
        classes=data.classes,
        backbone="efficientnet_lite0",
        image_size=options.image_size,
        freeze=tl.FreezePolicy.for_quadrant("IV"),  # few photos, like those of the pretraining
    )
    clf.fit(train, validation_data=validation, seed=0)  # prints the plan and verifies it
    # "sure" means correct in four of five cases; more cannot be shown with so few photos.
    clf.calibrate(validation, precision=0.8)
    report = clf.report(test, training_data=train)
    report.save_html(options.output / "report.html")
    clf.save(options.output / "leaf.keras")
    clf.explain(test.paths[0]).save(options.output / "why.png")

    console = Console()
    some = test.subset(range(0, len(test), 5))
    console.print(answers(clf.predict_photos(some.paths), some))
    accuracy = report.sets[0].accuracy
    console.print(
        f"{accuracy.value:.1%} of {len(test)} photos of other leaves right "
        f"(95 % interval {accuracy.low:.1%} to {accuracy.high:.1%})"
    )
    console.print(f"Look at report.html and why.png in {options.output}", highlight=False)


def answers(found: Sequence[tl.LeafPrediction], photos: tl.LeafDataset) -> Table:
    """Compare some predictions with the true classes in a table."""
    table = Table("photo", "shows", "answer", "probability", "verdict")
    for prediction, label in zip(found, photos.labels, strict=True):
        table.add_row(
            prediction.path.name,
            photos.classes[label],
            prediction.label,
            f"{prediction.probability:.3f}",
            prediction.verdict,
        )
    return table


def draw(options: Namespace) -> Path:
    """Draw diseased and healthy leaves of two crops."""
    return draw_leaves(
        options.output / "leaves",
        classes=KINDS,
        photos_per_class=options.photos,
        image_size=options.image_size,
    )


def parse(argv: Sequence[str] | None) -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(description="Train on a folder of photos and write a report.")
    parser.add_argument("folder", nargs="?", type=Path, help="photos; default: drawn leaves")
    parser.add_argument("--output", type=Path, default=Path("runs/quickstart"))
    parser.add_argument("--image-size", type=int, default=160, help="in pixels")
    parser.add_argument("--photos", type=int, default=40, help="drawn photos per class")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
