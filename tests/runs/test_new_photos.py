from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.conftest import CLASSES
from transferleaf.datasets import LeafDataset
from transferleaf.errors import BadPhotosError
from transferleaf.freezing import FreezePolicy
from transferleaf.reviewing.subjects import new_photos
from transferleaf.runs.new_photos import see_new_photos, training_photos


@pytest.fixture(scope="module")
def classifier(tiny_classifier, with_a_head):
    return with_a_head(tiny_classifier(FreezePolicy.freeze_base()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of noise: ``0.png`` to ``8.png``."""
    root = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(9):
        noise = rng.integers(0, 256, size=(16, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).save(root / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def trained_on(folder):
    """The first three photos, one of each class, which the classifier lists in another order."""
    return LeafDataset(
        paths=tuple(folder / f"{number}.png" for number in range(3)),
        labels=np.arange(3),
        classes=CLASSES[::-1],
        leaves=(None,) * 3,
        origin="made",
        parts=("train", "val", "test"),
    )


def test_photos_of_the_run_and_copies_are_left_out(classifier, folder, trained_on, tmp_path):
    copy = tmp_path / "copy.png"
    copy.write_bytes((folder / "4.png").read_bytes())
    paths = [*sorted(folder.glob("*.png")), copy]

    seen = see_new_photos(classifier, paths, trained_on, verbose=0)

    assert [path.name for path in seen.paths] == [f"{number}.png" for number in range(3, 9)]
    assert (seen.known, seen.unreadable) == (4, 0)
    assert seen.probabilities.shape == (6, 3)
    assert np.allclose(seen.probabilities.sum(axis=1), 1, atol=1e-5)


def test_examples_bear_the_numbers_of_the_classifiers_classes(classifier, folder, trained_on):
    seen = see_new_photos(classifier, [folder / "5.png"], trained_on, verbose=0)

    assert seen.examples.labels.tolist() == [2, 1, 0]
    assert seen.examples.nearest(0, 2, 3) == (0,)


def test_a_file_that_is_no_photo_is_left_out_and_counted(classifier, folder, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no photo")

    seen = see_new_photos(classifier, [folder / "5.png", broken], None, verbose=0)

    assert (len(seen.paths), seen.unreadable) == (1, 1)
    assert seen.examples.paths == ()


def test_photos_that_the_run_has_all_are_refused(classifier, trained_on):
    with pytest.raises(BadPhotosError, match="the run has this photo already"):
        see_new_photos(classifier, trained_on.paths, trained_on, verbose=0)


def test_a_model_without_a_run_has_no_photos(tmp_path):
    (tmp_path / "leaf.keras").write_bytes(b"")

    assert training_photos(tmp_path / "leaf.keras") is None


def chosen(classifier, folder, before, labelled, number=2):
    seen = see_new_photos(classifier, sorted(folder.glob("*.png")), None, verbose=0)
    return new_photos(
        seen.paths,
        seen.probabilities,
        seen.features,
        classes=classifier.classes,
        hashes=seen.hashes,
        examples=seen.examples,
        chosen=before,
        number=number,
        labelled=labelled,
    )


def test_the_same_photos_are_asked_about_until_all_have_a_label(classifier, folder):
    subject, first = chosen(classifier, folder, (), {})

    again, none = chosen(classifier, folder, first, {first[0]: True})
    further, second = chosen(classifier, folder, first, dict.fromkeys(first, True))

    assert len(first) == 2
    assert [item.key for item in subject.items] == [f"new:{name}" for name in first]
    assert ([item.key for item in again.items], none) == ([item.key for item in subject.items], ())
    assert len(second) == 2
    assert not set(second) & set(first)
    assert len(further.items) == 4


def test_a_new_photo_comes_with_the_two_likeliest_classes(classifier, folder):
    subject, _ = chosen(classifier, folder, (), {})

    item = subject.items[0]
    values = item.reasons[0].values
    assert values["likely"] == classifier.classes[item.given]
    assert values["second"] == classifier.classes[item.proposed]
    assert values["likely_probability"] >= values["second_probability"]
    assert 0 <= item.suspicion <= 1
