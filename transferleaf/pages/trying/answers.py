"""Answers in plain words and as JSON values."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PIL import Image

from transferleaf.datasets.labels import parse_label
from transferleaf.pages.trying.asked_model import AskedModel
from transferleaf.pages.trying.examples import jpeg
from transferleaf.predictions import LeafPrediction

if TYPE_CHECKING:  # it imports TensorFlow
    from transferleaf.explanations import Explanation

Words = Mapping[str, str]

# Minimum probability of a second class, as a share of the most probable one, to be mentioned.
_RIVAL_SHARE = 0.2


def in_plain_words(found: LeafPrediction, words: Words) -> str:
    """Describe a prediction.

    Args:
        found: A prediction with a label.
        words: Texts in one language.

    >>> from transferleaf.pages.trying.layout import TRYING
    >>> from transferleaf.predictions import describe_predictions
    >>> import numpy as np
    >>> found = describe_predictions(
    ...     ["leaf.jpg"],
    ...     np.array([[0.6, 0.4]]),
    ...     {},
    ...     classes=["Apple___Black_rot", "Apple___healthy"],
    ...     top_k=2,
    ...     verdicts=["unsure"],
    ... )
    >>> in_plain_words(found[0], TRYING.tables["en"])
    'Unsure: this looks like Apple: Black rot or Apple: healthy.'
    """
    first, *others = [(parse_label(label).title, share) for label, share in found.top]
    rivals = [title for title, share in others if share >= _RIVAL_SHARE * first[1]]
    key = f"says.{found.verdict}"
    if found.verdict == "unsure" and rivals:
        return words[f"{key}.two"].format(first=first[0], second=rivals[0])
    return words[key].format(first=first[0])


def answer(name: str, found: LeafPrediction, model: AskedModel, words: Words) -> dict[str, Any]:
    """Return the JSON values of a prediction, or the reason why a file has none."""
    if found.label is None:
        return failed(name, "unreadable", found.error or "")
    return {
        "name": name,
        "label": found.label,
        "title": parse_label(found.label).title,
        "crop": found.crop,
        "disease": found.disease,
        "healthy": found.healthy,
        "probability": found.probability,
        "verdict": found.verdict,
        "message": in_plain_words(found, words),
        "top": [_candidate(label, share, model) for label, share in found.top],
        "error": None,
    }


def failed(name: str, code: str, message: str) -> dict[str, Any]:
    """Return the JSON values of a photo without a prediction."""
    return {"name": name, "error": {"code": code, "message": message}}


def heat_map(found: Explanation, words: Words) -> dict[str, Any]:
    """Return the JSON values of an explanation, with its pictures."""
    share = found.on_leaf
    told = words["heat.unknown"] if share is None else words["heat.on_leaf"]
    return {
        "label": found.class_name,
        "title": parse_label(found.class_name).title,
        "probability": found.probability,
        "on_leaf": share,
        "message": told.format(share=f"{share or 0:.0%}"),
        "photo": _base64(found.photo),
        "heat_map": _base64(found.overlay()),
    }


def _candidate(label: str, share: float, model: AskedModel) -> dict[str, Any]:
    number = model.classes.index(label)
    places = model.examples.places(label)
    return {
        "label": label,
        "title": parse_label(label).title,
        "probability": share,
        "examples": [f"/examples/{number}/{position}.jpg" for position in places],
    }


def _base64(pixels: Any) -> str:
    return base64.b64encode(jpeg(Image.fromarray(pixels))).decode("ascii")
