"""KerasHub transformers: groups of blocks are stages, and tokens become feature maps.

The stem embeds patches. The blocks follow in four groups of equal size, and the last group includes
the final normalisation. Each stage passes on all tokens, and also outputs a feature map.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.keras_hub.layers import PatchTokens, PrefixTokens, TokensToMap
from transferleaf.backbones.keras_hub.spelling import copy_weights, rotary_of, standalone
from transferleaf.backbones.keras_hub.stages import group_ends, transformer_stages
from transferleaf.backbones.spec import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patches:
    """The photo embedding of a KerasHub network.

    Attributes:
        projection: The convolution from patches to tokens.
        prefix: The tokens before the patches, ``(n, channels)``.
        places: The position embedding of the grid, ``(side * side, channels)``, if any.
    """

    projection: Any
    prefix: NDArray[Any] | None
    places: NDArray[Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The parts of a KerasHub transformer.

    Attributes:
        patches: The photo embedding.
        after_patches: Layers between the embedding and the first block.
        blocks: Its blocks.
        norm: Its final normalisation.
        turns: The layer that computes rotary embeddings, if any.
    """

    patches: _Patches
    blocks: Sequence[Any]
    norm: Any
    after_patches: Sequence[Any] = ()
    turns: Any = None


def is_transformer(tower: Any) -> bool:
    """Return whether this module can divide a KerasHub network."""
    return type(tower).__name__ in _PARTS


def patch_size(tower: Any) -> int:
    """Return the height and width of the patches of a transformer, in pixels."""
    return int(_PARTS[type(tower).__name__](tower).patches.projection.kernel.shape[0])


def transformer_network(tower: Any, image_size: int) -> tuple[keras.Model, tuple[Stage, ...]]:
    """Rebuild a transformer with its weights, divided into groups of blocks.

    Args:
        tower: A KerasHub transformer, for photos of any size.
        image_size: Height and width of the input, a multiple of the patch size. The position
            embedding is interpolated if the size differs from that of ``tower``.

    Returns:
        A functional model from ``(batch, size, size, 3)`` to the prefix tokens, if there are any,
        and the feature maps of the stages; and its stages.
    """
    parts = _PARTS[type(tower).__name__](tower)
    prefix = 0 if parts.patches.prefix is None else len(parts.patches.prefix)
    rotary = None
    if parts.turns is not None:
        rotary = rotary_of(parts.turns, prefix=prefix, image_size=image_size)
    pixels = keras.Input((image_size, image_size, 3), name="input_layer")
    tokens = _embedded(pixels, parts.patches)
    for number, layer in enumerate(parts.after_patches):
        tokens = _laid(layer, tokens, name=f"stem_{number}")
    ends = [tokens]
    for number, block in enumerate(parts.blocks, start=1):
        tokens = _laid(block, tokens, name=f"block{number}", rotary=rotary)
        if number in group_ends(len(parts.blocks)):
            ends.append(tokens)
    ends[-1] = _laid(parts.norm, tokens, name="norm")
    stages = transformer_stages(
        len(parts.blocks), after_patches=len(parts.after_patches), prefix=prefix > 0
    )
    maps = [
        TokensToMap(prefix, name=stage.map_layer)(end)
        for stage, end in zip(stages, ends, strict=True)
    ]
    first = [PrefixTokens(prefix, name=stages[-1].token_layer)(ends[-1])] if prefix else []
    return keras.Model(pixels, [*first, *maps], name="backbone"), stages


def _laid(layer: Any, tokens: Any, *, name: str, rotary: dict[str, Any] | None = None) -> Any:
    copy = standalone(layer, name=name, rotary=rotary)
    after = copy(tokens)
    copy_weights(layer, copy)
    return after


def _embedded(pixels: Any, patches: _Patches) -> Any:
    kernel = patches.projection.kernel
    layer = PatchTokens(
        int(kernel.shape[-1]),
        int(kernel.shape[0]),
        prefix=0 if patches.prefix is None else len(patches.prefix),
        positions=patches.places is not None,
        use_bias=patches.projection.use_bias,
        dtype=patches.projection.dtype_policy,
        name="patches",
    )
    tokens = layer(pixels)
    copy_weights(patches.projection, layer.projection)
    if patches.prefix is not None:
        layer.prefix_tokens.assign(patches.prefix[None])
    if patches.places is not None:
        side = pixels.shape[1] // layer.patch_size
        layer.place_values.assign(_resized(patches.places, side)[None])
    return tokens


