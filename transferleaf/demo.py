"""The demonstration: draws leaves, trains a classifier on them, and writes a report."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

from rich.progress import Progress
from rich.table import Column, Table

from transferleaf.classifier import TransferClassifier
from transferleaf.datasets import LeafDataset, draw_leaves
from transferleaf.freezing import FreezePolicy
from transferleaf.text.terminal import Terminal
from transferleaf.text.wording import percent, probability

_BACKBONE = "efficientnet_lite0"  # its package contains ImageNet weights, so the demo works offline


def run_demo(folder: Path, *, photos_per_class: int) -> None:
    """Draw leaves into ``folder``, train on them, and print the results."""
    console = Terminal()
    began = time.monotonic()
    photos = _draw(folder / "leaves", photos_per_class)
    data = LeafDataset.from_folder(photos)
    split = data.split(0.6, 0.2, 0.2, seed=0)
    console.print(split)
    train, validation, test = split

    classifier = TransferClassifier(
        classes=data.classes, backbone=_BACKBONE, freeze=FreezePolicy.for_quadrant("IV")
    )
    classifier.fit(train, validation_data=validation, seed=0)
    classifier.calibrate(validation, training_data=train, verbose=0)
    report = classifier.report(test, training_data=train, verbose=0)
    model, page = folder / "leaf.keras", folder / "report.html"
    classifier.save(model)
    report.save_html(page)

    console.print(_examples(classifier, test))
    console.print(
        f"\n[bold]Trained[/bold] the head of a frozen {_BACKBONE} on {len(train)} drawn photos of "
        f"{len(data.classes)} classes."
        f"\n[bold]Accuracy {percent(report.accuracy)}[/bold] on {len(test)} photos of other leaves "
        f"(guessing: {percent(1 / len(data.classes))}), {time.monotonic() - began:.0f} s in total."
        f"\n\n[bold]Report[/bold]  {page.resolve().as_uri()}"
        f"\n  Open it in a browser. Look at the classes with the lowest F1, at the mistakes, and at"
        f"\n  the heat maps, which show what the classifier looked at."
        f"\n\n[bold]Next[/bold]"
        f"\n  classify photos         transferleaf predict {_quoted(model)} {_quoted(photos)}"
        f"\n  see what it looks at    transferleaf explain {_quoted(model)} {_quoted(photos)}"
        f" -o {_quoted(folder / 'why')}"
        f"\n  load it in Python       import transferleaf as tl; "
        f"clf = tl.load_classifier({str(model)!r})"
        f"\n  check your own photos   transferleaf audit FOLDER"
        f"\n  train on them           transferleaf train FOLDER --backbone {_BACKBONE}",
        soft_wrap=True,
        highlight=False,
    )


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _draw(folder: Path, photos_per_class: int) -> Path:
    with Progress(transient=True) as progress:
        task = progress.add_task("drawing leaves", total=None)

        def move(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return draw_leaves(folder, photos_per_class=photos_per_class, progress=move)


def _examples(classifier: TransferClassifier, test: LeafDataset) -> Table:
    """Return a table of some photos of different classes and their predictions."""
    first_of_class = {label: row for row, label in reversed(list(enumerate(test.labels.tolist())))}
    rows = sorted(first_of_class.values())[::3]
    table = Table(
        Column("class", overflow="fold"),
        Column("prediction", overflow="fold"),
        "probability",
        "verdict",
        title="Some photos of the test set",
    )
    found = classifier.predict_photos([test.paths[row] for row in rows])
    for row, prediction in zip(rows, found, strict=True):
        truth = test.classes[test.labels[row]]
        colour = "green" if prediction.label == truth else "red"
        table.add_row(
            truth,
            f"[{colour}]{prediction.label}[/{colour}]",
            probability(prediction.probability),
            prediction.verdict,
        )
    return table
