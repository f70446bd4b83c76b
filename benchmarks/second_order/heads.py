"""Heads solved on features of drawn photos, and their results on the test photos."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from benchmarks.second_order.draws import Draw, Rows
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.solver import HeadProblem, LinearHead, solve_head

Features = Any
"""An array or rows of the store, ``(n, n_features)``; ``take`` or indexing returns rows."""


class Score(TypedDict):
    """The result of a head on the test photos."""

    photos: int
    features: int
    accuracy: float
    loss: float
    l2: float
    seconds: float


def score(
    data: tl.LeafDataset, features: Features, groups: Sequence[FeatureGroup], draw: Draw
) -> tuple[Score, LinearHead]:
    """Solve a head and test it."""
    learnt, judged = (_problem(data, features, rows) for rows in (draw.train, draw.validation))
    began = time.perf_counter()
    head = solve_head(learnt, judged, groups=groups)
    seconds = time.perf_counter() - began
    probabilities = head.probabilities(_taken(features, draw.test))
    truth = data.labels[draw.test]
    own = probabilities[np.arange(len(truth)), truth]
    return Score(
        photos=len(draw.train),
        features=learnt.features.shape[1],
        accuracy=float((probabilities.argmax(axis=1) == truth).mean()),
        loss=float(-np.log(np.clip(own, 1e-12, None)).mean()),
        l2=head.l2,
        seconds=seconds,
    ), head


def _problem(data: tl.LeafDataset, features: Features, rows: Rows) -> HeadProblem:
    return HeadProblem(
        features=_taken(features, rows),
        targets=np.eye(len(data.classes), dtype=np.float32)[data.labels[rows]],
        weights=np.ones(len(rows), np.float32),
    )


def _taken(features: Features, rows: Rows) -> NDArray[np.float32]:
    return features.take(rows) if hasattr(features, "read_into") else features[rows]
