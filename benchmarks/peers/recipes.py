"""The compared trainings: each library with its usual recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

BACKBONE, IMAGE_SIZE = "efficientnet_lite0", 160
OURS = "transferleaf"
IN_TORCH = ("timm", "fastai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One training.

    Attributes:
        library: Name of the library.
        contender: Its module in ``contenders``.
        settings: Arguments of its ``train``.
    """

    library: str
    contender: str
    settings: Mapping[str, Any]


def _ours(**settings: Any) -> Recipe:
    return Recipe(library=OURS, contender="transferleaf_classifier", settings=settings)


def _keras(**changed: Any) -> Recipe:
    settings = {"batch_size": 32, "head_epochs": 2, "epochs": 4, "head_rate": 1e-3, "rate": 1e-4}
    return Recipe(library="plain Keras", contender="plain_keras", settings={**settings, **changed})


RECIPES = {
    "plain Keras": _keras(),
    "timm": Recipe(
        library="timm",
        contender="timm_training",
        settings={
            "batch_size": 32,
            "epochs": 7,
            "warm_up": 1,
            "rate": 1e-3,
            "weight_decay": 0.05,
            "smoothing": 0.1,
        },
    ),
    "fastai": Recipe(
        library="fastai",
        contender="fastai_learner",
        settings={"batch_size": 64, "epochs": 3, "channels_last": True},
    ),
    "plain Keras, rate 1e-5": _keras(rate=1e-5),
    "transferleaf, IV": _ours(freeze="IV"),
    "transferleaf, IV, augmented": _ours(freeze="IV", augmented=True),
    "transferleaf, III": _ours(freeze="III"),
    "transferleaf, I": _ours(freeze="I"),
    "transferleaf, I, augmented": _ours(freeze="I", augmented=True),
    "transferleaf, II": _ours(freeze="II"),
    "transferleaf, auto, 30 s": _ours(freeze="auto", augmented=True, time_limit=30),
    "transferleaf, auto, 60 s": _ours(freeze="auto", augmented=True, time_limit=60),
    "transferleaf, auto, 120 s": _ours(freeze="auto", augmented=True, time_limit=120),
    "transferleaf, auto, 300 s": _ours(freeze="auto", augmented=True, time_limit=300),
}
"""The trainings by their names in the results."""

_WITH_ALL_PHOTOS: Mapping[str, Mapping[str, Any]] = {"timm": {"epochs": 4}}
"""Settings with which a training with all photos ends within an hour on two cores."""


def recipe_of(title: str, photos_a_class: int | None) -> Recipe:
    """Return a training for a number of photos; ``None``: all.

    >>> [recipe_of("timm", photos).settings["epochs"] for photos in (60, None)]
    [7, 4]
    """
    recipe = RECIPES[title]
    if photos_a_class is not None or title not in _WITH_ALL_PHOTOS:
        return recipe
    return replace(recipe, settings={**recipe.settings, **_WITH_ALL_PHOTOS[title]})
