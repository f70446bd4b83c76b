"""An advice: what to expect of each choice, the recommended policy, and the reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transferleaf.advice.choosing import policy_for, recommend
from transferleaf.advice.cost import Cost, cost_of
from transferleaf.advice.evidence import Evidence
from transferleaf.advice.expectation import Expectation
from transferleaf.advice.expecting import expectations
from transferleaf.advice.position import (
    MatrixPosition,
    neighbours_of,
    position_of,
    quadrant_of,
)
from transferleaf.advice.wording import reasons_of
from transferleaf.deprecation import warn_renamed
from transferleaf.errors import AdviceFileError
from transferleaf.files.saved_values import created, load_saved, save_values
from transferleaf.freezing import BackboneLayers, FreezePolicy
from transferleaf.quadrant import Quadrant
from transferleaf.text.notebook import html_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from transferleaf.advice.answer import Answer

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Advice:
    """The advice for a data set. You can print it, draw it, or save it as JSON.

    Attributes:
        evidence: The measurements.
        position: The position of the data set on the size-similarity matrix.
        quadrant: The quadrant of this position. The textbook rule follows it.
        expected: What to expect of each choice. Empty in files of earlier versions.
        recommended: The recommended choice. ``None`` in files of earlier versions.
        policy: Its policy, for ``TransferClassifier(freeze=...)``.
        cost: The size of the network and the work of one forward pass.
        reasons: Sentences that describe the measurements.
        weights: The weights of the network: ``"imagenet"``, the path of a file, or ``None``.
        time_limit: The time limit in seconds, if there is one.
    """

    evidence: Evidence
    position: MatrixPosition
    quadrant: Quadrant
    expected: tuple[Expectation, ...]
    recommended: Expectation | None
    policy: FreezePolicy
    cost: Cost
    reasons: tuple[str, ...]
    weights: str | None = "imagenet"
    time_limit: float | None = None

    @classmethod
    def from_evidence(
        cls,
        evidence: Evidence,
        layers: BackboneLayers,
        *,
        training_photos: int,
        augmented: bool | None = None,
        time_limit: float | None = None,
        time_left: float | None = None,
        weights: str | None = "imagenet",
    ) -> Advice:
        """Create the advice from measurements.

        Args:
            evidence: The measurements.
            layers: The layers of the measured backbone.
            training_photos: Number of training photos.
            augmented: Only recommend choices with (``True``) or without (``False``) augmentation.
                Default: both.
            time_limit: Only recommend choices that are expected to take at most this number of
                seconds.
            time_left: The part of the time limit that is left. Default: all of it.
            weights: The weights of the backbone.
        """
        position = position_of(evidence)
        expected = expectations(evidence, layers, training_photos=training_photos)
        seconds = time_limit if time_left is None else time_left
        recommended = recommend(expected, augmented=augmented, time_limit=seconds)
        return cls(
            evidence=evidence,
            position=position,
            quadrant=quadrant_of(position),
            expected=expected,
            recommended=recommended,
            policy=policy_for(recommended.quadrant, stages=len(layers.stages)),
            cost=cost_of(layers),
            reasons=reasons_of(evidence),
            weights=weights,
            time_limit=time_limit,
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Advice:
        """Create an advice from the result of ``to_dict``."""
        recommended = values.get("recommended")
        return cls(
            evidence=Evidence.from_dict(values["evidence"]),
            position=MatrixPosition(**values["place"]),
            quadrant=Quadrant.named(values["quadrant"]),
            expected=tuple(map(Expectation.from_dict, values.get("expected", ()))),
            recommended=None if recommended is None else Expectation.from_dict(recommended),
            policy=FreezePolicy.from_dict(values["policy"]),
            cost=created(Cost, values["cost"]),
            reasons=tuple(values["reasons"]),
            weights=values.get("weights", "imagenet"),  # absent in files of earlier versions
            time_limit=values.get("time_limit"),
        )

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Advice:
        """Read a file that ``save`` wrote.

        Raises:
            AdviceFileError: The file cannot be read, or ``save`` did not write it.
        """
        return load_saved(path, cls.from_dict, version=_FORMAT, error=AdviceFileError)

    @property
    def place(self) -> MatrixPosition:
        """Deprecated name of ``position``."""
        warn_renamed("Advice.place", "Advice.position")
        return self.position

    @property
    def neighbours(self) -> tuple[Quadrant, ...]:
        """Deprecated: quadrants close to the position. Use ``expected`` instead."""
        warn_renamed("Advice.neighbours", "Advice.expected")
        return neighbours_of(self.position)

    def to_dict(self) -> dict[str, Any]:
        """Return the advice as a dictionary of JSON values."""
        return {
            "format": _FORMAT,
            "evidence": self.evidence.to_dict(),
            "place": asdict(self.position),  # the key of files saved before
            "quadrant": self.quadrant.value,
            "expected": [each.to_dict() for each in self.expected],
            "recommended": None if self.recommended is None else self.recommended.to_dict(),
            "policy": self.policy.to_dict(),
            "cost": asdict(self.cost),
            "reasons": list(self.reasons),
            "weights": self.weights,
            "time_limit": self.time_limit,
        }

    def to_json(self) -> str:
        """Return the advice as JSON."""
        return json.dumps(self.to_dict(), indent=1)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the advice as JSON. The file is written atomically.

        Raises:
            OSError: The file cannot be written.
        """
        save_values(path, self.to_dict())

    def figure(self, path: str | PathLike[str] | None = None) -> Figure:
        """Draw the position on the matrix, and the expected accuracy and time of each choice.

        Args:
            path: Also write the figure to this ``.png`` or ``.svg`` file.

        Raises:
            ConfigError: ``path`` has another ending.
        """
        from transferleaf.advice.figure import check_drawable, draw, save

        if path is None:
            return draw(self)
        check_drawable(Path(path))
        figure = draw(self)
        save(figure, Path(path))
        return figure

    def __repr__(self) -> str:
        return f"Advice({self.policy!r})"

    def _repr_html_(self) -> str:
        return html_of(self)

    def __rich__(self) -> Answer:
        from transferleaf.advice.answer import Answer

        return Answer(self)

    def __str__(self) -> str:
        from transferleaf.advice.answer import as_text

        return as_text(self)
