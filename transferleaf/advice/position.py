"""From evidence to a position on the size-similarity matrix, with its uncertainty.

The position shows what the textbook rule would say. The recommendation follows the expectations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, hypot

from transferleaf.advice.evidence import Evidence, SimilarityEvidence
from transferleaf.advice.thresholds import DIVERGENCE, MADE_DIVERGENCE, PHOTOS
from transferleaf.quadrant import DataSize, Quadrant, Similarity

# Range of both coordinates.
BORDER = 0.5

# The statistics of late stages are specific to the classes of ImageNet and differ for all leaves.
_EARLY = 2 / 3

# Similarity and its standard error if nothing is known.
_UNKNOWN = 0.5, 0.3

# Such a network has learned nothing, so it trains as much as on the least similar photos.
_RANDOM_WEIGHTS = 0.0, 0.0

# The border for synthetic photos was only measured on networks that have batch norm.
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
    made = early_made_divergence(evidence.similarity)
    similarity, deviation = _UNKNOWN if evidence.similarity.pretrained else _RANDOM_WEIGHTS
    if divergence is not None:
        similarity = 1 - DIVERGENCE.coordinate(divergence)
        deviation = DIVERGENCE.deviation(divergence)
    elif made is not None:
        similarity = 1 - MADE_DIVERGENCE.coordinate(made)
        deviation = hypot(MADE_DIVERGENCE.deviation(made), _OTHER_NETWORKS)
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
    """Return the other quadrants whose border is within one standard error."""
    sizes = _possible(position.size, position.size_deviation)
    similarities = _possible(position.similarity, position.similarity_deviation)
    cells = {
        Quadrant.of(
            DataSize.LARGE if y >= BORDER else DataSize.SMALL,
            Similarity.HIGH if x >= BORDER else Similarity.LOW,
        )
        for x in similarities
        for y in sizes
    }
    return tuple(cell for cell in Quadrant if cell in cells - {quadrant_of(position)})


def _possible(coordinate: float, deviation: float) -> tuple[float, ...]:
    near = abs(coordinate - BORDER) < deviation
    return (coordinate - deviation, coordinate + deviation) if near else (coordinate,)


def early_divergence(similarity: SimilarityEvidence) -> float | None:
    """Return the mean divergence of the first two thirds of the stages, in nats a channel.

    ``None`` where the network has no batch norm there.
    """
    return _early_mean(similarity.divergences)


def early_made_divergence(similarity: SimilarityEvidence) -> float | None:
    """Return the mean divergence from synthetic photos in the first two thirds of the stages.

    ``None`` where it was not measured, because the network has batch norm.
    """
    made = similarity.made_divergences
    return None if made is None else _early_mean(made)


def _early_mean(values: Sequence[float | None]) -> float | None:
    early = values[: ceil(_EARLY * len(values))]
    known = [value for value in early if value is not None]
    return sum(known) / len(known) if known else None
