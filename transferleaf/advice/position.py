"""From evidence to a position on the size-similarity matrix, with its uncertainty.

The position shows what the textbook rule would say. The recommendation follows the expectations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, hypot

from transferleaf.advice.evidence import Evidence, SimilarityEvidence
from transferleaf.advice.thresholds import DIVERGENCE, PHOTOS
from transferleaf.quadrant import DataSize, Quadrant, Similarity

# Range of both coordinates.
BORDER = 0.5

# The statistics of late stages are specific to the classes of ImageNet and differ for all leaves.
_EARLY = 2 / 3

# Similarity and its standard error if nothing is known.
_UNKNOWN = 0.5, 0.3

# Such a network has learned nothing, so it trains as much as on the least similar photos.
_RANDOM_WEIGHTS = 0.0, 0.0

# Without batch norm, the divergence is estimated as a power of that from synthetic photos. ``python
# -m benchmarks.similarity`` fits it on networks that have batch norm. On others, the similarity has
# a larger standard error.
_SCALE, _EXPONENT = 1.04, 1.33
_OTHER_NETWORKS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPosition:
    """A position on the size-similarity matrix. Both coordinates are in [0, 1], the borders at 0.5.

    Attributes:
        similarity: Similarity to the pretraining data; 0 for a network with random weights.
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
    similarity, deviation = _UNKNOWN if evidence.similarity.pretrained else _RANDOM_WEIGHTS
    if divergence is not None:
        similarity = 1 - DIVERGENCE.coordinate(divergence)
        other = _OTHER_NETWORKS if is_estimated(evidence.similarity) else 0.0
        deviation = hypot(DIVERGENCE.deviation(divergence), other)
    photos = evidence.size.photos
    return MatrixPosition(
        similarity=similarity,
        similarity_deviation=deviation,
        size=PHOTOS.coordinate(photos),
        size_deviation=PHOTOS.deviation(photos),
    )


def quadrant_of(position: MatrixPosition) -> Quadrant:
    """Return the quadrant of a position on the matrix.

    >>> quadrant_of(
    ...     MatrixPosition(similarity=0.8, similarity_deviation=0.1, size=0.3, size_deviation=0.1)
    ... )
    <Quadrant.IV: 'IV'>
    """
    size = DataSize.LARGE if position.size >= BORDER else DataSize.SMALL
    similar = position.similarity >= BORDER
    return Quadrant.of(size, Similarity.HIGH if similar else Similarity.LOW)


def neighbours_of(position: MatrixPosition) -> tuple[Quadrant, ...]:
    """Return the other quadrants within one standard error."""
    near = {
        quadrant_of(
            replace(
                position,
                similarity=position.similarity + across * position.similarity_deviation,
                size=position.size + along * position.size_deviation,
            )
        )
        for across in (-1, 0, 1)
        for along in (-1, 0, 1)
    }
    return tuple(cell for cell in Quadrant if cell in near - {quadrant_of(position)})


def early_divergence(similarity: SimilarityEvidence) -> float | None:
    """Return the mean divergence of the first two thirds of the stages, in nats per channel.

    Without batch norm, it is estimated from synthetic photos. ``None`` if it is unknown.

    >>> stages = ("stem", "low", "high")
    >>> early_divergence(SimilarityEvidence(stages=stages, divergences=(0.1, None, 0.4)))
    0.1
    """
    if not is_estimated(similarity):
        return _early_mean(similarity.divergences)
    made = _early_mean(similarity.made_divergences or ())
    return None if made is None else float(_SCALE * made**_EXPONENT)


def is_estimated(similarity: SimilarityEvidence) -> bool:
    """Return whether the divergence is estimated from synthetic photos."""
    return similarity.made_divergences is not None


def _early_mean(values: Sequence[float | None]) -> float | None:
    early = values[: ceil(_EARLY * len(values))]
    known = [value for value in early if value is not None]
    return sum(known) / len(known) if known else None
