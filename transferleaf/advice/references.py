"""Well-known data sets with their positions on the matrix, for orientation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A data set whose position is known.

    Attributes:
        name: Its name.
        backbone: The network that was used to measure it.
        similarity: Similarity to the pretraining data, in [0, 1].
        size: Amount of data, in [0, 1].
    """

    name: str
    backbone: str
    similarity: float
    size: float


def references() -> tuple[Reference, ...]:
    """Read the known data sets.

    >>> references()[0].name
    'PlantVillage'
    """
    text = files("transferleaf.advice").joinpath("references.json").read_text("utf-8")
    return tuple(Reference(**entry) for entry in json.loads(text))
