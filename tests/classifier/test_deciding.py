"""With freeze="auto", the first fit chooses the policy from its training photos."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import transferleaf as tl
from tests.classifier.policies import CLASSES
from transferleaf.advice import advice as advice_module
from transferleaf.advice import deciding
from transferleaf.errors import BadPhotosError, ConfigError


@pytest.fixture
def recommends(monkeypatch):
    """Makes the advice recommend a given quadrant."""

    def choose(quadrant: str) -> None:
        def recommend(expected, **limits):
            return next(each for each in expected if each.name == quadrant)

        monkeypatch.setattr(advice_module, "recommend", recommend)

    return choose


def test_the_first_fit_chooses_the_policy_and_prints_why(tiny, blobs, capsys):
    classifier = tiny("auto")

    classifier.fit(*blobs(), epochs=1, verbose=2, seed=0)

    assert not classifier.freeze.undecided
    assert classifier.freeze == classifier.advice.policy
    assert classifier.advice.evidence.size.photos == 48
    assert f"quadrant {classifier.advice.recommended.name}\n" in capsys.readouterr().out


@pytest.mark.parametrize("quadrant", ["I", "III", "IV"])
def test_a_decision_is_followed_and_saved(tiny, blobs, recommends, tmp_path, quadrant):
    recommends(quadrant)
    classifier = tiny("auto")

    classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0, seed=0)
    classifier.save(tmp_path / "leaves.keras")
    loaded = keras.saving.load_model(tmp_path / "leaves.keras")

    assert classifier.freeze.quadrant.value == quadrant
    assert classifier.get_layer("dropout").rate == classifier.freeze.dropout
    assert (loaded.freeze, loaded.advice) == (classifier.freeze, classifier.advice)
    photos = blobs(seed=2)[0]
    np.testing.assert_allclose(
        loaded.predict(photos, verbose=0), classifier.predict(photos, verbose=0), atol=1e-6
    )


def test_what_the_user_sets_wins(tiny, blobs, recommends):
    recommends("I")
    classifier = tiny(tl.FreezePolicy.auto(learning_rate=1e-5), dropout=0.25)

    classifier.fit(*blobs(), epochs=1, verbose=0)

    assert classifier.freeze.learning_rate == 1e-5
    assert classifier.advice.policy.learning_rate == 1e-4
    assert classifier.get_layer("dropout").rate == 0.25


def test_a_second_fit_keeps_the_decision(tiny, blobs, recommends):
    recommends("IV")
    classifier = tiny("auto")
    classifier.fit(*blobs(), verbose=0)
    advice = classifier.advice

    recommends("I")
    classifier.fit(*blobs(), verbose=0)

    assert classifier.advice is advice
    assert classifier.freeze.quadrant.value == "IV"


def test_only_training_photos_determine_the_policy(tiny, leaf_folder):
    train, validation = tl.open_leaves(leaf_folder).split(0.75, 0.25, seed=0)
    classifier = tiny("auto")

    classifier.fit(train, validation_data=validation, epochs=1, verbose=0)

    assert classifier.advice.evidence.size.photos == len(train)


def test_a_custom_optimizer_works(tiny, blobs, recommends):
    recommends("III")
    classifier = tiny("auto")
    classifier.compile(keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")

    classifier.fit(*blobs(), epochs=1, verbose=0)

    assert [phase.learning_rate for phase in classifier.plan.phases] == [None, None]
    assert classifier.freeze.quadrant.value == "III"


def test_an_interrupted_fit_resumes_to_the_same_weights(tiny_network, blobs, recommends, tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    def fit(callbacks=(), **options):
        keras.utils.set_random_seed(7)
        classifier = tl.TransferClassifier(
            classes=CLASSES,
            backbone=tiny_network(),
            stages=("low_out", "mid_out", "high_out"),
            freeze="auto",
        )
        classifier.fit(*blobs(), epochs=3, seed=3, verbose=0, callbacks=list(callbacks), **options)
        return classifier.get_weights()

    recommends("III")
    whole = fit()

    with pytest.raises(KeyboardInterrupt):
        fit([Interrupt()], resume=tmp_path / "fit")
    resumed = fit(resume=tmp_path / "fit")

    for weight, expected in zip(resumed, whole, strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_a_resumed_fit_keeps_its_decision(tiny, blobs, recommends, tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    options = {"epochs": 2, "seed": 3, "verbose": 0, "resume": tmp_path / "fit"}
    recommends("III")
    interrupted = tiny("auto")
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(*blobs(), callbacks=[Interrupt()], **options)
    recommends("I")
    resumed = tiny("auto")

    resumed.fit(*blobs(), **options)

    assert resumed.freeze == interrupted.freeze
    assert resumed.advice == interrupted.advice


def test_a_stream_cannot_be_measured_in_advance(tiny, blobs):
    stream = tf.data.Dataset.from_tensor_slices(blobs()).batch(16)

    with pytest.raises(ConfigError) as caught:
        tiny("auto").fit(stream, verbose=0)

    assert str(caught.value) == (
        "freeze='auto' must be a policy where the photos are a stream, which nobody can look at in "
        "advance: take that of transferleaf.advise(data), or fit on a LeafDataset or arrays."
    )


def test_photos_that_cannot_be_read_are_named_together(tiny, leaf_folder):
    train, validation = tl.open_leaves(leaf_folder).split(0.75, 0.25, seed=0)
    for part in (train, validation):
        part.paths[0].write_bytes(b"no photo")

    with pytest.raises(BadPhotosError) as caught:
        tiny("auto").fit(train, validation_data=validation, verbose=0)

    assert {error.path for error in caught.value.errors} == {train.paths[0], validation.paths[0]}


def test_photos_that_cannot_be_read_can_be_skipped(tiny, leaf_folder):
    data = tl.open_leaves(leaf_folder)
    data.paths[0].write_bytes(b"no photo")
    classifier = tiny("auto")

    classifier.fit(data, on_bad_photo="skip", verbose=0, epochs=1)

    assert classifier.advice.evidence.size.photos == len(data) - 1
    assert len(classifier.skipped_photos) == 1


@pytest.mark.parametrize("augment", [None, tl.Augmentation.leaf()])
def test_only_choices_with_the_augmentation_of_the_classifier_are_considered(tiny, blobs, augment):
    classifier = tiny("auto", augment=augment)

    classifier.fit(*blobs(), epochs=1, verbose=0)

    assert classifier.advice.recommended.augmented == (augment is not None)


def test_a_time_limit_reaches_the_advice(tiny, blobs):
    classifier = tiny("auto")

    classifier.fit(*blobs(), epochs=1, verbose=0, time_limit=60)

    assert classifier.advice.time_limit == 60
    assert classifier.advice.evidence.size.photos == 48
    assert classifier.advice.recommended.seconds <= 60


def test_a_short_time_limit_measures_fewer_photos(tiny, leaf_folder, monkeypatch):
    monkeypatch.setattr(deciding, "_PHOTOS_A_SECOND", 0.1)
    classifier = tiny("auto")

    classifier.fit(tl.open_leaves(leaf_folder), epochs=1, verbose=0, time_limit=60)

    assert classifier.advice.evidence.size.photos == 18  # six of each class


def test_nothing_is_measured_without_time_for_gradient_epochs(
    tiny, leaf_folder, monkeypatch, capsys
):
    def time_first_photos(feeds, reader, *, limit, **_):
        limit.photo_seconds = 1.0

    monkeypatch.setattr(deciding, "time_first_photos", time_first_photos)
    classifier = tiny("auto", augment=tl.Augmentation.leaf())

    classifier.fit(tl.open_leaves(leaf_folder), verbose=2, time_limit=60)

    assert classifier.advice is None
    assert classifier.freeze == tl.FreezePolicy.for_quadrant("IV")
    assert classifier.get_layer("dropout").rate == classifier.freeze.dropout
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "The base stays frozen: the time limit of 1 min 0 s leaves no time for gradient epochs, "
        "which would take at least "
    ) in told


def test_a_limit_of_a_few_seconds_leaves_no_time_for_measuring(tiny, blobs, capsys):
    classifier = tiny("auto")

    classifier.fit(*blobs(), verbose=2, time_limit=5)

    assert (classifier.advice, classifier.freeze.quadrant.value) == (None, "IV")
    told = " ".join(capsys.readouterr().out.split())
    assert "the time limit of 5.0 s leaves no time for gradient epochs." in told


def test_a_missing_photo_is_skipped_with_a_time_limit_too(tiny, leaf_folder):
    data = tl.open_leaves(leaf_folder)
    many = data.subset(list(range(len(data))) * 3)  # enough to measure the first photos
    many.paths[0].unlink()
    classifier = tiny("auto")

    with pytest.raises(BadPhotosError, match="3 of 144 photos cannot be read"):
        classifier.fit(many, verbose=0, time_limit=600)
    classifier.fit(many, verbose=0, time_limit=600, on_bad_photo="skip")

    assert len(classifier.skipped_photos) == 3
