"""The page docs/field.md, written from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.markdown import markdown_table

Found = Mapping[str, Any]

PARTS = ("scale", "light", "shadow", "blur", "occlusion", "neighbours")
_NAMES = {
    "none": "no augmentation",
    "leaf": "`Augmentation.leaf()`",
    "field, drawn": "`Augmentation.field()`, drawn backgrounds",
    "field, photos": "`Augmentation.field(folder)`, photos as backgrounds",
    "leaf and field": "`leaf()` and `field(folder)` together",
    "backgrounds alone": "only other backgrounds (photos)",
    **{f"without {part}": f"`field(folder)` without {part}" for part in PARTS},
}
_HEADS = {
    "second-order": "photo",
    "leaf": "**leaf**",
    "average": "photo, averages only",
    "fine-tuned": "photo, fine-tuned (policy I)",
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
    yield (
        'The column "pools over" says what the head sees: the whole photo, or the leaf '
        '(`FreezePolicy(head_region="leaf")`). For the leaf, a [leaf map](explanation/leaf-map.md) '
        "weights the positions, and the head distinguishes photos from augmented views. Features "
        "are averages and covariances unless the column says otherwise."
    )
    yield from _real(found["blackgram"])
    yield from _scenes(found["plantvillage"])
    yield from _few(found["few"])
    yield from _mixed(found["blackgram"]["mixed"])
    yield from _adapted(found)
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
    plain, leaf, scenes, both = (
        _errors(scores, name)
        for name in (
            "none; second-order",
            "none; leaf",
            "field, photos; second-order",
            "field, photos; leaf",
        )
    )
    yield (
        f"The errors fall from {plain:.1f}% to {leaf:.1f}% if the head pools over the leaf, "
        f"without any augmentation, to {scenes:.1f}% with field photos of another crop as "
        f"backgrounds, and to {both:.1f}% with both. Differences below three points are within the "
        "noise of so few test photos. Limits of this measurement: one data set with few classes "
        "and few training photos; some test photos show a plain background that was not "
        "recognised; all photos are from one "
        "collection, so light and cameras may be similar on both sides."
    )


def _errors(scores: Found, name: str) -> float:
    """Return the errors on the plant in percent."""
    return 100 * (1 - float(scores[name]["on the plant"]["accuracy"]))


def _scenes(found: Found) -> Iterable[str]:
    facts, scores = found["facts"], found["scores"]
    yield "## Composed scenes: PlantVillage"
    yield (
        f"Trained on {facts['train']:,} photos of 30 classes, tested on {facts['test']} photos of "
        f"other leaves. In {facts['found']} of these a leaf on a plain background is found. The "
        "same leaves are placed on field photos that training never sees (other background), and "
        "composed with other sizes, light, blur and leaves in front (composed). The test scenes "
        "are made by other code than the augmentation: feathered edges, hard bands of light, "
        "motion blur, parts of real plants in front. "
        f"Image size {facts['image_size']}, {facts['views']} views per photo."
    )
    yield _table(scores, ("plain", "plain, leaf found", "swapped", "composed"))
    whole, leaf = (
        {test: _change(scores, name, test) for test in ("plain", "swapped", "composed")}
        for name in ("field, photos; second-order", "field, photos; leaf")
    )
    before, after = (
        100 * (1 - scores[name]["composed"]["accuracy"])
        for name in ("none; second-order", "field, photos; leaf")
    )
    yield (
        "Compared with a head that pools over the photo, without augmentation, scenes and pooling "
        f"over the leaf change the accuracy by {leaf['plain']:+.1f} points on plain photos, "
        f"{leaf['swapped']:+.1f} on other backgrounds and {leaf['composed']:+.1f} on composed "
        f"scenes. The errors on composed scenes fall from {before:.1f}% to {after:.1f}%. With "
        f"scenes alone, the changes are {whole['plain']:+.1f}, {whole['swapped']:+.1f} and "
        f"{whole['composed']:+.1f} points. Composed scenes remain much harder than plain photos: "
        "many of the 30 classes look alike. Do not expect a classifier of laboratory photos to be "
        "reliable in a field without field photos."
    )


def _change(scores: Found, name: str, test: str) -> float:
    """Return the change of the accuracy in points, compared with no measure at all."""
    before = scores["none; second-order"][test]["accuracy"]
    return 100 * (float(scores[name][test]["accuracy"]) - float(before))


def _few(found: Found) -> Iterable[str]:
    facts = found["facts"]
    yield "## Augmentations, parts of the scenes, and fine-tuning"
    yield (
        f"The same with {facts['train']} training photos and {facts['test']} test photos at "
        f"{facts['image_size']} px, to compare more trainings. Differences below three points are "
        "within the noise of so few test photos."
    )
    yield _table(found["scores"], ("plain", "swapped", "composed"))


def _mixed(found: Found) -> Iterable[str]:
    yield "## How much labelled field photos help"
    yield (
        "The blackgram classifier gets a few labelled photos of each class from the field as "
        "additional training photos, and is tested on the rest of them. Values are means and "
        "standard deviations over random choices of these photos."
    )
    numbers = list(next(iter(found.values())))
    columns = ["training", "pools over", *(f"{number} per class" for number in numbers)]
    lines = [columns, ["---"] * len(columns)]
    for key, curve in found.items():
        augment, head = key.split("; ")
        cells = [f"{100 * each['mean']:.1f}% ± {100 * each['sd']:.1f}" for each in curve.values()]
        lines.append([_NAMES[augment], _HEADS[head], *cells])
    yield "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _adapted(found: Found) -> Iterable[str]:
    yield "## Photos without labels"
    yield (
        "`clf.adapt(photos, training_data=train)` solves the head again with photos without labels "
        "and the classes that it predicts for them. Here it uses a random half of the test photos "
        "without their labels, and is tested on the other half. Values are means of "
        f"{_draws(found)} halves. PlantVillage is {_facts(found)}. For this table, the head is "
        "always solved again. `adapt` only does it if two heads, each solved on half of the "
        "training photos, agree on at least 60% of the photos without labels; the last column "
        "says in how many halves."
    )
    columns = [
        *("test", "training", "pools over"),
        *("agreement", "before", "after", "`adapt` changes the head"),
    ]
    lines = [columns, ["---"] * len(columns)]
    for name, subject in (("blackgram", "blackgram"), ("few", "PlantVillage")):
        for key, tests in found.get(name, {}).get("adapted", {}).items():
            augment, head = key.split("; ")
            for test, score in tests.items():
                shares = (f"{100 * score[key]:.1f}%" for key in ("agreement", "before", "after"))
                times = f"{score['changed']} of {score['draws']}"
                case = [f"{subject}, {_TESTS[test]}", _NAMES[augment], _HEADS[head]]
                lines.append([*case, *shares, times])
    yield "\n".join("| " + " | ".join(line) + " |" for line in lines)
    yield (
        "Adaptation helps where most predictions are correct, and does harm where most are wrong. "
        "The agreement of the two heads separates these cases in all draws but one. The "
        "probability of 0.7 and the weight of the photos were chosen on blackgram, the agreement "
        "of 60% on both subjects, so expect less from other photos."
    )


def _facts(found: Found) -> str:
    facts = found["few"]["facts"]
    return f"{facts['train']} training photos at {facts['image_size']} px here"


def _draws(found: Found) -> int:
    adapted = found["blackgram"]["adapted"]
    return int(next(iter(next(iter(adapted.values())).values()))["draws"])


def _cannot() -> Iterable[str]:
    yield "## Not measured"
    yield (
        "Bean: only 29 of 240 photos are taken for leaves on a plain background, and most of these "
        "show a leaf on bare soil. There are no laboratory photos of bean to train on. "
        "Fine-tuning was not measured on all photos of PlantVillage."
    )


def _table(scores: Found, tests: Sequence[str]) -> str:
    rows = []
    for head, label in _HEADS.items():
        for name, title in _NAMES.items():
            score = scores.get(f"{name}; {head}")
            if score is not None:
                rows.append([title, label, *(_share(score[test]) for test in tests)])
    columns = ["training", "pools over", *(_TESTS[test] for test in tests)]
    return markdown_table(columns, rows)


def _share(score: Found) -> str:
    low, high = (f"{100 * score[name]:.1f}" for name in ("low", "high"))
    return f"{100 * score['accuracy']:.1f}% ({low} to {high})"
