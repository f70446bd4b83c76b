"""From a position on the size-similarity matrix to its quadrant, and to a policy with numbers."""

from __future__ import annotations

from transferleaf.advice.position import MatrixPosition
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import DataSize, Quadrant, Similarity

_BORDER = 0.5


def quadrant_of(position: MatrixPosition) -> Quadrant:
    """Return the cell of the matrix that a position lies in.

    >>> quadrant_of(
    ...     MatrixPosition(similarity=0.8, similarity_deviation=0.1, size=0.3, size_deviation=0.1)
    ... )
    <Quadrant.IV: 'IV'>
    """
    return Quadrant.of(_size(position.size), _similarity(position.similarity))


def neighbours_of(position: MatrixPosition) -> tuple[Quadrant, ...]:
    """Return the cells that a position may lie in as well, as it is near their borders.

    Near means closer than one standard error; in a corner that makes three neighbours.

    >>> neighbours_of(
    ...     MatrixPosition(similarity=0.8, similarity_deviation=0.1, size=0.45, size_deviation=0.1)
    ... )
    (<Quadrant.I: 'I'>,)
    """
    sizes = _possible(position.size, position.size_deviation)
    similarities = _possible(position.similarity, position.similarity_deviation)
    cells = {Quadrant.of(_size(y), _similarity(x)) for y in sizes for x in similarities}
    return tuple(cell for cell in Quadrant if cell in cells - {quadrant_of(position)})


def policy_for(quadrant: Quadrant, *, stages: int) -> FreezePolicy:
    """Return the policy of a cell with numbers for one data set and backbone.

    Args:
        quadrant: The cell.
        stages: How many stages the backbone has, at least 1.
    """
    policy = FreezePolicy.for_quadrant(quadrant)
    wanted = policy.trainable_stages
    # A network given whole may have one stage only.
    trained = min(wanted, stages) if isinstance(wanted, int) else wanted
    return FreezePolicy.for_quadrant(quadrant, trainable_stages=trained)


def _size(coordinate: float) -> DataSize:
    return DataSize.LARGE if coordinate >= _BORDER else DataSize.SMALL


def _similarity(coordinate: float) -> Similarity:
    return Similarity.HIGH if coordinate >= _BORDER else Similarity.LOW


def _possible(coordinate: float, deviation: float) -> tuple[float, ...]:
    """A coordinate on each side of the border where that is within one standard error."""
    near = abs(coordinate - _BORDER) < deviation
    return (coordinate - deviation, coordinate + deviation) if near else (coordinate,)
