"""Stand-ins that Keras finds for our saved classes before their modules are imported.

``keras.saving.load_model`` finds only registered classes. A user who loads a saved classifier has
imported this package and Keras, but perhaps not the modules of our classes. Importing all of them
together with Keras would be slow, and circular if one of them imports Keras.
"""

from __future__ import annotations

import importlib
from typing import Any

PACKAGE = "transferleaf"

_HOME = {
    "TransferClassifier": "transferleaf.classifier",
    "PixelNormalization": "transferleaf.backbones.pixels",
    "PatchTokens": "transferleaf.backbones.keras_hub.layers",
    "PrefixTokens": "transferleaf.backbones.keras_hub.layers",
    "TokensToMap": "transferleaf.backbones.keras_hub.layers",
    "KerasHubLayer": "transferleaf.backbones.keras_hub.layers",
    "Standardize": "transferleaf.head.layers",
    "DiscriminativeAdam": "transferleaf.training.phases.optimizers",
    "DiscriminativeAdamW": "transferleaf.training.phases.optimizers",
    "DiscriminativeSGD": "transferleaf.training.phases.optimizers",
    "WarmupCosine": "transferleaf.training.phases.schedules",
}


def register_stand_ins(keras: Any) -> None:
    """Register a stand-in for each class. The class replaces it once it is imported."""
    for name, module in _HOME.items():
        register = keras.saving.register_keras_serializable(PACKAGE, name)
        register(_stand_in(name, module))


def _stand_in(name: str, module: str) -> type:
    class StandIn:
        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            return getattr(importlib.import_module(module), name).from_config(config)

        def get_config(self) -> dict[str, Any]:
            # Keras registers only classes that have this method. No instance exists.
            return {}

    StandIn.__name__ = name
    return StandIn
