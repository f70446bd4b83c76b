"""What makes two frozen networks the same: their structure, their weights, the pixels they take."""

from __future__ import annotations

import hashlib
import inspect
import json
import secrets
from typing import Any

import keras
import PIL

from transferleaf.backbones.backbone import Backbone, weighted_layers
from transferleaf.backbones.stages import stages_of_layers

# Raised when photos are decoded or resized otherwise than before.
PIXEL_PIPELINE = 2

_OWN = ("keras.", "transferleaf.", "keras_cv.")


def stage_identities(backbone: Backbone) -> tuple[dict[str, Any], ...]:
    """Describe, for each stage, the network from the pixels to its end.

    Two networks of one identity give the same outputs for the same photo, up to rounding. What
    training changes behind a stage does not change the stage's identity.

    Returns:
        Plain values that JSON can hold, for each stage from low to high level.
    """
    common = {
        "backbone": backbone.name,
        "image_size": backbone.image_size,
        "pixels": {
            "mean": list(backbone.pixels.mean),
            "std": list(backbone.pixels.std),
            "channels": backbone.pixels.channels,
        },
        # What cannot be told is never taken for the same as before.
        "structure": structure_digest(backbone.model) or secrets.token_hex(32),
        "keras": keras.__version__,
        **pixel_identity(),
    }
    names = backbone.stage_names
    return tuple(
        {**common, "stage": name, "weights": weights}
        for name, weights in zip(names, _weights(backbone), strict=True)
    )


def pixel_identity() -> dict[str, Any]:
    """Describe how files become pixels."""
    return {"pipeline": PIXEL_PIPELINE, "Pillow": PIL.__version__}


def structure_digest(model: keras.Model) -> str | None:
    """Digest the configuration of all layers, whatever they are called and whether they train.

    ``None`` where a layer of the user's cannot tell its configuration.
    """
    try:
        structure = _structure(model)
    except NotImplementedError:  # what Keras raises for a layer without get_config
        return None
    return hashlib.sha256(json.dumps(structure, sort_keys=True, default=repr).encode()).hexdigest()


def _weights(backbone: Backbone) -> list[str]:
    """Digest the weights up to the end of each stage."""
    stage_of = stages_of_layers(backbone.model, backbone.stages)
    by_stage: list[list[Any]] = [[] for _ in backbone.stages]
    for path, layer in weighted_layers(backbone.model):
        by_stage[stage_of[path.split("/")[0]]].extend(layer.weights)
    digest = hashlib.sha256()
    found = []
    for weights in by_stage:
        for weight in weights:
            digest.update(weight.numpy().tobytes())
        found.append(digest.copy().hexdigest())
    return found


def _structure(model: keras.Model) -> list[Any]:
    """The configuration of all layers without names and what training switches; foreign code."""
    layers = list(model._flatten_layers())
    foreign = {
        f"{kind.__module__}.{kind.__qualname__}": _source(kind)
        for kind in {type(layer) for layer in layers}
        if not kind.__module__.startswith(_OWN)
    }
    # Keras numbers unnamed layers through the process; what counts is which layer is meant.
    numbers = {layer.name: f"#{number}" for number, layer in enumerate(layers)}
    return [_plain(keras.saving.serialize_keras_object(model), numbers), foreign]


def _plain(config: Any, numbers: dict[str, str]) -> Any:
    if isinstance(config, dict):
        return {
            name: _plain(value, numbers) for name, value in config.items() if name != "trainable"
        }
    if isinstance(config, (list, tuple)):
        return [_plain(value, numbers) for value in config]
    return numbers.get(config, config) if isinstance(config, str) else config


def _source(kind: type) -> str:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):  # defined at a prompt, or in a file that is gone
        return ""
