from __future__ import annotations

import numpy as np
import pytest

from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.errors import ConfigError

NAN = float("nan")


def evidence(**changes) -> FeatureEvidence:
    """Evidence of two photos and two classes, with ``changes``."""
    fields = {
        "features": np.zeros((2, 3)),
        "probabilities": np.array([[0.9, 0.1], [0.4, 0.6]]),
        "backbone": "tiny",
    }
    return FeatureEvidence(**{**fields, **changes})


def test_numbers_are_kept_in_single_precision_and_cannot_be_changed():
    kept = evidence()

    assert (kept.features.dtype, kept.probabilities.dtype) == (np.float32, np.float32)
    assert not kept.features.flags.writeable
    assert len(kept) == 2


def test_rows_of_nan_are_photos_that_were_not_read():
    kept = evidence(
        features=np.array([[1.0], [NAN]]), probabilities=np.array([[0.5, 0.5], [NAN, NAN]])
    )

    assert kept.read.tolist() == [True, False]


def test_features_are_told_apart_by_stage():
    kept = evidence(features=np.arange(6.0).reshape(2, 3), widths=(1, 2))

    assert [stage.tolist() for stage in kept.stages()] == [
        [[0.0], [3.0]],
        [[1.0, 2.0], [4.0, 5.0]],
    ]


def test_without_widths_there_is_one_stage():
    assert [stage.shape for stage in evidence().stages()] == [(2, 3)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"features": np.zeros(2)},
            "features='float64 of shape (2,)' must be real numbers of shape (n_photos, width).",
        ),
        (
            {"features": np.zeros((2, 3), int)},
            "features='int64 of shape (2, 3)' must be real numbers of shape (n_photos, width).",
        ),
        (
            {"features": np.zeros((3, 1))},
            "probabilities='2 rows' must have a row for each of 3 rows of features.",
        ),
        (
            {"features": np.zeros((0, 1)), "probabilities": np.zeros((0, 2))},
            "probabilities='shape (0, 2)' must have at least one row and one column.",
        ),
        (
            {"features": np.array([[1.0], [np.inf]])},
            "features='NaN or infinite' must be finite, but for photos without any.",
        ),
        (
            {"probabilities": np.array([[0.5, 0.5], [0.5, 0.9]])},
            "probabilities='rows with sums of 1 to 1.4' must be at least 0 and sum to 1 a photo.",
        ),
        (
            {"probabilities": np.array([[1.5, -0.5], [0.5, 0.5]])},
            "probabilities='rows with sums of 1 to 1' must be at least 0 and sum to 1 a photo.",
        ),
        (
            {"probabilities": np.array([[0.5, 0.5], [NAN, 1.0]])},
            "probabilities='rows with sums of nan to nan' must be at least 0 and sum to 1 a photo.",
        ),
        ({"widths": (1, 1)}, "widths=(1, 1) must add up to the 3 features."),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, message):
    with pytest.raises(ConfigError) as caught:
        evidence(**changes)

    assert str(caught.value) == message


def test_evidence_of_another_data_set_is_refused():
    with pytest.raises(ConfigError) as caught:
        evidence().check_fits(3, 2)

    assert str(caught.value) == (
        "evidence='of 2 photos and 2 classes' must be made from this data set of 3 photos and "
        "2 classes."
    )
