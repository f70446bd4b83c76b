"""Frozen stages run once per photo, in this fit and all later ones."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.features import frozen
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine as Engine
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.photos import PhotoArray
from transferleaf.features.second_order import SecondOrderPooling
from transferleaf.features.store import FeatureStore
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.text.progress import Reporter

HEAD = tl.FreezePolicy.freeze_base()
# The three stages of the tiny network, and the covariance of the second one.
ALL = (
    FeatureGroup(0, "average", 4),
    FeatureGroup(1, "average", 8),
    FeatureGroup(1, "second-order", 8),
    FeatureGroup(2, "average", 16),
)
LAST = tl.FreezePolicy.train_last(stages=1, epochs=1)


@pytest.fixture
def photos_run(monkeypatch):
    """Counts the photos for which an engine runs."""
    counts: list[int] = []
    engine_of = FrozenPrefix._engine

    def counting(self, *arguments):
        engine = engine_of(self, *arguments)

        class Counting:
            meter = engine.meter

            def run(self, batches):
                for outputs in engine.run(batches):
                    counts.append(len(outputs[0]))
                    yield outputs

        return Counting()

    monkeypatch.setattr(FrozenPrefix, "_engine", counting)
    return lambda: sum(counts)


@pytest.fixture
def fit(tiny_classifier, tmp_path):
    """Trains a classifier with seeded weights and a separate store."""

    def train(policy, data, *, validation=None, verbose=0, **options):
        keras.utils.set_random_seed(5)
        classifier = tiny_classifier(policy, **options)
        classifier.fit(
            *data, validation_data=validation, seed=1, verbose=verbose, cache=tmp_path / "store"
        )
        return classifier

    return train


def test_a_second_fit_computes_nothing_and_gives_the_same(fit, blobs, photos_run):
    first = fit(HEAD, blobs())
    once = photos_run()
    second = fit(HEAD, blobs())

    assert (once, photos_run()) == (48, 48)
    probes = blobs(seed=2)[0]
    np.testing.assert_array_equal(
        first.predict(probes, verbose=0), second.predict(probes, verbose=0)
    )


def test_only_new_photos_are_computed(fit, blobs, photos_run):
    images, labels = blobs(60)

    fit(HEAD, (images[:48], labels[:48]))
    fit(HEAD, (images, labels))

    assert photos_run() == 48 + 12


@pytest.mark.parametrize(
    ("then", "more"),
    [
        pytest.param(tl.FreezePolicy.freeze_base(head_stages="last"), 0, id="another head"),
        pytest.param(tl.FreezePolicy.train_all(epochs=1), 0, id="everything trains"),
        pytest.param(LAST, 48, id="the cut lies elsewhere"),
    ],
)
def test_another_policy_computes_only_missing_outputs(fit, blobs, photos_run, then, more):
    fit(HEAD, blobs())

    fit(then, blobs())

    assert photos_run() == 48 + more


def test_a_partial_policy_runs_its_frozen_stages_once_however_many_epochs(fit, blobs, photos_run):
    fit(tl.FreezePolicy.train_last(stages=1, epochs=4), blobs(), validation=blobs(24, seed=1))

    assert photos_run() == 48 + 24


def test_stages_behind_the_cut_do_not_change_what_is_stored_at_it(
    tiny_classifier, blobs, photos_run, tmp_path
):
    classifier = tiny_classifier(LAST)
    options = {"seed": 1, "verbose": 0, "cache": tmp_path}
    classifier.fit(*blobs(), **options)
    before = photos_run()

    classifier.fit(*blobs(), **options)

    # The last stage was trained, so its averages are new, but earlier ones are not.
    kinds = Counter(
        (space.kind.identity["output"], space.kind.identity["stage"], space.rows)
        for space in FeatureStore(tmp_path).usage().spaces
    )
    assert kinds == {
        ("average", "low_out", 48): 1,
        ("average", "mid_out", 48): 1,
        ("second-order", "mid_out", 48): 1,
        ("average", "high_out", 48): 2,
        ("map", "mid_out", 48): 1,
    }
    assert photos_run() == before + 48


def test_views_are_computed_once_and_learnt_from(fit, blobs, photos_run):
    policy = tl.FreezePolicy.freeze_base(views=2)
    augment = tl.Augmentation(flip="horizontal", brightness=0.1)

    fit(policy, blobs(), augment=augment)
    fit(policy, blobs(), augment=augment)

    assert photos_run() == 3 * 48


def test_epochs_take_turns_through_the_views(tiny_classifier, blobs, tmp_path):
    images, _ = blobs(6)
    source = PhotoArray(images)
    augment = tl.Augmentation(brightness=0.5)
    prefix = FrozenPrefix(
        backbone=tiny_classifier(LAST).backbone,
        store=FeatureStore(tmp_path),
        reporter=Reporter(0),
        photos=6,
    )

    plain, changed = (
        prefix.rows(source, view, groups=ALL, cut=None, label="").features.take(np.arange(6))
        for view in (View(), View(1, augment))
    )

    assert plain.shape == changed.shape == (6, 4 + (8 + 36) + 16)
    assert (np.abs(plain - changed).max(axis=1) > 0).all()


def test_maps_beyond_half_precision_are_stored_in_full(tiny_classifier, blobs, tmp_path):
    classifier = tiny_classifier(LAST)
    scale = classifier.backbone.model.get_layer("mid_bn")
    scale.gamma.assign(scale.gamma * 1e6)
    prefix = FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(tmp_path),
        reporter=Reporter(0),
        photos=6,
    )

    maps = prefix.rows(PhotoArray(blobs(4)[0]), View(), groups=ALL, cut=1, label="").maps

    assert maps.dtype == np.float32
    expected = classifier.backbone.model.predict(blobs(4)[0].astype("float32"), verbose=0)[1]
    np.testing.assert_allclose(maps.read(), expected, rtol=1e-4, atol=1)


def test_stored_maps_are_those_of_the_network_to_half_precision(tiny_classifier, blobs, tmp_path):
    classifier = tiny_classifier(LAST)
    prefix = FrozenPrefix(
        backbone=classifier.backbone,
        store=FeatureStore(tmp_path),
        reporter=Reporter(0),
        photos=6,
    )

    rows = prefix.rows(PhotoArray(blobs(5)[0]), View(), groups=ALL, cut=0, label="")

    expected = classifier.backbone.model.predict(blobs(5)[0].astype("float32"), verbose=0)
    assert rows.maps.dtype == np.float16
    np.testing.assert_allclose(rows.maps.read(), expected[0], rtol=1e-3, atol=1e-2)
    low, mid, high = (stage.mean(axis=(1, 2)) for stage in expected)
    covariances = np.asarray(SecondOrderPooling()(expected[1]))
    features = np.concatenate([low, mid, covariances, high], axis=1)
    np.testing.assert_allclose(rows.features.take(np.arange(5)), features, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("policy", "options", "reason"),
    [
        pytest.param(
            tl.FreezePolicy.train_last(stages=1, epochs=1, views=0),
            {"augment": tl.Augmentation(flip="horizontal")},
            "the policy's views=0 requires new augmentation in each epoch.",
            id="no views",
        ),
        pytest.param(
            LAST,
            {"augment": tl.Augmentation(mix_up=0.2)},
            "the augmentation mixes different photos each time.",
            id="mixed photos",
        ),
    ],
)
def test_the_reason_is_printed_if_frozen_stages_run_in_each_epoch(
    fit, blobs, capsys, policy, options, reason
):
    fit(policy, blobs(), verbose=2, **options)

    told = " ".join(capsys.readouterr().out.split())
    assert f"The whole network runs in each epoch: {reason}" in told


def test_feature_maps_that_have_no_room_are_not_stored(fit, blobs, capsys, monkeypatch):
    monkeypatch.setattr(FeatureStore, "room", lambda self, share: 1000)

    fit(LAST, blobs(), verbose=2)

    told = " ".join(capsys.readouterr().out.split())
    assert "stored feature maps would take 0.0 GB and there is room for 0.0" in told


def test_the_speed_of_each_part_is_printed(fit, blobs, capsys):
    classifier = fit(LAST, blobs(), verbose=2)

    solved, tuned = classifier.records
    assert solved.speeds["prefix"] > 0
    assert tuned.speeds["tail"] > 0
    assert "Photos per second: frozen stages" in capsys.readouterr().out


def test_photos_of_a_resumed_fit_are_not_computed_again(
    tiny_classifier, blobs, photos_run, tmp_path
):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    def run(*callbacks):
        keras.utils.set_random_seed(5)
        classifier = tiny_classifier(tl.FreezePolicy.train_last(stages=1, epochs=4))
        classifier.fit(
            *blobs(),
            validation_data=blobs(24, seed=1),
            seed=1,
            verbose=0,
            cache=tmp_path / "store",
            resume=tmp_path / "fit",
            callbacks=list(callbacks),
        )

    with pytest.raises(KeyboardInterrupt):
        run(Stop())
    before = photos_run()
    run()

    assert (before, photos_run()) == (48 + 24, 48 + 24)


def test_a_cache_that_cannot_be_written_does_not_stop_training(
    tiny_classifier, blobs, tmp_path, capsys
):
    (tmp_path / "file").write_text("")

    tiny_classifier(LAST).fit(*blobs(), verbose=2, cache=tmp_path / "file" / "store")

    told = " ".join(capsys.readouterr().out.split())
    assert "cannot be written" in told
    assert "results are kept for this run only" in told


def test_a_store_that_is_emptied_during_a_fit_is_filled_again(
    tiny_classifier, blobs, tmp_path, monkeypatch
):
    store = FeatureStore(tmp_path)
    prefix = FrozenPrefix(
        backbone=tiny_classifier(LAST).backbone, store=store, reporter=Reporter(0), photos=6
    )
    fill = FrozenPrefix._fill
    emptied = []

    def fill_and_lose(self, *arguments):
        fill(self, *arguments)
        if not emptied:
            emptied.append(store.clear())

    monkeypatch.setattr(FrozenPrefix, "_fill", fill_and_lose)

    rows = prefix.rows(PhotoArray(blobs(6)[0]), View(), groups=ALL, cut=1, label="")

    assert emptied
    assert rows.maps.read().shape == (6, 4, 4, 8)


def test_a_repeatedly_emptied_store_is_not_used(
    tiny_classifier, blobs, tmp_path, monkeypatch, capsys
):
    store = FeatureStore(tmp_path / "store")
    prefix = FrozenPrefix(
        backbone=tiny_classifier(LAST).backbone, store=store, reporter=Reporter(2), photos=6
    )
    fill = FrozenPrefix._fill

    def fill_and_lose(self, *arguments):
        fill(self, *arguments)
        store.clear()

    monkeypatch.setattr(FrozenPrefix, "_fill", fill_and_lose)

    rows = prefix.rows(PhotoArray(blobs(6)[0]), View(), groups=ALL, cut=1, label="")

    assert rows.maps.read().shape == (6, 4, 4, 8)
    assert "is cleared repeatedly; results are kept for this run only" in " ".join(
        capsys.readouterr().out.split()
    )


def test_files_that_vanish_while_they_are_read_are_computed_again_in_a_temporary_store(
    tiny_classifier, blobs, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("transferleaf.features.store.open_maps._MAX_OPEN", 1)
    monkeypatch.setattr("transferleaf.features.store.writer._SHARD_ROWS", 2)
    store = FeatureStore(tmp_path / "store")
    prefix = FrozenPrefix(
        backbone=tiny_classifier(LAST).backbone, store=store, reporter=Reporter(2), photos=6
    )
    source = PhotoArray(blobs(6)[0])

    def found():
        rows = prefix.rows(source, View(), groups=ALL, cut=1, label="")
        return rows, prefix.pixels(source, label="")

    expected, pixels = found()
    expected = [expected.features.read(), expected.maps.read(), pixels.read()]
    rows, pixels = found()
    store.clear()
    with ThreadPoolExecutor(3) as threads:
        read = list(threads.map(lambda each: each.read(), (rows.features, rows.maps, pixels)))

    np.testing.assert_equal(read, expected)
    told = " ".join(capsys.readouterr().out.split())
    assert told.count("was emptied while it was read; results are kept for this run") == 1


def test_a_fit_whose_store_is_emptied_after_each_epoch_ends_with_the_same_weights(
    tiny_classifier, blobs, tmp_path, monkeypatch
):
    monkeypatch.setattr("transferleaf.features.store.open_maps._MAX_OPEN", 1)
    monkeypatch.setattr("transferleaf.features.store.writer._SHARD_ROWS", 8)

    def weights(callbacks=()):
        keras.utils.set_random_seed(0)
        classifier = tiny_classifier(LAST)
        options = {"cache": tmp_path, "callbacks": list(callbacks), "seed": 1, "verbose": 0}
        classifier.fit(*blobs(), epochs=3, **options)
        return classifier.get_weights()

    emptied = []
    empty = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: emptied.append(FeatureStore(tmp_path).clear())
    )

    for one, other in zip(weights(), weights([empty]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert max(emptied) > 0


class Shifted(Engine):
    """An engine whose outputs differ from those of TensorFlow."""

    def run(self, batches):
        for outputs in super().run(batches):
            yield tuple(output + 1 for output in outputs)


@pytest.mark.parametrize("emptied", [False, True])
def test_what_another_engine_stored_is_not_read(
    tiny_classifier, blobs, tmp_path, monkeypatch, emptied
):
    monkeypatch.setattr(frozen, "open_engine", lambda network, *_, **__: Shifted(network))
    backbone, store = tiny_classifier(HEAD).backbone, FeatureStore(tmp_path)

    def averages(photos):
        prefix = FrozenPrefix(backbone=backbone, store=store, reporter=Reporter(0), photos=photos)
        rows = prefix.rows(PhotoArray(blobs(6)[0]), View(), groups=ALL, cut=None, label="")
        return next(iter(rows.features._groups.values())).read()

    few = averages(6)
    if emptied:
        store.clear()
    many = averages(1000)

    np.testing.assert_allclose(many, few + 1, rtol=1e-5)


@pytest.mark.parametrize(("photos", "compiled"), [(299, False), (300, True)])
def test_the_number_of_all_photos_decides_on_the_engine(
    tiny_classifier, blobs, tmp_path, monkeypatch, photos, compiled
):
    opened = []
    monkeypatch.setattr(
        frozen, "open_engine", lambda network, *_, **__: opened.append(network) or Engine(network)
    )
    prefix = FrozenPrefix(
        backbone=tiny_classifier(HEAD).backbone,
        store=FeatureStore(tmp_path),
        reporter=Reporter(0),
        photos=photos,
    )

    prefix.rows(PhotoArray(blobs(6)[0]), View(), groups=ALL, cut=None, label="")

    assert bool(opened) is compiled
