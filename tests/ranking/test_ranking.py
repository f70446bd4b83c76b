from __future__ import annotations

import json
from pathlib import Path
from urllib.error import URLError

import pytest
from rich.console import Console

from tests.advice.made import some_advice, some_evidence
from transferleaf.errors import ConfigError, PhotoError, PretrainedWeightsError
from transferleaf.ranking.ranking import Ranking, rank_backbones

FIGURES = {"weak": (0.70, 9_000_000), "good": (0.94, 8_000_000), "equal": (0.95, 9_000_000)}


def advise_on(name: str):
    if name not in FIGURES:
        raise PretrainedWeightsError(name, source="a server", reason="no network")
    accuracy, multiply_adds = FIGURES[name]
    return some_advice(some_evidence(backbone=name, accuracy=accuracy), multiply_adds=multiply_adds)


def text(ranking: Ranking) -> str:
    console = Console(width=160, no_color=True)
    with console.capture() as captured:
        console.print(ranking)
    return captured.get()


def test_backbones_are_ranked_by_expected_accuracy():
    ranking = rank_backbones(["weak", "good", "equal"], advise_on)

    names = [advice.evidence.backbone for advice in ranking.advices]
    assert names == ["equal", "good", "weak"]
    assert ranking.best.evidence.backbone == "equal"


def test_those_that_cannot_be_told_apart_are_marked_and_the_cheapest_named():
    ranking = rank_backbones(["weak", "good", "equal"], advise_on)

    assert [advice.evidence.backbone for advice in ranking.equals] == ["equal", "good"]
    assert ranking.cheapest_equal.evidence.backbone == "good"
    assert "= 94.0% ± 1.0%" in text(ranking)
    assert "= 70.0%" not in text(ranking)
    assert "= cannot be told from the best; of these, 'good' costs least." in text(ranking)


def test_the_table_has_the_cost_and_the_advice():
    row = next(
        line for line in text(rank_backbones(["good"], advise_on)).splitlines() if "good" in line
    )

    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "good",
        "94.0% ± 1.0%",
        "24 million",
        "3.0 MB",
        "I",
    ]


def test_a_backbone_without_weights_is_listed_with_the_reason():
    ranking = rank_backbones(["far", "good"], advise_on)

    assert list(ranking.failed) == ["far"]
    assert "Not ranked: far, as the pretrained weights of 'far' are not available" in text(ranking)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ConfigError("image_size", 16, "be at least 32"), id="size"),
        pytest.param(ImportError("No module named 'leafnets'"), id="package"),
        pytest.param(URLError("no route to host"), id="a plugin's own download"),
    ],
)
def test_what_one_backbone_lacks_does_not_cost_the_answers_of_others(error):
    def advise(name: str):
        if name == "odd":
            raise error
        return advise_on(name)

    ranking = rank_backbones(["odd", "good"], advise)

    assert ranking.best.evidence.backbone == "good"
    assert ranking.failed == {"odd": str(error)}


def test_what_is_wrong_with_the_photos_is_wrong_for_all_backbones():
    def advise(name: str):
        raise PhotoError(Path("leaf.jpg"), "the file is empty.")

    with pytest.raises(PhotoError):
        rank_backbones(["good", "weak"], advise)


def test_where_all_fail_the_first_error_is_raised():
    with pytest.raises(PretrainedWeightsError, match="of 'far' are not available"):
        rank_backbones(["far", "farther"], advise_on)


def test_json_brings_back_an_equal_ranking(tmp_path):
    ranking = rank_backbones(["far", "good"], advise_on)

    ranking.save(tmp_path / "ranking.json")

    assert Ranking.from_dict(json.loads((tmp_path / "ranking.json").read_text())) == ranking
