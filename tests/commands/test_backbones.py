from __future__ import annotations

import json

from typer.testing import CliRunner

from transferleaf.cli import app


def test_backbones_are_listed_by_pattern():
    answer = CliRunner().invoke(app, ["backbones", "efficientnet_lite*"], env={"COLUMNS": "120"})

    assert answer.exit_code == 0
    assert "efficientnet_lite0" in answer.output
    assert "resnet50" not in answer.output


def test_a_name_that_no_backbone_has_is_said_and_ends_with_1():
    answer = CliRunner().invoke(app, ["backbones", "three*"])

    assert answer.exit_code == 1
    assert " ".join(answer.output.split()) == (
        "No backbone has a name like 'three*'; transferleaf backbones lists all."
    )


def test_they_can_be_had_as_json():
    answer = CliRunner().invoke(app, ["backbones", "resnet50*", "--json", "-"])

    assert [spec["name"] for spec in json.loads(answer.stdout)] == ["resnet50", "resnet50v2"]
