from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.advice.made import some_advice, some_evidence
from transferleaf.backbones import list_backbones
from transferleaf.cli import app


def test_backbones_are_listed_by_pattern():
    answer = CliRunner().invoke(app, ["backbones", "efficientnet_lite*"], env={"COLUMNS": "120"})

    assert answer.exit_code == 0
    assert "efficientnet_lite0" in answer.output
    assert "resnet50" not in answer.output


def test_few_backbones_are_listed_with_their_sources():
    few = CliRunner().invoke(app, ["backbones", "keras_hub:resnet_18*"], env={"COLUMNS": "200"})
    all_of_them = CliRunner().invoke(app, ["backbones"], env={"COLUMNS": "200"})

    assert "converted from timm/resnet18.a1_in1k" in few.output
    assert "converted from" not in all_of_them.output
    assert "A pattern of names also shows the sources." in all_of_them.output


def test_an_unknown_name_ends_with_1():
    answer = CliRunner().invoke(app, ["backbones", "three*"])

    assert answer.exit_code == 1
    assert " ".join(answer.output.split()) == (
        "No backbone has a name like 'three*'; transferleaf backbones lists all."
    )


def test_they_are_available_as_json():
    answer = CliRunner().invoke(app, ["backbones", "resnet50*", "--json", "-"])

    assert [spec["name"] for spec in json.loads(answer.stdout)] == ["resnet50", "resnet50v2"]


def test_size_work_licence_source_and_location_of_weights_are_listed(tmp_path: Path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5").touch()

    answer = CliRunner().invoke(
        app, ["backbones", "resnet50", "--json", "-"], env={"KERAS_HOME": str(tmp_path)}
    )

    [facts] = json.loads(answer.stdout)
    assert facts["parameters"] == 23_534_592
    assert facts["multiply_adds"] == 3_855_925_248
    assert facts["image_size"] == 224
    assert facts["license"] == "MIT"
    assert facts["source"] == "keras.applications.ResNet50"
    assert facts["weights_here"] == str(tmp_path / "models")


def test_presets_of_keras_hub_are_listed_with_their_downloads(tmp_path: Path):
    downloaded = tmp_path / "models/keras/dinov2/keras/dinov2_small/1/model.weights.h5"
    downloaded.parent.mkdir(parents=True)
    downloaded.touch()

    answer = CliRunner().invoke(
        app,
        ["backbones", "keras_hub:dinov2*small", "--json", "-"],
        env={"KAGGLEHUB_CACHE": str(tmp_path)},
    )

    here = {facts["name"]: facts["weights_here"] for facts in json.loads(answer.stdout)}
    assert here == {
        "keras_hub:dinov2_small": str(downloaded.parent),
        "keras_hub:dinov2_with_registers_small": None,
    }


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    """Four photos of two classes."""
    for number in range(4):
        path = tmp_path / f"leaves/{'ab'[number % 2]}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (number, 99, 0)).save(path)
    return tmp_path / "leaves"


@pytest.fixture
def measured(monkeypatch) -> list[str]:
    """Replaces the measurement. Gives the list of its calls."""
    asked: list[str] = []

    def advice_on(data, *, backbone, image_size, verbose):
        asked.append(backbone)
        return some_advice(some_evidence(backbone=backbone, accuracy=0.5 + len(asked) / 10))

    module = ModuleType("transferleaf.advice.advising")
    module.advice_on = advice_on
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return asked


def test_backbones_with_local_weights_are_ranked_the_cheapest_first(
    leaves: Path, measured: list[str]
):
    answer = CliRunner().invoke(
        app, ["backbones", "efficientnet_lite*", "--rank", str(leaves), "--json", "-"]
    )

    names = [f"efficientnet_lite{number}" for number in range(3)]
    assert measured == names
    ranked = [advice["evidence"]["backbone"] for advice in json.loads(answer.stdout)["advices"]]
    assert ranked == names[::-1]


def test_without_local_weights_none_is_ranked(leaves: Path, tmp_path: Path):
    answer = CliRunner().invoke(
        app,
        ["backbones", "resnet*", "--rank", str(leaves)],
        env={"KERAS_HOME": str(tmp_path)},
    )

    assert answer.exit_code == 1
    assert " ".join(answer.output.split()) == (
        "None of these backbones has its weights on this computer; train or advise downloads them."
    )


def test_the_listing_fits_80_columns_and_cuts_no_name():
    answer = CliRunner().invoke(app, ["backbones"], env={"COLUMNS": "80", "TERM": "dumb"})

    lines = answer.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in answer.stdout
    words = answer.stdout.split()
    assert {spec for spec in list_backbones() if spec.startswith("keras_hub:")} <= set(words)
