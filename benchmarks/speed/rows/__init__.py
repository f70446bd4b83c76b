"""The rows of the table, with their comparisons and targets, one module per kind of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from benchmarks.speed.bench import Bench
from benchmarks.speed.rows.classifying import predict
from benchmarks.speed.rows.frozen import frozen_lite, frozen_resnet
from benchmarks.speed.rows.growth import counts, memory
from benchmarks.speed.rows.sides import Section
from benchmarks.speed.rows.trained import best, steps_lite, steps_resnet, tail_lite, tail_resnet
from benchmarks.speed.scale import Scale

Row: TypeAlias = Callable[[Bench, Scale], Section]

ROWS: Mapping[str, Row] = {
    "frozen-lite": frozen_lite,
    "frozen-resnet": frozen_resnet,
    "tail-lite": tail_lite,
    "tail-resnet": tail_resnet,
    "steps-lite": steps_lite,
    "steps-resnet": steps_resnet,
    "best": best,
    "predict": predict,
    "counts": counts,
    "memory": memory,
}
"""The rows by their names on the command line, in the order of the page."""
