"""The classifier as a Keras model: what goes in, what comes out, what a file keeps."""

from __future__ import annotations

import json
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import transferleaf as tl
from transferleaf.errors import ConfigError, FrozenWeightsMovedError, PhotoError
from transferleaf.freezing import Method

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")


@pytest.fixture
def tiny(tiny_network):
    """Builds a classifier on the tiny network."""

    def build(freeze=None, **options):
        options = {"stages": STAGES, "classes": CLASSES, **options}
        return tl.TransferClassifier(backbone=tiny_network(), freeze=freeze, **options)

    return build


@pytest.fixture
def leaf_folder(tmp_path, blobs):
    """Three classes of 16 small photos, as files."""
    images, labels = blobs(48)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "leaves" / CLASSES[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number:03}.png")
    return tmp_path / "leaves"


POLICIES = {
    "I": tl.FreezePolicy.for_quadrant("I", trainable_stages=2, epochs=2),
    "II": tl.FreezePolicy.for_quadrant("II", epochs=2),
    "III": tl.FreezePolicy.for_quadrant("III", trainable_stages=1, epochs=2),
    "IV": tl.FreezePolicy.for_quadrant("IV"),
    "last": tl.FreezePolicy.freeze_base(head="last"),
    "batch norm": tl.FreezePolicy.train_all(
        epochs=2, batch_norm=tl.BatchNormStatistics.FROM_LEAVES
    ),
    "from scratch": tl.FreezePolicy.train_all(epochs=2, head_start=tl.HeadStart.RANDOM),
}
EACH_POLICY = pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))


# What goes in and what comes out


def test_it_is_a_keras_model_from_raw_photos_to_probabilities(tiny, blobs):
    classifier = tiny()

    probabilities = classifier.predict(blobs(5)[0], verbose=0)

    assert isinstance(classifier, keras.Model)
    assert probabilities.shape == (5, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "int32"])
@pytest.mark.parametrize("shape", [(16, 16), (40, 24), (9, 50)])
def test_it_takes_any_height_width_and_number_type(tiny, dtype, shape):
    photos = np.random.default_rng(0).integers(0, 256, (2, *shape, 3)).astype(dtype)
    classifier = tiny()

    assert classifier.predict(photos, verbose=0).shape == (2, 3)


def test_predict_and_call_and_files_agree(tiny, leaf_folder):
    data = tl.LeafDataset.from_folder(leaf_folder)
    classifier = tiny()
    pixels = np.stack([data.read(row) for row in range(len(data))])

    called = classifier(pixels, training=False).numpy()

    np.testing.assert_allclose(classifier.predict(pixels, verbose=0), called, atol=1e-6)
    np.testing.assert_allclose(classifier.predict(data, verbose=0), called, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["a"]}, "classes=['a'] must be at least two different class names."),
        ({"classes": ["a", "a"]}, "classes=['a', 'a'] must be at least two different class names."),
        ({"classes": "ab"}, "classes='ab' must be at least two different class names."),
        ({"classes": [0, 1]}, "classes=[0, 1] must be at least two different class names."),
        ({"dropout": 1.0}, "dropout=1.0 must lie in [0, 1)."),
        (
            {"freeze": "IV"},
            "freeze='IV' must be a FreezePolicy, such as FreezePolicy.for_quadrant(\"IV\").",
        ),
        ({"image_size": 99}, "image_size=99 must be 16, the size of the given network's input."),
    ],
)
def test_options_that_cannot_work_are_refused(tiny, options, message):
    with pytest.raises(ConfigError) as caught:
        tiny(**options)

    assert str(caught.value) == message


