"""Measure exported files: size, speed, and differences of their predictions.

    python -m benchmarks.exports --photos PHOTOS --leaves leaves.csv --page docs/exports.md

PHOTOS is a folder of class folders. Each network gets a head that is solved on three fifths of the
photos, split by leaf; a fifth is for the comparison. efficientnet_lite0 has its ImageNet weights,
mobilenetv3_small random ones, so for the latter only size and speed are meaningful.
Every file runs in its own runtime on all cores. Files take turns, and results are medians.
"""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

import transferleaf as tl
from benchmarks.markdown import markdown_table
from benchmarks.speed.machine import describe_machine
from transferleaf.datasets import LeafDataset
from transferleaf.errors import ExportMismatchError
from transferleaf.export import ExportCheck, open_exported

NETWORKS = {"efficientnet_lite0": "imagenet", "mobilenetv3_small": None}
FILES = {
    "SavedModel": ("saved_model", "", None),
    "LiteRT": ("litert", ".tflite", None),
    "LiteRT, int8": ("litert", ".tflite", "int8"),
    "ONNX": ("onnx", ".onnx", None),
    "OpenVINO": ("openvino", ".xml", None),
}
AT_A_TIME = (1, 32)
PACKAGES = ("tensorflow", "keras", "ai-edge-litert", "onnxruntime", "openvino")
# About a second of work for the fastest file on two cores.
MEASURED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file, or the results for which it was refused.

    Attributes:
        name: Its name on the page.
        check: The comparison; ``None`` if it was refused.
        refused: The results for which it was refused.
    """

    name: str
    check: ExportCheck | None = None
    refused: ExportMismatchError | None = None


def fitted(
    backbone: str, data: LeafDataset, image_size: int
) -> tuple[tl.TransferClassifier, LeafDataset]:
    """Return a classifier with a solved head, and photos that were not used for training."""
    train, validation, test = data.split(0.6, 0.2, 0.2, seed=0)
    classifier = tl.TransferClassifier(
        classes=data.classes,
        backbone=backbone,
        weights=NETWORKS[backbone],
        image_size=image_size,
        freeze=tl.FreezePolicy.for_quadrant("IV"),
    )
    classifier.fit(train, validation_data=validation, seed=0, verbose=0)
    return classifier, test


def export_all(
    classifier: tl.TransferClassifier, photos: LeafDataset, folder: Path
) -> list[Exported]:
    found = []
    for name, (form, suffix, quantize) in FILES.items():
        path = folder / f"{form}-{quantize or 'float'}{suffix}"
        try:
            check = classifier.export(path, form, quantize=quantize, photos=photos)
        except ExportMismatchError as error:
            found.append(Exported(name=name, refused=error))
        else:
            found.append(Exported(name=name, check=check))
    return found


def speeds(files: list[Exported], image_size: int, rounds: int) -> dict[tuple[str, int], float]:
    """Return the photos per second of each file, by batch size."""
    pixels = np.random.default_rng(0).integers(
        0, 256, (MEASURED, image_size, image_size, 3), dtype=np.uint8
    )
    ready = {each.name: open_exported(each.check.path) for each in files if each.check}
    seconds: dict[tuple[str, int], list[float]] = {
        (name, size): [] for name in ready for size in AT_A_TIME
    }
    for name, size in seconds:
        ready[name].predict(pixels[:size], batch_size=size)  # the first run is slower
    for _ in range(rounds):
        for name, size in seconds:
            begin = time.perf_counter()
            ready[name].predict(pixels, batch_size=size)
            seconds[name, size].append(time.perf_counter() - begin)
    return {key: MEASURED / median(each) for key, each in seconds.items()}


def rows(files: list[Exported], speed: dict[tuple[str, int], float]) -> list[list[str]]:
    found = []
    for each in files:
        told = each.check or each.refused
        assert told is not None
        numbers = told.quantization or "float32"
        answers = [f"{told.max_difference:.1e}", f"{told.same_label:.1%}"]
        if each.check is None:
            found.append([each.name, numbers, "refused", "", "", *answers])
            continue
        size = f"{each.check.size_bytes / 1e6:.1f}"
        fast = [f"{speed[each.name, n]:.0f}" for n in AT_A_TIME]
        found.append([each.name, numbers, size, *fast, *answers])
    return found


HEADER = ("file", "numbers", "MB", *(f"photos/s, {n} at a time" for n in AT_A_TIME),
          "largest difference", "same label")  # fmt: skip


def versions() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)


def main(
    photos: Annotated[Path, typer.Option(help="Folder of class folders.")],
    leaves: Annotated[Path | None, typer.Option(help="CSV file of leaf ids.")] = None,
    page: Annotated[Path | None, typer.Option(help="The page to write.")] = None,
    image_size: Annotated[int, typer.Option(help="Pixels.")] = 224,
    rounds: Annotated[int, typer.Option(help="Measurements of each figure.")] = 3,
) -> None:
    """Export to every format, measure in turn, and write the page."""
    data = LeafDataset.from_folder(photos, leaves=leaves or "auto")
    tables = {}
    for backbone in NETWORKS:
        classifier, test = fitted(backbone, data, image_size)
        with tempfile.TemporaryDirectory() as folder:
            files = export_all(classifier, test, Path(folder))
            tables[backbone] = rows(files, speeds(files, image_size, rounds))
        table = Table(*HEADER, title=backbone)
        for line in tables[backbone]:
            table.add_row(*line)
        Console(width=150).print(table)
    if page is not None:
        page.write_text(
            PAGE.format(
                machine=describe_machine(),
                versions=versions(),
                photos=min(len(test), 256),
                classes=len(data.classes),
                size=image_size,
                rounds=rounds,
                **{name: markdown_table(HEADER, lines) for name, lines in tables.items()},
            ),
            encoding="utf-8",
        )


PAGE = """\
# Exported files

