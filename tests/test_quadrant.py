from __future__ import annotations

import pytest

from transferleaf.errors import ConfigError
from transferleaf.quadrant import DataSize, Quadrant, Similarity


@pytest.mark.parametrize(
    ("size", "similarity", "quadrant"),
    [
        ("large", "high", Quadrant.I),
        ("large", "low", Quadrant.II),
        ("small", "low", Quadrant.III),
        ("small", "high", Quadrant.IV),
    ],
)
def test_quadrants_are_numbered_as_in_mathematics(size, similarity, quadrant):
    assert Quadrant.of(size, similarity) is quadrant
    assert quadrant.size is DataSize(size)
    assert quadrant.similarity is Similarity(similarity)


def test_the_error_for_an_unknown_size_lists_the_choices():
    with pytest.raises(ConfigError) as caught:
        Quadrant.of("tiny", "high")

    assert str(caught.value) == "size='tiny' must be one of 'small', 'large'."


def test_the_error_for_an_unknown_quadrant_lists_the_choices():
    with pytest.raises(ConfigError) as caught:
        Quadrant.named("V")

    assert str(caught.value) == "quadrant='V' must be one of 'I', 'II', 'III', 'IV'."