def test_another_keras_backend_is_refused(tiny, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")

    with pytest.raises(ConfigError) as caught:
        tiny()

    assert str(caught.value) == (
        "keras.backend.backend()='jax' must be \"tensorflow\"; set the environment variable "
        "KERAS_BACKEND before Keras is imported."
    )


def test_pixels_in_zero_to_one_are_warned_about(tiny):
    with pytest.warns(UserWarning, match=r"look like \[0, 1\].*multiply them by 255"):
        tiny().predict(np.full((1, 16, 16, 3), 0.5), verbose=0)


def test_the_head_sees_the_stages_that_the_policy_names(tiny):
    everything = tiny(tl.FreezePolicy.freeze_base())
    last = tiny(tl.FreezePolicy.freeze_base(head="last"))
    two = tiny(tl.FreezePolicy.freeze_base(head=("high_out", "low_out")))

    widths = [c.get_layer("probabilities").kernel.shape[0] for c in (everything, last, two)]

    assert widths == [4 + 8 + 16, 16, 4 + 16]


# Training


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


def test_the_history_spans_the_solved_head_and_the_epochs(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0)

    assert isinstance(history, keras.callbacks.History)
    assert history.epoch == [0, 1, 2]
    assert {name: len(values) for name, values in history.history.items()} == {
        "accuracy": 3,
        "loss": 3,
        "val_accuracy": 3,
        "val_loss": 3,
    }


def test_results_of_the_solved_head_are_those_of_evaluate(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), verbose=0).history

    measured = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)
    assert measured["loss"] == pytest.approx(history["val_loss"][0], abs=1e-6)
    assert measured["accuracy"] == pytest.approx(history["val_accuracy"][0])


def test_fine_tuning_is_never_worse_than_its_start_on_validation_data(tiny, blobs):
    ruinous = tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0)
    classifier = tiny(ruinous)

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0).history

    kept = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)["accuracy"]
    assert kept == pytest.approx(max(history["val_accuracy"]))


def test_the_plan_is_printed_and_its_proof(tiny, blobs, capsys):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    classifier.fit(*blobs(), verbose=1)

    told = capsys.readouterr().out
    assert "quadrant IV (small data, high similarity): tiny, 3 classes" in told
    assert "Proved: the plan was kept. 15 frozen weights and statistics" in told


def test_silence_can_be_asked_for(tiny, blobs, capsys):
    tiny(tl.FreezePolicy.train_last(stages=1)).fit(*blobs(), epochs=1, verbose=0)

    assert capsys.readouterr().out == ""


def test_a_callback_that_writes_to_frozen_weights_is_caught(tiny, blobs):
    class Vandal(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kernel = self.model.backbone.model.get_layer("low_conv").kernel
            kernel.assign(kernel * 1.01)

    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    with pytest.raises(FrozenWeightsMovedError, match="low_conv/kernel"):
        classifier.fit(*blobs(), callbacks=[Vandal()], verbose=0)


def test_keras_callbacks_work_and_see_the_classifier(tiny, blobs, tmp_path):
    seen = []

    class Watcher(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, self.model))

    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.fit(
        *blobs(),
        validation_data=blobs(seed=1),
        epochs=2,
        verbose=0,
        callbacks=[
            Watcher(),
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.TensorBoard(tmp_path / "board"),
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=5),
        ],
    )

    assert seen == [(0, classifier), (1, classifier), (2, classifier)]
    assert sorted(path.name for path in tmp_path.glob("*.keras")) == [
        "1.keras",
        "2.keras",
        "3.keras",
    ]
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 4
    assert list((tmp_path / "board").rglob("events.out.*"))


def test_early_stopping_by_a_callback_ends_all_phases(tiny, blobs):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    classifier = tiny(tl.FreezePolicy.train_last(stages=1))

    history = classifier.fit(*blobs(), epochs=3, callbacks=[Stop()], verbose=0)

    assert history.epoch == [0]


def test_an_interrupt_leaves_the_best_weights_and_the_compiled_model(tiny, blobs):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.solved = None
                raise KeyboardInterrupt

    classifier = tiny(tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0))

    with pytest.raises(KeyboardInterrupt):
        classifier.fit(*blobs(), validation_data=blobs(seed=1), callbacks=[Interrupt()], verbose=0)

    kept = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)
    assert kept["accuracy"] == max(classifier.history.history["val_accuracy"])


def test_an_interrupt_before_anything_was_trained_says_so(tiny, blobs, capsys):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny().fit(*blobs(), callbacks=[Interrupt()], verbose=1)

    assert "In place: the weights of the start, nothing was trained" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["leaf data set", "stream"])
