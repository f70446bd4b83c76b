from __future__ import annotations

import numpy as np
import pytest

from tests.auditing.made import dataset
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.outliers import find_outliers, oddness_of_photos
from transferleaf.errors import ConfigError

LABELS = np.arange(300) % 3


def ordinary(labels=LABELS, width: int = 20, seed: int = 0):
    """Features of three classes that lie apart."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(len(labels), width)) + 3 * np.eye(width)[labels]


def evidence(features, **changes) -> FeatureEvidence:
    sure = np.eye(3)[np.arange(len(features)) % 3]
    sure[np.isnan(features[:, 0])] = np.nan
    return FeatureEvidence(features=features, probabilities=sure, backbone="x", **changes)


def test_the_photos_that_lie_far_off_are_the_oddest():
    features = ordinary()
    features[[10, 20, 30], 5] += 40

    oddness = oddness_of_photos([features], LABELS)

    assert set(np.argsort(-oddness)[:3]) == {10, 20, 30}


def test_foreign_photos_that_resemble_each_other_are_odd_too():
    features = ordinary()
    features[:9, 5:9] += 15

    oddness = oddness_of_photos([features], LABELS)

    assert set(np.argsort(-oddness)[:9]) == set(range(9))


def test_one_stage_of_the_last_three_may_tell():
    stages = [ordinary(seed=seed) for seed in range(4)]
    stages[-2][7] += 40

    oddness = oddness_of_photos(stages, LABELS)

    assert oddness.argmax() == 7


def test_early_stages_are_not_asked():
    stages = [ordinary(seed=seed) for seed in range(4)]
    quiet = oddness_of_photos(stages, LABELS)
    stages[0][7] += 40

    loud = oddness_of_photos(stages, LABELS)

    np.testing.assert_array_equal(loud, quiet)


@pytest.mark.parametrize(
    "labels",
    [np.arange(300), np.minimum(np.arange(300), 4), np.zeros(300, int)],
    ids=["one photo a class", "four tiny classes", "one class"],
)
def test_small_classes_do_not_hide_what_is_in_them(labels):
    features = ordinary()
    features[0] += 40

    oddness = oddness_of_photos([features], labels)

    assert oddness.argmax() == 0


def test_features_that_are_all_alike_are_no_trouble():
    assert oddness_of_photos([np.ones((200, 4))], np.arange(200) % 3).tolist() == [0.0] * 200


def test_a_finding_names_the_oddest_photo_first():
    features = ordinary()
    features[10] += 40
    features[20] += 4000

    (finding,) = find_outliers(dataset("abc" * 100), evidence(features))

    assert (finding.check, finding.severity) == ("outliers", "note")
    assert finding.title == f"{finding.count} photos look unlike all others"
    assert finding.photos[:2] == ("c/20.jpg", "b/10.jpg")
    assert finding.notes["c/20.jpg"] == (
        f"{finding.figures['farthest']:.1f} usual spreads from the middle"
    )


def test_ordinary_photos_are_no_finding():
    assert find_outliers(dataset("abc" * 100), evidence(ordinary())) == ()


def test_photos_that_were_not_read_are_passed_over():
    features = ordinary()
    features[0] = np.nan
    features[10] += 400

    (finding,) = find_outliers(dataset("abc" * 100), evidence(features))

    assert finding.photos == ("b/10.jpg",)


def test_too_few_photos_tell_nothing():
    features = ordinary(np.arange(99) % 3)
    features[0] += 400

    assert find_outliers(dataset("abc" * 33), evidence(features)) == ()


def test_evidence_of_other_photos_is_refused():
    with pytest.raises(ConfigError, match="of 300 photos and 3 classes"):
        find_outliers(dataset("abc"), evidence(ordinary()))
