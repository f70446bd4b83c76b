"""Tests for files of every format."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.export.conftest import CLASSES, SUFFIXES
from transferleaf.errors import ConfigError
from transferleaf.export import open_exported
from transferleaf.export.formats import FORMATS, format_of

EACH_FORMAT = pytest.mark.parametrize("form", list(SUFFIXES))


def test_these_are_all_formats():
    assert {name: form.suffix for name, form in FORMATS.items()} == SUFFIXES


@EACH_FORMAT
def test_it_is_written_and_verified(exported, form):
    path, check = exported(form)

    assert path.exists()
    assert (check.path, check.format, check.quantization) == (path, form, None)
    assert check.passed
    assert check.max_difference <= 1e-4
    assert check.photos == 24
    assert check.photos_per_second > 0
    assert check.size_bytes > 1000


@EACH_FORMAT
def test_it_is_recognised_by_its_content(exported, form, tmp_path):
    path, _ = exported(form)
    other_name = tmp_path / "renamed"
    other_name.symlink_to(path, target_is_directory=path.is_dir())

    assert format_of(other_name).name == form


@EACH_FORMAT
def test_it_predicts_like_the_classifier(exported, clf, photos, form):
    path, check = exported(form)
    taken = photos if check.photo_size is None else photos[:1]

    opened = open_exported(path)

    for batch in taken:
        np.testing.assert_allclose(
            opened.predict(batch, batch_size=3), clf.predict(batch, verbose=0), atol=1e-5
        )


@EACH_FORMAT
def test_it_contains_its_classes(exported, form):
    opened = open_exported(exported(form)[0])

    assert opened.classes == CLASSES
    assert opened.metadata.backbone == "tiny"


@EACH_FORMAT
def test_it_classifies_photo_files_and_reports_other_files(exported, clf, photos, form, tmp_path):
    paths = [tmp_path / "leaf.png", tmp_path / "notes.jpg"]
    Image.fromarray(photos[1][0]).save(paths[0])
    paths[1].write_text("no photo")

    leaf, notes = open_exported(exported(form)[0]).predict_photos(paths, top_k=2)

    wanted = clf.predict_photos(paths[:1], top_k=2)[0]
    assert leaf.label == wanted.label
    assert leaf.probability == pytest.approx(wanted.probability, abs=1e-5)
    assert len(leaf.top) == 2
    assert notes.error == "it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image."


def test_it_takes_one_path_as_the_classifier_does(exported, clf, photos, tmp_path):
    path = tmp_path / "leaf.png"
    Image.fromarray(photos[1][0]).save(path)
    opened = open_exported(exported("openvino")[0])

    for given in (path, str(path)):
        (found,) = opened.predict_photos(given)
        assert found.label == clf.predict_photos(given)[0].label


@pytest.mark.parametrize(
    ("paths", "options", "option"),
    [
        ({"leaf.png"}, {}, "paths"),
        ([], {"top_k": 0}, "top_k"),
        ([], {"batch_size": 0}, "batch_size"),
    ],
)
def test_wrong_arguments_are_refused(exported, paths, options, option):
    opened = open_exported(exported("openvino")[0])

    with pytest.raises(ConfigError) as caught:
        opened.predict_photos(paths, **options)

    assert caught.value.option == option


@EACH_FORMAT
def test_it_gives_the_verdicts_of_a_calibrated_classifier(
    exported_calibrated, calibrated, photos, form, tmp_path
):
    paths = []
    for number, photo in enumerate(photos[0]):
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(photo).save(paths[-1])

    found = open_exported(exported_calibrated(form)).predict_photos(paths)

    wanted = [each.verdict for each in calibrated.predict_photos(paths)]
    assert set(wanted) == {"sure", "unsure", "unknown"}
    assert [each.verdict for each in found] == wanted


@EACH_FORMAT
def test_predictions_are_uncalibrated_if_the_classifier_is(exported, photos, form, tmp_path):
    Image.fromarray(photos[0][0]).save(tmp_path / "leaf.png")

    (found,) = open_exported(exported(form)[0]).predict_photos([tmp_path / "leaf.png"])

    assert found.verdict == "uncalibrated"


@EACH_FORMAT
def test_no_other_files_are_left(exported, form):
    path, _ = exported(form)

    assert [hidden for hidden in path.parent.iterdir() if hidden.name.startswith(".")] == []
