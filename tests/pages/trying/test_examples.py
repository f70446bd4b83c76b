from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image

import transferleaf as tl
from tests.datasets.painting import paint_all
from tests.pages.trying.conftest import RED, photo_of
from tests.pages.trying.stand_in import CLASSES
from transferleaf.pages.trying.examples import Examples
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder


@pytest.fixture
def run(tmp_path):
    """The folder of a run that was trained on ten photos of each class."""
    root = tmp_path / "photos"
    paint_all(root, [f"{name}/{n}.png" for name in CLASSES for n in range(10)])
    config = RunConfig(data=str(root), name="mine", output=str(tmp_path / "runs"))
    folder = RunFolder.create(config, date(2026, 1, 31))
    tl.open_leaves(root).split(0.6, 0.2, 0.2, seed=0).save(folder.split)
    folder.model.write_bytes(b"a model")
    return folder


def test_three_training_photos_of_each_class_are_examples(run):
    examples = Examples.of_run(run.path, CLASSES)

    assert [list(examples.places(name)) for name in CLASSES] == [[0, 1, 2]] * 3
    train = {line for line in run.split.read_text().splitlines() if '"train"' in line}
    shown = [example.sha256 for photos in examples.of_class.values() for example in photos]
    assert all(any(sha256 in line for line in train) for sha256 in shown)


def test_the_model_of_a_run_has_its_examples(run):
    assert Examples.of_run(run.model, CLASSES).of_class


def test_a_picture_is_a_small_jpeg(run):
    picture = Examples.of_run(run.path, CLASSES).picture(CLASSES[0], 1)

    assert max(Image.open(io.BytesIO(picture)).size) <= 320


def test_a_photo_that_was_replaced_is_no_example(run):
    examples = Examples.of_run(run.path, CLASSES)
    first, second, _ = examples.of_class[CLASSES[0]]
    first.path.write_bytes(photo_of(RED))
    second.path.unlink()

    assert [examples.picture(CLASSES[0], place) is None for place in range(4)] == [
        True,
        True,
        False,
        True,
    ]


def test_a_damaged_list_of_photos_costs_examples_and_nothing_else(run):
    run.split.write_text("damaged")

    assert Examples.of_run(run.path, CLASSES) == Examples()


def test_a_file_that_is_of_no_run_has_no_examples(tmp_path):
    assert Examples.of_run(tmp_path / "leaf.onnx", CLASSES) == Examples()


def test_an_answer_names_the_examples_and_the_server_shows_them(client, run):
    asking = client(path=run.path)

    [found] = asking.post("/api/predict", files={"photo": photo_of(RED)}).json()["photos"]
    places = found["top"][0]["examples"]
    pictures = [asking.get(place) for place in places]

    assert places == ["/examples/0/0.jpg", "/examples/0/1.jpg", "/examples/0/2.jpg"]
    assert {picture.headers["content-type"] for picture in pictures} == {"image/jpeg"}


@pytest.mark.parametrize(
    "place", ["/examples/0/9.jpg", "/examples/9/0.jpg", "/examples/x/0.jpg", "/examples/-1/0.jpg"]
)
def test_no_other_file_is_shown(client, run, place):
    assert client(path=run.path).get(place).status_code == 404
