"""Building of a backbone with exactly the requested weights."""

from __future__ import annotations

from pathlib import Path

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.backbones.weights.files import checked_weights_path, load_weights_file
from transferleaf.errors import PretrainedWeightsError


def build_backbone(
    spec: BackboneSpec,
    *,
    image_size: int | None = None,
    weights: str | Path | None = "imagenet",
) -> Backbone:
    """Build the network of a specification and set its weights.

    Args:
        spec: The specification; see ``get_backbone``.
        image_size: Height and width of the input, in pixels. Default: that of the specification.
        weights: ``"imagenet"`` for the published weights, the path of a ``.weights.h5``, ``.h5``,
            ``.keras`` or ``model.safetensors`` file, or ``None`` for random weights.

    Raises:
        ConfigError: The network does not support this size, or the file has another extension.
        PretrainedWeightsError: The published weights are not available, or there are none.
        WeightsNotFoundError: The file does not exist.
        WeightsFileError: The file is damaged.
        WeightsMismatchError: The weights belong to another network, or are incomplete.
    """
    if weights == "imagenet" and spec.published is not None:
        spec = spec.published()
    size = spec.checked_image_size(image_size)
    if weights == "imagenet":
        _check_published(spec)
        model = spec.build(size, "imagenet")
    elif weights is None:
        model = spec.build(size, None)
    else:
        path = checked_weights_path(weights)
        model = spec.build(size, None)
        load_weights_file(model, path, backbone=spec.name)
    return Backbone.from_model(
        model,
        spec.stages,
        name=spec.name,
        pixels=spec.pixels,
        pretrained=weights is not None,
    )


def _check_published(spec: BackboneSpec) -> None:
    if spec.pretrained is None:
        raise PretrainedWeightsError(
            spec.name,
            source=spec.source,
            reason="none are published",
            remedy="Pass a weights file",
        )
