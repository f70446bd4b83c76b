"""A forked process that cannot run a network raises an error instead of waiting forever."""

from __future__ import annotations

import os
import select

import keras
import pytest

import transferleaf as tl
from transferleaf.errors import ForkedProcessError
from transferleaf.process.forks import about_to_work

MESSAGE = (
    "this process was forked from process {}, in which a network had run: TensorFlow would wait "
    "forever for threads that a fork does not copy. Start it with "
    'multiprocessing.get_context("spawn"), and load the classifier in it.'
)


def test_a_fork_works_if_nothing_has_run(monkeypatch):
    monkeypatch.setattr("transferleaf.process.forks._worked_in", [])
    monkeypatch.setattr("os.getpid", lambda: 1)

    about_to_work()


def test_the_error_names_the_parent_and_the_way_out(monkeypatch):
    monkeypatch.setattr("transferleaf.process.forks._worked_in", [7])

    with pytest.raises(ForkedProcessError) as caught:
        about_to_work()

    assert str(caught.value) == MESSAGE.format(7)


def test_a_classifier_inside_another_model_runs_nothing_yet(tiny_classifier, monkeypatch):
    classifier = tiny_classifier("head")
    monkeypatch.setattr("transferleaf.process.forks._worked_in", [7])

    keras.Model(photos := keras.Input((20, 20, 3)), classifier(photos))

    with pytest.raises(ForkedProcessError):
        classifier(keras.ops.zeros((1, 20, 20, 3)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize(
    "way",
    [
        *("fit", "evaluate", "predict", "predict_photos", "calibrate"),
        *("__call__", "train_on_batch", "test_on_batch", "predict_on_batch"),
    ],
)
def test_a_child_of_a_process_that_has_predicted_does_not_wait(
    tiny_network, with_a_head, blobs, tmp_path, way
):
    images, labels = blobs(6)
    classifier = with_a_head(
        tl.TransferClassifier(classes=["a", "b", "c"], backbone=tiny_network(), weights=None)
    )
    classifier.compile("adam", "sparse_categorical_crossentropy")
    classifier.predict(images, verbose=0)
    given = {
        **dict.fromkeys(("predict", "__call__", "predict_on_batch"), (images,)),
        "predict_photos": (tmp_path / "leaf.png",),
        "calibrate": ((images, labels),),
    }
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        try:
            getattr(classifier, way)(*given.get(way, (images, labels)))
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], 60)
    if not ready:
        os.kill(child, 9)
    os.waitpid(child, 0)

    assert os.read(reading, 10_000).decode() == (
        f"ForkedProcessError: {MESSAGE.format(os.getpid())}"
    )
    os.close(reading)
