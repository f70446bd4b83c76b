"""The compared trainings: each library with its usual recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
