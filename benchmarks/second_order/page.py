"""The page of the benchmark, written from the stored results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.markdown import markdown_table
from benchmarks.second_order.draws import SHARES
from transferleaf.freezing.feature_groups import MAX_SECOND_ORDER_FEATURES

Found = Mapping[str, Any]

_PAGE = """\
# Second-order features

The head uses the averages of all stages and the square roots of the channel covariances of early
stages. [What second-order features add](explanation/second-order-features.md) explains them. This
page measures their effect on accuracy and time.

    python -m benchmarks.second_order --photos DATA --page docs/second-order.md

The raw results are in `benchmarks/second_order/measured.json`. Machine: {machine}. Other
processes ran at the same time, so only compare times within a row.

## Accuracy

{photos} PlantVillage photos in 29 classes at 160 px, split by leaf ({shares}); {test} photos of
other leaves are the test set. `k per class` means k training photos per class, and a quarter as
many (at least two) to select the L2 strength. The base is frozen. Numbers are means of three
draws, or one draw for all photos. "Averages" is `FreezePolicy(head_pooling="average")`.

{accuracy}

```{{drawn-figure}} second-order-errors
:alt: Share of wrong answers against the number of training photos, both axes logarithmic.
```

## Other photos

All photos of the set, split 70/10/20 with three seeds, at 224 px.

{others}

## Variants

The photos and draws are the same. The rows after the first two use averages and second-order
features. The row in bold is the default of the library, with {bound} second-order features at most.
Each other row changes one property.

{variants}

- With 5 photos per class, about half of the gain comes from the weights of the groups (second row).
- All roots are similar; the elementwise root is the worst. Newton-Schulz iteration is a few matrix
  products, which SavedModel, LiteRT, ONNX and OpenVINO support. An exact root or a logarithm needs
  an eigendecomposition, which LiteRT and ONNX do not have.
- A random projection is as good as the principal directions and does not need to be fitted.
- More channels do not improve the accuracy measurably.

## Cost

{passes}

A pass is the time of the engine for all outputs of the frozen stages. The networks have random
weights, which does not change the time. The two kinds of passes alternate, and the ratio is the
median over pairs.

{solver}

{half}
"""


def write_page(page: Path, found: Found) -> None:
    """Write all tables to ``page``."""
    everything = next(row for row in found["accuracy"] if row["photos_a_class"] is None)
    text = _PAGE.format(
        machine=found["machine"],
        photos=f"{round(everything['photos'] / SHARES[0], -2):,.0f}",
        shares="/".join(f"{share:.0%}" for share in SHARES),
        test=f"{everything['test_photos']:,}",
        accuracy=_accuracy(found["accuracy"]),
        others=_others(found["other photos"]),
        bound=f"{MAX_SECOND_ORDER_FEATURES:,}",
        variants=_variants(found["variants"]),
        passes=_passes(found["passes"]),
        solver=_solver(found["solver"]),
        half=_half(found["half precision"]),
    )
    page.write_text(text, encoding="utf-8")


def _accuracy(rows: Sequence[Found]) -> str:
    cells = []
    for (backbone, size), own in _grouped(rows, "backbone", "photos_a_class"):
        cells.append([f"`{backbone}`", _size(size, own), *_compared(own)])
    return markdown_table(
        ["network", "photos", *_COMPARED],
        cells,
    )


def _others(rows: Sequence[Found]) -> str:
    names = {"field-mini": "bean and blackgram in the field", "dissimilar-mini": "steel surfaces"}
    cells = [
        [names[name], f"{own[0]['photos']:,}", *_compared(own)]
        for (name,), own in _grouped(rows, "photo_set")
    ]
    return markdown_table(["photos", "training photos", *_COMPARED], cells)


_COMPARED = [
    "averages: accuracy",
    "second order: accuracy",
    "errors",
    "averages: loss",
    "second order: loss",
]


def _compared(rows: Sequence[Found]) -> list[str]:
    """Return averages next to second-order features, as means over seeds."""
    average = [row for row in rows if row["pooling"] == "average"]
    second_order = [row for row in rows if row["pooling"] == "second-order"]
    accuracies = [fmean(row["accuracy"] for row in kind) for kind in (average, second_order)]
    losses = [fmean(row["loss"] for row in kind) for kind in (average, second_order)]
    wrong, still_wrong = (1 - accuracy for accuracy in accuracies)
    change = f"{still_wrong / wrong - 1:+.0%}" if wrong else "none to begin with"
    return [
        *(f"{accuracy:.4f}" for accuracy in accuracies),
        change,
        *(f"{loss:.3f}" for loss in losses),
    ]


def _variants(rows: Sequence[Found]) -> str:
    sizes = list(dict.fromkeys(row["photos_a_class"] for row in rows))
    cells = []
    for (name,), own in _grouped(rows, "variant"):
        scores = []
        for size in sizes:
            of_size = [row for row in own if row["photos_a_class"] == size]
            accuracy, loss = (fmean(row[key] for row in of_size) for key in ("accuracy", "loss"))
            scores.append(f"{accuracy:.4f} ({loss:.3f})")
        cells.append([name, f"{own[0]['features']:,}", *scores])
    head = [f"{size} per class: accuracy (loss)" for size in sizes]
    return markdown_table(["variant", "features", *head], cells)


def _passes(rows: Iterable[Found]) -> str:
    return markdown_table(
        ["network", "image size", "averages, ms per photo", "with covariances", "ratio"],
        [
            [
                f"`{row['backbone']}`",
                str(row["image_size"]),
                f"{1000 * row['average'] / row['photos']:.2f}",
                f"{1000 * row['second_order'] / row['photos']:.2f}",
                f"{row['ratio']:.3f}",
            ]
            for row in rows
        ],
    )


def _solver(row: Found) -> str:
    few, many = row["features"]
    quick, slow = row["seconds"]
    return (
        f"The solver takes {slow:.0f} s for {row['photos']:,} photos, {many:,} features and "
        f"{row['classes']} classes, and {quick:.0f} s for the {few:,} averages alone: "
        f"{slow / quick:.1f} times as long (medians of three turns)."
    )


def _half(row: Found) -> str:
    return (
        f"Covariances are stored in half precision. Of {row['photos']} test photos it changes the "
        f"label of {row['changed_labels']}, and no probability by more than "
        f"{row['largest_difference']:.1e}."
    )


def _size(size: int | None, rows: Sequence[Found]) -> str:
    photos = f"{rows[0]['photos']:,}"
    return f"all ({photos})" if size is None else f"{size} per class ({photos})"


def _grouped(rows: Sequence[Found], *keys: str) -> list[tuple[tuple[Any, ...], list[Found]]]:
    groups: dict[tuple[Any, ...], list[Found]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return list(groups.items())
