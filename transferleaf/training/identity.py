"""What makes two frozen networks the same: their structure, their weights, the pixels they take."""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import Any

import keras
import PIL

from transferleaf.backbones.backbone import Backbone, weighted_layers
from transferleaf.backbones.stages import stages_of_layers

# Raised when photos are decoded or resized otherwise than before.
PIXEL_PIPELINE = 1

_OWN = ("keras.", "transferleaf.", "keras_cv.")


def prefix_identity(backbone: Backbone, last: int) -> dict[str, Any]:
    """Describe the network from the pixels to the end of stage ``last``.

    Two networks of one identity give the same outputs for the same photo, up to rounding. What
    training changes behind that stage does not matter.

    Returns:
        Plain values that JSON can hold.
    """
    return {
        "backbone": backbone.name,
        "stage": backbone.stage_names[last],
        "image_size": backbone.image_size,
        "pixels": {
            "mean": list(backbone.pixels.mean),
            "std": list(backbone.pixels.std),
            "channels": backbone.pixels.channels,
        },
        "structure": _digest(_structure(backbone.model)),
        "weights": _weights(backbone, last),
        "keras": keras.__version__,
        **pixel_identity(),
    }


def pixel_identity() -> dict[str, Any]:
    """Describe how files become pixels."""
    return {"pipeline": PIXEL_PIPELINE, "Pillow": PIL.__version__}


def _weights(backbone: Backbone, last: int) -> str:
    stage_of = stages_of_layers(backbone.model, backbone.stages)
    digest = hashlib.sha256()
    for path, layer in weighted_layers(backbone.model):
        if stage_of[path.split("/")[0]] <= last:
            for weight in layer.weights:
                digest.update(weight.numpy().tobytes())
    return digest.hexdigest()


def _structure(model: keras.Model) -> list[Any]:
    """The configuration of all layers without names and what training switches; foreign code."""
    layers = list(model._flatten_layers())
    foreign = {
        f"{kind.__module__}.{kind.__qualname__}": _source(kind)
        for kind in {type(layer) for layer in layers}
        if not kind.__module__.startswith(_OWN)
    }
    # Keras numbers unnamed layers through the process; what counts is which layer is meant.
    places = {layer.name: f"#{place}" for place, layer in enumerate(layers)}
    return [_plain(keras.saving.serialize_keras_object(model), places), foreign]


def _plain(config: Any, places: dict[str, str]) -> Any:
    if isinstance(config, dict):
        return {
            name: _plain(value, places) for name, value in config.items() if name != "trainable"
        }
    if isinstance(config, (list, tuple)):
        return [_plain(value, places) for value in config]
    return places.get(config, config) if isinstance(config, str) else config


def _source(kind: type) -> str:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):  # defined at a prompt, or in a file that is gone
        return ""


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).hexdigest()
