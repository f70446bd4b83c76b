"""A head on a few dozen real photos of small size, where a single feature could dominate."""

from __future__ import annotations

import numpy as np
import pytest

import transferleaf as tl
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import default_groups
from transferleaf.head import scaling
from transferleaf.head.solver import HeadProblem, solve_head
from transferleaf.text.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.evidence import stored_groups

PHOTOS_A_CLASS = 12
CLASSES = (
    "Apple___healthy",
    "Cherry_(including_sour)___healthy",
    "Corn_(maize)___healthy",
    "Potato___Early_blight",
)


@pytest.fixture(scope="module")
def photos(real_photos):
    """Features of four classes, their groups, labels, and training and test photos."""
    folder = real_photos / "plantvillage-mini"
    data = tl.LeafDataset.from_folder(folder, leaves=f"{folder}-leaves.csv")
    chosen = [data.classes.index(name) for name in CLASSES]
    data = data.subset(np.flatnonzero(np.isin(data.labels, chosen)))
    labels = np.searchsorted(np.sort(chosen), data.labels)
    network = resolve_backbone("efficientnet_lite0", weights="imagenet", stages=None, image_size=64)
    prefix = FrozenPrefix(
        backbone=network, store=FeatureStore(), reporter=Reporter(0), photos=len(data)
    )
    features = stored_groups(prefix, data.paths).read()
    learnt = np.concatenate([np.flatnonzero(labels == n)[:PHOTOS_A_CLASS] for n in range(4)])
    known = {data.leaves[row] for row in learnt}
    test = [row for row in range(len(data)) if data.leaves[row] not in known]
    return features, default_groups(network.describe()), labels, learnt, np.array(test)


def solved(features, groups, labels, rows):
    problem = HeadProblem(
        features=features[rows],
        targets=np.eye(len(CLASSES), dtype="f4")[labels[rows]],
        weights=np.ones(len(rows), "f4"),
    )
    return solve_head(problem, problem, groups=groups, strengths=(1e-3,))


@pytest.mark.real
def test_features_within_eight_deviations_are_as_accurate_as_within_twenty(photos, monkeypatch):
    features, groups, labels, learnt, test = photos

    def accuracy():
        probabilities = solved(features, groups, labels, learnt).probabilities(features[test])
        return (probabilities.argmax(axis=1) == labels[test]).mean()

    bounded = accuracy()
    monkeypatch.setattr(scaling, "LIMIT", 20.0)

    assert bounded >= accuracy()


@pytest.mark.real
def test_no_prediction_depends_on_one_feature(photos):
    features, groups, labels, learnt, test = photos

    head = solved(features, groups, labels, learnt)
    scaled = head.scaling.apply(features[test])
    order = head.probabilities(features[test]).argsort(axis=1)
    against = head.kernel.T[order[:, -1]] - head.kernel.T[order[:, -2]]
    parts = np.abs(scaled * against)

    assert (parts.max(axis=1) / parts.sum(axis=1)).max() < 0.1
