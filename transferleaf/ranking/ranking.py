"""Ranking of backbones by the expected accuracy of their frozen features, and their cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from os import PathLike
from typing import Any

from rich.console import Group
from rich.table import Table

from transferleaf.advice.advice import Advice
from transferleaf.advice.cost import amount
from transferleaf.errors import BackboneError, ConfigError
from transferleaf.files.saved_values import save_values
from transferleaf.text.terminal import from_strangers

# Smaller differences are not significant at the 5 % level.
_STANDARD_ERRORS = 2.0

OF_ONE_BACKBONE = (BackboneError, ConfigError, ImportError, OSError)
"""Errors of a single backbone: missing weights, image size or package, or the download of a plugin.

Errors about the photos affect all backbones and are raised.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Advice for several backbones on the same photos. Print it, or save it as JSON.

    Attributes:
        advices: One advice per backbone, at least one, by expected accuracy, best first.
        failed: Why a backbone has no advice, by its name.
    """

    advices: tuple[Advice, ...]
    failed: Mapping[str, str]

    @property
    def best(self) -> Advice:
        """The advice for the backbone with the highest expected accuracy."""
        return self.advices[0]

    @property
    def equals(self) -> tuple[Advice, ...]:
        """The best advice, and those that are not significantly worse."""
        return tuple(advice for advice in self.advices if not _told_apart(self.best, advice))

    @property
    def cheapest_equal(self) -> Advice:
        """The cheapest one of ``equals``."""
        return min(self.equals, key=lambda advice: advice.cost.multiply_adds)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Ranking:
        """Create a ranking from the result of ``to_dict``."""
        advices = tuple(map(Advice.from_dict, values["advices"]))
        return cls(advices=advices, failed=dict(values["failed"]))

    def to_dict(self) -> dict[str, Any]:
        """Return the ranking as a dictionary of JSON values."""
        return {
            "advices": [advice.to_dict() for advice in self.advices],
            "failed": dict(self.failed),
        }

    def to_json(self) -> str:
        """Return the ranking as JSON."""
        return json.dumps(self.to_dict(), indent=1)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the ranking as JSON. The file is written atomically.

        Raises:
            OSError: The file cannot be written.
        """
        save_values(path, self.to_dict())

    def __rich__(self) -> Group:
        # Text instead of str, because rich would interpret brackets in a name as markup.
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
    """Rank several backbones.

    Args:
        names: The backbones.
        advise_on: Function that returns the advice for one backbone.

    Raises:
        BackboneError, ConfigError, ImportError, OSError: All backbones failed. This is the error of
            the first one.
    """
    advices: list[Advice] = []
    errors: dict[str, Exception] = {}
    for name in names:
        try:
            advices.append(advise_on(name))
        except OF_ONE_BACKBONE as error:
            errors[name] = error
    if not advices:
        raise next(iter(errors.values()))
    advices.sort(key=lambda advice: -advice.evidence.all_stages.accuracy)
    return Ranking(
        advices=tuple(advices), failed={name: str(error) for name, error in errors.items()}
    )


def _told_apart(one: Advice, other: Advice) -> bool:
    """Return whether the accuracies differ significantly."""
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
