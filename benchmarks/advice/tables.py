"""The tables of docs/advice.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from benchmarks.advice.cells import CHOICES
from benchmarks.advice.places import Place
from benchmarks.markdown import markdown_table
from transferleaf.advice.choosing import WORTH_A_MINUTE
from transferleaf.advice.landscape import Row

_MEAN_BAR, _WORST_BAR, _COVERED_BAR = 0.3, 1.5, 0.8
_REGRET_COLUMNS = ("mean regret", "worst regret", "seconds, mean")
_WORTH_A_MINUTE = (0.0, 0.0025, WORTH_A_MINUTE, 0.01, 0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrets:
    """The regrets of one way to choose, in points.

    Attributes:
        name: The way to choose.
        values: The regret of each place.
        seconds: Mean seconds of training.
    """

    name: str
    values: tuple[float, ...]
    seconds: float

    @property
    def mean(self) -> float:
        """The mean regret."""
        return fmean(self.values)

    @property
    def worst(self) -> float:
        """The largest regret, without errors of floating point."""
        return round(max(self.values), 6)

    def cells(self) -> list[str]:
        """Return the cells of ``_REGRET_COLUMNS``."""
        return [f"{self.mean:.2f}", f"{self.worst:.1f}", f"{self.seconds:.0f}"]


def regrets_of_all(places: Sequence[Place]) -> list[Regrets]:
    """Return the regrets of the advice on unseen photos, and of each fixed choice."""
    return [
        advice_regrets("advice, photo set unseen", places, apart="photo_set"),
        advice_regrets("advice, family unseen", places, apart="family"),
        *(_fixed(choice, places) for choice in CHOICES if _measured(choice, places)),
    ]


def _measured(choice: str, places: Sequence[Place]) -> bool:
    return all(choice in place.choices for place in places)


def _fixed(choice: str, places: Sequence[Place]) -> Regrets:
    return Regrets(
        name=f"always {choice}",
        values=tuple(place.regret([choice] * len(place.evidence)) for place in places),
        seconds=fmean(place.seconds(choice) for place in places),
    )


def advice_regrets(
    name: str, places: Sequence[Place], *, apart: str, worth_a_minute: float = WORTH_A_MINUTE
) -> Regrets:
    """Return the regrets of the advice without the rows of places that share ``apart``."""
    values, seconds = [], []
    for place in places:
        rows = unseen_rows(place, places, apart)
        choices = place.advised(rows, worth_a_minute=worth_a_minute)
        values.append(place.regret(choices))
        seconds.append(fmean(place.seconds(choice) for choice in choices))
    return Regrets(name=name, values=tuple(values), seconds=fmean(seconds))


def unseen_rows(place: Place, places: Sequence[Place], apart: str) -> list[Row]:
    """Return the landscape of all places that do not share ``apart`` with a place."""
    value = getattr(place, apart)
    return [row for other in places if getattr(other, apart) != value for row in other.rows()]


def coverage(places: Sequence[Place], choice: str | None = None) -> tuple[float, float]:
    """Return the share of measured accuracies in their intervals, and the mean absolute error.

    The expectations are those with the photo set unseen. The error is in points.
    """
    inside, errors = [], []
    for place in places:
        for seed, expected in enumerate(place.expected(unseen_rows(place, places, "photo_set"))):
            for each in expected:
                if choice in (None, each.name):
                    accuracy = place.results[each.name][seed].expected_accuracy
                    inside.append(each.low <= accuracy <= each.high)
                    errors.append(100 * abs(accuracy - each.accuracy))
    return fmean(inside), fmean(errors)


def bars(places: Sequence[Place], regrets: Sequence[Regrets]) -> list[tuple[str, bool]]:
    """Return the targets, and whether the advice meets them."""
    advice, _, *fixed = regrets
    covered, _ = coverage(places)
    return [
        (f"mean regret at most {_MEAN_BAR:g} points", advice.mean <= _MEAN_BAR),
        (f"worst regret at most {_WORST_BAR:g} points", advice.worst <= _WORST_BAR),
        (f"at least {_COVERED_BAR:.0%} of accuracies in their intervals", covered >= _COVERED_BAR),
        *(
            (f"better than {each.name}, or equal in less time", _beats(advice, each))
            for each in fixed
        ),
    ]


def _beats(advice: Regrets, other: Regrets) -> bool:
    """Whether the regret is lower by more than its standard error, or equal in less time."""
    gaps = [theirs - ours for theirs, ours in zip(other.values, advice.values, strict=True)]
    error = stdev(gaps) / sqrt(len(gaps)) if len(gaps) > 1 else 0.0
    gap = fmean(gaps)
    return gap > error or (abs(gap) <= error and advice.seconds < other.seconds)


def regret_table(regrets: Sequence[Regrets]) -> str:
    """Mean and worst regret of each way to choose."""
    header = ["choice", *_REGRET_COLUMNS]
    return markdown_table(header, [[each.name, *each.cells()] for each in regrets])


def price_table(places: Sequence[Place]) -> str:
    """The regrets of the advice, by the share of the errors that a minute must remove."""
    rows = []
    for share in _WORTH_A_MINUTE:
        each = advice_regrets("", places, apart="photo_set", worth_a_minute=share)
        rows.append([f"{100 * share:g} %", *each.cells()])
    return markdown_table(["errors that a minute must remove", *_REGRET_COLUMNS], rows)


def bar_table(places: Sequence[Place], regrets: Sequence[Regrets]) -> str:
    """The targets of the advice."""
    rows = [[bar, "yes" if met else "**no**"] for bar, met in bars(places, regrets)]
    return markdown_table(["target", "met"], rows)


def coverage_table(places: Sequence[Place]) -> str:
    """How often measured accuracies are in the intervals of the advice."""
    measured = [choice for choice in CHOICES if any(choice in place.choices for place in places)]
    rows = []
    for name, choice in [*zip(measured, measured, strict=True), ("all", None)]:
        covered, error = coverage(places, choice)
        rows.append([name, f"{covered:.0%}", f"{error:.1f}"])
    header = ["choice", "accuracies in their 90 % interval", "mean absolute error, points"]
    return markdown_table(header, rows)


def place_table(places: Sequence[Place]) -> str:
    """Accuracy of each choice at each place, and what the advice recommends."""
    shown = [choice for choice in CHOICES if any(choice in place.choices for place in places)]
    head = ["photos", "a class", "test photos", "divergence", *shown, "advised", "regret"]
    rows = []
    for place in sorted(places, key=_order):
        choices = place.advised(unseen_rows(place, places, "photo_set"))
        cells = [
            place.photo_set,
            place.size,
            f"{place.test_photos:,}",
            f"{place.divergence:.2f}",
            *(_accuracy(place, choice) for choice in shown),
            "; ".join(dict.fromkeys(choices)),
            f"{place.regret(choices):.1f}",
        ]
        rows.append(cells)
    return markdown_table(head, rows)


def _accuracy(place: Place, choice: str) -> str:
    if choice not in place.choices:
        return ""
    percent = f"{100 * place.accuracy(choice):.1f}"
    if place.accuracy(choice) == place.accuracy(place.best):
        return f"**{percent}**"
    return f"{percent} ± {place.noise(choice):.1f}"


def order_table(places: Sequence[Place]) -> str:
    """Mean divergence of each photo set, from similar to dissimilar."""
    found: dict[str, list[float]] = {}
    for place in places:
        found.setdefault(place.photo_set, []).append(place.divergence)
    means = {name: fmean(values) for name, values in found.items()}
    rows = [[name, f"{means[name]:.3f}"] for name in sorted(means, key=lambda each: means[each])]
    return markdown_table(["photos", "divergence"], rows)


def _order(place: Place) -> tuple[int, str]:
    """Sort by size, then by name; "all" is last."""
    return (int(place.size) if place.size.isdigit() else 10**9, place.photo_set)
