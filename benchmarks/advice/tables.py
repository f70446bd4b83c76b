"""The tables of docs/advice.md: regrets of advice and of fixed policies, and of other signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.advice.cells import POLICIES, Cell, PolicyResult
from benchmarks.advice.places import Place
from benchmarks.advice.rules import QuadrantRule, fit_rule, regret_of, textbook
from benchmarks.advice.signals import SIMILARITY, SIZE
from transferleaf.advice.evidence import Evidence
from transferleaf.advice.position import early_divergence

ADVISED = ("batch-norm divergence", "photos")
"""The signals that the library uses."""

_MEAN_BAR, _WORST_BAR = 1.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrets:
    """Regrets of one way to choose policies, at all places, in points.

    Attributes:
        name: The way.
        values: One for each place.
    """

    name: str
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Their mean."""
        return float(np.mean(self.values))

    @property
    def worst(self) -> float:
        """The largest."""
        return max(self.values)


def regrets_of_all(places: Sequence[Place]) -> list[Regrets]:
    """The advice, on data sets and on families that its borders never saw, beside the others."""
    return [
        unseen_regrets("advice, the data set unseen", places, *ADVISED, apart="photo_set"),
        unseen_regrets("advice, all sets of these photos unseen", places, *ADVISED, apart="family"),
        *(
            Regrets(
                name=f"always quadrant {policy}",
                values=tuple(regret_of(place, partial(_always, policy)) for place in places),
            )
            for policy in POLICIES
        ),
        Regrets(
            name="textbook rule",
            values=tuple(regret_of(place, textbook(place)) for place in places),
        ),
    ]


def unseen_regrets(
    name: str, places: Sequence[Place], similarity: str, size: str, *, apart: str
) -> Regrets:
    """Regrets of a rule whose borders are fitted without the places that share ``apart``."""
    values = []
    for place in places:
        others = [other for other in places if getattr(other, apart) != getattr(place, apart)]
        rule = fit_rule(others, SIMILARITY[similarity], SIZE[size])
        values.append(regret_of(place, rule.choose))
    return Regrets(name=name, values=tuple(values))


def advised_rule(places: Sequence[Place]) -> QuadrantRule:
    """The rule that the library should have, fitted on all places."""
    return fit_rule(places, SIMILARITY[ADVISED[0]], SIZE[ADVISED[1]])


def bars(regrets: Sequence[Regrets]) -> list[tuple[str, bool]]:
    """What was asked of the advice, and whether it holds."""
    advice, _, *others = regrets
    return [
        (f"mean regret at most {_MEAN_BAR:g}", advice.mean <= _MEAN_BAR),
        (f"worst regret at most {_WORST_BAR:g}", advice.worst <= _WORST_BAR),
        *((f"mean lower than: {other.name}", advice.mean < other.mean) for other in others),
    ]


def regret_table(regrets: Sequence[Regrets]) -> str:
    """Mean and worst regret of each way to choose."""
    lines = ["| choice | mean regret | worst regret |", "| --- | --- | --- |"]
    lines += [f"| {each.name} | {each.mean:.2f} | {each.worst:.1f} |" for each in regrets]
    return "\n".join(lines)


def bar_table(regrets: Sequence[Regrets]) -> str:
    """The bars."""
    lines = ["| target | met |", "| --- | --- |"]
    lines += [f"| {bar} | {'yes' if met else '**no**'} |" for bar, met in bars(regrets)]
    return "\n".join(lines)


def place_table(places: Sequence[Place]) -> str:
    """Accuracy of each policy at each place, and what is advised there."""
    rule = advised_rule(places)
    head = [
        "photos",
        "a class",
        "divergence",
        *(f"{policy}" for policy in POLICIES),
        "advised",
        "regret",
    ]
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(['---'] * len(head))} |"]
    for place in sorted(places, key=_order):
        choices = [rule.choose(evidence) for evidence in place.evidence]
        accuracies = [
            f"**{100 * place.mean(policy):.1f}**"
            if place.mean(policy) == place.mean(place.best)
            else f"{100 * place.mean(policy):.1f} ± {place.noise(policy):.1f}"
            for policy in POLICIES
        ]
        cells = [
            place.photo_set,
            place.size,
            f"{_mean_divergence(place):.2f}",
            *accuracies,
            ", ".join(dict.fromkeys(choices)),
            f"{place.regret(choices):.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def policy_table(runs: Mapping[Cell, Mapping[str, PolicyResult]]) -> str:
    """How often an epoch took the solved head's place, what came of it, and what it cost."""
    lines = [
        "| policy | runs | an epoch took the head's place | better on the test photos | worse | "
        "most gained | most lost | seconds, mean |",
        f"|{' --- |' * 8}",
    ]
    for policy in POLICIES:
        found = [
            (each[policy], each["IV"]) for each in runs.values() if {policy, "IV"} <= set(each)
        ]
        gains = [
            100 * (result.accuracy - head.accuracy)
            for result, head in found
            if result.best_epoch > 0
        ]
        cells = [
            policy,
            str(len(found)),
            str(len(gains)),
            str(sum(gain > 0 for gain in gains)),
            str(sum(gain < 0 for gain in gains)),
            f"{max([0.0, *gains]):.1f}",
            f"{-min([0.0, *gains]) + 0.0:.1f}",
            f"{np.mean([result.seconds for result, _ in found]):.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def signal_table(places: Sequence[Place]) -> str:
    """Mean and worst regret with other measurements on the axes, the data set unseen."""
    pairs = [(similarity, ADVISED[1]) for similarity in SIMILARITY]
    pairs += [(ADVISED[0], size) for size in SIZE if size != ADVISED[1]]
    lines = [
        "| similarity by | size by | mean regret | worst regret |",
        "| --- | --- | --- | --- |",
    ]
    for similarity, size in pairs:
        found = unseen_regrets("", places, similarity, size, apart="photo_set")
        lines.append(f"| {similarity} | {size} | {found.mean:.2f} | {found.worst:.1f} |")
    return "\n".join(lines)


def order_table(places_by_backbone: dict[str, Sequence[Place]]) -> str:
    """Mean divergence of each data set, by network; from similar to dissimilar."""
    names = list(places_by_backbone)
    found: dict[str, dict[str, list[float]]] = {}
    for backbone, places in places_by_backbone.items():
        for place in places:
            found.setdefault(place.photo_set, {}).setdefault(backbone, []).append(
                _mean_divergence(place)
            )
    first: Callable[[str], float] = lambda name: float(np.mean(found[name][names[0]]))  # noqa: E731
    lines = [f"| photos | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    for photo_set in sorted(found, key=first):
        values = [
            f"{np.mean(found[photo_set][name]):.3f}" if name in found[photo_set] else ""
            for name in names
        ]
        lines.append(f"| {photo_set} | {' | '.join(values)} |")
    return "\n".join(lines)


def _always(policy: str, _: Evidence) -> str:
    return policy


def _mean_divergence(place: Place) -> float:
    values = [early_divergence(evidence.similarity) or 0.0 for evidence in place.evidence]
    return float(np.mean(values))


def _order(place: Place) -> tuple[float, str]:
    return (1e9 if place.size == "all" else float(place.size), place.photo_set)
