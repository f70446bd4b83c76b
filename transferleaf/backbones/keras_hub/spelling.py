"""From a layer of KerasHub to one that can be saved by itself, with the same weights."""

from __future__ import annotations

import inspect
from operator import attrgetter
from typing import Any

import keras

from transferleaf.backbones.keras_hub.layers import KerasHubLayer
from transferleaf.errors import BackboneStructureError

# Arguments that some layers keep under another name, or only inside a layer of their own.
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
    """Whether the class of ``thing`` is defined in KerasHub."""
    return type(thing).__module__.startswith("keras_hub.")


def standalone(layer: Any, *, rotary: dict[str, Any] | None = None, name: str) -> Any:
    """Rebuild a layer under another name, without its weights; see ``copy_weights``."""
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
    """Give a rebuilt layer, which has been called, the weights of the first.

    Raises:
        BackboneStructureError: They do not fit, so this release of KerasHub is another one.
    """
    values = source.get_weights()
    shapes = [tuple(weight.shape) for weight in copy.weights]
    if [value.shape for value in values] != shapes:
        reason = f"the weights of its layer {source.name!r} cannot be rebuilt from its arguments"
        raise BackboneStructureError(source.name, reason)
    copy.set_weights(values)


def rotary_of(turns: Any, *, prefix: int, image_size: int) -> dict[str, Any]:
    """Describe a layer that computes the turns of queries and keys; see ``KerasHubLayer``."""
    return {
        "kind": _kind(turns),
        "arguments": arguments(turns),
        "prefix": prefix,
        "image_size": image_size,
    }


def arguments(layer: Any) -> dict[str, Any]:
    """The arguments that a layer of KerasHub was made with, as plain values.

    They are its attributes first: its configuration lacks some, and tells others in another form.
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
    """A value as JSON can hold it: numbers of Keras' own arithmetic are tensors."""
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