def test_it_trains_on_folders_and_streams(tiny, leaf_folder, blobs, kind):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    train = {
        "leaf data set": tl.LeafDataset.from_folder(leaf_folder),
        "stream": tf.data.Dataset.from_tensor_slices(blobs()).shuffle(48).batch(16),
    }[kind]

    classifier.fit(train, validation_data=train, epochs=1, verbose=0)

    assert classifier.evaluate(train, verbose=0, return_dict=True)["accuracy"] > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"class_weight": {7: 2.0}},
            "class_weight={7: 2.0} must give class numbers in [0, 3) weights of at least 0.",
            id="class of a weight",
        ),
        pytest.param(
            {"callbacks": [keras.callbacks.ReduceLROnPlateau()]},
            "callbacks='ReduceLROnPlateau' must come with a compile() of your own: the policy has "
            "a schedule already.",
            id="schedule",
        ),
        pytest.param(
            {"epochs": 2.5}, "epochs=2.5 must be a whole number of at least 0.", id="epochs"
        ),
    ],
)
def test_training_options_that_cannot_work_are_refused(tiny, blobs, options, message):
    with pytest.raises(ConfigError) as caught:
        tiny().fit(*blobs(), verbose=0, **options)

    assert str(caught.value) == message


def test_mixed_classes_and_a_sparse_loss_are_refused_before_photos_are_read(tiny, blobs):
    classifier = tiny(augment=tl.Augmentation(mix_up=0.2))
    classifier.compile("adam", "sparse_categorical_crossentropy")

    with pytest.raises(ConfigError, match="the augmentation mixes classes"):
        classifier.fit(*blobs(), verbose=0)


def test_sample_weights_and_class_weights_multiply(tiny, blobs):
    images, labels = blobs()
    classifier = tiny(tl.FreezePolicy.train_last(stages=1, label_smoothing=0.1))

    history = classifier.fit(
        images,
        labels,
        sample_weight=np.ones(len(labels)),
        class_weight={0: 2.0},
        epochs=1,
        verbose=0,
    )

    assert history.epoch == [0, 1]


def test_epochs_that_change_nothing_are_said(tiny, blobs, capsys):
    tiny(tl.FreezePolicy.for_quadrant("IV")).fit(*blobs(), epochs=10, verbose=1)

    assert "no gradient epochs, so epochs=10 changes nothing" in capsys.readouterr().out


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


def test_balanced_class_weights_help_the_rare_class(tiny, blobs):
    images, labels = blobs(120)
    images[labels == 2] = images[labels == 2] // 2 + images[labels == 1][: (labels == 2).sum()] // 2
    rare = np.flatnonzero(labels == 2)[:4]
    rows = np.concatenate([np.flatnonzero(labels != 2), rare])
    policy = tl.FreezePolicy.freeze_base()
    plain, balanced = tiny(policy), tiny(policy)
    balanced.set_weights(plain.get_weights())

    plain.fit(images[rows], labels[rows], verbose=0)
    balanced.fit(images[rows], labels[rows], class_weight="balanced", verbose=0)

    probe = images[rows]
    mean = [c.predict(probe, verbose=0)[:, 2].mean() for c in (plain, balanced)]
    assert mean[1] > mean[0]


def test_augmented_views_are_learnt_from(tiny, blobs):
    classifier = tiny(
        tl.FreezePolicy.train_last(stages=1), augment=tl.Augmentation(flip="horizontal", mix_up=0.2)
    )

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    assert max(history.history["val_accuracy"]) > 0.9


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

    assert max(again.history["val_accuracy"]) >= max(first.history["val_accuracy"])


# The user's own compile


def test_the_users_compile_is_respected(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))
    classifier.compile(
        optimizer=keras.optimizers.SGD(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")],
    )

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0)

    assert [phase.method for phase in classifier.plan.phases] == [Method.SOLVE, Method.GRADIENT]
    assert set(history.history) == {"loss", "top2", "val_loss", "val_top2"}
    assert history.epoch == [0, 1, 2]
    assert isinstance(classifier.optimizer, keras.optimizers.SGD)


