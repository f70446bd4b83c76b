"""Checks whether camera, size or quality predict the class."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.statistics import (
    Floats,
    Indices,
    cramers_v,
    cross_table,
    numbered,
    permutation_p,
)
from transferleaf.auditing.subject import Subject

if TYPE_CHECKING:
    from transferleaf.auditing.facts import PhotoFacts

# Cohen (1988) calls 0.1 a small, 0.3 a medium and 0.5 a large effect.
_NOTED = 0.3
_HIGH = 0.5
_CERTAIN = 0.01
# Up to this number, sizes are compared one by one; above it, they are grouped by pixel number.
_MOST_SIZES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Telltale:
    """A property of photos that should be independent of the class.

    Attributes:
        check: Name of the check.
        name: The property, for messages.
        value: Function from the facts of a photo to the value of the property.
    """

    check: str
    name: str
    value: Callable[[PhotoFacts], Hashable]


TELLTALES = (
    Telltale(check="camera-tells-class", name="camera", value=lambda fact: fact.camera),
    Telltale(
        check="jpeg-quality-tells-class",
        name="JPEG quality",
        value=lambda fact: fact.jpeg_quality,
    ),
    Telltale(check="format-tells-class", name="file format", value=lambda fact: fact.format),
    Telltale(
        check="size-tells-class",
        name="photo size",
        value=lambda fact: (fact.width, fact.height),
    ),
)


def find_telltales(subject: Subject) -> Iterator[Finding]:
    """Find properties of the files that are associated with the class."""
    readable = subject.readable
    if len(readable) < 2:
        return
    labels, groups = subject.data.labels[readable], subject.leaf_groups()[readable]
    for telltale in TELLTALES:
        values = [telltale.value(subject.facts[at]) for at in readable]
        yield from _find(subject, telltale, _few(values), labels, groups)


def _find(
    subject: Subject, telltale: Telltale, values: list[Hashable], labels: Indices, groups: Indices
) -> Iterator[Finding]:
    numbers = numbered(values)
    table = cross_table(labels, numbers)
    strength = cramers_v(table)
    if strength < _NOTED:
        return
    chance = permutation_p(labels, numbers, groups)
    if chance > _CERTAIN:
        return
    told = float(table.max(axis=0).sum() / table.sum())
    largest = float(table.sum(axis=1).max() / table.sum())
    usual = _usual_values(table, list(dict.fromkeys(values)))
    names = [subject.data.classes[label] for label in usual]
    yield Finding(
        check=telltale.check,
        title=f"the {telltale.name} alone predicts the class of {told:.0%} of the photos, "
        f"where the largest class has {largest:.1%}",
        severity="warning" if strength >= _HIGH else "note",
        count=len(values),
        classes=tuple(names),
        notes=dict(zip(names, usual.values(), strict=True)),
        advice=f"A network may learn the {telltale.name} instead of the disease: "
        "test on photos from elsewhere, and photograph all classes in the same way.",
        sure=f"Cramer's V {strength:.2f} (0 none, 1 full), p = {chance:.3f} over leaves",
        figures={
            "cramers v": round(strength, 4),
            "p": round(chance, 4),
            "told": round(told, 4),
            "largest class": round(largest, 4),
        },
    )


def _few(values: list[Hashable]) -> list[Hashable]:
    """Return a few sizes unchanged; group many sizes by powers of two of the pixel number."""
    if len(set(values)) <= _MOST_SIZES or not isinstance(values[0], tuple):
        return values
    sizes = np.array(values, dtype=np.float64)
    return [f"about {2**power:,.0f} pixels" for power in np.log2(sizes.prod(axis=1)).round()]


def _usual_values(table: Floats, values: list[Hashable]) -> dict[int, str]:
    """Return classes with a value that is rare in other classes, and this value, clearest first."""
    of_class = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    elsewhere = (table.sum(axis=0) - table) / np.maximum(
        table.sum() - table.sum(axis=1, keepdims=True), 1
    )
    excess = of_class - elsewhere
    order = np.argsort(-excess.max(axis=1), kind="stable")
    clear = [int(label) for label in order if excess[label].max() >= 0.5]
    return {
        label: f"{_text(values[best])}: {of_class[label, best]:.0%} of it, "
        f"{elsewhere[label, best]:.0%} elsewhere"
        for label in clear
        for best in [int(excess[label].argmax())]
    }


def _text(value: Hashable) -> str:
    if isinstance(value, tuple):
        return " x ".join(map(str, value))
    return "none" if value is None else str(value)
