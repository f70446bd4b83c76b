from __future__ import annotations

import sys

import pytest

from tests.advice.made import some_advice, some_evidence
from transferleaf.advice.references import references
from transferleaf.errors import ConfigError

pytest.importorskip("matplotlib")


def words(axes) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in axes.texts]


def legend(axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_matrix_names_four_strategies_the_place_and_the_known_sets():
    plane, _ = some_advice().figure().axes

    assert {
        "I train the head and the last stages",
        "II train all stages, starting from the pretrained weights",
        "III train the head and the last stages with a small learning rate",
        "IV train only the head, freeze the whole base",
        "your photos",
        "PlantVillage",
    } <= set(words(plane))


def test_the_place_is_drawn_with_its_uncertainty():
    plane, _ = some_advice(similarity=0.3, size=0.7, deviation=0.05).figure().axes

    mark, _, bars = plane.containers[0]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (0.3, 0.7)
    ends = [bar.get_segments()[0].round(6).tolist() for bar in bars]
    assert ends == [[[0.25, 0.7], [0.35, 0.7]], [[0.3, 0.65], [0.3, 0.75]]]


def test_the_curve_shows_each_stage_beside_the_untrained_network():
    _, curve = some_advice().figure().axes

    assert legend(curve) == [
        "all stages together",
        "one stage, pretrained",
        "one stage, random weights",
    ]
    assert curve.containers[0][0].get_ydata().tolist() == [0.5, 0.9, 0.8]
    assert curve.containers[1][0].get_ydata().tolist() == [0.4, 0.45, 0.3]
    assert [label.get_text() for label in curve.get_xticklabels()] == ["low", "mid", "high"]


def test_without_an_untrained_network_its_curve_is_absent():
    evidence = some_evidence(similarity={"untrained_probes": ()})

    _, curve = some_advice(evidence).figure().axes

    assert legend(curve) == ["all stages together", "one stage, pretrained"]


def test_long_names_of_stages_keep_both_ends():
    evidence = some_evidence(
        similarity={"stages": ("conv2_block3_out", "conv3_block4_out", "conv4_block6_out")}
    )

    _, curve = some_advice(evidence).figure().axes

    names = [label.get_text() for label in curve.get_xticklabels()]
    assert names == ["conv2…k3_out", "conv3…k4_out", "conv4…k6_out"]


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml")])
def test_a_path_is_written(tmp_path, name, start):
    some_advice().figure(tmp_path / name)

    assert (tmp_path / name).read_bytes().startswith(start)


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        some_advice().figure("a.gif")

    assert str(caught.value) == "path='a.gif' must end in .png or .svg."


def test_drawing_leaves_pyplot_alone(monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)

    some_advice().figure()

    assert "matplotlib.pyplot" not in sys.modules


def test_known_data_sets_lie_on_the_matrix():
    positions = [(known.similarity, known.size) for known in references()]

    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in positions)
    assert len(positions) >= 3
