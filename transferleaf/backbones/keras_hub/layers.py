"""Layers that make KerasHub networks divisible and savable: patches, tokens, and wrapped layers.

KerasHub saves a network as one object and not its layers, so many of its layers cannot be loaded
from their own configuration. Here each is described by its class and the arguments of its
constructor.
"""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import keras
from keras import ops

from transferleaf.backbones.keras_hub.installed import import_keras_hub, unused_masks

_PACKAGE = "keras_hub.src.models."
_NORMS = {
    f"keras.layers.{norm.__name__}": norm
    for norm in (keras.layers.LayerNormalization, keras.layers.BatchNormalization)
}
_EMBEDDED = "random_normal"


@keras.saving.register_keras_serializable("transferleaf")
class PatchTokens(keras.layers.Layer):
    """Splits photos into patches and embeds each as a token, after tokens without a patch.

    Args:
        width: Channels of a token.
        patch_size: Height and width of a patch, in pixels.
        prefix: Number of tokens before the patches: class and register tokens.
        positions: Whether to add a position embedding.
        use_bias: Whether the patch embedding has a bias.
        **options: Arguments of ``keras.layers.Layer``.

    >>> tokens = PatchTokens(8, 16, prefix=1)(keras.ops.zeros((2, 64, 64, 3)))
    >>> tuple(tokens.shape)
    (2, 17, 8)
    """

    def __init__(
        self,
        width: int,
        patch_size: int,
        *,
        prefix: int,
        positions: bool = True,
        use_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.width = width
        self.patch_size = patch_size
        self.prefix = prefix
        self.positions = positions
        self.use_bias = use_bias
        self.projection = keras.layers.Conv2D(
            width, patch_size, strides=patch_size, use_bias=use_bias, dtype=self.dtype_policy
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the projection, the prefix tokens and the position embedding."""
        self.projection.build(input_shape)
        places = math.prod(side // self.patch_size for side in input_shape[1:3] if side)
        self.prefix_tokens: Any = None
        self.place_values: Any = None
        if self.prefix:
            shape = (1, self.prefix, self.width)
            self.prefix_tokens = self.add_weight(
                shape=shape, initializer=_EMBEDDED, name="prefix_tokens"
            )
        if self.positions:
            shape = (1, places, self.width)
            self.place_values = self.add_weight(shape=shape, initializer=_EMBEDDED, name="places")

    def call(self, pixels: Any) -> Any:
        """Embed pixels, shape ``(batch, height, width, 3)``.

        Returns:
            Shape ``(batch, prefix + patches, width)``.
        """
        maps = self.projection(pixels)
        height, width = maps.shape[1:3]
        tokens = ops.reshape(maps, (-1, height * width, self.width))
        if self.place_values is not None:
            tokens = tokens + ops.cast(self.place_values, tokens.dtype)
        if self.prefix_tokens is None:
            return tokens
        first = ops.cast(self.prefix_tokens, tokens.dtype)
        # Adding zeros needs no batch size, unlike tile or repeat. Exports may not know it.
        first = first + ops.zeros_like(tokens[:, :1])
        return ops.concatenate([first, tokens], axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return ``(batch, prefix + patches, width)``."""
        places = math.prod(side // self.patch_size for side in input_shape[1:3] if side)
        return (input_shape[0], self.prefix + places, self.width)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {
            **super().get_config(),
            "width": self.width,
            "patch_size": self.patch_size,
            "prefix": self.prefix,
            "positions": self.positions,
            "use_bias": self.use_bias,
        }


@keras.saving.register_keras_serializable("transferleaf")
class TokensToMap(keras.layers.Layer):
    """Arranges the tokens of a square grid as a feature map, without the prefix tokens.

    Args:
        prefix: Number of tokens before the patches: class and register tokens.
        **options: Arguments of ``keras.layers.Layer``.

    >>> tuple(TokensToMap(1)(keras.ops.zeros((2, 17, 8))).shape)
    (2, 4, 4, 8)
    """

    def __init__(self, prefix: int, **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Store the shape of the map, because a traced graph may not know the number of tokens."""
        self._map_shape = self.compute_output_shape(input_shape)[1:]

    def call(self, tokens: Any) -> Any:
        """Arrange tokens, shape ``(batch, prefix + side * side, channels)``.

        Returns:
            Shape ``(batch, side, side, channels)``.
        """
        return ops.reshape(tokens[:, self.prefix :], (-1, *self._map_shape))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return ``(batch, side, side, channels)``."""
        side = math.isqrt((input_shape[1] or 0) - self.prefix)
        return (input_shape[0], side, side, input_shape[2])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "prefix": self.prefix}


@keras.saving.register_keras_serializable("transferleaf")
class PrefixTokens(keras.layers.Layer):
    """Takes the class and register tokens, which come before those of the patches.

    Args:
        prefix: Number of these tokens.
        **options: Arguments of ``keras.layers.Layer``.

    >>> tuple(PrefixTokens(1)(keras.ops.zeros((2, 17, 8))).shape)
    (2, 1, 8)
    """

    def __init__(self, prefix: int, **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix

    def call(self, tokens: Any) -> Any:
        """Take the first tokens of ``tokens``, shape ``(batch, prefix + patches, channels)``.

        Returns:
            Shape ``(batch, prefix, channels)``.
        """
        return tokens[:, : self.prefix]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return ``(batch, prefix, channels)``."""
        return (input_shape[0], self.prefix, input_shape[2])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "prefix": self.prefix}


@keras.saving.register_keras_serializable("transferleaf")
class KerasHubLayer(keras.layers.Layer):
    """A KerasHub layer, rebuilt from its class and the arguments of its constructor.

    Args:
        kind: Module and name of the class.
        arguments: Arguments of the constructor, serialised by Keras.
        rotary: If the layer uses rotary embeddings: the number of prefix tokens, height and width
            of the photo in pixels, and arguments of the layer that computes the embeddings.
        **options: Arguments of ``keras.layers.Layer``.
    """

    def __init__(
        self,
        kind: str,
        arguments: dict[str, Any],
        *,
        rotary: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.kind = kind
        self.arguments = arguments
        self.rotary = rotary
        given = {name: _given(value) for name, value in arguments.items()}
        self.inside = _class(kind)(**given, dtype=self.dtype_policy, name="inside")
        self._turns: list[Any] = []

    def build(self, input_shape: Any) -> None:
        """Build the inner layer."""
        if self.rotary is not None:
            self._turns = _turns(self.rotary)
        if type(self.inside).build is not keras.layers.Layer.build:
            self.inside.build(input_shape)
            self.inside.built = True
        if not all(layer.built for layer in self.inside._flatten_layers()):
            # Some KerasHub layers are only built by their first call.
            self.call(keras.tree.map_shape_structure(self._zeros, input_shape))

    def _zeros(self, shape: tuple[int | None, ...]) -> Any:
        return ops.zeros([side or 1 for side in shape], self.compute_dtype)

    def call(self, inputs: Any) -> Any:
        """Call the inner layer on a tensor or a list of them, and return its first output."""
        if self.rotary is None:
            with unused_masks():
                found = self.inside(inputs)
        else:
            turns = tuple(ops.convert_to_tensor(turn, inputs.dtype) for turn in self._turns)
            found = self.inside(
                inputs, position_embeddings=turns, num_prefix_tokens=self.rotary["prefix"]
            )
        return found[0] if isinstance(found, (tuple, list)) else found

    def compute_output_spec(self, inputs: Any) -> Any:
        """Return the output spec of the inner layer, which may know more than a call shows."""
        if type(self.inside).compute_output_shape is keras.layers.Layer.compute_output_shape:
            return super().compute_output_spec(inputs)
        shapes = keras.tree.map_structure(lambda tensor: tensor.shape, inputs)
        shape = self.inside.compute_output_shape(shapes)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        rotary = None if self.rotary is None else dict(self.rotary)
        own = {"kind": self.kind, "arguments": dict(self.arguments), "rotary": rotary}
        return {**super().get_config(), **own}


def _turns(rotary: dict[str, Any]) -> list[Any]:
    """Return cosines and sines as arrays, because exports do not keep tensors of Python objects."""
    size = rotary["image_size"]
    layer = _class(rotary["kind"])(**rotary["arguments"], dtype="float32")
    return [ops.convert_to_numpy(turn) for turn in layer(ops.zeros((1, size, size, 3)))]


def _given(argument: Any) -> Any:
    """Return an argument of a constructor. A layer class is given by module and name."""
    if not isinstance(argument, dict):
        return argument
    if "layer_class" not in argument:
        return keras.saving.deserialize_keras_object(argument)
    kind = argument["layer_class"]
    return _NORMS[kind] if kind in _NORMS else _class(kind)


def _class(kind: str) -> Any:
    """Return the KerasHub class ``kind``. Only computing layers, as a file may name any class."""
    module, _, name = kind.rpartition(".")
    found: Any = None
    if module.startswith(_PACKAGE):
        import_keras_hub("A network with layers of KerasHub")
        found = getattr(import_module(module), name, None)
    is_layer = isinstance(found, type) and issubclass(found, keras.layers.Layer)
    # Preprocessing layers, such as tokenizers, read files.
    if not is_layer or any(base.__name__ == "PreprocessingLayer" for base in found.__mro__):
        raise TypeError(f"{kind!r} is not a layer of a KerasHub network")
    return found
