"""A photo file that changes between its digest and its decoding is not used."""

from __future__ import annotations

import pytest

from tests.datasets.painting import paint
from transferleaf.datasets.photos.reading import DecodeMeter
from transferleaf.features.photos import PhotoFiles
from transferleaf.features.store import FeatureStore


@pytest.fixture
def source(tmp_path):
    return PhotoFiles(tuple(paint(tmp_path / f"{number}.png") for number in range(3)))


def read(source):
    """Decode all photos, and return the errors by index."""
    errors = {}
    meter = DecodeMeter()
    batches = source.read([2, 1, 0], image_size=8, batch_size=2, meter=meter, errors=errors)
    assert sum(map(len, batches)) == 3
    return errors


def test_unchanged_photos_are_read(source, tmp_path):
    source.keys(FeatureStore(tmp_path / "store"))

    assert read(source) == {}


def test_a_photo_that_changed_since_its_digest_cannot_be_read(source, tmp_path):
    source.keys(FeatureStore(tmp_path / "store"))
    changed = paint(source.paths[0], "red", side=9)

    (error,) = read(source).values()

    assert error.path == changed
    assert error.reason == "it was changed while the photos were read; call again."


def test_a_photo_that_changed_is_what_it_is_now_at_the_next_call(source, tmp_path):
    store = FeatureStore(tmp_path / "store")
    before = source.keys(store)
    paint(source.paths[0], "red", side=9)

    after = source.keys(store)

    assert read(source) == {}
    assert after[0] != before[0]
