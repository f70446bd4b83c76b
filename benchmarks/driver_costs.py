"""Measure the cost per photo of the leading process: memory, disk, and time of the solver.

    python -m benchmarks.driver_costs memory
    python -m benchmarks.driver_costs passes PlantVillage --leaves leaves.csv
    python -m benchmarks.driver_costs pass

The first two count. The last one measures CPU time, which other processes hardly affect. All store
their results in one JSON file, from which ``python -m benchmarks.scale_page`` writes a page of the
docs.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
import typer

import transferleaf as tl
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import FeatureGroup, default_groups
from transferleaf.head.memory import MEMORY_VARIABLE
from transferleaf.head.passes import PassedPhotos
from transferleaf.head.scaling import FeatureScaling
from transferleaf.scaling.parts import Part, cut
from transferleaf.scaling.photo_locations import PhotoLocation

CLASSES = 38  # the number in PlantVillage
BACKBONE = "efficientnet_lite0"
TRAINABLE_STAGES = 2

app = typer.Typer(help=__doc__, add_completion=False)
Costs = Annotated[Path, typer.Option(help="Where costs are kept, as JSON.")]
COSTS = Path("benchmarks/driver_measured.json")


@app.command()
def memory(photos: int = 100_000, costs: Costs = COSTS) -> None:
    """Count the bytes per photo in the leading process and on disk."""
    groups, map_bytes = head_sizes()
    found: dict[str, float] = {
        "data_set_bytes": traced(lambda: made_up_data(photos)) / photos,
        "index_bytes": index_bytes(photos) / photos,
        "digest_disk_bytes": digest_disk_bytes(photos) / photos,
        "key_bytes": traced(lambda: made_up_keys(photos)) / photos,
        "place_bytes": traced(lambda: made_up_parts(photos)) / photos,
        "label_bytes": 4 * CLASSES + 4,
        "spaces": len(groups),
        "features": sum(group.width for group in groups),
        # A row of the store also has a key of 32 bytes. Covariances are in half precision.
        "feature_disk_bytes": sum(
            (4 if group.kind == "average" else 2) * group.width + 32 for group in groups
        ),
        "map_disk_bytes": map_bytes + 32,
    }
    keep(costs, found)


@app.command()
def passes(
    folder: Annotated[Path, typer.Argument(help="Photos in folders named Crop___Disease.")],
    leaves: Annotated[Path | None, typer.Option(help="CSV of leaf ids: file,leaf.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Where stored features lie.")] = None,
    costs: Costs = COSTS,
) -> None:
    """Count the passes of the solver for the head of a frozen base, over all L2 strengths."""
    data = tl.LeafDataset.from_folder(folder, leaves="auto" if leaves is None else leaves)
    train, validation, _ = data.split(0.6, 0.2, 0.2, seed=0)
    classifier = tl.TransferClassifier(
        classes=data.classes, backbone=BACKBONE, freeze=tl.FreezePolicy.freeze_base()
    )
    read = PassedPhotos.blocks
    counted: list[Any] = ["mean", "standard deviation"]  # a pass each

    def count(photos: PassedPhotos) -> Any:
        counted.append(read)
        return read(photos)

    no_memory = {MEMORY_VARIABLE: "1B"}
    with patch.object(PassedPhotos, "blocks", count), patch.dict(os.environ, no_memory):
        classifier.fit(train, validation_data=validation, seed=0, verbose=0, cache=cache)
    found = {
        "passes": len(counted),
        "passes_photos": len(train),
        "passes_classes": len(data.classes),
    }
    keep(costs, found)


@app.command("pass")
def one_pass(photos: int = 20_000, costs: Costs = COSTS) -> None:
    """Measure the CPU time of one pass of the solver over features on disk."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "features"
        rows = np.memmap(file, np.float32, mode="w+", shape=(photos, features_of(costs)))
        labels = fill(rows)
        learnt = PassedPhotos.of(
            rows,
            np.eye(CLASSES, dtype=np.float32)[labels],
            np.ones(photos, np.float32),
            scaling=FeatureScaling.of(rows),
        )
        model = learnt.model(learnt.origin(), 0.01)
        direction = model.downhill()
        seconds = median(processor_time(lambda: model.curve(direction)) for _ in range(3))
    keep(costs, {"pass_core_seconds": seconds / photos, "pass_photos": photos})


