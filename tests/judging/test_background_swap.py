"""A classifier that looks at the background loses its accuracy with it; one of leaves does not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.judging.answers import Answers
from transferleaf.judging.background_swap import measure_swap
from transferleaf.text.progress import Reporter

GROUNDS = ((190, 185, 190), (120, 122, 128))
LEAVES = ((40, 120, 30), (150, 130, 30))


class LooksAt:
    """Answers by how near one pixel is to the colours of each class."""

    image_size = 64

    def __init__(self, row, column, colours):
        self.at, self.colours = (row, column), np.array(colours)

    def predict_on_batch(self, photos):
        seen = np.asarray(photos, float)[:, self.at[0], self.at[1]]
        apart = np.abs(seen[:, None] - self.colours).sum(axis=2)
        return np.eye(len(self.colours))[apart.argmin(axis=1)]


OF_LEAVES = LooksAt(32, 32, LEAVES)
OF_GROUNDS = LooksAt(3, 3, GROUNDS)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """40 photos of two classes, which both leaf and ground tell."""
    folder = tmp_path_factory.mktemp("photos")
    for number in range(40):
        photo = np.full((64, 64, 3), GROUNDS[number % 2], np.uint8)
        photo[14:50, 18:46] = LEAVES[number % 2]
        Image.fromarray(photo).save(folder / f"{number}.png")
    return folder


def answers(folder, photos=40):
    truth = np.arange(photos) % 2
    return Answers(
        photos=LeafDataset(
            paths=[folder / f"{number}.png" for number in range(photos)],
            labels=truth.tolist(),
            classes=("a", "b"),
            leaves=[str(number // 2) for number in range(photos)],
            origin="here",
        ),
        truth=truth,
        probabilities=np.eye(2)[truth],
        unreadable=(),
        unknown=(),
    )


def swap(classifier, found, asked=None):
    return measure_swap(classifier, found, asked=asked, batch_size=16, reporter=Reporter(0))


def test_a_classifier_of_leaves_keeps_its_accuracy(photos):
    found = swap(OF_LEAVES, answers(photos))

    assert (found.looked_at, found.photos) == (40, 40)
    assert found.accuracy.value == 1
    assert found.swapped.value == 1
    assert found.mostly_plain


def test_a_classifier_of_grounds_loses_it(photos):
    found = swap(OF_GROUNDS, answers(photos))

    assert found.accuracy.value == 1
    assert found.swapped.high < 0.9


def test_it_can_be_left_out(photos):
    assert swap(OF_LEAVES, answers(photos), asked=False) is None


def test_few_photos_are_measured_only_where_that_is_asked_for(photos):
    few = answers(photos, photos=10)

    assert swap(OF_LEAVES, few) is None
    assert swap(OF_LEAVES, few, asked=True).photos == 10


def test_photos_from_the_field_are_not_measured(photos, tmp_path):
    rng = np.random.default_rng(0)
    for number in range(40):
        noise = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / f"{number}.png")

    assert swap(OF_LEAVES, answers(tmp_path)) is None