def _resized(places: NDArray[Any], side: int) -> NDArray[Any]:
    """Interpolate the position embedding of a square grid to ``side`` times ``side`` positions.

    It uses cubic interpolation, as DINOv2 in KerasHub does.
    """
    before = math.isqrt(len(places))
    if before == side:
        return places
    grid = places.reshape(1, before, before, -1).astype("float32")
    resized = keras.ops.image.resize(grid, (side, side), interpolation="bicubic")
    return np.asarray(keras.ops.convert_to_numpy(resized)).reshape(side * side, -1)


def _values(weight: Any) -> NDArray[Any]:
    """Return a weight as an array ``(n, channels)``."""
    array = np.asarray(keras.ops.convert_to_numpy(weight))
    return array.reshape(-1, array.shape[-1])


def _by_kind(model: Any, ending: str) -> Any:
    return next(layer for layer in model.layers if type(layer).__name__.endswith(ending))


def _with_places(tokens: list[Any], places: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
    """Add the first position embeddings to the prefix tokens, which are constant."""
    if not tokens:
        return None, places
    first = np.concatenate([_values(token) for token in tokens])
    return first + places[: len(first)], places[len(first) :]


def _dropout(layer: Any) -> list[Any]:
    return [layer] if layer.rate else []


def _vit(tower: Any) -> _Parts:
    embedding = _by_kind(tower, "PatchingAndEmbedding")
    encoder = _by_kind(tower, "Encoder")
    tokens = [embedding.class_token] if embedding.use_class_token else []
    prefix, places = _with_places(tokens, _values(embedding.position_embedding.embeddings))
    return _Parts(
        patches=_Patches(projection=embedding.patch_embedding, prefix=prefix, places=places),
        after_patches=_dropout(encoder.dropout),
        blocks=encoder.encoder_layers,
        norm=encoder.layer_norm,
    )


def _deit(tower: Any) -> _Parts:
    embedding, encoder = _by_kind(tower, "Embeddings"), _by_kind(tower, "Encoder")
    tokens = [embedding.class_token, embedding.distillation_token]
    prefix, places = _with_places(tokens, _values(embedding.position_embedding))
    return _Parts(
        patches=_Patches(projection=embedding.patch_embedding, prefix=prefix, places=places),
        after_patches=_dropout(embedding.dropout),
        blocks=encoder.encoder_layers,
        norm=encoder.layer_norm,
    )


def _dinov2(tower: Any) -> _Parts:
    embedding = tower.embeddings
    values = _values(embedding.interpolated_position_embeddings)
    prefix, places = _with_places([embedding.cls_token], values)
    return _Parts(
        patches=_Patches(
            projection=embedding.patch_embeddings.projection,
            prefix=_with_registers(prefix, embedding),
            places=places,
        ),
        after_patches=_dropout(embedding.dropout),
        blocks=tower.encoder.layers,
        norm=tower.layernorm,
    )


def _dinov3(tower: Any) -> _Parts:
    embedding = tower.embeddings
    return _Parts(
        patches=_Patches(
            projection=embedding.patch_embeddings.projection,
            prefix=_with_registers(_values(embedding.cls_token), embedding),
            places=None,
        ),
        blocks=tower.encoder.layers,
        norm=tower.layernorm,
        turns=tower.rope_embedding,
    )


def _with_registers(first: NDArray[Any], embedding: Any) -> NDArray[Any]:
    if not embedding.num_register_tokens:
        return first
    return np.concatenate([first, _values(embedding.register_tokens)])


def _siglip(tower: Any) -> _Parts:
    embedding = tower.embedding
    return _Parts(
        patches=_Patches(
            projection=embedding.patch_embedding, prefix=None, places=_looked_up(embedding)
        ),
        blocks=tower.encoder_layers,
        norm=tower.post_layer_norm,
    )


def _clip(tower: Any) -> _Parts:
    embedding = tower.embedding
    prefix, places = _with_places([embedding.class_embedding], _looked_up(embedding))
    return _Parts(
        patches=_Patches(projection=embedding.patch_embedding, prefix=prefix, places=places),
        after_patches=[tower.pre_layer_norm],
        blocks=tower.encoder_layers,
        norm=tower.layer_norm,
    )


def _looked_up(embedding: Any) -> NDArray[Any]:
    """Return the position embedding, looked up with the table of indices."""
    table = _values(embedding.position_embedding.embeddings)
    return table[np.asarray(keras.ops.convert_to_numpy(embedding.position_ids)).ravel()]


_PARTS: dict[str, Callable[[Any], _Parts]] = {
    "ViTBackbone": _vit,
    "DeiTBackbone": _deit,
    "DINOV2Backbone": _dinov2,
    "DINOV3Backbone": _dinov3,
    "SigLIPVisionEncoder": _siglip,
    "CLIPVisionEncoder": _clip,
}