def features_of(costs: Path) -> int:
    """Return the number of features, measured by ``memory``."""
    if not costs.exists():
        raise SystemExit(f"{costs} does not exist: run `python -m benchmarks.driver_costs memory`")
    return int(json.loads(costs.read_text())["features"])


def head_sizes() -> tuple[tuple[FeatureGroup, ...], int]:
    """Return the feature groups, and the bytes of the feature map before the trained stages."""
    policy = tl.FreezePolicy.train_last(stages=TRAINABLE_STAGES)
    classifier = tl.TransferClassifier(
        classes=["a", "b"], backbone=BACKBONE, weights=None, image_size=224, freeze=policy
    )
    outputs = classifier.backbone.model.outputs
    cut = outputs[-1 - TRAINABLE_STAGES]
    half = np.dtype(np.float16).itemsize
    groups = default_groups(classifier.backbone.describe())
    return groups, int(np.prod(cut.shape[1:])) * half


def made_up_data(photos: int) -> tl.LeafDataset:
    """Return a data set with paths as long as those of PlantVillage, without files."""
    classes = [f"Crop{number % 14:02d}___some_disease_{number:02d}" for number in range(CLASSES)]
    labels = np.sort(np.arange(photos) % CLASSES)
    paths = [
        Path(f"/data/plantvillage/{classes[label]}/{made_up_key(row).hex()[:36]}___RS {row}.JPG")
        for row, label in enumerate(labels.tolist())
    ]
    leaves = [f"{classes[label]}/{row // 3}" for row, label in enumerate(labels.tolist())]
    return tl.LeafDataset(
        paths=tuple(paths), labels=labels, classes=tuple(classes), leaves=tuple(leaves), origin="-"
    )


def made_up_parts(photos: int) -> list[Part]:
    """Return the parts of bulk prediction, without files."""
    paths = map(str, made_up_data(photos).paths)
    state = "1234567890.123456789 {}"
    return list(
        cut([PhotoLocation(path, str(Path(path)), state.format(len(path))) for path in paths])
    )


def made_up_key(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def made_up_keys(photos: int) -> list[bytes]:
    return [made_up_key(number) for number in range(photos)]


def index_bytes(photos: int) -> int:
    """Return the memory of a space's index for a number of keys."""
    keys = made_up_keys(photos)
    with TemporaryDirectory() as folder:
        with open_space(folder).writer() as writer:
            writer.add(keys, np.zeros((photos, 1), np.float32))

        def indexed() -> Any:
            space = open_space(folder)
            return space, space.missing(keys)

        return traced(indexed)


def open_space(folder: str) -> Any:
    return FeatureStore(folder).space({"made": "up"}, shape=(1,), dtype="float32")


def digest_disk_bytes(photos: int) -> int:
    """Return the disk space of the digests of a number of files."""
    with TemporaryDirectory() as folder:
        store = FeatureStore(folder)
        store.file_digests.remember(
            (os.fsencode(path), "1234567890.123456789 12345", made_up_key(row))
            for row, path in enumerate(made_up_data(photos).paths)
        )
        return store.file_digests.nbytes


def fill(rows: np.ndarray) -> np.ndarray:
    """Fill an array with overlapping clouds, one per class. Returns the classes."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLASSES, rows.shape[1])).astype(np.float32)
    labels = rng.integers(CLASSES, size=len(rows))
    for start in range(0, len(rows), 1024):
        part = labels[start : start + 1024]
        noise = rng.normal(size=(len(part), rows.shape[1])).astype(np.float32)
        rows[start : start + 1024] = 0.2 * centres[part] + noise
    return labels


def traced(make: Callable[[], object]) -> int:
    """Return the memory that the result of ``make`` uses, in bytes."""
    tracemalloc.start()
    kept = make()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


def processor_time(work: Callable[[], object]) -> float:
    """Return the CPU time of all threads, in seconds."""
    began = time.process_time()
    work()
    return time.process_time() - began


def keep(path: Path, found: Mapping[str, float]) -> None:
    """Add results to the file."""
    before = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**before, **found}, indent=1))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    app()
