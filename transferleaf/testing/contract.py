"""The named checks of a backbone. Each yields the problems that it finds."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.errors import BackboneContractError
from transferleaf.testing.subject import BackboneSubject, run

Check: TypeAlias = Callable[[BackboneSubject], Iterator[str]]

# The parts of a network may be fused differently from the whole, so sums may be rounded
# differently.
_ROUNDING = 1e-5  # relative to the largest value

# In units of [0, 255], where float32 is accurate to 1.5e-5.
_PIXEL_ROUNDING = 1e-3


def check_backbone(spec: BackboneSpec) -> None:
    """Check a backbone.

    Args:
        spec: The backbone. It is built at its minimum size with random weights.

    Raises:
        BackboneContractError: The first check that fails, with the reason.
    """
    subject = BackboneSubject(spec)
    for name in BACKBONE_CHECKS:
        run_backbone_check(subject, name)


def run_backbone_check(subject: BackboneSubject, name: str) -> None:
    """Run the check ``name``.

    Raises:
        BackboneContractError: The check fails or raises an error.
    """
    try:
        complaint = next(BACKBONE_CHECKS[name](subject), None)
    except Exception as error:  # a plugin can raise any exception
        reason = f"{type(error).__name__}: {error}"
        raise BackboneContractError(subject.spec.name, name, reason) from error
    if complaint is not None:
        raise BackboneContractError(subject.spec.name, name, complaint)


def _builds_without_network(subject: BackboneSubject) -> Iterator[str]:
    """With ``weights=None`` the network is built offline, and its stages are valid cuts."""
    if not subject.backbone.model.trainable_weights:
        yield "nothing in it can be trained"


def _stages_compose(subject: BackboneSubject) -> Iterator[str]:
    """Running the network stage by stage gives the same result as the whole network."""
    backbone = subject.backbone
    before, values = backbone.model.inputs[0], subject.pixels
    for position, (stage, end) in enumerate(zip(backbone.stages, backbone.cuts, strict=True)):
        places = [position]
        if stage.token_layer is not None:
            places.append(backbone.output_position(position, tokens=True))
        outputs = [backbone.model.outputs[place] for place in places]
        # Keras does not accept the same tensor twice.
        found = run(keras.Model(before, outputs if end is outputs[0] else [*outputs, end]), values)
        for part, place in zip(found, places, strict=False):
            whole = subject.outputs[place]
            difference = np.abs(part - whole).max()
            if difference > _ROUNDING * np.abs(whole).max():
                yield f"up to stage {stage.name!r}, stage by stage differs by {difference:.2g}"
        before, values = end, found[-1]


def _feature_width(subject: BackboneSubject) -> Iterator[str]:
    """The last stage has the number of channels in the specification."""
    width = subject.backbone.maps[-1].shape[-1]
    if width != subject.spec.feature_width:
        yield f"its last stage has {width} channels, its spec says {subject.spec.feature_width}"


def _image_sizes(subject: BackboneSubject) -> Iterator[str]:
    """The network is built for the requested image size."""
    for backbone, wanted in (
        (subject.backbone, subject.spec.min_image_size),
        (subject.larger, subject.larger_size),
    ):
        if backbone.image_size != wanted:
            yield f"asked for {wanted} pixels, it takes {backbone.image_size}"


def _pixel_convention(subject: BackboneSubject) -> Iterator[str]:
    """The pixel convention agrees with the reference implementation."""
    if subject.spec.reference_pixels is None:
        return
    photos = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3)).astype("uint8")
    reference = keras.ops.convert_to_numpy(subject.spec.reference_pixels(photos.astype("float32")))
    normalize = PixelNormalization(subject.spec.pixels)
    for dtype in ("uint8", "float32"):
        own = keras.ops.convert_to_numpy(normalize(photos.astype(dtype)))
        difference = (np.abs(own - reference) * subject.spec.pixels.std).max()
        if difference > _PIXEL_ROUNDING:
            yield f"for {dtype} photos it differs from the reference by {difference:.3g} of 255"


def _batch_norms(subject: BackboneSubject) -> Iterator[str]:
    """Each batch normalisation with statistics is described as one."""
    held = {
        id(layer)
        for layer in subject.backbone.model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization) and layer.weights
    }
    described = [layer for layer in subject.backbone.describe().layers if layer.batch_norm]
    if len(held) != len(described):
        yield f"it contains {len(held)} batch normalisations, {len(described)} are described"


def _saves_and_loads(subject: BackboneSubject) -> Iterator[str]:
    """Saving as ``.keras`` and loading in safe mode gives the same layers and outputs."""
    backbone = subject.backbone
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backbone.keras"
        backbone.model.save(path)
        loaded = keras.saving.load_model(path, compile=False, safe_mode=True)
    if dataclasses.replace(backbone, model=loaded).describe() != backbone.describe():
        yield "its layers have other names or sizes after loading"
    # Keras 3.10 saves a single input as a list of one, and every Keras loads it as a list.
    pixels = [subject.pixels] if isinstance(loaded.input, list) else subject.pixels
    yield from _differences("after loading", run(loaded, pixels), subject.outputs)


def _clones(subject: BackboneSubject) -> Iterator[str]:
    """``keras.models.clone_model`` gives an equivalent network."""
    clone = keras.models.clone_model(subject.backbone.model)
    clone.set_weights(subject.backbone.model.get_weights())
    yield from _differences("of its clone", run(clone, subject.pixels), subject.outputs)


def _gradients(subject: BackboneSubject) -> Iterator[str]:
    """Each trainable weight has a finite gradient."""
    model = subject.backbone.model
    with tf.GradientTape() as tape:
        features = model(subject.pixels, training=False)[len(subject.backbone.stages) - 1]
        loss = tf.reduce_sum(features)
    weights = model.trainable_weights
    gradients = tape.gradient(loss, [weight.value for weight in weights])
    for weight, gradient in zip(weights, gradients, strict=True):
        if gradient is None:
            yield f"no gradient reaches {weight.path!r}"
        elif not np.isfinite(keras.ops.convert_to_numpy(gradient)).all():
            yield f"the gradient of {weight.path!r} is not finite"


def _names_repeat(subject: BackboneSubject) -> Iterator[str]:
    """A second build in the same process has the same layer names."""
    first, second = (
        [operation.name for operation in backbone.model.operations]
        + [layer.name for layer in backbone.describe().layers]
        for backbone in (subject.backbone, subject.larger)
    )
    for name, again in zip(first, second, strict=True):
        if name != again:
            yield f"the layer {name!r} is called {again!r} when it is built a second time"


def _deterministic(subject: BackboneSubject) -> Iterator[str]:
    """The same pixels give the same features in a second run."""
    again = run(subject.backbone.model, subject.pixels)
    yield from _differences("of a second run", again, subject.outputs)


def _differences(
    when: str, values: Sequence[np.ndarray], expected: Sequence[np.ndarray]
) -> Iterator[str]:
    for position, (value, other) in enumerate(zip(values, expected, strict=True)):
        if not np.array_equal(value, other):
            yield f"the features {when} differ in the stage at position {position}"


BACKBONE_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "builds_without_network": _builds_without_network,
        "stages_compose": _stages_compose,
        "feature_width": _feature_width,
        "image_sizes": _image_sizes,
        "pixel_convention": _pixel_convention,
        "batch_norms": _batch_norms,
        "saves_and_loads": _saves_and_loads,
        "clones": _clones,
        "gradients": _gradients,
        "names_repeat": _names_repeat,
        "deterministic": _deterministic,
    }
)
