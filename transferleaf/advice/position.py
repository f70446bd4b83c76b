"""From evidence to a position on the size-similarity matrix, with its uncertainty.

The position shows what the textbook rule would say. The recommendation follows the expectations.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from transferleaf.advice.evidence import Evidence, SimilarityEvidence
from transferleaf.advice.thresholds import DIVERGENCE, PHOTOS

# The statistics of late stages are specific to the classes of ImageNet and differ for all leaves.
_EARLY = 2 / 3

# Similarity and its standard error for a network without batch norm.
_UNKNOWN = 0.5, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPosition:
    """A position on the size-similarity matrix. Both coordinates are in [0, 1], the borders at 0.5.

    Attributes:
        similarity: Similarity to the pretraining data.
        similarity_deviation: Its standard error.
        size: Amount of data.
        size_deviation: Its standard error.
    """

    similarity: float
    similarity_deviation: float
    size: float
    size_deviation: float


def position_of(evidence: Evidence) -> MatrixPosition:
    """Return the position of a data set."""
    divergence = early_divergence(evidence.similarity)
    similarity, deviation = _UNKNOWN
    if divergence is not None:
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
