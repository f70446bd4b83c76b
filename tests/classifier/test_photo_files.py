"""Predictions on photo files."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from tests.classifier.policies import CLASSES
from transferleaf.errors import BadPhotosError, ConfigError
from transferleaf.training import predicting

OPEN = Image.open


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
        (lambda c: c.predict(np.zeros((16, 16, 3))), "x (shape (16, 16, 3)) must have shape"),
        (lambda c: c.predict_photos(["a.jpg"], top_k=0), "top_k=0 must be a whole number"),
        (lambda c: c.predict_photos(None), "paths (NoneType) must be the path of a photo, a list"),
        (lambda c: c.predict_photos({"a.jpg"}), "paths (set) must be the path of a photo, a list"),
        (lambda c: c.predict_photos(np.zeros((1, 9, 9, 3))), "paths (ndarray) must be the path"),
    ],
)
def test_invalid_requests_are_refused(tiny, with_a_head, call, message):
    with pytest.raises(ConfigError) as caught:
        call(with_a_head(tiny()))

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("engine_from", [300, 1], ids=["Keras", "compiled engine"])
def test_a_file_that_is_not_a_photo_has_a_reason(
    tiny, with_a_head, leaf_folder, tmp_path, monkeypatch, engine_from
):
    monkeypatch.setattr(predicting, "WORTH_COMPILING", engine_from)
    (tmp_path / "notes.jpg").write_text("no photo")
    photos = tl.LeafDataset.from_folder(leaf_folder).paths
    classifier = with_a_head(tiny())

    first, notes, missing, last = classifier.predict_photos(
        [photos[0], tmp_path / "notes.jpg", tmp_path / "missing.jpg", photos[-1]]
    )

    assert notes.path == tmp_path / "notes.jpg"
    assert notes.error == "it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image."
    assert missing.error == "there is no such file."
    assert (notes.label, notes.top, math.isnan(notes.probability)) == (None, (), True)
    alone = classifier.predict_photos([photos[0], photos[-1]])
    assert [first.label, last.label] == [found.label for found in alone]
    assert (first.error, last.error) == (None, None)
    assert first.probability == pytest.approx(alone[0].probability, rel=1e-4)


def test_a_data_set_is_answered_photo_by_photo(tiny, with_a_head, leaf_folder):
    data = tl.LeafDataset.from_folder(leaf_folder)

    found = with_a_head(tiny()).predict_photos(data, top_k=np.int64(1), batch_size=np.int64(16))

    assert [each.path for each in found] == list(data.paths)


def test_one_bad_path_costs_no_second_run(tiny, with_a_head, leaf_folder, monkeypatch):
    photos = [*tl.LeafDataset.from_folder(leaf_folder).paths]
    photos[7].write_bytes(b"")
    classifier = with_a_head(tiny())
    opened = []
    monkeypatch.setattr(
        Image, "open", lambda path, **kind: opened.append(path) or OPEN(path, **kind)
    )

    found = classifier.predict_photos(photos)

    assert [row.path for row in found if row.error] == [photos[7]]
    # Threads of an earlier test may still open others.
    own = [path for path in opened if leaf_folder in path.parents]
    assert sorted(own) == sorted(set(photos) - {photos[7]})


@pytest.mark.parametrize("engine_from", [300, 1], ids=["Keras", "compiled engine"])
@pytest.mark.parametrize("ask", ["predict", "evaluate"])
def test_an_array_of_predictions_requires_readable_photos(
    tiny, with_a_head, leaf_folder, monkeypatch, engine_from, ask
):
    monkeypatch.setattr(predicting, "WORTH_COMPILING", engine_from)
    data = tl.LeafDataset.from_folder(leaf_folder)
    for row in (2, 40):
        data.paths[row].write_bytes(b"")
    classifier = with_a_head(tiny())

    with pytest.raises(BadPhotosError) as caught:
        getattr(classifier, ask)(data, verbose=0)

    assert [error.path for error in caught.value.errors] == [data.paths[2], data.paths[40]]
    assert str(caught.value) == (
        "2 of 48 photos cannot be read:\n"
        f"  '{data.paths[2]}': the file is empty.\n"
        f"  '{data.paths[40]}': the file is empty.\n"
        "Repair or remove these files; predict_photos classifies the others and reports why "
        "these cannot be read."
    )
