"""The measurements behind an advice: amount of data, and similarity to the pretraining data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from transferleaf.errors import ConfigError
from transferleaf.files.saved_values import attributes, created


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The cross-validated accuracy of a linear classifier on frozen features.

    Attributes:
        accuracy: Share of held-out photos that are classified correctly, in [0, 1].
        deviation: Its standard error, over leaves if they are known, otherwise over photos.

    Raises:
        ConfigError: A number is out of range.
    """

    accuracy: float
    deviation: float

    def __post_init__(self) -> None:
        _check_share("accuracy", self.accuracy)
        _check_at_least_zero("deviation", self.deviation)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A point of the learning curve.

    Attributes:
        share: Share of the training leaves of each class, in (0, 1].
        photos: Number of training photos, averaged over folds.
        accuracy: Share of held-out photos that are classified correctly, in [0, 1].
        deviation: Standard error of the accuracy.

    Raises:
        ConfigError: A number is out of range.
    """

    share: float
    photos: int
    accuracy: float
    deviation: float

    def __post_init__(self) -> None:
        _check_share("share", self.share)
        _check_at_least_zero("photos", self.photos)
        _check_share("accuracy", self.accuracy)
        _check_at_least_zero("deviation", self.deviation)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeEvidence:
    """The amount of data, and the learning curve.

    Attributes:
        photos: Number of photos.
        classes: Number of classes.
        leaves: Number of leaves; a photo of an unknown leaf counts as one. ``None`` if no leaf is
            known.
        smallest_class: Number of photos of the smallest class.
        learning_curve: Accuracy of a linear classifier on the features of all stages, for
            increasing shares of the training leaves. Shares at which a class would have no leaf are
            left out.
    """

    photos: int
    classes: int
    leaves: int | None
    smallest_class: int
    learning_curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityEvidence:
    """The similarity to the pretraining data, for each stage from the first to the last.

    Attributes:
        stages: Names of the stages.
        divergences: Divergence of the batch-norm statistics from those of the pretraining, in nats
            per channel; 0 if they are equal. ``None`` for a stage without batch norm.
        made_divergences: Divergence of the feature maps from those of synthetic photos, in nats per
            channel, if the network has no batch norm; otherwise ``None``.
        pretrained: Whether the network has pretrained weights. Otherwise nothing is measured,
            because there is no pretraining data to compare with.

    Raises:
        ConfigError: The number of entries is not the number of stages, or a number is not finite.
    """

    stages: tuple[str, ...]
    divergences: tuple[float | None, ...]
    made_divergences: tuple[float, ...] | None = None
    pretrained: bool = True

    def __post_init__(self) -> None:
        for name in ("divergences", "made_divergences"):
            values = getattr(self, name)
            if values is None:
                continue
            if len(values) != len(self.stages):
                must = f"have one entry for each of the {len(self.stages)} stages"
                raise ConfigError(name, values, must)
            _check_finite(name, (value for value in values if value is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentationEvidence:
    """Errors of the cross-validated head without and with augmented views of the training photos.

    If few photos are cross-validated several times, these are means, rounded.

    Attributes:
        photos: Number of held-out photos.
        errors: Photos that the head without views classifies wrongly.
        augmented_errors: Photos that the head with views classifies wrongly.
        only_one_wrong: Photos that one of the two classifies correctly.

    Raises:
        ConfigError: A number is below 0 or not finite.
    """

    photos: int
    errors: int
    augmented_errors: int
    only_one_wrong: int

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            _check_at_least_zero(name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The measurements of a data set with one network.

    Attributes:
        backbone: Name of the network.
        image_size: Height and width of its input, in pixels.
        size: The amount of data.
        similarity: The similarity to the pretraining data.
        all_stages: The head that ``fit`` solves, cross-validated.
        augmentation: The effect of augmented views. ``None`` if it was not measured.
        forward_seconds: Seconds that TensorFlow needs for one forward pass of the network over one
            photo, on this machine. ``None`` if it was not measured.

    Raises:
        ConfigError: ``forward_seconds`` is not a finite number of at least 0.
    """

    backbone: str
    image_size: int
    size: SizeEvidence
    similarity: SimilarityEvidence
    all_stages: Probe
    augmentation: AugmentationEvidence | None = None
    forward_seconds: float | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.forward_seconds is not None:
            _check_at_least_zero("forward_seconds", self.forward_seconds)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return attributes(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evidence:
        """Create it from the result of ``to_dict``, also of an earlier version."""
        size, views = values["size"], values.get("augmentation")
        curve = tuple(created(CurvePoint, point) for point in size["learning_curve"])
        return created(
            cls,
            values,
            size=created(SizeEvidence, size, learning_curve=curve),
            similarity=created(SimilarityEvidence, values["similarity"]),
            all_stages=created(Probe, values["all_stages"]),
            augmentation=None if views is None else created(AugmentationEvidence, views),
        )


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:  # false for NaN
        raise ConfigError(name, value, "lie in [0, 1]")


def _check_at_least_zero(name: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise ConfigError(name, value, "be a finite number of at least 0")


def _check_finite(name: str, values: Iterable[float]) -> None:
    # JSON has no NaN. Unknown values are None.
    bad = [value for value in values if not math.isfinite(value)]
    if bad:
        raise ConfigError(name, bad[0], "be finite")
