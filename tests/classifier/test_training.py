"""Training: each policy trains its layers and improves the classifier."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.classifier.policies import CLASSES, EACH_POLICY, STAGES


@EACH_POLICY
def test_each_policy_trains_what_it_says_and_nothing_else(tiny, blobs, policy):
    classifier = tiny(policy)
    before = {weight.path: weight.numpy() for weight in classifier.weights}

    classifier.fit(*blobs(), validation_data=blobs(seed=1), verbose=0, seed=0)

    planned = set(classifier.plan.phases[-1].trainable)
    inside = {weight.path for weight in classifier.backbone.model.weights}
    moved = {
        weight.path.split("/")[0]
        for weight in classifier.weights
        if weight.path in inside and not np.array_equal(before[weight.path], weight.numpy())
    }
    assert moved <= planned
    assert sum(record.proof.frozen for record in classifier.records) > 0 or len(planned) == 6


def test_training_learns_the_task(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    classifier.fit(*blobs(), validation_data=blobs(seed=1), verbose=0)

    assert classifier.evaluate(*blobs(seed=2), verbose=0, return_dict=True)["accuracy"] > 0.9


NAMES = {"accuracy", "loss", "val_accuracy", "val_loss"}


def test_the_history_counts_gradient_epochs_and_tells_the_solved_head_apart(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0)

    assert isinstance(history, keras.callbacks.History)
    assert history.epoch == [0, 1]
    assert {name: len(values) for name, values in history.history.items()} == dict.fromkeys(
        NAMES, 2
    )
    assert history.head.keys() == NAMES
    assert history.curve("loss") == [history.head["loss"], *history.history["loss"]]


def test_a_solved_head_that_no_epoch_follows_is_the_one_epoch_of_the_history(tiny, blobs):
    history = tiny().fit(*blobs(), validation_data=blobs(seed=1), verbose=0)

    assert history.epoch == [0]
    assert history.history == {name: [value] for name, value in history.head.items()}
    assert history.curve("val_loss") == history.history["val_loss"]


def test_results_of_the_solved_head_are_those_of_evaluate(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), verbose=0).history

    measured = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)
    # Covariances are stored in half precision, which has three digits.
    assert measured["loss"] == pytest.approx(history["val_loss"][0], rel=5e-3, abs=1e-6)
    assert measured["accuracy"] == pytest.approx(history["val_accuracy"][0])


def test_fine_tuning_is_never_worse_than_its_start_on_validation_data(tiny, blobs):
    ruinous = tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0)
    classifier = tiny(ruinous)

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0)

    kept = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)["accuracy"]
    assert kept == pytest.approx(max(history.curve("val_accuracy")))


def test_the_solved_head_is_kept_if_epochs_are_less_accurate(tiny, blobs, capsys):
    ruinous = tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0)
    classifier = tiny(ruinous)

    history = classifier.fit(*blobs(), validation_data=blobs(30, seed=1), epochs=2)

    assert max(history.history["val_accuracy"]) < history.head["val_accuracy"]
    kept = classifier.evaluate(*blobs(30, seed=1), verbose=0, return_dict=True)
    assert kept["loss"] == pytest.approx(history.head["val_loss"], rel=1e-2)
    told = " ".join(capsys.readouterr().out.split())
    assert "Best: the solved head (" in told
    assert "The best gradient epoch, 1, has a lower accuracy (" in told or (
        "The best gradient epoch, 2, has a lower accuracy (" in told
    )


def test_better_epochs_replace_the_solved_head(tiny, blobs, solve_to_first_class):
    solve_to_first_class(margin=0.1)
    keras.utils.set_random_seed(7)
    classifier = tiny(tl.FreezePolicy.train_last(stages=1, learning_rate=0.05))

    history = classifier.fit(
        *blobs(), validation_data=blobs(30, seed=1), epochs=3, seed=0, verbose=0
    )

    kept = classifier.evaluate(*blobs(30, seed=1), verbose=0, return_dict=True)["accuracy"]
    assert history.head["val_accuracy"] < 0.5 < max(history.history["val_accuracy"])
    assert kept == pytest.approx(max(history.history["val_accuracy"]))


def test_a_network_with_a_layer_that_never_trains_can_be_fine_tuned(blobs):
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 1.0, 1.0])(inputs)
    x = keras.layers.Normalization(name="adapted")(x)
    network = keras.Model(inputs, keras.layers.Conv2D(4, 3, name="conv")(x))
    classifier = tl.TransferClassifier(
        classes=CLASSES, backbone=network, freeze=tl.FreezePolicy.train_all()
    )

    classifier.fit(*blobs(), epochs=1, verbose=0)

    assert classifier.plan.phases[-1].trainable == ("conv",)


def test_the_policy_cannot_be_changed_under_the_head_it_shaped(tiny):
    with pytest.raises(AttributeError):
        tiny().freeze = tl.FreezePolicy.train_all()


@EACH_POLICY
def test_equal_seeds_give_equal_results(tiny_network, blobs, policy):
    def train():
        keras.utils.set_random_seed(7)
        classifier = tl.TransferClassifier(
            classes=CLASSES,
            backbone=tiny_network(),
            stages=STAGES,
            freeze=policy,
            augment=tl.Augmentation(flip="horizontal"),
        )
        classifier.fit(*blobs(), validation_data=blobs(seed=1), verbose=0)
        return classifier.predict(blobs(seed=2)[0], verbose=0)

    np.testing.assert_array_equal(train(), train())


def test_training_again_does_not_lose_what_was_learnt(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    first = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0)

    again = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    assert max(again.curve("val_accuracy")) >= max(first.curve("val_accuracy"))


@pytest.mark.filterwarnings("ignore:no training photo shows")
@pytest.mark.parametrize("photos", [1, 2, 3])
def test_a_handful_of_photos_is_enough_to_solve_a_head(tiny, blobs, photos):
    classifier = tiny()

    history = classifier.fit(*blobs(photos), verbose=0)

    assert history.history["accuracy"] == [1.0]


def test_nested_networks_whose_weights_have_equal_names_get_their_own_rates(blobs):
    def block(name):
        x = inputs = keras.Input((None, None, 3))
        return keras.Model(inputs, keras.layers.Conv2D(3, 3, name="conv")(x), name=name)

    x = inputs = keras.Input((16, 16, 3))
    for name in ("low", "high"):
        x = block(name)(x)
    policy = tl.FreezePolicy.train_all(stage_decay=1e-6, epochs=1, learning_rate=0.1)
    classifier = tl.TransferClassifier(
        classes=CLASSES, backbone=keras.Model(inputs, x), stages=["low", "high"], freeze=policy
    )
    blocks = [classifier.backbone.model.get_layer(name) for name in ("low", "high")]
    before = [block.get_weights()[0] for block in blocks]

    classifier.fit(*blobs(), verbose=0)

    low, high = (
        np.abs(block.get_weights()[0] - start).max()
        for block, start in zip(blocks, before, strict=True)
    )
    assert low < 1e-5 < 1e-2 < high


def test_a_random_head_is_never_kept(tiny, blobs):
    classifier = tiny()
    kernel = classifier.get_layer("probabilities").kernel
    kernel.assign(kernel * 0)  # equal probabilities for all classes
    images, labels = blobs()

    history = classifier.fit(images, labels, validation_data=(images, (labels + 1) % 3), verbose=0)

    assert history.history["val_loss"][0] > np.log(3)
    assert history.history["accuracy"] == [1.0]


def test_a_trained_head_is_kept_if_it_is_better_on_validation(tiny, blobs):
    classifier = tiny()
    images, labels = blobs()
    classifier.fit(images, labels, verbose=0)
    before = classifier.predict(images, verbose=0)

    classifier.fit(images, (labels + 1) % 3, validation_data=(images, labels), verbose=0)

    np.testing.assert_array_equal(classifier.predict(images, verbose=0), before)
