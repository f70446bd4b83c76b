"""Measures of similarity without batch norm: their direction, and the table of the page."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.similarity import measures
from benchmarks.similarity.__main__ import NETWORKS, correlations
from benchmarks.similarity.estimate import fitted
from tests.docs.pages import ROOT
from transferleaf.advice.evidence import SimilarityEvidence
from transferleaf.advice.position import early_divergence
from transferleaf.backbones import Backbone, Stage
from transferleaf.similarity.synthetic_photos import synthetic_photos

STORED = ROOT / "benchmarks/similarity/measured.json"


@pytest.fixture(scope="module")
def network(tiny_network) -> measures.Network:
    ends = ("low_out", "mid_out", "high_out")
    tiny = tiny_network()
    for stage in ("low", "mid", "high"):  # statistics of a pretraining
        norm = tiny.get_layer(f"{stage}_bn")
        norm.moving_mean.assign(norm.moving_mean + 0.5)
    return measures.Network(
        Backbone.from_model(tiny, [Stage(name=end, last_layer=end) for end in ends])
    )


@pytest.fixture(scope="module")
def natural() -> np.ndarray:
    return synthetic_photos(40, 16, seed=3)


def test_moments_are_those_of_all_positions_of_all_photos(network, natural):
    found = network.moments(natural)

    maps = np.asarray(network.backbone.model(natural.astype(np.float32))[-1])
    np.testing.assert_allclose(found[-1].mean, maps.mean(axis=(0, 1, 2)), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found[-1].variance, maps.var(axis=(0, 1, 2)), rtol=1e-2, atol=1e-3)
    np.testing.assert_allclose(network.averages, maps.mean(axis=(1, 2)), rtol=1e-3, atol=1e-4)


def test_a_set_does_not_diverge_from_itself_and_black_photos_do(network, natural):
    itself, again = network.moments(natural), network.moments(natural)
    black = network.moments(np.zeros_like(natural))

    assert measures.against(itself, again) == pytest.approx([0.0] * 3, abs=1e-6)
    assert measures.early(measures.against(itself, black)) > 0.1


def test_batch_norm_statistics_of_a_network_with_batch_norm_are_the_reference(network, natural):
    assert measures.batch_norm(network, natural) > 0


def test_the_first_two_thirds_of_the_stages_are_early():
    assert measures.early([1.0, 3.0, 90.0]) == 2.0
    assert measures.early([None, 3.0, 90.0]) == 3.0


def test_colours_of_natural_photos_are_nearer_than_those_of_one_colour(natural):
    green = np.zeros_like(natural)
    green[..., 1] = 255

    assert measures.colours(natural) < measures.colours(green)


def test_texture_of_natural_photos_is_nearer_than_that_of_flat_ones():
    assert measures.texture(synthetic_photos(16, 64)) < measures.texture(
        np.full((16, 64, 64, 3), 90, np.uint8)
    )


def test_short_averages_and_few_directions_count_as_dissimilar():
    wide = np.eye(8) * 4.0
    narrow = np.outer(np.linspace(0.1, 0.2, 8), np.ones(8))

    assert measures.norm(narrow) > measures.norm(wide)
    assert measures.entropy(narrow) > measures.entropy(wide)


def test_crops_have_the_size_that_was_asked_for():
    pytest.importorskip("sklearn")

    assert measures.scikit_learn_crops(3, 24).shape == (3, 24, 24, 3)


def test_a_measure_that_puts_leaves_behind_steel_is_marked():
    sets = ("plantvillage", "field leaves", "steel")
    values = {
        name: {"batch norm": float(place), "same": float(place), "other": -float(place)}
        for place, name in enumerate(sets)
    }

    table = correlations([{"network": "a", "image_size": 96, "values": values}]).splitlines()

    assert table[0] == "| measure | a, 96 px |"
    assert table[2:] == ["| same | 1.00 |", "| other | -1.00, wrong |"]


def test_the_page_has_what_was_measured():
    rows = json.loads(STORED.read_text("ascii"))

    assert [row["network"] for row in rows] == list(NETWORKS)
    assert correlations(rows) in (ROOT / "docs/advice.md").read_text("utf-8")


def test_the_library_estimates_with_the_fit_over_all_networks():
    scale, exponent = fitted(json.loads(STORED.read_text("ascii")))

    similarity = SimilarityEvidence(stages=("early",), divergences=(None,), made_divergences=(0.2,))
    assert early_divergence(similarity) == pytest.approx(scale * 0.2**exponent, rel=0.01)


def test_a_fit_can_leave_out_a_photo_set():
    values = {
        name: {"synthetic photos": synthetic, "batch norm": 2 * synthetic**1.5}
        for name, synthetic in {"a": 0.1, "b": 0.2, "c": 0.4}.items()
    }
    values["wrong"] = {"synthetic photos": 0.3, "batch norm": 9.0}

    assert fitted([{"values": values}], without="wrong") == pytest.approx((2, 1.5))
