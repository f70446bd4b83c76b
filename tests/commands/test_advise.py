from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType

import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.advice.made import some_advice, some_evidence
from transferleaf.advice.advice import Advice
from transferleaf.cli import app
from transferleaf.commands import advise as advise_command
from transferleaf.errors import PretrainedWeightsError

WITHOUT_WEIGHTS = "resnet50"


@pytest.fixture
def run():
    """Runs the command in this process."""

    def call(*arguments: object):
        words = ["advise", *map(str, arguments)]
        return CliRunner().invoke(app, words, env={"COLUMNS": "160", "TERM": "dumb"})

    return call


@pytest.fixture
def leaves(tmp_path):
    """Four photos of two classes."""
    for number in range(4):
        path = tmp_path / f"leaves/{'ab'[number % 2]}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (number, 99, 0)).save(path)
    return tmp_path / "leaves"


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Replaces the measurement. Gives the list of its calls."""
    calls = []

    def advice_on(data, *, backbone, image_size, time_limit, augmented, verbose):
        calls.append((backbone, image_size) if time_limit is None else (backbone, time_limit))
        if augmented:
            calls.append("with views")
        if backbone == WITHOUT_WEIGHTS:
            raise PretrainedWeightsError(backbone, source="a server", reason="no network")
        accuracy = 0.9 if backbone == "efficientnet_lite0" else 0.6
        return some_advice(some_evidence(backbone=backbone, accuracy=accuracy))

    module = ModuleType("transferleaf.advice.advising")
    module.advice_on = advice_on
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return calls


def test_one_backbone_gives_its_advice(run, leaves, asked):
    answer = run(leaves, "--backbone", "efficientnet_lite0", "--image-size", "96")

    assert answer.exit_code == 0
    assert asked == [("efficientnet_lite0", 96), "with views"]
    assert answer.output.startswith("efficientnet_lite0 at 96 px: quadrant I")


def test_the_default_is_the_librarys_and_its_lack_of_weights_is_an_error(run, leaves, asked):
    answer = run(leaves)

    assert answer.exit_code == 1
    assert asked == [("resnet50", None), "with views"]
    assert answer.stderr.startswith("error: the pretrained weights of 'resnet50' are not available")
    assert "'efficientnet_lite0' is installed with its ImageNet weights" in answer.stderr


def test_several_backbones_are_ranked_with_advice_for_the_best(run, leaves):
    answer = run(leaves, "--backbone", "mobilenetv3_small, efficientnet_lite0,resnet50")

    assert answer.exit_code == 0
    table, advice = answer.output.split("efficientnet_lite0 at 96 px: quadrant I")
    assert table.index("efficientnet_lite0") < table.index("mobilenetv3_small")
    assert "Not ranked: resnet50, as the pretrained weights of 'resnet50'" in table
    assert 'backbone="efficientnet_lite0"' in advice


def test_json_is_written_to_a_file(run, leaves, tmp_path):
    run(leaves, "--backbone", "efficientnet_lite0", "--json", tmp_path / "advice.json")

    assert Advice.load(tmp_path / "advice.json").evidence.backbone == "efficientnet_lite0"


def test_json_on_stdout_is_alone_there(run, leaves):
    answer = run(leaves, "--backbone", "efficientnet_lite0,resnet50", "--json", "-")

    assert list(json.loads(answer.stdout)) == ["advices", "failed"]
    assert "efficientnet_lite0 at 96 px" in answer.stderr


def test_a_figure_is_drawn(run, leaves, tmp_path):
    pytest.importorskip("matplotlib")

    run(leaves, "--backbone", "efficientnet_lite0", "--figure", tmp_path / "advice.svg")

    assert (tmp_path / "advice.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--backbone", "resnet5"], "no backbone is called 'resnet5'; did you mean 'resnet50'?"),
        (["--backbone", " , "], "--backbone needs the name of a network"),
        (["--figure", "a.gif"], "path='a.gif' must end in .png or .svg."),
        (["--image-size", "8"], "Invalid value for '--image-size'"),
        (["--depth", "3"], "No such option"),
    ],
)
def test_wrong_usage_ends_with_2(run, leaves, asked, options, says):
    answer = run(leaves, *options)

    assert answer.exit_code == 2
    assert asked == []
    assert says in " ".join(answer.output.replace("│", " ").split())


def test_stopping_says_that_nothing_is_lost(run, leaves, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(advise_command, "_ask", interrupted)

    answer = run(leaves)

    assert answer.exit_code == 130
    assert answer.output.splitlines() == [
        "Stopped. Computed features are stored: the same command continues."
    ]


def test_help_loads_no_tensorflow():
    code = (
        "import sys, transferleaf.cli as cli\n"
        "cli.app(['advise', '--help'], standalone_mode=False)\n"
        "print({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.splitlines()[-1] == "set()"


def test_a_time_limit_is_passed_on(run, leaves, asked):
    run(leaves, "--backbone", "efficientnet_lite0", "--time-limit", "2m")

    assert asked == [("efficientnet_lite0", 120.0), "with views"]


def test_a_time_limit_that_is_no_duration_is_refused(run, leaves, asked):
    result = run(leaves, "--backbone", "efficientnet_lite0", "--time-limit", "soon")

    assert result.exit_code == 2
    assert "'soon' is not a duration" in result.output
    assert asked == []


def test_views_are_measured_for_one_backbone_unless_that_is_declined(run, leaves, asked):
    run(leaves, "--backbone", "efficientnet_lite0")
    run(leaves, "--backbone", "efficientnet_lite0", "--no-augmented")

    assert asked == [
        ("efficientnet_lite0", None),
        "with views",
        ("efficientnet_lite0", None),
    ]
