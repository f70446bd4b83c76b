"""Data sets at one size, over all seeds: how each policy did, and what the advice saw there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.advice.cells import POLICIES, Cell, PolicyResult
from transferleaf.advice.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A data set at one size.

    Attributes:
        photo_set: Its name.
        family: Whose photos it has.
        size: Photos a class, for people.
        accuracies: Accuracy on the test photos, in [0, 1], by policy, one for each seed.
        evidence: What was measured of the photos of each seed.
    """

    photo_set: str
    family: str
    size: str
    accuracies: Mapping[str, tuple[float, ...]]
    evidence: tuple[Evidence, ...]

    def mean(self, policy: str) -> float:
        """Mean accuracy of a policy."""
        return float(np.mean(self.accuracies[policy]))

    @property
    def best(self) -> str:
        """The policy with the highest mean accuracy."""
        return max(POLICIES, key=self.mean)

    def regret(self, policies: Sequence[str]) -> float:
        """Points of accuracy lost against the best policy by taking one for each seed."""
        taken = [self.accuracies[policy][position] for position, policy in enumerate(policies)]
        return 100 * (self.mean(self.best) - float(np.mean(taken)))

    def noise(self, policy: str) -> float:
        """Standard error, in points, of the policy's distance from the best one, over seeds."""
        gaps = np.subtract(self.accuracies[self.best], self.accuracies[policy])
        return 100 * float(np.std(gaps, ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else 0.0


def places_of(
    runs: Mapping[Cell, Mapping[str, PolicyResult]],
    evidence: Mapping[Cell, Mapping[str, object]],
    families: Mapping[str, str],
) -> list[Place]:
    """Join the cells that differ in their seed alone; those that are not finished are left out.

    Args:
        runs: Results of policies, by cell.
        evidence: Evidence as plain values, by cell.
        families: Whose photos each data set has.
    """
    whole = [cell for cell in runs if set(runs[cell]) == set(POLICIES) and cell in evidence]
    settings = dict.fromkeys((cell.photo_set, cell.size) for cell in whole)
    found = []
    for photo_set, size in settings:
        cells = [cell for cell in whole if (cell.photo_set, cell.size) == (photo_set, size)]
        found.append(
            Place(
                photo_set=photo_set,
                family=families[photo_set],
                size=size,
                accuracies={
                    policy: tuple(runs[cell][policy].accuracy for cell in cells)
                    for policy in POLICIES
                },
                evidence=tuple(Evidence.from_dict(evidence[cell]) for cell in cells),
            )
        )
    return found
