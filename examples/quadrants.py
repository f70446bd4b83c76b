"""Compare the four quadrant policies with a classical head and a CNN from scratch.

    python examples/quadrants.py PlantVillage
    python examples/quadrants.py photos --leaves leaves.csv --output runs/quadrants

All strategies train on the same photos, use the same validation photos, and are compared once on
the same test photos of other leaves. The script prints a table, and writes it with a figure of the
training curves and the raw results to the output folder. After an interruption, the same command
continues with the unfinished strategies.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import keras
import matplotlib
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from transferleaf.reports.metrics import accuracy_interval, macro_f1

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator


@dataclass(frozen=True)
class Contender:
    """A strategy to compare."""

    title: str
    freeze: tl.FreezePolicy
    backbone: str | None = None  # default: that of the command line
    weights: str | None = "imagenet"
    image_size: int | None = None
    augment: tl.Augmentation | None = None


@dataclass(frozen=True)
class Result:
    """The result of one strategy on the test photos."""

    title: str
    settings: str
    accuracy: float
    low: float
    high: float
    f1: float
    validation: float
    trainable: int
    seconds: dict[str, float]
    curve: list[float]


SCRATCH = tl.FreezePolicy.train_all(
    head_stages="last",
    head_start=tl.HeadStart.RANDOM,
    learning_rate=1e-3,
    weight_decay=0.0,
    epochs=20,
    patience=6,
)

CONTENDERS = [
    *(
        Contender(f"quadrant {q}", tl.FreezePolicy.for_quadrant(q))
        for q in ("I", "II", "III", "IV")
    ),
    Contender("classical head (last stage)", tl.FreezePolicy.freeze_base(head_stages="last")),
    Contender("CNN from scratch", SCRATCH, backbone="baseline_cnn", weights=None, image_size=150),
]


def main(
    folder: Annotated[Path, typer.Argument(help="Photos in folders named Crop___Disease.")],
    leaves: Annotated[Path | None, typer.Option(help="CSV of leaf ids: file,leaf.")] = None,
    backbone: str = "efficientnet_lite0",
    weights: str = "imagenet",
    image_size: Annotated[
        int, typer.Option(help="Input size of the pretrained networks, in pixels.")
    ] = 224,
    epochs: Annotated[int | None, typer.Option(help="Epochs of all policies.")] = None,
    seed: int = 0,
    output: Path = Path("runs/quadrants"),
) -> None:
    """Compare the four quadrant policies with a classical head and a CNN from scratch."""
    data = tl.LeafDataset.from_folder(folder, leaves="auto" if leaves is None else leaves)
    split = data.split(0.6, 0.2, 0.2, seed=seed)
    console = Console()
    console.print(split)
    output.mkdir(parents=True, exist_ok=True)
    finished = read_results(output / "results.json")
    results = []
    for contender in CONTENDERS:
        console.rule(contender.title)
        photos = (data.fingerprint(), data.leaves)
        run = (backbone, weights, image_size, epochs, seed, tl.__version__, *photos)
        policy = contender.freeze.to_json()  # unlike repr, it contains the defaults
        settings = hashlib.sha256(repr((contender, policy, run)).encode()).hexdigest()
        if settings in finished:
            results.append(finished[settings])
            continue
        keras.utils.set_random_seed(seed)
        classifier = tl.TransferClassifier(
            classes=data.classes,
            backbone=contender.backbone or backbone,
            freeze=contender.freeze,
            weights=weights if contender.weights else None,
            image_size=contender.image_size or image_size,
            augment=contender.augment,
        )
        results.append(compare(contender.title, settings, classifier, split, epochs))
        finished[settings] = results[-1]
        kept = [asdict(result) for result in finished.values()]
        (output / "results.json").write_text(json.dumps(kept, indent=1))
    console.print(table(results))
    (output / "table.md").write_text(markdown(results))
    draw_curves(results, output / "curves.png")
    console.print(f"Table, raw results and figure: {output}")


def read_results(path: Path) -> dict[str, Result]:
    """Read the results of an earlier run, by their settings."""
    if not path.exists():
        return {}
    return {values["settings"]: Result(**values) for values in json.loads(path.read_text())}


def compare(
    title: str,
    settings: str,
    classifier: tl.TransferClassifier,
    split: tl.Split,
    epochs: int | None,
) -> Result:
    """Train one strategy and evaluate it on the test photos."""
    train, validation, test = split
    began = time.monotonic()
    history = classifier.fit(train, validation_data=validation, epochs=epochs, verbose=2)
    seconds = {record.phase.name: record.seconds for record in classifier.records}
    seconds["total"] = time.monotonic() - began
    predicted = classifier.predict(test, verbose=0).argmax(axis=1)
    leaves = [leaf or row for row, leaf in enumerate(test.leaves)]
    accuracy = accuracy_interval(test.labels, predicted, groups=leaves)
    curve = history.curve("val_accuracy")
    plan = classifier.plan
    assert plan is not None  # fit has made it
    return Result(
        title=title,
        settings=settings,
        accuracy=accuracy.value,
        low=accuracy.low,
        high=accuracy.high,
        f1=macro_f1(test.labels, predicted, n_classes=len(test.classes)),
        validation=max(curve),
        trainable=max(map(plan.trainable_parameters, plan.phases)),
        seconds=seconds,
        curve=curve,
    )


COLUMNS = ("strategy", "test accuracy (95 %)", "macro F1", "validation", "trains", "seconds")


def row(result: Result) -> tuple[str, ...]:
    """Return one row of the table."""
    phases = ", ".join(f"{name} {value:.0f}" for name, value in result.seconds.items())
    return (
        result.title,
        f"{result.accuracy:.3f} ({result.low:.3f} to {result.high:.3f})",
        f"{result.f1:.3f}",
        f"{result.validation:.3f}",
        f"{result.trainable:,}",
        phases,
    )


def table(results: list[Result]) -> Table:
    """Return the table for a terminal."""
    drawn = Table(*COLUMNS, title="Photos of leaves that were not trained on")
    for result in results:
        drawn.add_row(*row(result))
    return drawn


def markdown(results: list[Result]) -> str:
    """Return the table for a page."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *map(row, results)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def draw_curves(results: list[Result], path: Path) -> None:
    """Plot the validation accuracy by epoch. Epoch 0 is the solved head."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for result in results:
        # Contenders without a solved head start with their first gradient epoch.
        first = 0 if "head" in result.seconds else 1
        epochs = np.arange(first, first + len(result.curve))
        axes.plot(epochs, result.curve, marker="o", markersize=4, label=result.title)
    axes.set(xlabel="gradient epoch (0: the solved head)", ylabel="validation accuracy")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    typer.run(main)
