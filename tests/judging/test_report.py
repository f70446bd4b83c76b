from __future__ import annotations

import dataclasses
import io

import keras
import pytest
from PIL import Image

import transferleaf as tl
from transferleaf.errors import BadPhotosError, ConfigError
from transferleaf.judging.report import report_on
from transferleaf.reports.report import Report

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")


def painted(root, images, class_names):
    """Photos as files, class by class, and their data set."""
    for number, image in enumerate(images):
        folder = root / class_names[number % len(class_names)]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number:03}.png")
    return tl.LeafDataset.from_folder(root)


@pytest.fixture
def classifier(tiny_network):
    keras.utils.set_random_seed(0)  # some random networks cannot distinguish all photos
    return tl.TransferClassifier(
        classes=CLASSES, backbone=tiny_network(), stages=("low_out", "mid_out", "high_out")
    )


def test_two_sets_are_evaluated_with_all_facts(classifier, blobs, tmp_path):
    data = painted(tmp_path / "train", blobs(24)[0], CLASSES)
    classifier.fit(data, verbose=0, seed=0)
    painted(tmp_path / "lab", blobs(12, seed=1)[0], CLASSES)
    # Named after other colours, so that predictions are wrong.
    field = painted(tmp_path / "field", blobs(12, seed=2)[0], ("leaf", "rust leaf", "Elm___dead"))
    broken = tmp_path / "lab" / CLASSES[0] / "broken.png"
    broken.write_bytes(b"no photo")
    lab = tl.LeafDataset.from_folder(tmp_path / "lab")

    report = classifier.report(
        {"lab": lab, "field": field},
        label_map={"leaf": "Corn___rust", "rust leaf": "Bean___rust"},
        training_data=data,
        verbose=0,
    )

    first, second = report.sets
    assert [entry.name for entry in first.unreadable] == [f"{CLASSES[0]}/broken.png"]
    assert (first.photos, first.mistakes_total) == (12, 0)
    assert (second.photos, second.accuracy.value, second.mistakes_total) == (8, 0.5, 4)
    assert [(entry.name, entry.photos) for entry in second.unknown] == [("Elm___dead", 4)]
    mistake = second.mistakes[0]
    assert (mistake.true, mistake.predicted) == ("Corn___rust", "Bean___healthy")
    assert Image.open(io.BytesIO(mistake.overlay)).format == "JPEG"
    assert report.training.data.photos == 24
    assert report.training.proof[0].frozen > 0
    assert set(report.training.history) >= {"loss", "accuracy"}
    report.save(tmp_path / "report.json")
    assert Report.load(tmp_path / "report.json") == report


@pytest.mark.parametrize("test_data", [None, {}, {"lab": "photos"}])
def test_data_without_photos_is_refused(test_data):
    with pytest.raises(ConfigError, match="test_data="):
        report_on(object(), test_data)


def test_a_set_without_one_readable_photo_is_refused_with_its_files(
    classifier, with_a_head, tmp_path
):
    for name in CLASSES[:2]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "broken.png").write_bytes(b"no photo")
    data = tl.LeafDataset.from_folder(tmp_path)

    with pytest.raises(BadPhotosError) as caught:
        with_a_head(classifier).report(data, verbose=0)

    assert len(caught.value.errors) == 2


def test_leaves_of_joined_training_data_are_found_in_the_test_data(classifier, blobs, tmp_path):
    lab = painted(tmp_path / "lab", blobs(24)[0], CLASSES)
    field = painted(tmp_path / "field", blobs(12, seed=1)[0], CLASSES)
    lab = dataclasses.replace(lab, leaves=tuple(f"leaf {row // 2}" for row in range(24)))
    train = tl.datasets.join(lab.subset(range(0, 24, 2)), field)
    classifier.fit(train, verbose=0, seed=0)

    report = classifier.report(lab.subset(range(1, 24, 2)), training_data=train, verbose=0)

    assert report.sets[0].shared_leaf_photos == 12
