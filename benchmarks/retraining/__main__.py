"""Measure the accuracy of each policy for different numbers of photos, and write a page.

    python -m benchmarks.retraining --photos DATA --page docs/retraining.md

``DATA`` contains ``plantvillage-large`` and ``plantvillage-large-leaves.csv``, ``field-mini`` and
``dissimilar-mini``. The result of each training is stored in ``measured.json``, and the training is
only repeated with ``--again``. ``--only`` selects a measurement; ``--only nothing`` writes the page
from stored results. All sizes take about a day on two cores.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer
from rich.console import Console

import transferleaf as tl
from benchmarks.retraining.faster import PHOTOS_A_CLASS, SCHEDULES, SEEDS, scheduled_fit
from benchmarks.retraining.limits import LIMITS, is_possible, limited_fit
from benchmarks.retraining.page import write_page
from benchmarks.retraining.policies import POLICIES, VARIANTS
from benchmarks.retraining.sizes import IMAGE_SIZES, SETS, sized_fit
from benchmarks.retraining.trial import Trial
from benchmarks.second_order.draws import draws
from benchmarks.speed.machine import describe_machine

MEASURED = Path("benchmarks/retraining/measured.json")
SIZES = (20, 60, 200, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A group of trainings.

    Attributes:
        data: The photo set.
        sizes: Training photos per class; all if ``None``.
        image_size: In pixels.
        policies: The policies, by name.
    """

    data: str
    sizes: tuple[int | None, ...]
    image_size: int
    policies: Mapping[str, tl.FreezePolicy]


MEASUREMENTS = {
    "policies": Measurement(
        data="plantvillage-large", sizes=SIZES, image_size=160, policies=POLICIES
    ),
    "variants": Measurement(
        data="plantvillage-large", sizes=(60,), image_size=160, policies=VARIANTS
    ),
    "field": Measurement(data="field-mini", sizes=(None,), image_size=160, policies=POLICIES),
    "steel": Measurement(data="dissimilar-mini", sizes=(None,), image_size=160, policies=POLICIES),
}


def main(
    photos: Annotated[Path, typer.Option(help="Folder of the photo sets.")],
    only: Annotated[list[str] | None, typer.Option(help="Measurements to make.")] = None,
    size: Annotated[list[int] | None, typer.Option(help="Photos of each class; 0: all.")] = None,
    policy: Annotated[list[str] | None, typer.Option(help="Policies to train.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Repeat what is measured.")] = False,
    watch: Annotated[bool, typer.Option(help="Also store the predictions of epochs.")] = True,
    results: Annotated[Path, typer.Option(help="Where they are kept.")] = MEASURED,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Measure the accuracy of each policy for different numbers of photos."""
    found: dict[str, Any] = json.loads(results.read_text("utf-8")) if results.exists() else {}
    for name, measurement in MEASUREMENTS.items():
        if only and name not in only:
            continue
        data = _open(photos, measurement.data)
        sizes = tuple(each for each in measurement.sizes if not size or (each or 0) in size)
        for draw in draws(data, sizes, 1):
            for title, freeze in measurement.policies.items():
                if policy and title not in policy:
                    continue
                key = f"{name}; {draw.photos_a_class or 'all'}; {title}"
                if key in found and not again:
                    continue
                Console().rule(key)
                trial = Trial(
                    policy=freeze,
                    image_size=measurement.image_size,
                    augment=tl.Augmentation.leaf() if title.endswith("augmented") else None,
                )
                watched = watch and freeze.trainable_stages != 0
                # Each training starts with an empty store, so that its time includes everything.
                with tempfile.TemporaryDirectory() as cache:
                    score = trial.run(data, draw, cache=cache, watched=watched)
                found[key] = {
                    **score,
                    "measurement": name,
                    "photos_a_class": draw.photos_a_class,
                    "policy": title,
                    "machine": describe_machine(),
                }
                results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
                Console().print(f"{found[key]['accuracy']:.4f}  {found[key]['seconds']}")
    if not only or "limits" in only:
        _measure_limits(photos, found, results, size, again=again)
    if not only or "sizes" in only:
        _measure_sizes(photos, found, results, again=again)
    if not only or "faster" in only:
        _measure_schedules(photos, found, results, policy, again=again)
    if page is not None:
        write_page(page, found)


def _measure_schedules(
    photos: Path,
    found: dict[str, Any],
    results: Path,
    titles: list[str] | None,
    *,
    again: bool,
) -> None:
    """Train with each schedule that has no result yet."""
    data = _open(photos, "plantvillage-large")
    for draw, title in product(draws(data, (PHOTOS_A_CLASS,), max(SEEDS.values())), SCHEDULES):
        key = f"faster; {PHOTOS_A_CLASS}; {title}; {draw.seed}"
        if (
            (titles and title not in titles)
            or draw.seed >= SEEDS.get(title, 1)
            or (key in found and not again)
        ):
            continue
        Console().rule(key)
        found[key] = dict(scheduled_fit(data, draw, title))
        results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        Console().print(f"{found[key]['accuracy']:.4f}  {found[key]['seconds']}")


def _measure_limits(
    photos: Path, found: dict[str, Any], results: Path, sizes: list[int] | None, *, again: bool
) -> None:
    """Train with each time limit that has no result yet, as far as the number of cores allows."""
    data = _open(photos, "plantvillage-large")
    for limit in filter(is_possible, LIMITS):
        if (sizes and (limit.photos_a_class or 0) not in sizes) or (
            limit.key in found and not again
        ):
            continue
        (draw,) = draws(data, (limit.photos_a_class,), 1)
        made = limited_fit(data, draw, limit)
        found[limit.key] = dict(made)
        results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        Console().print(
            f"{limit.key}: {made['accuracy']:.4f}, {made['seconds']:.1f} s, {made['image_size']} px"
        )


def _measure_sizes(photos: Path, found: dict[str, Any], results: Path, *, again: bool) -> None:
    """Solve a head for each image size and number of photos that has no result yet."""
    for name, trials in SETS.items():
        data = _open(photos, name)
        with tempfile.TemporaryDirectory() as cache:
            for image_size, draw in product(
                IMAGE_SIZES, list(draws(data, trials.photos_a_class, trials.seeds))
            ):
                key = f"sizes; {name}; {image_size}; {draw.photos_a_class or 'all'}; {draw.seed}"
                if key in found and not again:
                    continue
                found[key] = dict(sized_fit(name, data, draw, image_size, cache))
                results.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
                Console().print(f"{key}: {found[key]['accuracy']:.4f}")


def _open(photos: Path, name: str) -> tl.LeafDataset:
    leaves = photos / f"{name}-leaves.csv"
    return tl.LeafDataset.from_folder(photos / name, leaves=leaves if leaves.exists() else "auto")


if __name__ == "__main__":
    typer.run(main)
