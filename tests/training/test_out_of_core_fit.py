"""With little memory, a head is solved from the store, with the same result up to rounding."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.training.killed_fit import network, photos
from transferleaf.features.stored_features import StoredFeatures
from transferleaf.training.phases import head_inputs as features


@pytest.fixture
def fit(tmp_path, monkeypatch):
    """Fits a head with a memory limit. Returns its history and probabilities."""
    import transferleaf as tl

    keras.utils.set_random_seed(1)

    def run(memory: str, *, judged: bool):
        monkeypatch.setenv("TRANSFERLEAF_HEAD_MEMORY", memory)
        classifier = tl.TransferClassifier(
            classes=["a", "b", "c"],
            backbone=network(),
            stages=["low_out", "high_out"],
            freeze=tl.FreezePolicy.freeze_base(views=1),
            augment=tl.Augmentation(flip="horizontal"),
        )
        classifier.set_weights(weights) if weights else weights.extend(classifier.get_weights())
        unseen = {"validation_data": photos(30, 1)} if judged else {}
        # For these photos, one L2 strength is clearly the best. In a tie, rounding would decide.
        history = classifier.fit(*photos(60, 3), **unseen, seed=0, verbose=0, cache=tmp_path)
        return history.history, classifier.predict(photos(30, 1)[0], verbose=0)

    weights: list[np.ndarray] = []
    return run


@pytest.mark.parametrize("judged", [True, False], ids=["with validation data", "without"])
def test_a_fit_gives_the_same_head_whether_features_are_held_or_not(fit, judged, monkeypatch):
    held, expected = fit("4GB", judged=judged)
    asked: list[type] = []
    monkeypatch.setattr(features, "StoredFeatures", _noting(asked))

    passed, found = fit("1B", judged=judged)

    # Solutions within a millionth of the optimum differ by about its square root.
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert passed.keys() == held.keys()
    assert passed["loss"] == pytest.approx(held["loss"], abs=1e-3)
    assert asked


def _noting(asked: list[type]) -> type[StoredFeatures]:
    class Noted(StoredFeatures):
        def __getitem__(self, photos: slice) -> np.ndarray:
            asked.append(type(self))
            return super().__getitem__(photos)

    return Noted
