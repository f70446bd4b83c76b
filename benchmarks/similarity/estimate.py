"""The divergence estimated from synthetic photos, and what it is worth to the advice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.advice.places import Place
from benchmarks.advice.tables import unseen_rows
from benchmarks.markdown import markdown_table
from transferleaf.advice.evidence import Evidence, SimilarityEvidence

Rows = Sequence[Mapping[str, Any]]
Change = Callable[[Place, Evidence], Evidence]


def fitted(rows: Rows, *, without: str | None = None) -> tuple[float, float]:
    """Fit ``divergence = scale * synthetic ** exponent`` over all networks and photo sets.

    Args:
        rows: What was measured with each network.
        without: A photo set to leave out.

    Returns:
        Scale and exponent.
    """
    pairs = [
        (values["synthetic photos"], values["batch norm"])
        for row in rows
        for name, values in row["values"].items()
        if name != without
    ]
    synthetic, measured = np.log(np.array(pairs)).T
    exponent, intercept = np.polyfit(synthetic, measured, 1)
    return float(np.exp(intercept)), float(exponent)


def signal_table(places: Sequence[Place], rows: Rows) -> str:
    """The regret of the advice with the divergence from batch norm, estimated, and unknown.

    The advice uses neither results nor the fit of the photo set that it is tested on.
    """
    first = rows[0]["values"]

    def estimated(place: Place, evidence: Evidence) -> Evidence:
        scale, exponent = fitted(rows, without=place.photo_set)
        return _with(evidence, scale * first[place.photo_set]["synthetic photos"] ** exponent)

    signals: dict[str, Change] = {
        "from batch norm": lambda place, evidence: evidence,
        "estimated from synthetic photos": estimated,
        "unknown": lambda place, evidence: _with(evidence, None),
    }
    rows_of_page = []
    for name, change in signals.items():
        regrets = [_regret(place, places, change) for place in places]
        rows_of_page.append([name, f"{fmean(regrets):.2f}", f"{max(regrets):.1f}"])
    return markdown_table(["divergence", "mean regret", "worst regret"], rows_of_page)


def _with(evidence: Evidence, divergence: float | None) -> Evidence:
    similarity = SimilarityEvidence(stages=("early",), divergences=(divergence,))
    return replace(evidence, similarity=similarity)


def _regret(place: Place, places: Sequence[Place], change: Change) -> float:
    changed = replace(place, evidence=tuple(change(place, each) for each in place.evidence))
    return place.regret(changed.advised(unseen_rows(place, places, "photo_set")))
