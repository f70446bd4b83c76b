"""Predictions on photo files."""

from __future__ import annotations

import numpy as np
import pytest

import transferleaf as tl
from tests.classifier.policies import CLASSES
from transferleaf.errors import ConfigError, PhotoError


def test_photo_files_are_answered_with_labels_taken_apart(tiny, leaf_folder):
    data = tl.LeafDataset.from_folder(leaf_folder)
    classifier = tiny()
    classifier.fit(data, verbose=0)

    found = classifier.predict_photos([data.paths[20], str(data.paths[40])], top_k=2)

    rust, corn = found
    assert (rust.label, rust.crop, rust.disease, rust.healthy) == (
        "Bean___rust",
        "Bean",
        "rust",
        False,
    )
    assert corn.crop == "Corn"
    assert rust.top[0][0] == "Bean___rust"
    assert len(rust.top) == 2
    bean = sum(
        dict(classifier.predict_photos(data.paths[20], top_k=3)[0].top)[n] for n in CLASSES[:2]
    )
    assert rust.crop_probability == pytest.approx(bean)
    assert rust.probability == rust.top[0][1]


def test_no_photos_no_predictions(tiny):
    assert tiny().predict_photos([]) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.predict("leaf.jpg"), "x='leaf.jpg' must be photos; predict_photos takes"),
        (lambda c: c.predict(np.zeros((16, 16, 3))), "x='shape (16, 16, 3)' must have shape"),
        (lambda c: c.predict_photos(["a.jpg"], top_k=0), "top_k=0 must be a whole number"),
    ],
)
def test_what_cannot_be_answered_is_refused(tiny, call, message):
    with pytest.raises(ConfigError) as caught:
        call(tiny())

    assert str(caught.value).startswith(message)


def test_a_file_that_is_no_photo_is_named(tiny, tmp_path):
    (tmp_path / "notes.jpg").write_text("no photo")

    with pytest.raises(PhotoError, match=r"notes\.jpg"):
        tiny().predict_photos(tmp_path / "notes.jpg")
