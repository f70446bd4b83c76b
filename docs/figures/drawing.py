"""The files of all figures: one picture per theme and language.

``quadrant-map-dark.ko.svg`` is the quadrant map for the dark theme in Korean. English files have no
language in their names, as Sphinx expects (``figure_language_filename``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.figures import (
    accuracy_over_time,
    features,
    photo_flow,
    policies,
    quadrant_map,
    second_order,
    second_order_errors,
)
from docs.figures.style import LOOKS

FOLDER = Path(__file__).parent / "drawn"
FIGURES = {
    "accuracy-over-time": accuracy_over_time,
    "features": features,
    "photo-flow": photo_flow,
    "policies": policies,
    "quadrant-map": quadrant_map,
    "second-order": second_order,
    "second-order-errors": second_order_errors,
}


def drawn() -> Iterator[tuple[str, str]]:
    """Yield name and content of each file."""
    for name, figure in FIGURES.items():
        for language, words in figure.WORDS.items():
            ending = ".svg" if language == "en" else f".{language}.svg"
            for theme, look in LOOKS.items():
                yield f"{name}-{theme}{ending}", figure.draw(look, words, language)
