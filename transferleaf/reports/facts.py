"""Facts in a report: the model, its training, and the source of the photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePhoto:
    """An unreadable photo that was left out.

    Attributes:
        name: Its name, as in ``LeafDataset.names``, or its path.
        reason: Why it cannot be read.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The evaluated classifier.

    Attributes:
        backbone: Name of the backbone.
        image_size: Height and width of its input, in pixels.
        parameters: Number of parameters of backbone and head.
        policy: Description of the policy.
        weights_license: License of the pretrained weights, or ``"unknown"``.
        weights_source: Source of the weights, as text, or ``"unknown"``.
        calibration: ``Calibration.to_dict()`` of the classifier; ``None`` if it is not calibrated.
        calibration_outcome: The result of the calibration in a sentence.
        adaptation: The result of an adaptation to photos without labels, as text; ``None`` if there
            was none.
    """

    backbone: str
    image_size: int
    parameters: int
    policy: str
    weights_license: str = "unknown"
    weights_source: str = "unknown"
    calibration: Mapping[str, Any] | None = None
    calibration_outcome: str = (
        "All answers are uncalibrated: the classifier has not been calibrated."
    )
    adaptation: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelFacts:
        """Create it from the result of ``to_dict``."""
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """The training photos.

    Attributes:
        origin: The source of the photos, as text.
        fingerprint: ``LeafDataset.fingerprint()``, a hash of classes, names and labels.
        photos: Number of photos.
        leaves: Number of known leaves; ``None`` if no leaf is known.
        class_counts: Number of photos of each class.
    """

    origin: str
    fingerprint: str
    photos: int
    leaves: int | None
    class_counts: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DataFacts:
        """Create it from the result of ``to_dict``."""
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseProof:
    """The check of the frozen weights after one phase of training.

    Attributes:
        phase: Name of the phase.
        seconds: Its duration.
        frozen: Number of frozen weights and statistics. All are unchanged.
        checksum: SHA-256 of their values.
    """

    phase: str
    seconds: float
    frozen: int
    checksum: str

    def __str__(self) -> str:
        """Return the result as a line.

        >>> print(PhaseProof(phase="head", seconds=9.5, frozen=1200, checksum="af31" * 16))
        head: 1,200 frozen weights unchanged (checksum af31af31af31), 9.5 s
        """
        return (
            f"{self.phase}: {self.frozen:,} frozen weights unchanged "
            f"(checksum {self.checksum[:12]}), {self.seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFacts:
    """The training of the classifier, as far as it is known.

    Attributes:
        plan: ``FreezePlan.to_dict()``; ``None`` for a loaded model, whose file does not contain it.
        plan_text: The plan as a text table; ``None`` for a loaded model.
        proof: The checks of all phases, in order; empty for a loaded model.
        history: The values of each metric, first of the solved head and then of the epochs; empty
            for a loaded model.
        skipped: Unreadable training and validation photos that were left out.
        data: The training photos; ``None`` if they were not passed to ``report``.
    """

    plan: Mapping[str, Any] | None = None
    plan_text: str | None = None
    proof: tuple[PhaseProof, ...] = ()
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    skipped: tuple[UnreadablePhoto, ...] = ()
    data: DataFacts | None = None

    @property
    def seconds(self) -> float:
        """Duration of all phases."""
        return sum(proof.seconds for proof in self.proof)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingFacts:
        """Create it from the result of ``to_dict``."""
        return cls(
            plan=values["plan"],
            plan_text=values["plan_text"],
            proof=tuple(PhaseProof(**proof) for proof in values["proof"]),
            history={name: tuple(curve) for name, curve in values["history"].items()},
            skipped=tuple(UnreadablePhoto(**photo) for photo in values["skipped"]),
            data=None if values["data"] is None else DataFacts.from_dict(values["data"]),
        )
