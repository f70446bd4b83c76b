"""The evidence that advice rests on: how much data there is, and how similar to the pretraining's.

Plain numbers, so that they can be saved, compared and argued about without photos or a network.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from transferleaf.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How well a linear classifier guesses photos of leaves that it has not learnt from.

    Attributes:
        accuracy: Share of photos guessed right, in [0, 1].
        deviation: Its standard error, over leaves where these are known and photos elsewhere.

    Raises:
        ConfigError: A number is out of range.
    """

    accuracy: float
    deviation: float

    def __post_init__(self) -> None:
        _check_share("accuracy", self.accuracy)
        _check_at_least_zero("deviation", self.deviation)

    def to_dict(self) -> dict[str, float]:
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> Probe:
        """Rebuild it from ``to_dict``'s answer."""
        return cls(accuracy=values["accuracy"], deviation=values["deviation"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The accuracy of a linear classifier that learnt from a share of the leaves.

    Attributes:
        share: Share of the training leaves of each class, in (0, 1].
        photos: How many photos it learnt from, the mean over folds.
        accuracy: Share of the held-out photos guessed right, in [0, 1].
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
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> CurvePoint:
        """Rebuild it from ``to_dict``'s answer."""
        return cls(**{name: values[name] for name in ("share", "photos", "accuracy", "deviation")})


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeEvidence:
    """How much data there is, and whether more of it still helps.

    Attributes:
        photos: Number of photos.
        classes: Number of classes.
        leaves: Number of leaves, a photo of unknown leaf counted as one; ``None`` where no leaf
            is known.
        smallest_class: Photos of the class that has fewest.
        learning_curve: A linear classifier on the features of all stages, from few leaves to all
            but those of the held-out fold. Shares at which a class would have no leaf are absent.
    """

    photos: int
    classes: int
    leaves: int | None
    smallest_class: int
    learning_curve: tuple[CurvePoint, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {**asdict(self), "learning_curve": [p.to_dict() for p in self.learning_curve]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SizeEvidence:
        """Rebuild it from ``to_dict``'s answer."""
        return cls(
            photos=values["photos"],
            classes=values["classes"],
            leaves=values["leaves"],
            smallest_class=values["smallest_class"],
            learning_curve=tuple(map(CurvePoint.from_dict, values["learning_curve"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityEvidence:
    """How well what the network learnt before serves these photos, stage by stage.

    All but ``stages`` have one entry for each stage, from low-level to high-level features.

    Attributes:
        stages: Names of the stages.
        divergences: How far the inputs of batch normalisations lie from those of the pretraining,
            in nats a channel, 0 where they are alike; ``None`` for a stage that does not tell.
        probes: Linear classifiers on the averaged outputs of each stage.
        untrained_probes: The same photos and folds with a random network of the same shape; empty
            where no such network can be made.
        logme: Log evidence of the labels given the stage's features, in nats a photo; higher is
            better. To be compared within a data set.

    Raises:
        ConfigError: There are not as many entries as stages, or a number is not finite.
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
        """Return plain values that JSON can hold."""
        return {
            "stages": list(self.stages),
            "divergences": list(self.divergences),
            "probes": [probe.to_dict() for probe in self.probes],
            "untrained_probes": [probe.to_dict() for probe in self.untrained_probes],
            "logme": list(self.logme),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SimilarityEvidence:
        """Rebuild it from ``to_dict``'s answer."""
        return cls(
            stages=tuple(values["stages"]),
            divergences=tuple(values["divergences"]),
            probes=tuple(map(Probe.from_dict, values["probes"])),
            untrained_probes=tuple(map(Probe.from_dict, values["untrained_probes"])),
            logme=tuple(values["logme"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured of a data set, seen through one network.

    Attributes:
        backbone: Name of the network.
        image_size: Height and width of what it saw, in pixels.
        size: How much data there is.
        similarity: How similar it is to what the network was pretrained on.
        all_stages: A linear classifier on the features of all stages together.
    """

    backbone: str
    image_size: int
    size: SizeEvidence
    similarity: SimilarityEvidence
    all_stages: Probe

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "backbone": self.backbone,
            "image_size": self.image_size,
            "size": self.size.to_dict(),
            "similarity": self.similarity.to_dict(),
            "all_stages": self.all_stages.to_dict(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evidence:
        """Rebuild it from ``to_dict``'s answer."""
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