def test_a_categorical_loss_of_the_user_gets_class_shares(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.compile("adam", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    assert history.history["val_accuracy"][-1] > 0.9


# Predictions on photo files


def test_photo_files_are_answered_with_labels_taken_apart(tiny, leaf_folder):
    data = tl.LeafDataset.from_folder(leaf_folder)
    classifier = tiny()
    classifier.fit(data, verbose=0)

    found = classifier.predict_photos([data.paths[20], str(data.paths[40])], top_k=2)

    rust, corn = found
    assert (rust.label, rust.crop, rust.disease, rust.healthy) == (
        "Bean___rust",
        "Bean",
        "rust",
        False,
    )
    assert corn.crop == "Corn"
    assert rust.top[0][0] == "Bean___rust"
    assert len(rust.top) == 2
    bean = sum(
        dict(classifier.predict_photos(data.paths[20], top_k=3)[0].top)[n] for n in CLASSES[:2]
    )
    assert rust.crop_probability == pytest.approx(bean)
    assert rust.probability == rust.top[0][1]


def test_no_photos_no_predictions(tiny):
    assert tiny().predict_photos([]) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.predict("leaf.jpg"), "x='leaf.jpg' must be photos; predict_photos takes"),
        (lambda c: c.predict(np.zeros((16, 16, 3))), "x='shape (16, 16, 3)' must have shape"),
        (lambda c: c.predict_photos(["a.jpg"], top_k=0), "top_k=0 must be a whole number"),
    ],
)
def test_what_cannot_be_answered_is_refused(tiny, call, message):
    with pytest.raises(ConfigError) as caught:
        call(tiny())

    assert str(caught.value).startswith(message)


def test_a_file_that_is_no_photo_is_named(tiny, tmp_path):
    (tmp_path / "notes.jpg").write_text("no photo")

    with pytest.raises(PhotoError, match=r"notes\.jpg"):
        tiny().predict_photos(tmp_path / "notes.jpg")


# Files


@EACH_POLICY
def test_a_saved_classifier_predicts_the_same_bit_for_bit(tiny, blobs, tmp_path, policy):
    classifier = tiny(policy, augment=tl.Augmentation.leaf())
    images = blobs(seed=3)[0]
    untrained = classifier.predict(images, verbose=0)
    classifier.save(tmp_path / "before.keras")
    classifier.fit(*blobs(), epochs=1, verbose=0)
    trained = classifier.predict(images, verbose=0)
    classifier.save(tmp_path / "after.keras")

    before = keras.saving.load_model(tmp_path / "before.keras")
    after = keras.saving.load_model(tmp_path / "after.keras")

    np.testing.assert_array_equal(before.predict(images, verbose=0), untrained)
    np.testing.assert_array_equal(after.predict(images, verbose=0), trained)
    assert (after.classes, after.freeze, after.augment) == (
        CLASSES,
        policy,
        tl.Augmentation.leaf(),
    )


@EACH_POLICY
def test_a_loaded_classifier_trains_as_its_policy_says(tiny, blobs, tmp_path, policy):
    tiny(policy).save(tmp_path / "leaf.keras")
    classifier = keras.saving.load_model(tmp_path / "leaf.keras")

    classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    phase = classifier.plan.phases[-1]
    assert set(phase.trainable) == {
        layer.name for layer in classifier.backbone.model.layers if layer.trainable_weights
    }


def test_importing_the_package_is_enough_to_load_a_file(tiny, tmp_path):
    tiny().save(tmp_path / "leaf.keras")
    code = (
        "import transferleaf, keras, sys\n"
        "model = keras.saving.load_model(sys.argv[1])\n"
        "print(type(model).__name__, *model.classes)"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "leaf.keras"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.split() == ["TransferClassifier", *CLASSES]


def test_the_file_tells_classes_policy_and_version(tiny):
    config = json.loads(json.dumps(tiny().get_config()))

    assert config["classes"] == list(CLASSES)
    assert tl.FreezePolicy.from_dict(config["freeze"]) == tl.FreezePolicy.for_quadrant("IV")
    assert config["transferleaf_version"] == tl.__version__


def test_a_users_compile_and_its_optimizer_come_back(tiny, blobs, tmp_path):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.compile(keras.optimizers.SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
    classifier.train_on_batch(*blobs())
    classifier.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    assert isinstance(loaded.optimizer, keras.optimizers.SGD)
    for one, other in zip(classifier.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_mixed_precision_trains_saves_and_answers_in_float32(tiny, blobs, tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        classifier = tiny(tl.FreezePolicy.train_last(stages=1))
        classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)
    finally:
        keras.config.set_dtype_policy(before)
    classifier.save(tmp_path / "leaf.keras")

    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    images, labels = blobs(seed=2)
    answers = classifier.predict(images, verbose=0)
    assert answers.dtype == np.float32
    assert (answers.argmax(axis=1) == labels).mean() > 0.8
    assert loaded.backbone.model.get_layer("low_conv").compute_dtype == "float16"
    np.testing.assert_array_equal(loaded.predict(images, verbose=0), answers)
