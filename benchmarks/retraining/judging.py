"""How often validation photos select the worse of solved head and retrained network.

The predictions of each epoch are known from the trainings. Photos are drawn from the validation and
test photos of a training for the selection, and the others show which one was better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

Answers = NDArray[np.bool_]
"""Whether each prediction is correct, ``(1 + epochs, photos)``; the solved head comes first."""

Rule = Callable[[Answers, int], bool]
"""A rule: whether the best epoch replaces the head, given predictions for selection photos."""


class Verdict(TypedDict):
    """The result of a rule: shares of the draws, and the loss of accuracy."""

    rule: str
    photos: int
    draws: int
    wrong: float
    regret: float


def not_worse(answers: Answers, epoch: int) -> bool:
    """The epoch has at least as many correct predictions."""
    return bool(answers[epoch].sum() >= answers[0].sum())


def better(answers: Answers, epoch: int) -> bool:
    """The epoch has more correct predictions."""
    return bool(answers[epoch].sum() > answers[0].sum())


def better_by_chance(answers: Answers, epoch: int) -> bool:
    """The epoch has more correct predictions, by over one standard error (McNemar, 1947)."""
    gained = int((answers[epoch] & ~answers[0]).sum())
    lost = int((answers[0] & ~answers[epoch]).sum())
    return gained - lost > np.sqrt(gained + lost)


RULES: Mapping[str, Rule] = {
    "as many right, or more": not_worse,
    "more right": better,
    "more right by one standard error": better_by_chance,
    "always the epoch": lambda answers, epoch: True,
    "always the solved head": lambda answers, epoch: False,
}


def unpacked(epochs: Iterable[Mapping[str, Any]]) -> Answers:
    """Return the predictions of a training for its validation and test photos."""
    rows = []
    for epoch in epochs:
        parts = []
        for name in ("validation", "test"):
            counts = epoch[name]
            bits = np.unpackbits(np.frombuffer(bytes.fromhex(counts["right"]), np.uint8))
            parts.append(bits[: counts["photos"]].astype(bool))
        rows.append(np.concatenate(parts))
    return np.stack(rows)


def judge(trainings: Iterable[Answers], photos: int, *, draws: int = 400) -> list[Verdict]:
    """Apply all rules to drawn photos.

    Args:
        trainings: The predictions of each training.
        photos: Number of selection photos; drawn with replacement if there are too few.
        draws: Number of draws for each training.

    Returns:
        For each rule, how often it selected the worse one on the other photos, and the loss of
        accuracy in points, compared with the best choice.
    """
    rng = np.random.default_rng(0)
    wrong: dict[str, list[bool]] = {name: [] for name in RULES}
    regret: dict[str, list[float]] = {name: [] for name in RULES}
    for answers in trainings:
        total = answers.shape[1]
        for _ in range(draws):
            # Half of the photos are for the selection, repeated if there are too few; the others
            # are the test.
            order = rng.permutation(total)
            judges, others = np.split(order, [min(photos, total // 2)])
            drawn = answers[:, rng.choice(judges, photos) if photos > len(judges) else judges]
            epoch = 1 + _last_best(drawn[1:].sum(axis=1))
            truth = answers[:, others].mean(axis=1)
            for name, rule in RULES.items():
                chosen, other = (epoch, 0) if rule(drawn, epoch) else (0, epoch)
                wrong[name].append(bool(truth[chosen] < truth[other]))
                regret[name].append(100 * max(truth[other] - truth[chosen], 0.0))
    return [
        Verdict(
            rule=name,
            photos=photos,
            draws=len(wrong[name]),
            wrong=float(np.mean(wrong[name])),
            regret=float(np.mean(regret[name])),
        )
        for name in RULES
    ]


def _last_best(right: NDArray[np.int64]) -> int:
    return int(len(right) - 1 - np.argmax(right[::-1]))
