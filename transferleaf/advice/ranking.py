"""Ranking backbones: which network's frozen features serve the photos best, and at what cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from os import PathLike
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from transferleaf.advice.advice import Advice
from transferleaf.advice.cost import amount
from transferleaf.errors import BackboneError, ConfigError
from transferleaf.terminal import from_strangers
from transferleaf.whole_files import written_whole

# Differences of less are luck more often than one time in twenty.
_STANDARD_ERRORS = 2.0

# What one network may lack while the others work: weights, a size that suits it, a package, and
# the network of a plugin that downloads on its own. Photos are the same for all of them.
_OF_ONE_BACKBONE = (BackboneError, ConfigError, ImportError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Advice for several backbones on the same photos. Print it, or save it as JSON.

    Attributes:
        advices: One for each backbone, by expected accuracy, best first; at least one.
        failed: Why a backbone has none, by its name.
    """

    advices: tuple[Advice, ...]
    failed: Mapping[str, str]

    @property
    def best(self) -> Advice:
        """The advice for the backbone that promises most."""
        return self.advices[0]

    @property
    def equals(self) -> tuple[Advice, ...]:
        """The best, and those that its figures cannot tell from it."""
        return tuple(advice for advice in self.advices if not _told_apart(self.best, advice))

    @property
    def cheapest_equal(self) -> Advice:
        """Of ``equals``, the one that costs least."""
        return min(self.equals, key=lambda advice: advice.cost.multiply_adds)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Ranking:
        """Restore what ``to_dict`` gave."""
        advices = tuple(map(Advice.from_dict, values["advices"]))
        return cls(advices=advices, failed=dict(values["failed"]))

    def to_dict(self) -> dict[str, Any]:
        """Describe this ranking in values that JSON can hold."""
        return {
            "advices": [advice.to_dict() for advice in self.advices],
            "failed": dict(self.failed),
        }

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON text."""
        return json.dumps(self.to_dict(), indent=1)

    def save(self, path: str | PathLike[str]) -> None:
        """Write ``to_json``; the file is complete or as it was before.

        Raises:
            OSError: The file cannot be written.
        """
        with written_whole(Path(path)) as file:
            file.write(f"{self.to_json()}\n".encode("ascii"))

    def __rich__(self) -> Group:
        # Text everywhere, not str: brackets in a name would be taken for markup.
        return Group(self._table(), *map(from_strangers, self._notes()))

    def _table(self) -> Table:
        table = Table(title="Backbones by expected accuracy, frozen", title_justify="left")
        table.add_column("backbone", no_wrap=True)
        for column in ("accuracy", "work a photo", "weights"):
            table.add_column(column, justify="right")
        table.add_column("advice")
        for advice in self.advices:
            mark = "= " if len(self.equals) > 1 and advice in self.equals else ""
            table.add_row(*map(from_strangers, _cells(advice, mark)))
        return table

    def _notes(self) -> Iterator[str]:
        yield ("Cross-validated accuracy with a frozen base, ± 1 standard error.")
        if len(self.equals) > 1:
            cheapest = self.cheapest_equal.evidence.backbone
            yield f"= cannot be told from the best; of these, {cheapest!r} costs least."
        for name, reason in self.failed.items():
            yield f"Not ranked: {name}, as {reason}"


def rank_backbones(names: Sequence[str], advise_on: Callable[[str], Advice]) -> Ranking:
    """Ask for advice on several backbones.

    Args:
        names: The backbones.
        advise_on: Gives the advice for one of them.

    Raises:
        BackboneError, ConfigError, ImportError, OSError: Not one of them can be had; the error of
            the first.
    """
    advices: list[Advice] = []
    errors: dict[str, Exception] = {}
    for name in names:
        try:
            advices.append(advise_on(name))
        except _OF_ONE_BACKBONE as error:
            errors[name] = error
    if not advices:
        raise next(iter(errors.values()))
    advices.sort(key=lambda advice: -advice.evidence.all_stages.accuracy)
    return Ranking(
        advices=tuple(advices), failed={name: str(error) for name, error in errors.items()}
    )


def _told_apart(one: Advice, other: Advice) -> bool:
    """Whether the accuracies differ by more than luck would explain."""
    a, b = one.evidence.all_stages, other.evidence.all_stages
    error = hypot(a.deviation, b.deviation)
    return abs(a.accuracy - b.accuracy) > _STANDARD_ERRORS * error


def _cells(advice: Advice, mark: str) -> tuple[str, ...]:
    probe, cost = advice.evidence.all_stages, advice.cost
    return (
        advice.evidence.backbone,
        f"{mark}{probe.accuracy:.1%} ± {probe.deviation:.1%}",
        amount(cost.multiply_adds).replace(" multiply-adds", ""),
        f"{cost.megabytes:,.1f} MB",
        "" if advice.recommended is None else advice.recommended.name,
    )
