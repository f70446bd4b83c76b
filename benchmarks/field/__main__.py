"""Measure how well classifiers of laboratory photos do in the field, and write a page of it.

    python -m benchmarks.field --photos DATA --page docs/field.md

``DATA`` holds ``plantvillage-mini``, ``plantvillage-mini-leaves.csv`` and ``field-mini``. Each
training is kept in ``measured.json`` and is not repeated; ``--only`` names measurements, and
``--only nothing`` writes the page from what is there.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer
from rich.console import Console

import transferleaf as tl
from benchmarks.field.field_photos import run_adapted, run_mixed
from benchmarks.field.page import write_page
from benchmarks.field.subjects import backgrounds, blackgram_to_the_plant, leaves_of_plantvillage
from benchmarks.field.trial import Subject, Way, run

MEASURED = Path("benchmarks/field/measured.json")
WAYS: tuple[Way, ...] = ("second-order", "leaf", "average", "fine-tuned")
ADAPTED = ("none", "field, photos")
# Adaptation takes many solves, so it is not measured on all photos of PlantVillage.
ADAPTED_HEADS: dict[str, tuple[Way, ...]] = {
    "blackgram": ("second-order", "leaf"),
    "plantvillage": (),
    "few": ("leaf",),
}
PARTS = ("scale", "light", "shadow", "blur", "occlusion", "neighbours")


def without_part(scenes: tl.FieldScenes, part: str) -> tl.FieldScenes:
    amount: dict[str, Any] = {part: 0.0}
    return replace(scenes, **amount)


def augmentations(folder: str) -> dict[str, tl.Augmentation | None]:
    """Return the compared augmentations by name.

    Args:
        folder: Background photos from a field.
    """
    field = tl.Augmentation.field(folder)
    assert field.scenes is not None
    without: dict[str, Any] = dict.fromkeys(PARTS, 0.0)
    bare = replace(field.scenes, **without)
    return {
        "none": None,
        "leaf": tl.Augmentation.leaf(),
        "field, drawn": tl.Augmentation.field(),
        "field, photos": field,
        "leaf and field": replace(tl.Augmentation.leaf(), scenes=field.scenes),
        "backgrounds alone": replace(field, scenes=bare),
        **{
            f"without {part}": replace(field, scenes=without_part(field.scenes, part))
            for part in PARTS
        },
    }


def main(
    photos: Annotated[Path, typer.Option(help="Folder of the photo sets.")],
    only: Annotated[list[str] | None, typer.Option(help="Measurements to make.")] = None,
    augment: Annotated[list[str] | None, typer.Option(help="Augmentations to try.")] = None,
    way: Annotated[list[str] | None, typer.Option(help=f"Some of {', '.join(WAYS)}.")] = None,
    results: Annotated[Path, typer.Option(help="Where they are kept.")] = MEASURED,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder of the feature store.")] = None,
) -> None:
    """Measure how well classifiers of laboratory photos do in the field."""
    console = Console()
    found: dict[str, Any] = json.loads(results.read_text("utf-8")) if results.exists() else {}
    for name in SUBJECTS if not only else [each for each in only if each in SUBJECTS]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "fields"
            folder.mkdir()
            for number, path in enumerate(_training_backgrounds(photos, name)):
                shutil.copy(path, folder / f"{number:04d}{path.suffix}")
            subject = SUBJECTS[name](photos)
            kept = found.setdefault(name, {"scores": {}})
            kept["facts"] = subject.facts | {
                "image_size": subject.image_size,
                "views": VIEWS[name],
            }
            place = str(cache or Path(scratch) / "cache")
            changes = augmentations(str(folder))
            tried = {each: changes[each] for each in changes if not augment or each in augment}
            ways = [each for each in WAYS if not way or each in way]
            for section, key, measure in _measurements(name, subject, tried, ways, place):
                if key not in kept.setdefault(section, {}):
                    kept[section][key] = measure()
                    console.print(name, section, key, kept[section][key])
                    results.write_text(json.dumps(found, indent=1) + "\n", "utf-8")

    if page is not None:
        write_page(found, page)


def _measurements(
    name: str,
    subject: Subject,
    changes: Mapping[str, tl.Augmentation | None],
    ways: Sequence[Way],
    cache: str,
) -> Iterator[tuple[str, str, Callable[[], dict[str, Any]]]]:
    """Yield the section and the key of each measurement, and the function that makes it."""
    common: dict[str, Any] = {"views": VIEWS[name], "cache": cache}
    for asked, way in product(changes, ways):
        if asked in COMPARED[name][way]:
            key = f"{asked}; {way}"
            yield "scores", key, partial(run, subject, changes[asked], way=way, **common)
    for asked, way in product(ADAPTED, ADAPTED_HEADS[name]):
        if asked not in changes or way not in ways:
            continue
        key, with_head = f"{asked}; {way}", {"way": way, **common}
        yield "adapted", key, partial(run_adapted, subject, changes[asked], **with_head)
        if name == "blackgram":
            on_plant = partial(run_mixed, subject, changes[asked], test="on the plant")
            yield "mixed", key, partial(on_plant, **with_head)


def _training_backgrounds(photos: Path, name: str) -> list[Path]:
    if name == "blackgram":  # of another crop than the one that is tested
        return sorted((photos / "field-mini").glob("Bean*/*"))
    return backgrounds(photos)[0]


def _plantvillage(photos: Path) -> Subject:
    return leaves_of_plantvillage(photos, per_class=60, tests=20, image_size=160)


def _few(photos: Path) -> Subject:
    return leaves_of_plantvillage(photos, per_class=20, tests=10, image_size=128)


def _blackgram(photos: Path) -> Subject:
    return blackgram_to_the_plant(photos, image_size=160)


SUBJECTS = {"blackgram": _blackgram, "plantvillage": _plantvillage, "few": _few}
EACH = ("none", "leaf", "field, drawn", "field, photos", "leaf and field", "backgrounds alone")
# The augmentations that are measured for each way.
COMPARED: dict[str, dict[Way, tuple[str, ...]]] = {
    "blackgram": {
        "second-order": EACH,
        "leaf": EACH,
        "average": EACH,
        "fine-tuned": ADAPTED,
    },
    "plantvillage": {
        "second-order": ADAPTED,
        "leaf": ADAPTED,
        "average": ADAPTED,
        "fine-tuned": (),
    },
    "few": {
        "second-order": ADAPTED,
        "leaf": (*EACH, *(f"without {part}" for part in PARTS)),
        "average": (),
        "fine-tuned": ADAPTED,
    },
}
VIEWS = {"blackgram": 8, "plantvillage": 4, "few": 4}

if __name__ == "__main__":
    typer.run(main)
