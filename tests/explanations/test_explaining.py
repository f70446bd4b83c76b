"""From photos to explanations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from tests.explanations.conftest import CLASSES
from transferleaf.errors import ConfigError, PhotoError
from transferleaf.explanations.explaining import explain_photos, heatmap_of


@pytest.fixture
def files(tmp_path, blobs):
    images, _ = blobs(5)
    paths = [tmp_path / f"{number}.png" for number in range(5)]
    for image, path in zip(images, paths, strict=True):
        Image.fromarray(image).save(path)
    return paths


def test_a_photo_is_explained_in_its_own_size(classifier, photo):
    found = classifier().explain(photo)

    assert found.heatmap.shape == (24, 20)
    assert found.overlay().shape == (24, 20, 3)
    np.testing.assert_array_equal(found.photo, photo)


@pytest.mark.parametrize("method", ["stage-cam", "grad-cam"])
def test_heat_lies_between_0_and_1(classifier, photo, method):
    heatmap = classifier().explain(photo, method=method).heatmap

    assert heatmap.min() >= 0
    assert heatmap.max() in (0, pytest.approx(1))


def test_the_most_probable_class_is_explained_with_its_probability(classifier, photo):
    classifier = classifier()
    probabilities = classifier.predict_on_batch(photo[None])[0]

    found = classifier.explain(photo)

    assert found.class_name == CLASSES[probabilities.argmax()]
    assert found.rival == CLASSES[probabilities.argsort()[-2]]
    assert found.probability == pytest.approx(probabilities.max(), abs=1e-5)


@pytest.mark.parametrize("class_name", CLASSES)
@pytest.mark.parametrize("method", ["stage-cam", "grad-cam"])
def test_evidence_of_the_stages_is_the_difference_to_the_rival(
    classifier, photo, class_name, method
):
    classifier = classifier()
    probabilities = dict(zip(CLASSES, classifier.predict_on_batch(photo[None])[0], strict=True))

    found = classifier.explain(photo, class_name=class_name, method=method)

    assert [stage for stage, _ in found.stage_evidence] == ["low_out", "mid_out", "high_out"]
    difference = math.log(probabilities[class_name] / probabilities[found.rival])
    total = found.bias + sum(evidence for _, evidence in found.stage_evidence)
    assert total == pytest.approx(difference, abs=1e-4)


def test_grad_cam_shows_the_last_stage_where_none_is_named(classifier, photo):
    classifier = classifier()

    assert classifier.explain(photo, method="grad-cam").stage == "high_out"
    assert classifier.explain(photo, method="grad-cam", stage="low_out").stage == "low_out"
    assert classifier.explain(photo).stage is None


def test_files_are_explained_in_order_and_counted(classifier, files):
    classifier, counted = classifier(), []

    found = list(
        explain_photos(
            classifier, files, [0, 1, 2, 0, 1], batch_size=2, progress=lambda *n: counted.append(n)
        )
    )

    assert [each.class_name for each in found] == [CLASSES[number] for number in (0, 1, 2, 0, 1)]
    assert counted == [(2, 5), (4, 5), (5, 5)]
    alone = classifier.explain(files[3], class_name=CLASSES[0])
    np.testing.assert_allclose(found[3].heatmap, alone.heatmap, atol=1e-5)


def test_a_file_has_the_probability_that_predict_photos_tells(classifier, files):
    classifier = classifier()

    found = classifier.explain(files[0])

    (told,) = classifier.predict_photos(files[0])
    assert (found.class_name, found.probability) == (
        told.label,
        pytest.approx(told.probability, abs=1e-5),
    )


def test_a_file_that_is_no_photo_is_named(classifier, tmp_path):
    (tmp_path / "notes.png").write_text("no photo")

    with pytest.raises(PhotoError, match=r"notes\.png"):
        classifier().explain(tmp_path / "notes.png")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"photo": np.zeros((4, 4))},
            "photo (shape (4, 4)) must be a file or have shape (height, width, 3).",
        ),
        (
            {"photo": np.full((4, 4, 3), 300)},
            "photo (values from 300 to 300) must contain RGB in [0, 255]: divide values of 16 "
            "bits by "
            "257.",
        ),
        (
            {"photo": np.zeros((4, 4, 3)), "class_name": "Bean___Rust"},
            "class_name='Bean___Rust' must be one of the classifier's classes; 'Bean___rust' is "
            "the nearest.",
        ),
    ],
)
def test_what_cannot_be_explained_is_refused(classifier, arguments, message):
    with pytest.raises(ConfigError) as caught:
        classifier().explain(**arguments)

    assert str(caught.value) == message


@pytest.mark.parametrize("numbers", [[0], [0, 1, 2, 3, 0], [-1] * 5])
def test_class_numbers_that_are_not_those_of_the_photos_are_refused(classifier, files, numbers):
    with pytest.raises(ConfigError) as caught:
        list(explain_photos(classifier(), files, numbers))

    assert str(caught.value) == (
        f"class_numbers={numbers} must be 5 class indices, one for each photo, each from 0 to 2."
    )


def test_what_speaks_against_everywhere_leaves_no_heat():
    against = np.full((2, 2), -1, np.float32)

    assert heatmap_of([against], 4, 4).tolist() == np.zeros((4, 4)).tolist()
