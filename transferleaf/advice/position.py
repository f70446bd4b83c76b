"""From evidence to a position on the size-similarity matrix, with its uncertainty.

Each axis rests on the one measurement that chose policies best, among those that were tried; the
others explain, and do not decide. docs/advice.md has the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from transferleaf.advice.evidence import Evidence, SimilarityEvidence
from transferleaf.advice.thresholds import DIVERGENCE, PHOTOS

# Late stages differ from the pretraining's for all leaves, for they tell its classes apart.
_EARLY = 2 / 3

# Where nothing tells: photos are more like photos than not, and both sides are named.
_UNTOLD = 0.5, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPosition:
    """A position on the size-similarity matrix; both coordinates in [0, 1], the borders at 0.5.

    Attributes:
        similarity: How like the pretraining data; 1 is most.
        similarity_deviation: Standard error of it.
        size: How much data; 1 is most.
        size_deviation: Standard error of it.
    """

    similarity: float
    similarity_deviation: float
    size: float
    size_deviation: float


def position_of(evidence: Evidence) -> MatrixPosition:
    """Place a data set by what was measured of it."""
    divergence = early_divergence(evidence.similarity)
    similarity, deviation = _UNTOLD
    if divergence is not None:
        # The more divergence, the less similarity.
        similarity = 1 - DIVERGENCE.coordinate(divergence)
        deviation = DIVERGENCE.deviation(divergence)
    photos = evidence.size.photos
    return MatrixPosition(
        similarity=similarity,
        similarity_deviation=deviation,
        size=PHOTOS.coordinate(photos),
        size_deviation=PHOTOS.deviation(photos),
    )


def early_divergence(similarity: SimilarityEvidence) -> float | None:
    """Return the mean divergence of the first two thirds of the stages, in nats a channel.

    ``None`` where the network has no batch norm there.
    """
    early = similarity.divergences[: ceil(_EARLY * len(similarity.stages))]
    known = [value for value in early if value is not None]
    return sum(known) / len(known) if known else None
