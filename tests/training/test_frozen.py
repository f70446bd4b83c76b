"""What is frozen runs once per photo, in this fit and in all later ones."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.training.frozen import FrozenPrefix
from transferleaf.training.photos import PhotoArray
from transferleaf.training.reporting import Reporter
from transferleaf.training.store import FeatureStore
from transferleaf.training.views import View

HEAD = tl.FreezePolicy.freeze_base()
LAST = tl.FreezePolicy.train_last(stages=1, epochs=1)


@pytest.fixture
def photos_run(monkeypatch):
    """Counts the photos that an engine runs on."""
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
    """Trains a classifier of seeded weights with a store of the test's own."""

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
        pytest.param(tl.FreezePolicy.freeze_base(head="last"), 0, id="another head"),
        pytest.param(tl.FreezePolicy.train_all(epochs=1), 0, id="everything trains"),
        pytest.param(LAST, 48, id="the cut lies elsewhere"),
    ],
)
def test_another_policy_computes_what_no_policy_before_it_needed(
    fit, blobs, photos_run, then, more
):
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

    # The last stage has been trained: averages of all stages are new, feature maps are not.
    spaces = FeatureStore(tmp_path).usage().spaces
    kinds = sorted((space.kind.identity["output"], space.rows) for space in spaces)
    assert kinds == [("average", 48), ("average", 48), ("map", 48)]
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
        backbone=tiny_classifier(LAST).backbone, store=FeatureStore(tmp_path), reporter=Reporter(0)
    )

    plain, changed = (
        prefix.rows(source, view, cut=None, label="").averages.read()
        for view in (View(), View(1, augment))
    )

    assert plain.shape == changed.shape == (6, 4 + 8 + 16)
    assert (np.abs(plain - changed).max(axis=1) > 0).all()


def test_maps_beyond_half_precision_are_stored_in_full(tiny_classifier, blobs, tmp_path):
    classifier = tiny_classifier(LAST)
    scale = classifier.backbone.model.get_layer("mid_bn")
    scale.gamma.assign(scale.gamma * 1e6)
    prefix = FrozenPrefix(
        backbone=classifier.backbone, store=FeatureStore(tmp_path), reporter=Reporter(0)
    )

    maps = prefix.rows(PhotoArray(blobs(4)[0]), View(), cut=1, label="").maps

    assert maps.dtype == np.float32
    expected = classifier.backbone.model.predict(blobs(4)[0].astype("float32"), verbose=0)[1]
    np.testing.assert_allclose(maps.read(), expected, rtol=1e-4, atol=1)


def test_stored_maps_are_those_of_the_network_to_half_precision(tiny_classifier, blobs, tmp_path):
    classifier = tiny_classifier(LAST)
    prefix = FrozenPrefix(
        backbone=classifier.backbone, store=FeatureStore(tmp_path), reporter=Reporter(0)
    )

    rows = prefix.rows(PhotoArray(blobs(5)[0]), View(), cut=0, label="")

    expected = classifier.backbone.model.predict(blobs(5)[0].astype("float32"), verbose=0)
    assert rows.maps.dtype == np.float16
    np.testing.assert_allclose(rows.maps.read(), expected[0], rtol=1e-3, atol=1e-2)
    averages = np.concatenate([stage.mean(axis=(1, 2)) for stage in expected], axis=1)
    np.testing.assert_allclose(rows.averages.read(), averages, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("policy", "options", "reason"),
    [
        pytest.param(
            tl.FreezePolicy.train_last(stages=1, epochs=1, views=0),
            {"augment": tl.Augmentation(flip="horizontal")},
            "the policy's views=0 asks for new changes each time.",
            id="no views",
        ),
        pytest.param(
            LAST,
            {"augment": tl.Augmentation(mix_up=0.2)},
            "the augmentation mixes photos anew each time.",
            id="mixed photos",
        ),
    ],
)
def test_where_frozen_stages_run_in_each_epoch_the_reason_is_told(
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


def test_the_speed_of_each_part_is_told(fit, blobs, capsys):
    classifier = fit(LAST, blobs(), verbose=2)

    solved, tuned = classifier.records
    assert solved.speeds["prefix"] > 0
    assert tuned.speeds["tail"] > 0
    assert "Photos a second: frozen stages" in capsys.readouterr().out
