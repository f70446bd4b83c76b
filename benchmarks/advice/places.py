"""A photo set at one size over all seeds: the results and expectations of each choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from benchmarks.advice.cells import CHOICES, Cell, Result
from transferleaf.advice.choosing import WORTH_A_MINUTE, recommend
from transferleaf.advice.evidence import Evidence
from transferleaf.advice.expectation import Expectation
from transferleaf.advice.expecting import expectations
from transferleaf.advice.landscape import Row, frozen_choice
from transferleaf.advice.position import early_divergence
from transferleaf.freezing import BackboneLayers


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A photo set at one size.

    Attributes:
        photo_set: Its name.
        family: The original photos.
        size: Photos of each class, as text.
        results: Results of each seed, by choice.
        evidence: The evidence of each seed.
        layers: The layers of the backbone. ``None`` to advise without times.
    """

    photo_set: str
    family: str
    size: str
    results: Mapping[str, tuple[Result, ...]]
    evidence: tuple[Evidence, ...]
    layers: BackboneLayers | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The measured choices, from the cheapest to the most expensive."""
        return tuple(name for name in CHOICES if name in self.results)

    def accuracy(self, choice: str) -> float:
        """Mean accuracy of a choice over seeds, in [0, 1]."""
        return fmean(result.accuracy for result in self.results[choice])

    def seconds(self, choice: str) -> float:
        """Mean seconds of a choice over seeds."""
        return fmean(result.seconds["total"] for result in self.results[choice])

    @property
    def best(self) -> str:
        """The choice with the highest mean accuracy; of equal ones the cheapest."""
        return max(self.choices, key=self.accuracy)

    def regret(self, choices: Sequence[str]) -> float:
        """Points of accuracy that one choice for each seed loses against the best choice."""
        taken = [self.results[choice][seed].accuracy for seed, choice in enumerate(choices)]
        return 100 * (self.accuracy(self.best) - fmean(taken))

    def corrects(self, choice: str) -> np.ndarray:
        """Whether each test photo of each seed is classified correctly."""
        return np.concatenate([result.corrects for result in self.results[choice]])

    @property
    def test_photos(self) -> int:
        """Number of test photos of all seeds."""
        return len(self.corrects("IV"))

    def noise(self, choice: str) -> float:
        """Standard error, in points, of the difference of a choice from the best one."""
        gaps = self.corrects(self.best).astype(float) - self.corrects(choice)
        return 100 * float(np.std(gaps) / np.sqrt(len(gaps)))

    @property
    def divergence(self) -> float:
        """Mean divergence of the early stages."""
        return fmean(early_divergence(each.similarity) or 0.0 for each in self.evidence)

    def rows(self) -> list[Row]:
        """Return the rows of this place for the landscape of the library."""
        photos = fmean(result.photos for result in self.results["IV"])
        return [
            Row(
                photo_set=self.photo_set,
                photos_a_class=round(photos / self.evidence[0].size.classes, 1),
                divergence=round(self.divergence, 4),
                choice=choice,
                errors=self._errors(choice),
                frozen_errors=self._errors(frozen_choice(choice)),
                only_one_wrong=int(
                    (self.corrects(choice) != self.corrects(frozen_choice(choice))).sum()
                ),
            )
            for choice in self.choices
            if choice != "IV"
        ]

    def _errors(self, choice: str) -> int:
        return int((~self.corrects(choice)).sum())

    def expected(self, rows: Sequence[Row]) -> list[tuple[Expectation, ...]]:
        """Return the expectations of the advice for each seed, of the measured choices."""
        return [
            tuple(
                each
                for each in expectations(
                    evidence,
                    self.layers,
                    training_photos=self.results["IV"][seed].photos,
                    rows=rows,
                )
                if each.name in self.choices
            )
            for seed, evidence in enumerate(self.evidence)
        ]

    def advised(self, rows: Sequence[Row], *, worth_a_minute: float = WORTH_A_MINUTE) -> list[str]:
        """Return the recommended choice of each seed."""
        return [
            recommend(expected, worth_a_minute=worth_a_minute).name
            for expected in self.expected(rows)
        ]


def places_of(
    runs: Mapping[Cell, Mapping[str, Result]],
    evidence: Mapping[Cell, Mapping[str, object]],
    families: Mapping[str, str],
    layers: BackboneLayers | None = None,
) -> list[Place]:
    """Join the cells that differ only in their seed. Unfinished cells are left out.

    Args:
        runs: Results of the choices, by cell.
        evidence: Evidence as dictionaries, by cell.
        families: The family of each photo set.
        layers: The layers of the backbone. ``None`` to advise without times.
    """
    whole = [cell for cell in runs if cell in evidence and runs[cell].keys() >= CHOICES.keys()]
    found = []
    for photo_set, size in dict.fromkeys((cell.photo_set, cell.size) for cell in whole):
        cells = [cell for cell in whole if (cell.photo_set, cell.size) == (photo_set, size)]
        found.append(
            Place(
                photo_set=photo_set,
                family=families[photo_set],
                size=size,
                results={choice: tuple(runs[cell][choice] for cell in cells) for choice in CHOICES},
                evidence=tuple(Evidence.from_dict(evidence[cell]) for cell in cells),
                layers=layers,
            )
        )
    return found
