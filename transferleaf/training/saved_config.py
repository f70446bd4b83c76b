"""What a saved classifier's file tells of it: everything but the weights, as plain values."""

from __future__ import annotations

from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone
from transferleaf.datasets.augmenting.augmentation import Augmentation
from transferleaf.freezing import FreezePolicy
from transferleaf.training.feeding.bad_photos import SkippedPhoto
from transferleaf.versions import __version__, check_version


def config_of(classifier: Any) -> dict[str, Any]:
    """Describe a ``TransferClassifier``, in values that JSON can hold."""
    augment = classifier.augment
    return {
        "name": classifier.name,
        "dtype": keras.dtype_policies.serialize(classifier.dtype_policy),
        "classes": list(classifier.classes),
        "backbone": classifier.backbone.get_config(),
        "freeze": classifier.freeze.to_dict(),
        "advice": None if classifier.advice is None else classifier.advice.to_dict(),
        "dropout": classifier.dropout,
        "augment": None if augment is None else augment.to_dict(),
        "skipped_photos": [photo.to_dict() for photo in classifier.skipped_photos],
        "photos_of_fit": classifier.photos_of_fit,
        "calibration": classifier.calibration and classifier.calibration.to_dict(),
        "refitted": classifier.refitted,
        "transferleaf_version": __version__,
    }


def arguments_of(config: dict[str, Any]) -> dict[str, Any]:
    """Turn ``config_of``'s answer into what the constructor takes; weights are random.

    Raises:
        ConfigError: A later version of the package left it.
    """
    check_version(config["transferleaf_version"])
    augment = config["augment"]
    return {
        "name": config["name"],
        "classes": config["classes"],
        "backbone": Backbone.from_config(config["backbone"]),
        # The head of files saved before there was a choice sees averages only.
        "freeze": FreezePolicy.from_dict({"head_pooling": "average", **config["freeze"]}),
        "dropout": config["dropout"],
        "augment": None if augment is None else Augmentation.from_dict(augment),
    }


def skipped_of(config: dict[str, Any]) -> tuple[SkippedPhoto, ...]:
    """The photos that the last fit left out; files of the first version tell of none."""
    return tuple(SkippedPhoto.from_dict(photo) for photo in config.get("skipped_photos", ()))
