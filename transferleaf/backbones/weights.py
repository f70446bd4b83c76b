"""From a spec to a built backbone, with the weights that were asked for and no others."""

from __future__ import annotations

from pathlib import Path

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.backbones.weights_files import checked_weights_path, load_weights_file
from transferleaf.errors import PretrainedWeightsError


def build_backbone(
    spec: BackboneSpec,
    *,
    image_size: int | None = None,
    weights: str | Path | None = "imagenet",
) -> Backbone:
    """Build the network of a spec and fill in its weights.

    Args:
        spec: Which network; see ``get_backbone``.
        image_size: Height and width of the input in pixels; the spec's own where ``None``.
        weights: ``"imagenet"`` for the published values, the path of a ``.weights.h5``, ``.h5``
            or ``.keras`` file, or ``None`` for random values.

    Raises:
        ConfigError: The network cannot work at that size, or the file has another ending.
        PretrainedWeightsError: The published values cannot be had, or there are none.
        WeightsNotFoundError: There is no such file.
        WeightsFileError: The file is damaged.
        WeightsMismatchError: The file's weights are another network's, or do not fill this one.
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
    return Backbone.from_model(model, spec.stages, name=spec.name, pixels=spec.pixels)


def _check_published(spec: BackboneSpec) -> None:
    if spec.pretrained is None:
        raise PretrainedWeightsError(
            spec.name,
            source=spec.source,
            reason="none are published",
            remedy="Name a file of your own as weights",
        )
