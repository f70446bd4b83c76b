"""What a report tells besides figures: the model, its training, and what the photos came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePhoto:
    """A photo that could not be read and was left out.

    Attributes:
        name: What it is called, as in ``LeafDataset.names``, or its path.
        reason: Why it could not be read.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The classifier that was judged.

    Attributes:
        backbone: Name of the backbone.
        image_size: Height and width of what it sees, in pixels.
        parameters: Values in backbone and head.
        policy: The freezing policy, in words.
        weights_license: Licence of the pretrained weights, ``"unknown"`` where nobody says.
        weights_source: Where they come from, for people; ``"unknown"`` where nobody says.
        calibration: ``Calibration.to_dict()`` of the classifier; ``None`` where it has none.
        calibration_outcome: What its calibration found, in a sentence.
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

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelFacts:
        """Restore what ``to_dict`` gave."""
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """Photos that were learned from, in numbers.

    Attributes:
        origin: Where they come from, for people.
        fingerprint: ``LeafDataset.fingerprint()``: SHA-256 over classes, names and labels.
        photos: How many photos.
        leaves: How many known leaves; ``None`` where no leaf is known.
        class_counts: Photos by class, in order of the classes.
    """

    origin: str
    fingerprint: str
    photos: int
    leaves: int | None
    class_counts: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DataFacts:
        """Restore what ``to_dict`` gave."""
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseProof:
    """What became of one phase of training.

    Attributes:
        phase: Its name.
        seconds: How long it took.
        frozen: Frozen weights and statistics, all of them found unchanged afterwards.
        checksum: SHA-256 over their values, as hexadecimal digits.
    """

    phase: str
    seconds: float
    frozen: int
    checksum: str

    def __str__(self) -> str:
        """Say it in a line.

        >>> print(PhaseProof(phase="head", seconds=9.5, frozen=1200, checksum="af31" * 16))
        head: 1,200 frozen weights unchanged (checksum af31af31af31), 9.5 s
        """
        return (
            f"{self.phase}: {self.frozen:,} frozen weights unchanged "
            f"(checksum {self.checksum[:12]}), {self.seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFacts:
    """How the classifier was trained, as far as it is known.

    Attributes:
        plan: ``FreezePlan.to_dict()`` of the plan; ``None`` where a model was loaded, as its file
            does not hold it.
        plan_text: The plan as a table of plain text; ``None`` as above.
        proof: What became of each phase, in order; empty as above.
        history: Values by name of the metric, such as ``"loss"`` and ``"val_accuracy"``: that of
            the solved head, where there is one, then those of the epochs; empty as above.
        skipped: Training and validation photos that could not be read and were left out.
        data: The training photos; ``None`` where they were not given to the report.
    """

    plan: Mapping[str, Any] | None = None
    plan_text: str | None = None
    proof: tuple[PhaseProof, ...] = ()
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    skipped: tuple[UnreadablePhoto, ...] = ()
    data: DataFacts | None = None

    @property
    def seconds(self) -> float:
        """How long all phases took."""
        return sum(proof.seconds for proof in self.proof)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingFacts:
        """Restore what ``to_dict`` gave."""
        return cls(
            plan=values["plan"],
            plan_text=values["plan_text"],
            proof=tuple(PhaseProof(**proof) for proof in values["proof"]),
            history={name: tuple(curve) for name, curve in values["history"].items()},
            skipped=tuple(UnreadablePhoto(**photo) for photo in values["skipped"]),
            data=None if values["data"] is None else DataFacts.from_dict(values["data"]),
        )
