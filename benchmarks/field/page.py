"""The page docs/field.md, written from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Found = Mapping[str, Any]

PARTS = ("scale", "light", "shadow", "blur", "occlusion", "neighbours")
_NAMES = {
    "none": "no augmentation",
    "leaf": "`Augmentation.leaf()`",
    "field, drawn": "`Augmentation.field()`, drawn backgrounds",
    "field, photos": "`Augmentation.field(folder)`, photos as backgrounds",
    "backgrounds alone": "only other backgrounds (photos)",
    **{f"without {part}": f"`field(folder)` without {part}" for part in PARTS},
}
_TESTS = {
    "plain": "plain",
    "plain, leaf found": "plain, leaf found",
    "swapped": "other background",
    "composed": "composed",
    "on the plant": "on the plant",
}


def write_page(found: Found, page: Path) -> None:
    """Write the page.

    Args:
        found: What ``measured.json`` holds.
        page: The file.
    """
    page.write_text("\n\n".join(_sections(found)) + "\n", "utf-8")


def _sections(found: Found) -> Iterable[str]:
    yield "# Field photos"
    yield (
        "A classifier is trained on photos of single leaves on a plain background. How accurate "
        "is it on other backgrounds, and on photos of leaves on the plant? [From the laboratory "
        "to the field](how-to/lab-to-field.md) shows how to use the methods."
    )
    yield (
        "`python -m benchmarks.field --photos DATA --page docs/field.md` measures all and writes "
        "this page. `DATA` holds PlantVillage and field photos of bean and blackgram. The base is "
        "EfficientNet-Lite0, frozen; the head is solved on the photos and their augmented views. "
        "Ranges are 95% bootstrap intervals over leaves."
    )
    yield from _real(found["blackgram"])
    if "plantvillage" in found:
        yield from _scenes(found["plantvillage"])
    yield from _cannot()


def _real(found: Found) -> Iterable[str]:
    facts, scores = found["facts"], found["scores"]
    yield "## Real photos: blackgram, from plain background to the plant"
    yield (
        f"The classifier is trained on the {facts['train']} blackgram photos in which a leaf on a "
        "plain background is found (paper, cloth, bare soil), and tested on the other "
        f"{facts['test']}. Most of these show a leaf on the plant. Backgrounds are photos of bean "
        "plants, so no test photo is seen. "
        f"Image size {facts['image_size']}, {facts['views']} views per photo, 5 classes."
    )
    yield _table(scores, ("on the plant",))
    before, after = (_errors(scores, name) for name in ("leaf", "field, photos"))
    yield (
        "With field photos of another crop as backgrounds, the errors fall from "
        f"{before:.1f}% with `Augmentation.leaf()` to {after:.1f}%, for second-order features. "
        "Drawn backgrounds help less. Limits of this measurement: one data set with few classes "
        "and few training photos; some test photos show a plain background that was not "
        "recognised; all photos are from one collection, so light and cameras may be similar "
        "on both sides."
    )


def _errors(scores: Found, name: str) -> float:
    """Errors on the plant in percent, with second-order features."""
    return 100 * (1 - float(scores[f"{name}; second-order"]["on the plant"]["accuracy"]))


def _scenes(found: Found) -> Iterable[str]:
    facts, scores = found["facts"], found["scores"]
    yield "## Composed scenes: PlantVillage"
    yield (
        f"Trained on {facts['train']} photos of 30 classes, tested on {facts['test']} photos of "
        f"other leaves. In {facts['found']} of these a leaf on a plain background is found. The "
        "same leaves are placed on field photos that training never sees (other background), and "
        "composed with other sizes, light, blur and leaves in front (composed). The test scenes "
        "are made by other code than the augmentation: feathered edges, hard bands of light, "
        "motion blur, parts of real plants in front. "
        f"Image size {facts['image_size']}, {facts['views']} views per photo."
    )
    yield _table(scores, ("plain", "plain, leaf found", "swapped", "composed"))
    yield (
        "Scenes hardly change the accuracy on plain photos. On other backgrounds they more than "
        "double it, but most composed scenes are still misclassified: this is a small measurement "
        "with few photos and views per class, on similar leaves. Do not expect a "
        "classifier of laboratory photos to be reliable in a field without field photos."
    )


def _cannot() -> Iterable[str]:
    yield "## Not measured"
    yield (
        "Bean: only 29 of 240 photos are taken for leaves on a plain background, and most of these "
        "show a leaf on bare soil. There are no laboratory photos of bean to train on. "
        "Fine-tuning on scenes was not measured; all results are for a frozen base."
    )


def _table(scores: Found, tests: Sequence[str]) -> str:
    rows = []
    for head in ("second-order", "average"):
        for name, title in _NAMES.items():
            score = scores.get(f"{name}; {head}")
            if score is not None:
                rows.append([title, head, *(_share(score[test]) for test in tests)])
    columns = ["training", "head features", *(_TESTS[test] for test in tests)]
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _share(score: Found) -> str:
    low, high = (f"{100 * score[name]:.1f}" for name in ("low", "high"))
    return f"{100 * score['accuracy']:.1f}% ({low} to {high})"
