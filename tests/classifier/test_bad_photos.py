"""Unreadable photos are reported before training, or left out and recorded."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from tests.classifier.policies import CLASSES, POLICIES
from transferleaf.errors import (
    BadPhotosError,
    ClassMismatchError,
    ConfigError,
    LostClassesError,
    PhotoError,
)
from transferleaf.features.frozen import FrozenPrefix

OPEN = Image.open
# The ways in which photos are read: for features, for stored pixels, or in each epoch.
WAYS = {
    "features": tl.FreezePolicy.freeze_base(),
    "pixels": POLICIES["from scratch"],
    "each epoch": tl.FreezePolicy.train_all(epochs=1, head_start=tl.HeadStart.RANDOM),
}
EACH_WAY = pytest.mark.parametrize("policy", WAYS.values(), ids=list(WAYS))


class Watcher(keras.callbacks.Callback):
    """Records that training began, and then runs a function."""

    def __init__(self, then=lambda: None):
        super().__init__()
        self.then = then
        self.began = False

    def on_train_begin(self, logs=None):
        self.began = True
        self.then()


@pytest.fixture
def data(leaf_folder):
    """The photos of the leaf folder."""
    return tl.LeafDataset.from_folder(leaf_folder)


@pytest.fixture
def spoilt(data):
    """The same photos: one is empty, one is a text, one is truncated, one is missing."""
    data.paths[1].write_bytes(b"")
    data.paths[2].write_text("no photo")
    data.paths[20].write_bytes(data.paths[20].read_bytes()[:-30])
    data.paths[40].unlink()
    return data


@pytest.fixture
def opened(monkeypatch, leaf_folder):
    """The opened photos. Threads of an earlier test may still open others."""
    paths = []

    def note(path, **kind):
        if leaf_folder in path.parents:
            paths.append(path)
        return OPEN(path, **kind)

    monkeypatch.setattr(Image, "open", note)
    return paths


@EACH_WAY
def test_all_bad_photos_are_reported_together_before_the_first_epoch(
    tiny, spoilt, tmp_path, policy
):
    watcher = Watcher()
    validation = spoilt.subset([5, 20, 45])

    with pytest.raises(BadPhotosError) as caught:
        tiny(policy).fit(
            spoilt, validation_data=validation, callbacks=[watcher], verbose=0, cache=tmp_path / "c"
        )

    names = [error.path for error in caught.value.errors]
    bad = [spoilt.paths[row] for row in (40, 1, 2, 20)]
    assert sorted(names) == sorted([*bad, spoilt.paths[20]])
    assert caught.value.photos == 48 + 3
    assert not watcher.began


def test_the_message_names_files_and_reasons_and_the_choice(tiny, spoilt):
    data = spoilt.subset([0, 1, 2, 17, 33])

    with pytest.raises(BadPhotosError) as caught:
        tiny().fit(data, verbose=0)

    assert str(caught.value) == (
        "2 of 5 photos cannot be read:\n"
        f"  '{data.paths[1]}': the file is empty.\n"
        f"  '{data.paths[2]}': it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image.\n"
        'Repair or remove these files; on_bad_photo="skip", or --skip-bad-photos on the '
        "command line, leaves them out, "
        "and `transferleaf audit FOLDER` lists all problems of a folder of photos."
    )


@EACH_WAY
def test_bad_photos_can_be_left_out_and_stay_in_the_record(tiny, spoilt, tmp_path, capsys, policy):
    classifier = tiny(policy)

    classifier.fit(spoilt, on_bad_photo="skip", verbose=2, cache=tmp_path / "cache")

    skipped = {photo.path: photo.reason for photo in classifier.skipped_photos}
    assert set(skipped) == {spoilt.paths[row] for row in (1, 2, 20, 40)}
    assert skipped[spoilt.paths[40]] == "there is no such file."
    told = capsys.readouterr().out
    assert "4 of 48 photos cannot be read:" in told
    assert f"  '{spoilt.paths[1]}': the file is empty." in told


def test_what_was_left_out_is_saved_with_the_classifier(tiny, spoilt, tmp_path):
    classifier = tiny()
    classifier.fit(spoilt, on_bad_photo="skip", verbose=0)
    classifier.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    assert len(loaded.skipped_photos) == 4
    assert loaded.skipped_photos == classifier.skipped_photos


def test_good_photos_leave_no_record(tiny, data):
    classifier = tiny()

    classifier.fit(data, on_bad_photo="skip", verbose=0)

    assert classifier.skipped_photos == ()


def test_finding_bad_photos_needs_no_extra_pass(tiny, data, opened, tmp_path):
    tiny().fit(data, verbose=0, cache=tmp_path / "cache")

    assert sorted(opened) == sorted(data.paths)


def test_photos_that_each_epoch_decodes_are_checked_once(tiny, data, opened, tmp_path):
    for _ in range(2):
        tiny(WAYS["each epoch"]).fit(data, verbose=0, cache=tmp_path / "cache")

    assert len(opened) == 48 + 2 * 48


def test_a_class_that_would_lose_all_photos_stops_the_training(tiny, data):
    rust = [row for row, label in enumerate(data.labels) if CLASSES[label] == "Bean___rust"]
    for row in rust:
        data.paths[row].write_bytes(b"")

    with pytest.raises(LostClassesError) as caught:
        tiny().fit(data, on_bad_photo="skip", verbose=0)

    assert str(caught.value) == (
        "without the 16 photos that cannot be read, the training photos show none of "
        f"['Bean___rust'] (the first of them is '{data.paths[rust[0]]}': the file is empty.). "
        "Repair or replace some of them, or leave these classes out."
    )


def test_photos_that_are_all_bad_stop_the_training(tiny, data):
    for path in data.paths:
        path.write_bytes(b"")

    with pytest.raises(LostClassesError) as caught:
        tiny().fit(data, on_bad_photo="skip", verbose=0)

    assert caught.value.what == "training"
    assert caught.value.classes == tuple(CLASSES)


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(b""), lambda p: p.unlink()])
def test_no_validation_photos_left_stops_the_training(tiny, data, spoil):
    learnt, validation = data.subset(range(8, 48)), data.subset([0, 1])
    for path in validation.paths:
        spoil(path)

    with pytest.raises(LostClassesError) as caught:
        tiny().fit(learnt, validation_data=validation, on_bad_photo="skip", verbose=0)

    assert caught.value.what == "validation"


def test_an_invalid_file_name_is_reported_with_the_others(tiny, data):
    wrong = dataclasses.replace(data, paths=(*data.paths[:-1], data.paths[0].parent / ("x" * 300)))

    with pytest.raises(BadPhotosError) as caught:
        tiny().fit(wrong, verbose=0)

    assert [error.reason for error in caught.value.errors] == [
        "the operating system cannot read it (file name too long)."
    ]


def test_a_fit_that_is_refused_leaves_the_record_of_the_last_one(tiny, spoilt):
    classifier = tiny()
    classifier.fit(spoilt, on_bad_photo="skip", verbose=0)

    with pytest.raises(BadPhotosError):
        classifier.fit(spoilt, verbose=0)

    assert len(classifier.skipped_photos) == 4


def test_another_choice_than_raise_or_skip_is_refused(tiny, data):
    with pytest.raises(ConfigError) as caught:
        tiny().fit(data, on_bad_photo="ignore", verbose=0)

    assert str(caught.value) == 'on_bad_photo=\'ignore\' must be "raise" or "skip".'


def test_an_interrupt_while_photos_are_read_says_what_is_kept(tiny, data, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(FrozenPrefix, "rows", interrupted)

    with pytest.raises(KeyboardInterrupt):
        tiny().fit(data, verbose=2)

    told = " ".join(capsys.readouterr().out.split())
    assert "Interrupted while photos were read. Computed features are stored." in told


def test_a_stream_has_no_photos_to_leave_out(tiny, data):
    stream = data.to_tf_dataset(16)

    with pytest.raises(ConfigError) as caught:
        tiny().fit(stream, on_bad_photo="skip", verbose=0)

    assert str(caught.value) == (
        "on_bad_photo='skip' must be \"raise\" with a tf.data.Dataset, which reads its photos "
        "itself."
    )


def test_the_first_bad_photo_of_a_stream_is_named(tiny, spoilt):
    with pytest.raises(PhotoError) as caught:
        tiny().fit(spoilt.to_tf_dataset(16, batch_size=8), verbose=0)

    assert caught.value.path == spoilt.paths[1]


@pytest.mark.parametrize("ask", ["fit", "evaluate"])
def test_classes_that_differ_are_listed_before_a_photo_is_read(tiny, data, opened, ask):
    other = dataclasses.replace(data, classes=("Bean___healthy", "Bean___spot", "Corn___rust"))

    with pytest.raises(ClassMismatchError) as caught:
        getattr(tiny(), ask)(other, verbose=0)

    assert str(caught.value) == (
        "the classes of x differ from the classifier's: missing ['Bean___rust'], "
        "unknown ['Bean___spot']; relabel(data, label_map) renames classes or leaves them out."
    )
    assert opened == []


def test_an_interrupted_fit_resumes_without_the_same_photos(tiny, spoilt, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 0:
                raise KeyboardInterrupt

    def fit(*callbacks):
        keras.utils.set_random_seed(3)
        classifier = tiny(tl.FreezePolicy.train_last(stages=1, epochs=3))
        options = {"on_bad_photo": "skip", "seed": 1, "verbose": 0}
        history = classifier.fit(
            spoilt, callbacks=list(callbacks), resume=tmp_path / "fit", **options
        )
        return classifier, history

    with pytest.raises(KeyboardInterrupt):
        fit(Stop())
    classifier, history = fit()

    assert history.epoch == [0, 1, 2]
    assert len(classifier.skipped_photos) == 4


def test_a_photo_removed_during_training_is_reported_and_nothing_is_lost(
    tiny, data, tmp_path, capsys
):
    lost, kept = data.paths[10], data.paths[10].read_bytes()

    def fit(*callbacks):
        keras.utils.set_random_seed(3)
        classifier = tiny(WAYS["each epoch"])
        start = classifier.get_weights()
        try:
            classifier.fit(
                data, callbacks=list(callbacks), seed=1, verbose=2, resume=tmp_path / "fit"
            )
        except PhotoError as error:
            return error, start, classifier.get_weights()
        return None, start, classifier.get_weights()

    error, start, left = fit(Watcher(then=lost.unlink))
    told = capsys.readouterr().out
    lost.write_bytes(kept)
    no_error, _, trained = fit()

    assert str(error) == f"'{lost}' cannot be read as a photo: there is no such file."
    assert "The classifier has the weights of the start: nothing was trained." in told
    assert all(np.array_equal(one, other) for one, other in zip(start, left, strict=True))
    assert no_error is None
    assert not all(np.array_equal(one, other) for one, other in zip(start, trained, strict=True))


@pytest.mark.parametrize("policy", ["IV", "II"])
def test_a_refused_fit_keeps_the_calibration_of_the_last_one(tiny, blobs, data, policy):
    classifier = tiny(policy)
    classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)
    calibration = classifier.calibrate(blobs(seed=1), precision=0.8, verbose=0)
    before = classifier.plan, classifier.records, classifier.refitted
    data.paths[1].write_bytes(b"")

    with pytest.raises(BadPhotosError):
        classifier.fit(data, epochs=1, verbose=0)

    assert classifier.calibration is calibration
    assert classifier.class_means is not None
    assert (classifier.plan, classifier.records, classifier.refitted) == before
