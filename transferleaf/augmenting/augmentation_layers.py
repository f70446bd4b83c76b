"""Application of an ``Augmentation`` by Keras layers in a ``tf.data`` pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from transferleaf.augmenting.backgrounds import read_backgrounds
from transferleaf.augmenting.scene_batches import new_scenes
from transferleaf.scenes.field_scenes import FieldScenes

# A function of keras.layers, the amount, and the options that all layers share.
LayerMaker: TypeAlias = Callable[[Any, Any, "dict[str, Any]"], Callable[..., Any]]

_RANGE = (0, 255)


@dataclass(frozen=True, slots=True)
class OnUnitRange:
    """A layer that takes RGB in [0, 1], used on images of [0, 255]."""

    layer: Any

    def __call__(self, images: Any, *, training: bool) -> Any:
        """Call the layer."""
        return self.layer(images / 255, training=training) * 255


def _make_saturation(layers: Any, amount: float, options: dict[str, Any]) -> Callable[..., Any]:
    # For Keras, 0.5 changes nothing and 0 is grey.
    factor = (0.5 - amount / 2, 0.5 + amount / 2)
    # On [0, 255], the layer produces saturations above 1 and colours below 0.
    return OnUnitRange(layers.RandomSaturation(factor, value_range=(0, 1), **options))


# Layers that change only images, in the order of application. There are two flip layers because
# RandomFlip("horizontal_and_vertical") flips in both directions or not at all. Contrast and CutMix
# get pairs, because with a single number, Keras only increases contrast, and draws alpha from below
# it.
IMAGE_LAYERS: dict[str, LayerMaker] = {
    "flip_horizontal": lambda layers, _, options: layers.RandomFlip("horizontal", **options),
    "flip_vertical": lambda layers, _, options: layers.RandomFlip("vertical", **options),
    "rotation": lambda layers, amount, options: layers.RandomRotation(amount, **options),
    "zoom": lambda layers, amount, options: layers.RandomZoom(amount, **options),
    "brightness": lambda layers, amount, options: layers.RandomBrightness(
        amount, value_range=_RANGE, **options
    ),
    "contrast": lambda layers, amount, options: layers.RandomContrast(
        (amount, amount), value_range=_RANGE, **options
    ),
    "saturation": _make_saturation,
    "hue": lambda layers, amount, options: layers.RandomHue(amount, value_range=_RANGE, **options),
    "rand_augment": lambda layers, amount, options: layers.RandAugment(
        value_range=_RANGE, factor=amount / 10, **options
    ),
}

# Layers that mix photos and labels of a batch.
MIXING_LAYERS: dict[str, LayerMaker] = {
    "mix_up": lambda layers, amount, options: layers.MixUp(amount, **options),
    "cut_mix": lambda layers, amount, options: layers.CutMix((amount, amount), **options),
}


def augment(
    dataset: Any,
    amounts: Mapping[str, Any],
    scenes: FieldScenes | None,
    *,
    classes: int,
    seed: int,
) -> Any:
    """Map ``dataset``; see ``Augmentation.apply`` and ``Augmentation.amounts``."""
    import tensorflow as tf

    if scenes is not None:
        read_backgrounds(scenes.backgrounds)  # raises here and not inside TensorFlow; they are kept
    compose = None if scenes is None else new_scenes(scenes, seed)
    image_layers = make_layers(IMAGE_LAYERS, amounts, seed)
    mixing_layers = make_layers(MIXING_LAYERS, amounts, seed)

    def change(number: Any, batch: tuple[Any, ...]) -> tuple[Any, ...]:
        images, labels, *weights = batch
        images = tf.cast(images, tf.float32)
        if compose is not None:
            shape = images.shape
            images = tf.numpy_function(compose, [images], tf.float32)
            images.set_shape(shape)
        for layer in image_layers:
            images = layer(images, training=True)
        if mixing_layers:
            images, labels = _mix(mixing_layers, number, images, _as_shares(labels, classes))
        return tf.clip_by_value(images, *map(float, _RANGE)), labels, *weights

    # Batches are processed in order, because the layers count their random draws. With several
    # threads, the order of the draws would be random.
    return dataset.enumerate().map(change).prefetch(tf.data.AUTOTUNE)


def make_layers(
    makers: dict[str, LayerMaker], amounts: Mapping[str, Any], seed: int
) -> list[Callable[..., Any]]:
    """Create the layers whose amount is not 0, in the order of ``makers``.

    Returns:
        Keras layers, some of them inside ``OnUnitRange``; each takes images and ``training``.
    """
    import keras

    # Each layer has its own seed, independent of the other layers.
    names = [*IMAGE_LAYERS, *MIXING_LAYERS]
    states = np.random.SeedSequence(seed).generate_state(len(names))
    seeds = {name: int(state) % 2**31 for name, state in zip(names, states, strict=True)}
    # Always float32, because mixed precision would round pixels to 11 bits.
    return [
        make(keras.layers, amounts[name], {"seed": seeds[name], "dtype": "float32"})
        for name, make in makers.items()
        if amounts[name]
    ]


def _mix(layers: list[Callable[..., Any]], number: Any, images: Any, shares: Any) -> Any:
    """Apply one of ``layers``, alternating by batch."""
    import tensorflow as tf

    def branch(layer: Callable[..., Any]) -> Callable[[], tuple[Any, Any]]:
        def mix() -> tuple[Any, Any]:
            mixed = layer({"images": images, "labels": shares}, training=True)
            return mixed["images"], mixed["labels"]

        return mix

    turn = tf.cast(number % len(layers), tf.int32)
    return tf.switch_case(turn, [branch(layer) for layer in layers])


def _as_shares(labels: Any, classes: int) -> Any:
    import tensorflow as tf

    if labels.shape.rank == 1:
        return tf.one_hot(labels, classes)
    return tf.cast(labels, tf.float32)
