"""How long ``transferleaf`` takes to reach the best accuracy of another library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.peers.curve import Curve, Point
from benchmarks.peers.recipes import OURS

Training = Mapping[str, Any]
"""A result in ``measured.json``."""

BAR = 10
"""So many times faster ``transferleaf`` should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A library compared with the first training of ``transferleaf`` that is as accurate.

    Attributes:
        title: The training of the library.
        curve: Its curve.
        ours: The training of ``transferleaf``; ``None`` if none is as accurate.
        point: Its result.
    """

    title: str
    curve: Curve
    ours: str | None
    point: Point | None

    @property
    def times(self) -> float:
        """The seconds of the library to its best accuracy by those of ``transferleaf``."""
        return 0.0 if self.point is None else self.curve.best.seconds / self.point.seconds

    @property
    def met(self) -> bool:
        """Whether ``transferleaf`` takes at most a tenth of the time."""
        return self.times >= BAR


def by_machine(found: Iterable[Training], photos_a_class: int | None) -> dict[str, list[Training]]:
    """Return the trainings on one number of photos, by their machines.

    Only trainings on the same machine are compared. The machine with the most trainings comes
    first.
    """
    machines: dict[str, list[Training]] = {}
    for training in found:
        if training["photos_a_class"] == photos_a_class:
            machines.setdefault(training["machine"], []).append(training)
    return dict(sorted(machines.items(), key=lambda item: -len(item[1])))


def curves_of(trainings: Sequence[Training]) -> dict[str, Curve]:
    """Return the curves of trainings, by the names of the recipes."""
    return {training["title"]: Curve.from_dict(training) for training in trainings}


def verdicts(curves: Mapping[str, Curve]) -> list[Verdict]:
    """Compare each training of other libraries with those of ``transferleaf``."""
    peers = {title: curve for title, curve in curves.items() if not is_ours(title)}
    return [_verdict(title, curve, curves) for title, curve in peers.items()]


def front(curves: Mapping[str, Curve]) -> list[tuple[str, Point]]:
    """Return the trainings of ``transferleaf`` that are more accurate than all faster ones."""
    ours = {title: curve.best for title, curve in curves.items() if is_ours(title)}
    kept: list[tuple[str, Point]] = []
    for title, point in sorted(ours.items(), key=lambda item: item[1].seconds):
        if not kept or point.accuracy > kept[-1][1].accuracy:
            kept.append((title, point))
    return kept


def is_ours(title: str) -> bool:
    """Return whether a training is one of ``transferleaf``."""
    return title.startswith(OURS)


def policy_of(title: str) -> str:
    """Return the policy of a training of ``transferleaf``.

    >>> policy_of("transferleaf, IV, augmented")
    'IV, augmented'
    """
    return title.removeprefix(f"{OURS}, ")


def _verdict(title: str, curve: Curve, curves: Mapping[str, Curve]) -> Verdict:
    for ours, point in front(curves):
        if point.accuracy >= curve.best.accuracy:
            return Verdict(title=title, curve=curve, ours=ours, point=point)
    return Verdict(title=title, curve=curve, ours=None, point=None)
