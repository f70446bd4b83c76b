"""Assembly of the network: from raw photos to class probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.keras_hub.objects import backbone_of_object, is_of_keras_hub
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.backbones.registry import get_backbone
from transferleaf.backbones.spec import BackboneSpec, Stage
from transferleaf.backbones.weights.building import build_backbone
from transferleaf.backbones.weights.files import checked_weights_path, load_weights_file
from transferleaf.datasets.class_names import has_order
from transferleaf.errors import ConfigError
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.head.layers import classify, pooled_features
from transferleaf.training.phases.trainability import freeze_as_planned


def resolve_backbone(
    backbone: str | BackboneSpec | keras.Model | Backbone,
    *,
    weights: str | PathLike[str] | None,
    stages: Sequence[str] | None,
    image_size: int | None,
) -> Backbone:
    """Return the backbone for the arguments of ``TransferClassifier``.

    Raises:
        ConfigError: The backbone has another type, or ``stages`` has no order or is given for a
            backbone with its own stages.
        UnknownBackboneError: No backbone has this name.
        PretrainedWeightsError: The pretrained weights are not available.
    """
    if isinstance(backbone, Backbone):
        return backbone
    if not isinstance(backbone, (str, BackboneSpec, keras.Model)):
        raise ConfigError("backbone", backbone, _what_to_name(backbone))
    if stages is not None and not has_order(stages):
        raise ConfigError("stages", stages, "be a list or a tuple: stages have an order")
    if is_of_keras_hub(backbone):
        if stages is not None:
            raise ConfigError("stages", stages, "be absent: a network of KerasHub has its own")
        return _of_keras_hub(backbone, weights=weights, image_size=image_size)
    if isinstance(backbone, keras.Model):
        last = backbone.layers[-1].name
        ends = [Stage(name=end, last_layer=end) for end in stages or [last]]
        given = Backbone.from_model(backbone, ends)
        if image_size not in (None, given.image_size):
            must = f"be {given.image_size}, the size of the given network's input"
            raise ConfigError("image_size", image_size, must)
        if weights not in ("imagenet", None):
            path = checked_weights_path(fspath(weights))
            load_weights_file(backbone, path, backbone=backbone.name)
        return given
    if stages is not None:
        raise ConfigError("stages", stages, "be absent: a registered backbone names its own")
    spec = get_backbone(backbone) if isinstance(backbone, str) else backbone
    return build_backbone(
        spec, image_size=image_size, weights=None if weights is None else fspath(weights)
    )


def _of_keras_hub(
    network: keras.Model, *, weights: str | PathLike[str] | None, image_size: int | None
) -> Backbone:
    found = backbone_of_object(network, image_size=image_size)
    if weights not in ("imagenet", None):
        path = checked_weights_path(fspath(weights))
        load_weights_file(found.model, path, backbone=found.name)
    return found


def _what_to_name(given: object) -> str:
    must = "be the name of a registered backbone, a BackboneSpec or a keras.Model"
    if callable(given):
        name = getattr(given, "__name__", "it")
        return f"{must}; call the function: {name}(include_top=False, ...)"
    return must


def reassemble(classifier: Any, backbone: Backbone) -> None:
    """Replace the backbone of an untrained classifier, and its graph.

    Args:
        classifier: A ``TransferClassifier``.
        backbone: The new backbone, such as the same one for another image size.
    """
    freeze_as_planned(backbone, classifier.freeze)
    photos = keras.Input((None, None, 3), name="photos")
    probabilities = assemble(
        photos,
        backbone,
        classifier.freeze,
        classes=len(classifier.classes),
        dropout=classifier.get_layer("dropout").rate,
    )
    for layer in classifier.layers:
        classifier._tracker.untrack(layer)
    # The class of functional models, which Keras made a base of the classifier's class.
    functional = type(keras.Model(photos, probabilities))
    functional.__init__(classifier, photos, probabilities, name=classifier.name)
    classifier.backbone, classifier.image_size = backbone, backbone.image_size
    # Keras compiled them for the earlier graph.
    classifier.train_function = classifier.test_function = classifier.predict_function = None


def assemble(
    photos: Any, backbone: Backbone, freeze: FreezePolicy, *, classes: int, dropout: float
) -> Any:
    """Build the graph from raw photos to class probabilities.

    Args:
        photos: Symbolic input, shape ``(batch, height, width, 3)``, RGB in [0, 255].
        backbone: The backbone.
        freeze: The policy, which names the stages for the head.
        classes: Number of classes.
        dropout: Dropout rate on the head features in gradient training.

    Returns:
        Symbolic class probabilities, shape ``(batch, classes)``, float32.
    """
    size = backbone.image_size
    resize = keras.layers.Resizing(size, size, antialias=True, name="resize", dtype="float32")
    # Without this, training=True would be the default for this layer, and Keras passes it on to all
    # later layers. A plain call of the classifier would then update batch-norm statistics.
    x = resize(photos, training=False)
    x = PixelNormalization(backbone.pixels, name="pixels")(x)
    outputs = keras.tree.flatten(backbone.model(x))
    groups = feature_groups(freeze, backbone.describe())
    features = pooled_features(outputs, groups, backbone)
    return classify(features, classes=classes, dropout=dropout, domains=freeze.head_domains)
