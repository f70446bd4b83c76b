"""A backbone: a network with its stages and its pixel convention."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import keras

from transferleaf.backbones.names import child_names
from transferleaf.backbones.spec import PixelConvention, Stage
from transferleaf.backbones.stages import (
    stage_cuts,
    stage_outputs,
    stages_of_layers,
    token_outputs,
)
from transferleaf.errors import BackboneStructureError
from transferleaf.freezing.layers import BackboneLayers, LayerInfo


@dataclass(frozen=True, kw_only=True, eq=False)
class Backbone:
    """A network that is divided into stages.

    Attributes:
        name: The name of its specification, or of your model.
        model: A functional model whose outputs are the feature maps of the stages, each of shape
            ``(batch, height, width, channels)``, from the first to the last; then the class and
            register tokens of the stages that have some, each ``(batch, tokens, channels)``.
        stages: The stages, in this order.
        pixels: The pixel convention.
        image_size: Height and width of the input, in pixels.
        leaf_map: The layer that computes the leaf map from the outputs of ``model``, if the head
            pools over the leaf.
        pretrained: Whether it has weights from an earlier training. ``False`` for a network that
            was built with random weights.
    """

    name: str
    model: keras.Model
    stages: tuple[Stage, ...]
    pixels: PixelConvention
    image_size: int
    leaf_map: Any = None
    pretrained: bool = True

    @classmethod
    def from_model(
        cls,
        model: keras.Model,
        stages: Sequence[Stage],
        *,
        name: str | None = None,
        pixels: PixelConvention | None = None,
        pretrained: bool = True,
    ) -> Backbone:
        """Divide a functional network into stages. The layers are shared, not copied.

        Args:
            model: A model from pixels, shape ``(batch, size, size, 3)``, to a feature map.
            stages: The stages; see ``Stage``.
            name: Name of the backbone. Default: the name of the model.
            pixels: The pixel convention. Default: RGB in [0, 255], unchanged.
            pretrained: Whether the model has weights from an earlier training.

        Raises:
            BackboneStructureError: The network cannot be divided at these layers, or has another
                shape.
        """
        stages_of_layers(model, stages)
        image_size = _square_size(model)
        outputs = stage_outputs(model, stages)
        for stage, output in zip(stages, outputs, strict=True):
            if len(output.shape) != 4:
                reason = (
                    f"stage {stage.name!r} ends in shape {tuple(output.shape)}, not a feature map"
                )
                raise BackboneStructureError(model.name, reason)
        return cls(
            name=name or model.name,
            model=_of_one_input(model, [*outputs, *token_outputs(model, stages)]),
            stages=tuple(stages),
            pixels=pixels or PixelConvention(),
            image_size=image_size,
            pretrained=pretrained,
        )

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Names of the stages, from the first to the last."""
        return tuple(stage.name for stage in self.stages)

    @property
    def maps(self) -> list[Any]:
        """The symbolic feature maps of the stages."""
        return list(self.model.outputs[: len(self.stages)])

    def output_position(self, stage: int, *, tokens: bool = False) -> int:
        """Return the position of a stage's feature map in the outputs of ``model``.

        Args:
            stage: Index of the stage.
            tokens: Return the position of its class and register tokens instead.
        """
        if not tokens:
            return stage
        before = sum(each.token_layer is not None for each in self.stages[:stage])
        return len(self.stages) + before

    @property
    def cuts(self) -> list[Any]:
        """The symbolic tensors of ``model`` at which the stages end and the next ones begin.

        Feature maps, or tokens ``(batch, tokens, channels)`` that a feature map is made from.
        """
        return stage_cuts(self.model, self.stages)

    def describe(self) -> BackboneLayers:
        """Return the layers with weights as plain values, for ``FreezePolicy.plan``."""
        stage_of = stages_of_layers(self.model, self.stages)
        tokens = {layer.name: _tokens(layer) for layer in self.model.layers}
        layers = tuple(
            LayerInfo(
                name=path,
                stage=stage_of[path.split("/")[0]],
                parameters=_learnable(layer),
                batch_norm=isinstance(layer, keras.layers.BatchNormalization),
                multiply_adds=_multiply_adds(layer, tokens[path.split("/")[0]], path),
            )
            for path, layer in weighted_layers(self.model)
        )
        return BackboneLayers(
            name=self.name,
            stages=self.stage_names,
            widths=tuple(int(output.shape[-1]) for output in self.maps),
            strides=tuple(round(self.image_size / int(output.shape[1])) for output in self.maps),
            tokens=self._token_counts(),
            image_size=self.image_size,
            resizable=self.resizable,
            layers=layers,
        )

    @cached_property
    def resizable(self) -> bool:
        """Whether the layers also take photos of other sizes, as those of convolutional networks.

        A transformer has an embedding for each position, so it only takes one size.
        """
        if any(stage.map_layer is not None for stage in self.stages):
            return False
        larger = self.image_size + _LARGER
        try:
            # A layer may refuse an unknown size, or every size but its own.
            for size in (None, larger):
                keras.models.clone_model(
                    self.model,
                    input_tensors=keras.Input((size, size, 3)),
                    clone_function=lambda layer: layer,
                )
        except Exception:  # a layer of a plugin can raise any exception
            return False
        return True

    def resized(self, image_size: int) -> Backbone:
        """Return a copy for photos of another size, with the same weights.

        Args:
            image_size: Height and width of its input, in pixels.
        """
        copy = keras.models.clone_model(
            self.model, input_tensors=keras.Input((image_size, image_size, 3))
        )
        copy.set_weights(self.model.get_weights())
        return replace(self, model=_of_one_input(copy, copy.outputs), image_size=image_size)

    def _token_counts(self) -> tuple[int, ...]:
        """Return the number of class and register tokens of each stage."""
        return tuple(
            0
            if stage.token_layer is None
            else int(self.model.outputs[self.output_position(place, tokens=True)].shape[1])
            for place, stage in enumerate(self.stages)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments for ``from_config``, without the weights and the leaf map."""
        return {
            "name": self.name,
            "stages": [asdict(stage) for stage in self.stages],
            "pixels": asdict(self.pixels),
            "image_size": self.image_size,
            "pretrained": self.pretrained,
            "model": keras.saving.serialize_keras_object(self.model),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Backbone:
        """Create a backbone with random weights from the result of ``get_config``."""
        pixels = {key: _tuple(value) for key, value in config["pixels"].items()}
        model = keras.saving.deserialize_keras_object(config["model"])
        return cls(
            name=config["name"],
            # Keras 3.10 saves a single input as a list of one, and every Keras loads it as a list.
            model=_of_one_input(model, model.outputs),
            stages=tuple(Stage(**stage) for stage in config["stages"]),
            pixels=PixelConvention(**pixels),
            image_size=config["image_size"],
            pretrained=config.get("pretrained", True),  # absent in files of earlier versions
        )


# By how many pixels larger photos are that a network must take to be resizable.
_LARGER = 32

# Part of the path of layers inside a squeeze-and-excitation block.
_SQUEEZED = "/squeezeandexcite"


def _of_one_input(model: keras.Model, outputs: Sequence[Any]) -> keras.Model:
    """Return the network from a single tensor, not a list of one, to a list of outputs."""
    # A fixed name separates the paths of its weights from those of the head.
    return keras.Model(model.inputs[0], outputs, name="backbone")


def weighted_layers(model: keras.Model) -> Iterator[tuple[str, keras.layers.Layer]]:
    """Yield path and layer of each innermost layer with weights, in network order.

    A path starts with the name of the layer. Layers inside it are named by class and position, so a
    path means the same layer in every build, clone and loaded copy of the network.
    """
    for layer in model.layers:
        yield from _innermost(layer, layer.name)


def _innermost(layer: keras.layers.Layer, path: str) -> Iterator[tuple[str, keras.layers.Layer]]:
    children = layer._flatten_layers(include_self=False, recursive=False)
    own = {id(weight) for weight in layer.weights}
    for child, name in zip(children, child_names(children), strict=True):
        own -= {id(weight) for weight in child.weights}
        yield from _innermost(child, f"{path}/{name}")
    if own:
        yield path, layer


def _learnable(layer: keras.layers.Layer) -> int:
    # layer.trainable_weights is empty for a frozen layer, which can be trained later.
    return sum(math.prod(weight.shape) for weight in layer._trainable_variables)


def _multiply_adds(layer: keras.layers.Layer, tokens: int | None, path: str) -> int:
    kernel = getattr(layer, "kernel", None)
    if kernel is None:
        return 0
    if _SQUEEZED in path:
        # These layers work on averages, although KerasHub builds them for whole feature maps.
        return int(math.prod(kernel.shape))
    # Layers inside a composite layer have no layer.output, but know their build shape.
    built_on = (layer.get_build_config() or {}).get("input_shape")
    if isinstance(layer, keras.layers.EinsumDense):  # its output also has axes of the kernel
        sides = built_on[1:2] if built_on else ()
    else:
        # The kernel of a convolution is applied at each output position, that of a dense layer
        # once.
        sides = layer.compute_output_shape(built_on)[1:-1] if built_on else ()
    # None: a nested network of variable size, or a transformer block, which takes any number of
    # tokens.
    positions = math.prod(side or tokens or 1 for side in sides)
    return int(math.prod(kernel.shape)) * positions


def _tokens(layer: keras.layers.Layer) -> int | None:
    """Return the length of the sequence that a layer takes, or ``None`` for feature maps."""
    nodes = layer._inbound_nodes  # not layer.input, because a layer may be called several times
    shapes = [tensor.shape for node in nodes[:1] for tensor in node.input_tensors]
    return shapes[0][1] if shapes and len(shapes[0]) == 3 else None


def _square_size(model: keras.Model) -> int:
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    shape = shapes[0]
    if len(shapes) > 1 or len(shape) != 4 or shape[3] != 3 or not shape[1] or shape[1] != shape[2]:
        reason = f"it takes {shapes}, not one input (None, size, size, 3) of a fixed size"
        raise BackboneStructureError(model.name, reason)
    return int(shape[1])


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
