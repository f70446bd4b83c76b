from __future__ import annotations

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.reviewing.teaching import photos_to_label, uncertainty


def groups(number: int = 4, size: int = 30, *, seed: int = 0):
    """Photos in groups that lie apart."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(number, 12)) * 5
    return np.concatenate([centre + rng.normal(size=(size, 12)) for centre in centres])


def probabilities(own: np.ndarray) -> np.ndarray:
    return np.stack([own, 1 - own], axis=1)


def test_photos_of_all_groups_are_chosen():
    features = groups()
    certain = np.full(120, 0.999)
    certain[::3] = 0.5

    chosen = photos_to_label(features, probabilities(certain), 4)

    assert sorted(chosen // 30) == [0, 1, 2, 3]


def test_a_group_in_which_the_classifier_is_sure_is_left_alone():
    features = groups()
    certain = np.full(120, 0.5)
    certain[:30] = 1.0

    chosen = photos_to_label(features, probabilities(certain), 6)

    assert (chosen >= 30).all()


def test_no_photo_is_chosen_twice_even_among_copies():
    features = np.ones((20, 3))

    chosen = photos_to_label(features, probabilities(np.full(20, 0.5)), 7)

    assert len(set(chosen.tolist())) == 7


def test_all_are_chosen_where_there_are_no_more_the_most_uncertain_first():
    chosen = photos_to_label(groups()[:3], probabilities(np.array([0.9, 0.5, 0.7])), 10)

    assert chosen.tolist() == [1, 2, 0]


def test_the_same_seed_chooses_the_same_photos():
    features, told = groups(), probabilities(np.linspace(0.5, 1, 120))

    first, second = (photos_to_label(features, told, 9, seed=3) for _ in range(2))

    assert first.tolist() == second.tolist()


def test_uncertainty_is_largest_where_all_classes_are_equally_likely():
    told = uncertainty(np.array([[1.0, 0.0, 0.0], [0.8, 0.1, 0.1], [1 / 3] * 3]))

    assert told[0] == pytest.approx(0, abs=1e-9)
    assert told[0] < told[1] < told[2] == pytest.approx(np.log(3))


@pytest.mark.parametrize("number", [0, -1, 2.5])
def test_a_number_that_cannot_be_is_refused(number):
    with pytest.raises(ConfigError, match="number"):
        photos_to_label(groups(), probabilities(np.full(120, 0.5)), number)
