"""Conversion of a KerasHub layer to one that can be saved separately, with the same weights."""

from __future__ import annotations

import inspect
from operator import attrgetter
from typing import Any

import keras

from transferleaf.backbones.keras_hub.layers import KerasHubLayer
from transferleaf.errors import BackboneStructureError

# Arguments that some layers store under another name, or only in an inner layer.
_KEPT_ELSEWHERE = {
    "HierarchicalTransformerEncoder": {
        "sr_ratio": "attn.sr_ratio",
        "drop_prob": "drop_prop",
        "layer_norm_epsilon": "norm1.epsilon",
    },
    "SwinTransformerStage": {"downsample": "_downsample_cls"},
}

_PLAIN = (bool, int, float, str, type(None))


def is_of_keras_hub(thing: object) -> bool:
    """Return whether the class of ``thing`` is defined in KerasHub."""
    return type(thing).__module__.startswith("keras_hub.")


def standalone(layer: Any, *, rotary: dict[str, Any] | None = None, name: str) -> Any:
    """Rebuild a layer with another name, without its weights; see ``copy_weights``."""
    if not is_of_keras_hub(layer):
        return type(layer).from_config({**layer.get_config(), "name": name})
    return KerasHubLayer(
        _kind(layer),
        arguments(layer),
        rotary=rotary,
        name=name,
        dtype=layer.dtype_policy,
        trainable=layer.trainable,
    )


def copy_weights(source: Any, copy: Any) -> None:
    """Copy the weights of a layer to its rebuilt copy, which must have been called.

    Raises:
        BackboneStructureError: They do not fit, because this release of KerasHub differs.
    """
    values = source.get_weights()
    shapes = [tuple(weight.shape) for weight in copy.weights]
    if [value.shape for value in values] != shapes:
        reason = f"the weights of its layer {source.name!r} cannot be rebuilt from its arguments"
        raise BackboneStructureError(source.name, reason)
    copy.set_weights(values)


def rotary_of(turns: Any, *, prefix: int, image_size: int) -> dict[str, Any]:
    """Describe a layer that computes rotary embeddings; see ``KerasHubLayer``."""
    return {
        "kind": _kind(turns),
        "arguments": arguments(turns),
        "prefix": prefix,
        "image_size": image_size,
    }


def arguments(layer: Any) -> dict[str, Any]:
    """Return the constructor arguments of a KerasHub layer, as plain values.

    Its attributes are used first, as its configuration lacks some arguments and changes others.
    """
    elsewhere = _KEPT_ELSEWHERE.get(type(layer).__name__, {})
    found = {}
    for name, parameter in inspect.signature(type(layer).__init__).parameters.items():
        if name in ("self", "name", "dtype") or parameter.kind is parameter.VAR_KEYWORD:
            continue
        for place in (elsewhere.get(name, name), f"_{name}"):
            try:
                found[name] = _plain(attrgetter(place)(layer))
                break
            except AttributeError:
                continue
        else:
            if name in (config := layer.get_config()):
                found[name] = _plain(config[name])
    return found


def _kind(layer: Any) -> str:
    return f"{type(layer).__module__}.{type(layer).__name__}"


def _plain(value: Any) -> Any:
    """Return a value for JSON. Results of Keras' arithmetic are tensors."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, type) and issubclass(value, keras.layers.Layer):
        own = value.__module__.startswith("keras_hub.")
        return {"layer_class": f"{value.__module__ if own else 'keras.layers'}.{value.__name__}"}
    if hasattr(value, "numpy"):
        return value.numpy().item()
    if hasattr(value, "item"):
        return value.item()
    return keras.saving.serialize_keras_object(value)
