"""The configuration in a saved classifier: everything but the weights, as plain values."""

from __future__ import annotations

from typing import Any

import keras

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.backbones.backbone import Backbone
from transferleaf.files.versions import __version__, check_version
from transferleaf.freezing import FreezePolicy
from transferleaf.training.feeding.bad_photos import SkippedPhoto


def config_of(classifier: Any) -> dict[str, Any]:
    """Return the arguments of ``from_config`` without the weights, as values for JSON.

    Args:
        classifier: A ``TransferClassifier``.
    """
    augment = classifier.augment
    config = {
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
        "adaptation": classifier.adaptation and classifier.adaptation.to_dict(),
        "refitted": classifier.refitted,
        "transferleaf_version": __version__,
    }
    if classifier.compiled:  # not in the compile config, which clones use as arguments
        begun = classifier.optimizer.built
        config["compiling"] = {"by": classifier._compiled_by, "begun": begun}
    return config


def arguments_of(config: dict[str, Any]) -> dict[str, Any]:
    """Convert the result of ``config_of`` to arguments of the constructor, with random weights.

    Raises:
        ConfigError: A later version of the package saved it.
    """
    check_version(config["transferleaf_version"])
    augment = config["augment"]
    return {
        "name": config["name"],
        "classes": config["classes"],
        "backbone": Backbone.from_config(config["backbone"]),
        # In files without this entry, the head uses only averages.
        "freeze": FreezePolicy.from_dict({"head_pooling": "average", **config["freeze"]}),
        "dropout": config["dropout"],
        "augment": None if augment is None else Augmentation.from_dict(augment),
    }


def restore(classifier: Any, config: dict[str, Any]) -> None:
    """Set the results of the last fit, which the constructor does not take."""
    skipped = config.get("skipped_photos", ())  # missing in files of the first version
    classifier.skipped_photos = tuple(map(SkippedPhoto.from_dict, skipped))
    classifier.photos_of_fit = config.get("photos_of_fit", 0)
    # Missing in files of the first versions. Assume true if stages may have been trained.
    classifier.refitted = config.get("refitted", classifier.freeze.trainable_stages != 0)
    classifier._saved_compiling = config.get("compiling")
    # The dtype policy determines whether Keras scales the loss, and so the optimizer state.
    classifier.dtype_policy = keras.dtype_policies.deserialize(config["dtype"])


def compile_as_saved(classifier: Any, config: dict[str, Any]) -> None:
    """Compile as the saved classifier was compiled. Keras calls this when it loads a file.

    Args:
        classifier: A ``TransferClassifier``.
        config: The result of ``get_compile_config``.
    """
    earlier = {name: config.pop(name) for name in ("by", "begun") if name in config}
    told = classifier._saved_compiling or earlier  # for files of the first version
    arguments = keras.saving.deserialize_keras_object(config)
    if told["by"] == "user":
        classifier.compile(**arguments)
    else:
        keras.Model.compile(classifier, **arguments)
    if told["begun"]:  # the file contains the optimizer state, which needs its variables
        classifier.optimizer.build(classifier.trainable_variables)
