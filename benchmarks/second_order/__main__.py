"""Measure the benefit and the cost of second-order features, and write a page.

    python -m benchmarks.second_order --photos DATA --page docs/second-order.md

``DATA`` contains ``plantvillage-large``, ``plantvillage-large-leaves.csv``, ``field-mini`` and
``dissimilar-mini``. Each measurement replaces its part of ``measured.json``. ``--only`` selects
measurements; ``--only nothing`` writes the page from stored results.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer
from rich.console import Console

import transferleaf as tl
from benchmarks.second_order.costs import half_precision, pass_cost, solver_cost
from benchmarks.second_order.draws import draws
from benchmarks.second_order.heads import score
from benchmarks.second_order.page import write_page
from benchmarks.second_order.variants import Covariances, all_variants
from benchmarks.speed.machine import describe_machine
from transferleaf.backbones.backbone import Backbone
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import (
    average_groups,
    default_groups,
    second_order_channels,
)
from transferleaf.text.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.evidence import stored_groups

FIRST = "efficientnet_lite0"
OTHERS = ("efficientnet_lite1", "efficientnet_lite2")
SIZES = (5, 20, 60, 200, None)
SEEDS = 3
LARGE_SIDE, SMALL_SIDE = 160, 224
MEASURED = Path("benchmarks/second_order/measured.json")


def main(
    photos: Annotated[Path, typer.Option(help="Folder of the photo sets.")],
    only: Annotated[list[str] | None, typer.Option(help="Measurements to make.")] = None,
    results: Annotated[Path, typer.Option(help="Where they are kept.")] = MEASURED,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Measure the benefit and the cost of second-order features."""
    found = json.loads(results.read_text("utf-8")) if results.exists() else {}
    for name, measure in _MEASUREMENTS.items():
        if only is None or name in only:
            Console().rule(name)
            found[name] = measure(photos)
            found["machine"] = describe_machine()
            results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if page is not None:
        write_page(page, found)


def _accuracy(photos: Path) -> list[dict[str, Any]]:
    """Measure the default heads on PlantVillage, by number of photos and network."""
    sizes = {FIRST: SIZES, **dict.fromkeys(OTHERS, (60,))}
    rows = []
    for backbone, own_sizes in sizes.items():
        data = _plantvillage(photos)
        network, stored = _stored(data, backbone, LARGE_SIDE)
        for draw in draws(data, own_sizes, SEEDS):
            rows += _both(data, stored, network, draw, backbone=backbone)
    return rows


def _other_photos(photos: Path) -> list[dict[str, Any]]:
    """Measure the same on photos from fields, and on steel."""
    rows = []
    for name in ("field-mini", "dissimilar-mini"):
        data = tl.open_leaves(photos / name)
        network, stored = _stored(data, FIRST, SMALL_SIDE)
        for seed in range(SEEDS):
            for draw in draws(data, (None,), 1, split_seed=seed):
                rows += _both(data, stored, network, draw, photo_set=name, split=seed)
    return rows


def _variants(photos: Path) -> list[dict[str, Any]]:
    """Measure other roots, projections and stages."""
    data = _plantvillage(photos)
    network = _network(FIRST, LARGE_SIDE)
    covariances = Covariances(data=data, backbone=network, stages=6)
    rows = []
    for variant in all_variants(covariances, second_order_channels(network.describe())):
        features, groups = covariances.features(variant)
        for draw in draws(data, (5, 20, 60), SEEDS):
            found, _ = score(data, features, groups, draw)
            told = {"variant": variant.name, "photos_a_class": draw.photos_a_class}
            rows.append(told | {"seed": draw.seed} | found)
        Console().print(variant.name, rows[-1])
    return rows


def _passes(photos: Path) -> list[Any]:
    """Measure how much longer a pass takes."""
    return [pass_cost(backbone, SMALL_SIDE) for backbone in (FIRST, "resnet50")]


def _solver(photos: Path) -> Any:
    """Measure how much longer the solver takes."""
    data, (network, stored) = _all_plantvillage(photos)
    (draw,) = draws(data, (None,), 1)
    return solver_cost(data, stored, network.describe(), draw)


def _half(photos: Path) -> Any:
    """Measure whether half precision changes a prediction."""
    data, (network, stored) = _all_plantvillage(photos)
    (draw,) = draws(data, (60,), 1)
    return half_precision(data, stored, network, draw)


_MEASUREMENTS: dict[str, Callable[[Path], Any]] = {
    "accuracy": _accuracy,
    "other photos": _other_photos,
    "variants": _variants,
    "half precision": _half,
    "passes": _passes,
    "solver": _solver,
}


def _both(
    data: tl.LeafDataset, stored: StoredGroups, network: Backbone, draw: Any, **told: Any
) -> list[dict[str, Any]]:
    rows = []
    layers = network.describe()
    for pooling, groups in (
        ("average", average_groups(layers)),
        ("second-order", default_groups(layers)),
    ):
        found, _ = score(data, stored.select(groups), groups, draw)
        drawn = {"photos_a_class": draw.photos_a_class, "seed": draw.seed, "pooling": pooling}
        rows.append({**told, **drawn, "test_photos": len(draw.test), **found})
        Console().print(rows[-1])
    return rows


def _all_plantvillage(photos: Path) -> tuple[tl.LeafDataset, tuple[Backbone, StoredGroups]]:
    data = _plantvillage(photos)
    return data, _stored(data, FIRST, LARGE_SIDE)


@cache
def _plantvillage(photos: Path) -> tl.LeafDataset:
    name = "plantvillage-large"
    return tl.LeafDataset.from_folder(photos / name, leaves=photos / f"{name}-leaves.csv")


def _stored(data: tl.LeafDataset, backbone: str, image_size: int) -> tuple[Backbone, StoredGroups]:
    network = _network(backbone, image_size)
    prefix = FrozenPrefix(
        backbone=network, store=FeatureStore(), reporter=Reporter(1), photos=len(data)
    )
    return network, stored_groups(prefix, data.paths)


def _network(backbone: str, image_size: int) -> Backbone:
    return resolve_backbone(backbone, weights="imagenet", stages=None, image_size=image_size)


if __name__ == "__main__":
    typer.run(main)
