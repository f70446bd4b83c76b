"""The measurements behind an advice: amount of data, and similarity to the pretraining data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from transferleaf.errors import ConfigError


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

    def to_dict(self) -> dict[str, float]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> Probe:
        """Create it from the result of ``to_dict``."""
        return cls(accuracy=values["accuracy"], deviation=values["deviation"])


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

    def to_dict(self) -> dict[str, float]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> CurvePoint:
        """Create it from the result of ``to_dict``."""
        return cls(**{name: values[name] for name in ("share", "photos", "accuracy", "deviation")})


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

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return {**asdict(self), "learning_curve": [p.to_dict() for p in self.learning_curve]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SizeEvidence:
        """Create it from the result of ``to_dict``."""
        return cls(
            photos=values["photos"],
            classes=values["classes"],
            leaves=values["leaves"],
            smallest_class=values["smallest_class"],
            learning_curve=tuple(map(CurvePoint.from_dict, values["learning_curve"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityEvidence:
    """How well the pretrained features fit these photos, for each stage.

    All attributes except ``stages`` have one entry per stage, from the first to the last.

    Attributes:
        stages: Names of the stages.
        divergences: Divergence of the batch-norm statistics from those of the pretraining, in nats
            per channel; 0 if they are equal. ``None`` for a stage without batch norm.
        probes: Linear classifiers on the averaged outputs of each stage.
        untrained_probes: The same with random weights. Empty if the network cannot be built again.
        logme: Log evidence of the labels given the features of the stage, in nats per photo. Higher
            is better; only comparable within a data set.

    Raises:
        ConfigError: The number of entries is not the number of stages, or a number is not finite.
    """

    stages: tuple[str, ...]
    divergences: tuple[float | None, ...]
    probes: tuple[Probe, ...]
    untrained_probes: tuple[Probe, ...]
    logme: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("divergences", "probes", "untrained_probes", "logme"):
            entries = getattr(self, name)
            optional = name == "untrained_probes" and not entries
            if len(entries) != len(self.stages) and not optional:
                must = f"have one entry for each of the {len(self.stages)} stages"
                raise ConfigError(name, entries, must)
        _check_finite("divergences", (value for value in self.divergences if value is not None))
        _check_finite("logme", self.logme)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return {
            "stages": list(self.stages),
            "divergences": list(self.divergences),
            "probes": [probe.to_dict() for probe in self.probes],
            "untrained_probes": [probe.to_dict() for probe in self.untrained_probes],
            "logme": list(self.logme),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SimilarityEvidence:
        """Create it from the result of ``to_dict``."""
        return cls(
            stages=tuple(values["stages"]),
            divergences=tuple(values["divergences"]),
            probes=tuple(map(Probe.from_dict, values["probes"])),
            untrained_probes=tuple(map(Probe.from_dict, values["untrained_probes"])),
            logme=tuple(values["logme"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The measurements of a data set with one network.

    Attributes:
        backbone: Name of the network.
        image_size: Height and width of its input, in pixels.
        size: The amount of data.
        similarity: The similarity to the pretraining data.
        all_stages: A linear classifier on the features of all stages.
    """

    backbone: str
    image_size: int
    size: SizeEvidence
    similarity: SimilarityEvidence
    all_stages: Probe

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return {
            "backbone": self.backbone,
            "image_size": self.image_size,
            "size": self.size.to_dict(),
            "similarity": self.similarity.to_dict(),
            "all_stages": self.all_stages.to_dict(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evidence:
        """Create it from the result of ``to_dict``."""
        return cls(
            backbone=values["backbone"],
            image_size=values["image_size"],
            size=SizeEvidence.from_dict(values["size"]),
            similarity=SimilarityEvidence.from_dict(values["similarity"]),
            all_stages=Probe.from_dict(values["all_stages"]),
        )


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:  # false for NaN
        raise ConfigError(name, value, "lie in [0, 1]")


def _check_at_least_zero(name: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise ConfigError(name, value, "be a finite number of at least 0")


def _check_finite(name: str, values: Iterable[float]) -> None:
    # NaN is no JSON, and equal to nothing: what is unknown is None, or absent.
    bad = [value for value in values if not math.isfinite(value)]
    if bad:
        raise ConfigError(name, bad[0], "be finite")
