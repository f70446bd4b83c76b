"""A classifier that trains on field scenes: views of them are stored, and the file keeps them."""

from __future__ import annotations

import numpy as np
import pytest

import transferleaf as tl

COLOURS = ((40, 120, 30), (150, 130, 30), (120, 60, 40))


@pytest.fixture(scope="module")
def leaves():
    """Leaves of three colours on a plain background."""
    labels = np.arange(24) % 3
    photos = np.full((24, 32, 32, 3), 180, np.uint8)
    for photo, label in zip(photos, labels, strict=True):
        photo[6:26, 9:23] = COLOURS[label]
    return photos, labels


def scenes():
    return tl.Augmentation(scenes=tl.FieldScenes(share=1, light=0.3, blur=0))


def test_a_frozen_base_learns_from_stored_scenes(tiny, leaves, tmp_path):
    classifier = tiny(tl.FreezePolicy.freeze_base(views=2), augment=scenes())

    classifier.fit(*leaves, verbose=0, cache=tmp_path / "cache")

    assert classifier.evaluate(*leaves, verbose=0, return_dict=True)["accuracy"] > 0.9


def test_a_saved_classifier_keeps_its_scenes(tiny, leaves, tmp_path):
    classifier = tiny(tl.FreezePolicy.freeze_base(views=1), augment=scenes())
    classifier.fit(*leaves, verbose=0, cache=tmp_path / "cache")

    classifier.save(tmp_path / "leaf.keras")

    loaded = tl.load_classifier(tmp_path / "leaf.keras")
    assert loaded.augment == scenes()
    np.testing.assert_allclose(
        loaded.predict(leaves[0], verbose=0), classifier.predict(leaves[0], verbose=0), atol=1e-5
    )


def test_a_missing_folder_of_backgrounds_is_named_before_anything_is_trained(tiny, leaves):
    classifier = tiny(
        tl.FreezePolicy.freeze_base(views=1), augment=tl.Augmentation.field("no/such/folder")
    )

    with pytest.raises(ValueError, match="'no/such/folder' is not a folder"):
        classifier.fit(*leaves, verbose=0)
