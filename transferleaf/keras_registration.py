"""Stand-ins under which Keras finds our saved classes before any of them is loaded.

``keras.saving.load_model`` knows a class of ours only once it is registered, and who loads a saved
classifier has imported this package and Keras, but perhaps none of our classes. Loading them all as
soon as Keras is there would be slow, and circular where a module of ours is what imports Keras.
"""

from __future__ import annotations

import importlib
from typing import Any

PACKAGE = "transferleaf"

_HOME = {
    "TransferClassifier": "transferleaf.classifier",
    "PixelNormalization": "transferleaf.backbones.pixels",
    "PatchTokens": "transferleaf.backbones.keras_hub.layers",
    "TokensToMap": "transferleaf.backbones.keras_hub.layers",
    "KerasHubLayer": "transferleaf.backbones.keras_hub.layers",
    "Standardize": "transferleaf.head.layers",
    "DiscriminativeAdam": "transferleaf.training.phases.optimizers",
    "DiscriminativeAdamW": "transferleaf.training.phases.optimizers",
    "DiscriminativeSGD": "transferleaf.training.phases.optimizers",
    "WarmupCosine": "transferleaf.training.phases.schedules",
}


def register_stand_ins(keras: Any) -> None:
    """Register a stand-in for each class; the class takes its place once it is loaded."""
    for name, module in _HOME.items():
        register = keras.saving.register_keras_serializable(PACKAGE, name)
        register(_stand_in(name, module))


def _stand_in(name: str, module: str) -> type:
    class StandIn:
        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            return getattr(importlib.import_module(module), name).from_config(config)

        def get_config(self) -> dict[str, Any]:
            # Keras registers no class without it; there are no instances to ask.
            return {}

    StandIn.__name__ = name
    return StandIn
