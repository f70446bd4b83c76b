"""Whether a data set is from a laboratory."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.auditing.made import seen
from transferleaf.auditing.checks.plain_grounds import (
    find_plain_grounds,
    find_swapped_grounds,
    too_few_for_grounds,
)
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.subject import Subject
from transferleaf.datasets import LeafDataset
from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.metrics import Interval


def photo(*, plain: bool, number: int):
    rng = np.random.default_rng(number)
    pixels = rng.integers(40, 160, (64, 64, 3), dtype=np.uint8)
    if plain:
        pixels = np.full((64, 64, 3), 180, np.uint8)
        pixels[16:48, 20:44] = (40, 110 + number % 20, 30)
    return Image.fromarray(pixels)


@pytest.fixture
def data_set(tmp_path):
    """A data set of 60 photos, so many of them with a plain background."""

    def make(plain, photos=60):
        paths = [tmp_path / f"{number}.png" for number in range(photos)]
        for number, path in enumerate(paths):
            photo(plain=number < plain, number=number).save(path)
        data = LeafDataset(
            paths=paths, labels=[0] * photos, classes=["Mint"], leaves=[None] * photos, origin=""
        )
        return Subject(data=data, facts=[seen()] * photos, copies=(), alike=())

    return make


def test_a_laboratory_is_noted(data_set):
    (found,) = find_plain_grounds(data_set(plain=57))

    assert (found.check, found.severity, found.count) == ("plain-grounds", "note", 60)
    assert found.title == "95% of the photos show a leaf on a plain background"
    assert found.figures == {"plain": 0.95, "photos": 60}


def test_a_field_is_sound(data_set):
    assert list(find_plain_grounds(data_set(plain=30))) == []


def test_few_photos_tell_nothing(data_set):
    few = data_set(plain=20, photos=20)

    assert list(find_plain_grounds(few)) == []
    assert too_few_for_grounds(few) == "fewer than 50 photos can be read"


def test_photos_that_are_gone_by_now_stop_nothing(data_set):
    subject = data_set(plain=60)
    for path in subject.data.paths[:20]:
        path.unlink()

    assert list(find_plain_grounds(subject)) == []


def evidence_of(before, after):
    """Evidence with these accuracies: on photos as they are, and on other backgrounds."""
    swap = BackgroundSwap(
        looked_at=60,
        photos=50,
        accuracy=Interval(before, before - 0.05, before + 0.02),
        swapped=Interval(after, after - 0.1, after + 0.1),
    )
    rows = np.full((60, 2), 0.5)
    return FeatureEvidence(features=rows, probabilities=rows, backbone="tiny", swap=swap)


def test_a_model_that_needs_its_background_is_reported(data_set):
    (found,) = find_swapped_grounds(data_set(plain=60).data, evidence_of(0.96, 0.37))

    assert (found.check, found.severity, found.count) == ("other-backgrounds", "warning", 50)
    assert found.title == (
        "A model is right on 96% of the photos, and on 37% if the leaf is on another background"
    )
    assert "27% to 47% with other backgrounds" in found.sure
    assert found.figures["swapped"] == 0.37


def test_a_model_that_does_not_need_it_is_not(data_set):
    data = data_set(plain=60).data

    assert find_swapped_grounds(data, evidence_of(0.9, 0.85)) == ()
