"""Measure the effect of stored views and half precision on validation accuracy.

    python benchmarks/stored_features.py PlantVillage --leaves leaves.csv

Views: a frozen base whose head is solved on each photo and k augmented views of it. Half precision:
the last stages trained on feature maps in float16 and in float32. Prints two tables and writes them
as a page.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import keras
import typer
from rich.console import Console

import transferleaf as tl
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore

PAGE = """\
# Stored views and half precision

The outputs of frozen stages are computed once per photo and stored. This page measures the effect
of two choices: the number of augmented views per photo, and the precision of stored feature maps.

    {command}

{photos}; `{backbone}` at {size} px, split by leaf 60/20/20 with seed 0. The test
photos are not used.

## Augmented views

The base is frozen. The head is solved on each photo and on k views of it, augmented with
`Augmentation.leaf()`. The views of the previous row are already in the store, so the seconds only
include the new views.

| views | validation accuracy | validation loss | seconds |
| --- | --- | --- | --- |
{views}

{views_prose}

## Half precision

Quadrant III: the last two stages train on stored feature maps.

| stored as | validation accuracy of each epoch | best validation loss | size of the maps |
| --- | --- | --- | --- |
{precision}

{precision_prose}
"""

VIEWS_PROSE = """\
Each view costs as much as the photo: one pass of the engine, and the augmentation, which takes
longer for `Augmentation.leaf()`. The default of `FreezePolicy.views` is 4. It only has an effect if
the classifier augments."""

PRECISION_PROSE = """\
Both start from the same head and use the same batches. If a feature map has values above 65,504,
the maximum of half precision, the library stores it in float32."""


def main(
    folder: Annotated[Path, typer.Argument(help="Photos in folders named Crop___Disease.")],
    leaves: Annotated[Path | None, typer.Option(help="CSV of leaf ids: file,leaf.")] = None,
    backbone: str = "efficientnet_lite0",
    image_size: int = 224,
    cache: Annotated[Path, typer.Option(help="A store of its own.")] = Path("runs/stored-cache"),
    page: Path = Path("docs/stored-features.md"),
) -> None:
    """Measure the effect of stored views and half precision on accuracy."""
    data = tl.LeafDataset.from_folder(folder, leaves="auto" if leaves is None else leaves)
    train, validation, _ = data.split(0.6, 0.2, 0.2, seed=0)

    def fit(freeze: tl.FreezePolicy, augment: tl.Augmentation | None = None) -> tuple[Any, float]:
        keras.utils.set_random_seed(0)
        classifier = tl.TransferClassifier(
            classes=data.classes,
            backbone=backbone,
            image_size=image_size,
            freeze=freeze,
            augment=augment,
        )
        began = time.monotonic()
        history = classifier.fit(train, validation_data=validation, seed=0, verbose=1, cache=cache)
        return history, time.monotonic() - began

    text = PAGE.format(
        command=f"python benchmarks/stored_features.py {folder.name}"
        + ("" if leaves is None else f" --leaves {leaves.name}"),
        photos=f"{len(train):,} training and {len(validation):,} validation photos "
        f"of {len(data.classes)} classes",
        backbone=backbone,
        size=image_size,
        views="\n".join(view_rows(fit)),
        views_prose=VIEWS_PROSE,
        precision="\n".join(precision_rows(fit, cache)),
        precision_prose=PRECISION_PROSE,
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text)
    Console().print(f"Page: {page}")


def view_rows(fit: Callable[..., tuple[Any, float]]) -> list[str]:
    """Return a row for each number of views."""
    rows = []
    for views in (0, 1, 2, 4, 8):
        policy = tl.FreezePolicy.freeze_base(views=views)
        history, seconds = fit(policy, tl.Augmentation.leaf())
        accuracy, loss = history.head["val_accuracy"], history.head["val_loss"]
        rows.append(f"| {views} | {accuracy:.4f} | {loss:.4f} | {seconds:.0f} |")
        Console().print(rows[-1])
    return rows


def precision_rows(fit: Callable[..., tuple[Any, float]], cache: Path) -> list[str]:
    """Return a row for each type of stored feature maps."""
    rows = []
    for kind in ("float16", "float32"):
        # The type is not an option of fit, so the default is changed temporarily.
        with patch.dict(FrozenPrefix.__init__.__kwdefaults__, map_type=kind):
            history, _ = fit(tl.FreezePolicy.for_quadrant("III"))
        each = " ".join(f"{accuracy:.4f}" for accuracy in history.curve("val_accuracy"))
        room = 1e-6 * sum(
            space.nbytes
            for space in FeatureStore(cache).usage().spaces
            if space.kind is not None
            and space.kind.identity["output"] == "map"
            and space.kind.dtype == kind
        )
        rows.append(f"| {kind} | {each} | {min(history.curve('val_loss')):.4f} | {room:.0f} MB |")
        Console().print(rows[-1])
    return rows


if __name__ == "__main__":
    typer.run(main)
