from __future__ import annotations

import numpy as np

from tests.auditing.made import dataset
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.reviewing.comparing import Examples


def examples(classes: str, features, **facts) -> Examples:
    features = np.asarray(features, np.float32)
    data = dataset(classes, **facts)
    rows = np.full((len(data), len(data.classes)), 1 / len(data.classes), np.float32)
    rows[np.isnan(features[:, 0])] = np.nan
    told = FeatureEvidence(features=features, probabilities=rows, backbone="none")
    return Examples.of_data(data, told)


def test_the_most_similar_photos_of_a_class_come_first_without_the_photo_itself():
    made = examples("aaabb", [[0, 1], [1, 0.2], [0.1, 1], [1, 0], [0.2, 1]])

    assert made.nearest(0, 0, 2) == (2, 1)
    assert made.nearest(0, 1, 5) == (4, 3)


def test_photos_of_the_same_leaf_are_no_evidence():
    made = examples("aaab", [[0, 1], [0, 1], [1, 0], [1, 1]], leaves=["x", "x", None, None])

    assert made.nearest(0, 0, 3) == (2,)


def test_photos_that_cannot_be_read_come_last():
    made = examples("aaa", [[0, 1], [np.nan, np.nan], [1, 0]])

    assert made.nearest(0, 0, 3) == (2, 1)


def test_without_features_the_first_of_the_class_are_shown():
    made = Examples.of_data(dataset("aaabb"), None)

    assert made.nearest(0, 0, 1) == (1,)
    assert made.nearest(0, 1, 5) == (3, 4)
