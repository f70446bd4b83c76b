"""The identity of a frozen network: its structure, its weights and its pixel pipeline."""

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

# Increased when decoding or resizing of photos changes.
PIXEL_PIPELINE = 2

_OWN = ("keras.", "transferleaf.", "keras_cv.")


def stage_identities(backbone: Backbone) -> tuple[dict[str, Any], ...]:
    """Return the identity of the network up to the end of each stage.

    Networks with the same identity give the same outputs for the same photo, up to rounding.
    Training of later stages does not change the identity of a stage.

    Returns:
        Values for JSON, for each stage from low to high level.
    """
    common = {
        "backbone": backbone.name,
        "image_size": backbone.image_size,
        "pixels": {
            "mean": list(backbone.pixels.mean),
            "std": list(backbone.pixels.std),
            "channels": backbone.pixels.channels,
        },
        # A random value if the structure is unknown, so that nothing is reused.
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
    """Return the identity of the conversion from files to pixels."""
    return {"pipeline": PIXEL_PIPELINE, "Pillow": PIL.__version__}


def structure_digest(model: keras.Model) -> str | None:
    """Return a digest of the configuration of all layers, without names and trainability.

    ``None`` if a custom layer has no configuration.
    """
    try:
        structure = _structure(model)
    except NotImplementedError:  # raised by Keras for a layer without get_config
        return None
    return hashlib.sha256(json.dumps(structure, sort_keys=True, default=repr).encode()).hexdigest()


def _weights(backbone: Backbone) -> list[str]:
    """Return a digest of the weights up to the end of each stage."""
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
    """Return the configuration of all layers, without names and flags, with custom code."""
    layers = list(model._flatten_layers())
    foreign = {
        f"{kind.__module__}.{kind.__qualname__}": _source(kind)
        for kind in {type(layer) for layer in layers}
        if not kind.__module__.startswith(_OWN)
    }
    # Keras numbers unnamed layers over the whole process, so names are replaced by positions.
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
    except (OSError, TypeError):  # defined interactively, or in a deleted file
        return ""
