"""The cut of the network: stored outputs before it, the same network after it."""

from __future__ import annotations

import numpy as np
import pytest

import transferleaf as tl
from transferleaf.features.second_order import pooling_layer
from transferleaf.freezing.feature_groups import feature_groups
from transferleaf.training.phases.cut import last_frozen_stage, tail_network

LAST_TWO = tl.FreezePolicy.train_last(stages=2)


def planned(classifier):
    return classifier.freeze.plan(classifier.backbone.describe(), classes=3)


@pytest.mark.parametrize(
    ("policy", "cut"),
    [
        (tl.FreezePolicy.train_all(), None),
        (LAST_TWO, 0),
        (tl.FreezePolicy.train_last(stages=1), 1),
        (tl.FreezePolicy.freeze_base(), 2),
    ],
    ids=["everything trains", "two stages train", "one stage trains", "nothing trains"],
)
def test_the_cut_is_after_the_last_frozen_stage(tiny_classifier, policy, cut):
    phase = planned(tiny_classifier(policy)).phases[-1]

    assert last_frozen_stage(phase) == cut


@pytest.mark.parametrize("head", ["all", "last", ("low_out", "high_out")])
@pytest.mark.parametrize("cut", [None, 0, 1, 2])
def test_a_tail_on_stored_outputs_equals_the_whole_network(
    tiny_classifier, with_a_head, blobs, cut, head
):
    classifier = with_a_head(tiny_classifier(tl.FreezePolicy.freeze_base(head_stages=head)))
    backbone = classifier.backbone
    groups = feature_groups(classifier.freeze, backbone.describe())
    photos = blobs(6)[0].astype("float32")
    maps = backbone.model.predict(photos, verbose=0)

    tail = tail_network(classifier, backbone, cut, groups)
    early = [
        np.asarray(pooling_layer(group.kind, group.channels)(maps[group.stage]))
        for group in groups
        if group.stage <= (-1 if cut is None else cut)
    ]
    given = {
        "photos": photos,
        "stored_features": np.concatenate(early, axis=1) if early else None,
        "map": maps[cut or 0],
    }
    probabilities = tail.predict({name: given[name] for name in tail.input}, verbose=0)

    expected = classifier.predict(photos, verbose=0)
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)


def test_a_tail_for_photos_of_any_size_equals_the_whole_network(
    tiny_classifier, with_a_head, blobs
):
    classifier = with_a_head(tiny_classifier(tl.FreezePolicy.train_all()))
    groups = feature_groups(classifier.freeze, classifier.backbone.describe())
    assert "second-order" in {group.kind for group in groups}
    photos = blobs(6)[0].astype("float32")

    tail = tail_network(classifier, classifier.backbone, None, groups, any_size=True)

    expected = classifier.predict(photos, verbose=0)
    np.testing.assert_allclose(tail.predict({"photos": photos}, verbose=0), expected, atol=1e-5)
    smaller = tail.predict({"photos": photos[:, ::2, ::2]}, verbose=0)
    np.testing.assert_allclose(smaller.sum(axis=1), 1, atol=1e-5)


def test_a_tail_shares_its_layers_with_the_classifier(tiny_classifier):
    classifier = tiny_classifier(LAST_TWO)

    groups = feature_groups(classifier.freeze, classifier.backbone.describe())
    tail = tail_network(classifier, classifier.backbone, 0, groups)

    inside = {id(weight) for weight in classifier.weights}
    assert tail.weights
    assert {id(weight) for weight in tail.weights} < inside
