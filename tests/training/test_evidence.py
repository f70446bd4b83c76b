"""Features and out-of-fold predictions of photo files, with a tiny network."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from tests.conftest import CLASSES, STAGES
from transferleaf.backbones import Backbone, Stage
from transferleaf.errors import BadPhotosError, ConfigError, SplitError
from transferleaf.training import evidence


@pytest.fixture
def data(tmp_path, blobs) -> tl.LeafDataset:
    """48 photos of three classes, as files."""
    images, labels = blobs(48)
    paths = [tmp_path / f"{number:02}.png" for number in range(48)]
    for image, path in zip(images, paths, strict=True):
        Image.fromarray(image).save(path)
    return tl.LeafDataset(
        paths=tuple(paths), labels=labels, classes=CLASSES, leaves=(None,) * 48, origin="a test"
    )


@pytest.fixture
def tiny(tiny_network) -> Backbone:
    return Backbone.from_model(tiny_network(), [Stage(name=end, last_layer=end) for end in STAGES])


def test_evidence_contains_all_stages_and_out_of_fold_predictions(data, tiny, tmp_path):
    found = tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "cache", verbose=0)

    assert found.features.shape == (48, 4 + 8 + 16)
    assert (found.backbone, found.widths) == ("tiny", (4, 8, 16))
    assert (found.probabilities.argmax(axis=1) == data.labels).mean() > 0.9


def test_a_second_call_computes_nothing(data, tiny, tmp_path, monkeypatch):
    first = tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "cache", verbose=0)
    monkeypatch.setattr(evidence, "out_of_fold_probabilities", None)
    monkeypatch.setattr("transferleaf.features.photos.read_photos", None)

    again = tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "cache", verbose=0)

    np.testing.assert_array_equal(again.features, first.features)
    np.testing.assert_array_equal(again.probabilities, first.probabilities)


def test_predictions_for_other_labels_are_computed_again(data, tiny, tmp_path):
    first = tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "cache", verbose=0)
    swapped = tl.LeafDataset(
        paths=data.paths,
        labels=(data.labels + 1) % 3,
        classes=CLASSES,
        leaves=data.leaves,
        origin="a test",
    )

    other = tl.feature_evidence(swapped, backbone=tiny, cache=tmp_path / "cache", verbose=0)

    assert (first.probabilities.argmax(axis=1) != other.probabilities.argmax(axis=1)).mean() > 0.9


def test_photos_that_cannot_be_read_have_no_numbers_and_are_counted(data, tiny, tmp_path, capsys):
    data.paths[5].write_bytes(b"no photo")
    data.paths[6].unlink()

    found = tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "cache")

    assert np.flatnonzero(~found.read).tolist() == [5, 6]
    assert np.isnan(found.features[5]).all()
    told = " ".join(capsys.readouterr().out.split())
    assert "Left out: 2 photos that cannot be read." in told


def test_a_data_set_without_a_readable_photo_is_an_error(data, tiny, tmp_path):
    for path in data.paths:
        path.write_bytes(b"no photo")

    with pytest.raises(BadPhotosError, match="48 of 48 photos cannot be read"):
        tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "cache", verbose=0)


def test_fewer_folds_are_reported(data, tiny, tmp_path, capsys):
    few = data.subset(np.flatnonzero((data.labels != 2) | (np.arange(48) < 9)))

    tl.feature_evidence(few, backbone=tiny, cache=tmp_path / "cache")

    assert "3 folds instead of 5: a class has too few leaves for more." in capsys.readouterr().out


def test_a_class_of_one_leaf_is_an_error(data, tiny, tmp_path):
    one = data.subset([2, *np.flatnonzero(data.labels != 2)])

    with pytest.raises(SplitError, match="'Corn___rust' has 1"):
        tl.feature_evidence(one, backbone=tiny, cache=tmp_path / "cache", verbose=0)


def test_a_store_that_cannot_be_written_is_not_an_error(data, tiny, tmp_path):
    (tmp_path / "file").write_text("in the way")

    found = tl.feature_evidence(data, backbone=tiny, cache=tmp_path / "file", verbose=0)

    assert found.read.all()


def test_a_cache_is_the_path_of_a_folder(data, tiny):
    with pytest.raises(ConfigError) as caught:
        tl.feature_evidence(data, backbone=tiny, cache=1)

    assert str(caught.value) == "cache=1 must be the path of a folder, or None."
