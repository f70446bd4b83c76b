from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from tests.advice.made import some_advice
from transferleaf.advice.references import references
from transferleaf.errors import ConfigError

pytest.importorskip("matplotlib")


def words(axes) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in axes.texts]


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
    plane, _ = some_advice(similarity=0.3, size=0.7).figure().axes

    mark, _, bars = plane.containers[0]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (0.3, 0.7)
    ends = [bar.get_segments()[0].round(6).tolist() for bar in bars]
    assert ends == [[[0.2, 0.7], [0.4, 0.7]], [[0.3, 0.6], [0.3, 0.8]]]


def test_each_choice_is_drawn_with_its_interval_and_time():
    _, expected = some_advice().figure().axes

    marks = [container[0] for container in expected.containers]
    assert [round(mark.get_xdata()[0], 1) for mark in marks] == [95.0, 96.0, 96.5]
    labels = [label.get_text() for label in expected.get_yticklabels()]
    assert labels == ["IV\n2.0 s", "IV, augmented\n40.0 s", "I\n1 min 50 s"]


def test_without_times_the_choices_have_their_names():
    advice = some_advice()
    untimed = tuple(replace(each, seconds=None) for each in advice.expected)

    _, expected = replace(advice, expected=untimed).figure().axes

    labels = [label.get_text() for label in expected.get_yticklabels()]
    assert labels == ["IV", "IV, augmented", "I"]


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
