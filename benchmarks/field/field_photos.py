"""What photos of the field add to those of the laboratory, with and without labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from benchmarks.field.trial import Features, Numbers, Subject, TestPhotos, Way
from transferleaf.adapting.adaptation import LEAST_AGREEMENT
from transferleaf.adapting.self_training import self_trained
from transferleaf.features.views import View, views_of
from transferleaf.head.layers import read_head
from transferleaf.head.out_of_fold import deal_leaves
from transferleaf.head.solver import HeadProblem, solve_head
from transferleaf.training.phases.head_inputs import HeadInputs

DRAWS = 4
MIXES = 10
ADDED = (0, 1, 2, 5, 10, 20)
_L2 = 1e-3


def run_adapted(
    subject: Subject, augment: tl.Augmentation | None, *, way: Way, views: int, cache: str
) -> dict[str, Any]:
    """Adapt a head to half of each set of test photos, whatever the two heads say.

    Args:
        subject: The photos.
        augment: How laboratory photos are varied.
        way: The features of the head.
        views: Varied views of each photo.
        cache: Folder of the store.
    """
    laboratory = _Laboratory.of(subject, augment, way=way, views=views, cache=cache)
    labelled = laboratory.problem()
    one, other = deal_leaves(subject.train.labels, subject.train.leaves, 2, seed=0)
    halves = laboratory.problem(one), laboratory.problem(other)
    features = laboratory.features
    head = read_head(features.classifier)
    scores: dict[str, Any] = {}
    for name, test in subject.tests.items():
        seen = features.of_photos(test.pixels, View())
        draws = []
        for draw in range(DRAWS):
            without, rest = _halves(test, draw)
            adapted, result = self_trained(
                labelled,
                halves,
                seen[without],
                head=head,
                groups=features.groups,
                least_agreement=0.0,
            )
            right = [
                float((each.probabilities(seen[rest]).argmax(axis=1) == test.labels[rest]).mean())
                for each in (head, adapted)
            ]
            draws.append({"agreement": result.agreement, "before": right[0], "after": right[1]})
        scores[name] = {
            "photos": len(test.labels) // 2,
            **{key: round(float(np.mean([each[key] for each in draws])), 4) for key in draws[0]},
            "changed": sum(each["agreement"] >= LEAST_AGREEMENT for each in draws),
            "draws": DRAWS,
        }
    return scores


def run_mixed(
    subject: Subject,
    augment: tl.Augmentation | None,
    *,
    test: str,
    way: Way,
    views: int,
    cache: str,
) -> dict[str, Any]:
    """Solve heads with a few labelled test photos of each class, tested on the others.

    Args:
        subject: The photos.
        augment: How laboratory photos are varied.
        test: Name of the test photos.
        way: The features of the head.
        views: Varied views of each photo.
        cache: Folder of the store.
    """
    laboratory = _Laboratory.of(subject, augment, way=way, views=views, cache=cache)
    features, labels = laboratory.features, subject.tests[test].labels
    seen = features.of_photos(subject.tests[test].pixels, View())
    curve = {}
    for number in ADDED:
        right = []
        for draw in range(MIXES if number else 1):
            order = np.random.default_rng(draw).permutation(len(labels))
            added = np.concatenate(
                [order[labels[order] == label][:number] for label in np.unique(labels)]
            )
            rest = np.setdiff1d(order, added)
            mixed = laboratory.problem(also=(seen[added], labels[added]))
            head = solve_head(mixed, mixed, groups=features.groups, strengths=(_L2,))
            right.append(
                float((head.probabilities(seen[rest]).argmax(axis=1) == labels[rest]).mean())
            )
        curve[str(number)] = {
            "mean": round(float(np.mean(right)), 4),
            "sd": round(float(np.std(right)), 4),
        }
    return curve


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Laboratory:
    """The features of laboratory photos in all views.

    Attributes:
        features: Computes features.
        rows: Features, view by view, shape ``(n * views, n_features)``.
        scenes: Whether each view consists of field scenes.
        labels: Class numbers, shape ``(n,)``.
        classes: Number of classes.
    """

    features: Features
    rows: NDArray[np.float32]
    scenes: list[bool]
    labels: Numbers
    classes: int

    @classmethod
    def of(
        cls, subject: Subject, augment: tl.Augmentation | None, *, way: Way, views: int, cache: str
    ) -> _Laboratory:
        features = Features.of(subject, augment, way=way, views=views, cache=cache)
        made = views_of(augment, views)
        rows = [features.of_photos(subject.train, view) for view in made]
        return cls(
            features=features,
            rows=np.concatenate(rows),
            scenes=[view.is_scene for view in made],
            labels=subject.train.labels,
            classes=len(subject.classes),
        )

    def problem(
        self,
        part: Numbers | None = None,
        also: tuple[NDArray[np.float32], Numbers] | None = None,
    ) -> HeadProblem:
        """Return some of the photos in all views, and further ones in as many copies."""
        n = len(self.labels)
        views = len(self.rows) // n
        chosen = np.arange(n) if part is None else part
        features = self.rows[np.concatenate([chosen + n * view for view in range(views)])]
        labels = np.tile(self.labels[chosen], views)
        scenes = np.repeat(self.scenes, len(chosen))
        weights = np.ones(len(labels), np.float32)
        if also is not None:
            features = np.concatenate([features, also[0]])
            labels = np.concatenate([labels, also[1]])
            scenes = np.concatenate([scenes, np.zeros(len(also[1]), bool)])
            weights = np.concatenate([weights, np.full(len(also[1]), views, np.float32)])
        inputs = HeadInputs(
            features=features,
            targets=np.eye(self.classes, dtype=np.float32)[labels],
            weights=weights,
            scenes=scenes,
        )
        return inputs.problem(domains=self.features.classifier.freeze.head_domains)


def _halves(test: TestPhotos, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two random halves of test photos without a common leaf."""
    leaves = np.array(test.leaves)
    names = np.unique(leaves)
    chosen = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
    first = np.isin(leaves, chosen)
    return np.flatnonzero(first), np.flatnonzero(~first)
