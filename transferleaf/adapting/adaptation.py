"""The result of an adaptation, as an immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from typing_extensions import Self

from transferleaf.text.wording import counted, percent

# Below this agreement, self-training made the accuracy worse in ``benchmarks/field``.
LEAST_AGREEMENT = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """The result of ``TransferClassifier.adapt``.

    Attributes:
        photos: Number of photos without labels.
        agreement: Share of them on which two heads, each solved on half of the labelled photos,
            agree, in [0, 1]. It is low if most predictions are wrong.
        used: Number of photos that the adapted head was solved on, each with the class that was
            predicted for it. 0 if the head was not changed.
    """

    photos: int
    agreement: float
    used: int

    @property
    def adapted(self) -> bool:
        """Whether the head was changed."""
        return self.used > 0

    def __str__(self) -> str:
        measured = (
            "Two heads, each solved on half of the labelled photos, agree on "
            f"{percent(self.agreement)} of {counted(self.photos, 'photo')} without labels"
        )
        if self.adapted:
            return (
                f"{measured}. The head is adapted: it was solved again with {self.used:,} of these "
                "photos and their predicted classes."
            )
        if self.agreement >= LEAST_AGREEMENT:
            return (
                f"{measured}, but the classifier is not confident of any of its predictions for "
                "them. The head is not changed."
            )
        return (
            f"{measured}. This is too little: most predicted classes may be wrong. The head is not "
            "changed. Label some of these photos and add them to the training photos."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Create an adaptation from the result of ``to_dict``.

        >>> Adaptation.from_dict({"photos": 10, "agreement": 0.9, "used": 8}).adapted
        True
        """
        return cls(**values)


def adaptation_in(config: Mapping[str, Any]) -> Adaptation | None:
    """Return the adaptation in a saved configuration. Earlier versions saved none."""
    saved = config.get("adaptation")
    return None if saved is None else Adaptation.from_dict(saved)
