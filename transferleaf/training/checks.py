"""Checks before a classifier is built, trained or used."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from os import PathLike

import keras

from transferleaf.datasets.class_names import has_order
from transferleaf.errors import ConfigError, NotTrainedError, UnknownOptionError
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.policy import POLICY_NAMES
from transferleaf.head.layers import is_untrained, read_head, starting_dropout
from transferleaf.process.forks import about_to_work

# Arguments of Keras' fit that this one does not take, and the alternatives.
_INSTEAD = {
    "validation_split": "train, validation = data.split(0.8, 0.2) keeps the photos of a leaf "
    "together; then fit(train, validation_data=validation)",
    "shuffle": "training photos are always shuffled; seed sets the order",
    "initial_epoch": "fit(..., resume=FOLDER) continues an interrupted training",
    "steps_per_epoch": "an epoch is one pass over the data; a tf.data.Dataset is bounded by "
    ".take(batches)",
    "validation_steps": "all validation data is used; a tf.data.Dataset is bounded by "
    ".take(batches)",
    "validation_batch_size": "batch_size counts for the validation data too",
    "validation_freq": "every epoch is validated",
}


class NotTrainedWarning(UserWarning):
    """The classifier was used for predictions but never trained."""


def check_backend() -> None:
    """Raise if Keras does not run on TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        must = (
            'be "tensorflow"; set the environment variable KERAS_BACKEND before Keras is imported'
        )
        raise ConfigError("keras.backend.backend()", keras.backend.backend(), must)


def check_classes(classes: Sequence[str]) -> None:
    """Raise if these are not at least two different class names in a fixed order."""
    if not has_order(classes):
        must = "be a list or a tuple: it names the outputs in their order"
        raise ConfigError("classes", classes, must)
    if len(classes) < 2 or not all(isinstance(name, str) for name in classes):
        raise ConfigError("classes", classes, "be at least two different class names")
    twice = [name for name in dict.fromkeys(classes) if list(classes).count(name) > 1]
    if twice:
        raise ConfigError("classes", classes, f"all be different; {twice[0]!r} occurs twice")


def checked_policy(freeze: FreezePolicy | str | None) -> FreezePolicy:
    """Return the policy that is given or named; raise if it is unknown.

    >>> checked_policy(None), checked_policy("auto")
    (FreezePolicy(trainable_stages=0, quadrant='IV'), FreezePolicy(trainable_stages='auto'))
    """
    if freeze is None:
        return FreezePolicy.for_quadrant("IV")
    if isinstance(freeze, str) and freeze in POLICY_NAMES:
        return FreezePolicy.named(freeze)
    if not isinstance(freeze, FreezePolicy):
        must = f"be one of {', '.join(POLICY_NAMES)}, or a FreezePolicy"
        raise ConfigError("freeze", freeze, must)
    return freeze


def checked_dropout(dropout: float | None, policy: FreezePolicy) -> float:
    """Return the dropout rate for building the head; raise if it is out of range."""
    rate = starting_dropout(policy) if dropout is None else dropout
    if not 0 <= rate < 1:
        raise ConfigError("dropout", dropout, "be in [0, 1)")
    return rate


def refuse_options(given: Mapping[str, object]) -> None:
    """Raise if ``fit`` got unknown arguments, and name the alternative."""
    for name in given:
        raise UnknownOptionError("fit", name, instead=_INSTEAD.get(name))


def check_folder(option: str, folder: str | PathLike[str] | None) -> None:
    """Raise if ``folder`` is neither a path nor ``None``."""
    if folder is not None and not isinstance(folder, (str, PathLike)):
        raise ConfigError(option, folder, "be the path of a folder, or None")


def check_trained(classifier: keras.Model, asked_for: str) -> None:
    """Raise if a classifier still has its initial random head.

    Args:
        classifier: A ``TransferClassifier``.
        asked_for: The requested result, such as ``"a report"``.
    """
    if _is_untrained(classifier):
        raise NotTrainedError(asked_for)


def warn_if_untrained(classifier: keras.Model) -> None:
    """Warn if a classifier still has its initial random head."""
    if _is_untrained(classifier):
        warnings.warn(
            "this classifier was never trained: its predictions come from random weights",
            NotTrainedWarning,
            stacklevel=3,  # the caller of the method
        )


def _is_untrained(classifier: keras.Model) -> bool:
    about_to_work()  # reading weights starts TensorFlow too
    return is_untrained(read_head(classifier))