<!-- Written by benchmarks/exports.py, prose included; change it there. -->

`export` writes a classifier for programs without this library, and compares the predictions of the
file with those of `predict`. It keeps the file only if all probabilities agree within 1e-4 in
float32, or if at least 99 % of the photos have the same class in int8. This page has the size and
speed of the files; [the reference](reference/export.md) has the options.

## Measured

{machine}; {versions}.

Networks at {size} px with a head for {classes} classes of PlantVillage, solved on three fifths of
the photos, split by leaf. Predictions are compared on {photos} other photos; in int8, on those of
them that were not used to measure ranges. Photos per second are for the runtime of the file on all
cores, without reading files; medians of {rounds}, with the files in turn. The command is

```sh
python -m benchmarks.exports --photos PHOTOS --leaves leaves.csv --image-size {size} \\
    --page docs/exports.md
```

EfficientNet-Lite0 with its ImageNet weights:

{efficientnet_lite0}

MobileNetV3-Small with random weights, so only size and speed are meaningful:

{mobilenetv3_small}

"Largest difference" is that of a probability. The LiteRT exporter of Keras uses the same converter.

## How int8 keeps the predictions

- **8-bit weights shift the means of features.** Some features of the first stages vary less between
  photos than their mean shifts, and the head divides by their standard deviation. So the head is
  corrected by the shift of each mean, measured on half of `photos`.
- **The first third of the stages stays in float32.** These stages affect the predictions most and
  have few weights.
- **8-bit activations** need ranges, which are measured on the same photos. Use photos like those
  that the file will classify, such as training photos. Drawn leaves are not suitable, so int8
  requires `photos`.
- **The head stays in float32 too.** It is small, and its inputs differ by orders of magnitude, so
  one scale would round the small ones to zero.
- If this file has the same class for fewer than 99 % of the photos, the export tries 8-bit weights
  with a separate activation range for each photo. That file has the same size and is slower.
- If both fail, no file is written, and the message has both results. Networks designed for int8,
  such as EfficientNet-Lite without squeeze-and-excitation and with ReLU6, pass. Others may fail.

## Verdicts

The file of a calibrated classifier has a second output, `distance`: the distance of the photo from
the nearest class mean. With `threshold` and `farthest` in its metadata, `open_exported`,
`transferleaf predict` and `examples/exported_*.py` give the verdict "sure", "unsure" or "unknown",
as the classifier does. This takes one small matrix product, and four bytes per class and feature.
The file of an uncalibrated classifier has no such output and gives no verdicts. In int8, the
distances change slightly, so the verdict of a photo near a border can change.

## Messages of the converter

The messages of TensorFlow's converter are only shown if it fails, or with `TF_CPP_MIN_LOG_LEVEL=0`.
"""


if __name__ == "__main__":
    typer.run(main)
