from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.cli import app
from transferleaf.commands.grammar import audited
from transferleaf.datasets import Audit, open_leaves
from transferleaf.errors import SplitError


@pytest.fixture
def run():
    """Runs the command in this process."""

    def call(*arguments: object):
        words = ["audit", *map(str, arguments)]
        return CliRunner().invoke(app, words, env={"COLUMNS": "120", "TERM": "dumb"})

    return call


@pytest.fixture
def leaves(tmp_path):
    """Twelve valid photos of two classes."""
    rng = np.random.default_rng(0)
    for number in range(12):
        path = tmp_path / f"leaves/{'ab'[number % 2]}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(0, 256, size=(64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    return tmp_path / "leaves"


@pytest.fixture
def damaged(leaves):
    """The same with a broken file and a copy."""
    (leaves / "a/99.png").write_bytes(b"")
    (leaves / "b/98.png").write_bytes((leaves / "b/1.png").read_bytes())
    return leaves


def test_sound_photos_end_with_0(run, leaves):
    answer = run(leaves, "--no-features")

    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[0] == "12 photos, 2 classes, 0 known leaves"
    assert lines[-1].startswith("0 errors, ")


def test_errors_end_with_1(run, damaged):
    answer = run(damaged, "--no-features")

    assert answer.exit_code == 1
    assert "a/99.png (" in answer.output
    assert "1 error, " in answer.output.splitlines()[-1]


def test_the_layout_may_be_named(run, leaves):
    answer = run(leaves, "--no-features", "--layout", "class folders")

    assert "read as class folders (as asked)" in answer.output


def test_a_leaf_map_may_be_named(run, leaves, tmp_path):
    names = [path.relative_to(leaves).as_posix() for path in leaves.rglob("*.png")]
    rows = [f"{name},one leaf of {name[0]}" for name in names]
    (tmp_path / "map.csv").write_text("\n".join(["file,leaf", *rows]))

    answer = run(leaves, "--no-features", "--leaves", tmp_path / "map.csv")

    assert "2 classes, 2 known leaves" in answer.output
    assert "2 classes have only one leaf, so none for the test" in answer.output


def test_json_is_written_to_a_file(run, damaged, tmp_path):
    run(damaged, "--no-features", "--json", tmp_path / "audit.json")

    assert Audit.load(tmp_path / "audit.json").findings[0].photos == ("a/99.png",)


def test_json_on_stdout_is_alone_there(run, damaged):
    answer = run(damaged, "--no-features", "--json", "-")

    assert json.loads(answer.stdout)["photos"] == 14
    assert "14 photos, 2 classes" in answer.stderr


def test_fixing_writes_a_manifest_and_touches_no_photo(run, damaged):
    before = sorted(damaged.rglob("*.png"))

    answer = run(damaged, "--no-features", "--fix", damaged / "clean.csv")

    assert answer.exit_code == 1
    assert sorted(damaged.rglob("*.png")) == before
    clean = open_leaves(damaged / "clean.csv")
    assert len(clean) == 12
    assert {"a/99.png", "b/1.png"}.isdisjoint(clean.names)
    assert answer.output.splitlines()[-4:-2] == [
        "Left out 1 photo (broken-files): they cannot be read.",
        "Left out 1 photo (exact-duplicates): all copies but the last, so that a published test "
        "part stays as it is.",
    ]


def test_a_manifest_is_written_over_a_manifest(run, damaged):
    run(damaged, "--no-features", "--fix", damaged / "clean.csv")

    answer = run(damaged / "clean.csv", "--no-features", "--fix", damaged / "clean.csv")

    assert answer.exit_code == 0
    assert "12 photos of 12 are listed in" in answer.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--backbone", "tiny", "--no-features"], "--backbone needs features"),
        (["--fix", "{leaves}/a/0.png"], "exists and is not a manifest"),
        (["--depth", "3"], "No such option"),
        (["--layout", "piles"], "--layout piles must be"),
        (["--backbone", "resnet5"], "no backbone is called 'resnet5'; did you mean 'resnet50'?"),
    ],
)
def test_wrong_usage_ends_with_2(run, leaves, options, says):
    answer = run(leaves, *(option.format(leaves=leaves) for option in options))

    assert answer.exit_code == 2
    # The message is in a box, with line breaks that depend on the path of the folder.
    assert says in " ".join(answer.output.replace("│", " ").split())


def test_stopping_says_that_nothing_is_lost(run, leaves, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(audited, "_facts", interrupted)

    answer = run(leaves)

    assert answer.exit_code == 130
    assert answer.output.splitlines() == [
        "Stopped. The facts of checked photos are stored: the same command continues."
    ]


@pytest.fixture
def network(monkeypatch):
    """Replaces the network. Gives the list of its calls."""
    asked = []

    def feature_evidence(data, *, backbone, verbose):
        asked.append(backbone)
        return FeatureEvidence(
            features=np.random.default_rng(0).normal(size=(len(data), 4)),
            probabilities=np.eye(2)[data.labels] * 0.8 + 0.1,
            backbone=backbone,
        )

    module = ModuleType("transferleaf.training.evidence")
    module.feature_evidence = feature_evidence
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return asked


@pytest.mark.parametrize(
    ("options", "backbones"),
    [
        ([], ["efficientnet_lite0"]),
        (["--features"], ["efficientnet_lite0"]),
        (["--backbone", "resnet50"], ["resnet50"]),
        (["--no-features"], []),
    ],
)
def test_a_network_is_used_by_default(run, leaves, network, options, backbones):
    answer = run(leaves, *options)

    assert answer.exit_code == 0
    assert network == backbones
    assert ("wrong labels" in answer.output.split("Not looked for")[0]) == bool(backbones)


@pytest.mark.parametrize(
    ("options", "backbones"),
    [
        ([], []),
        (["--features"], ["efficientnet_lite0"]),
        (["--backbone", "resnet50"], ["resnet50"]),
    ],
)
def test_for_many_photos_a_network_is_only_used_on_request(
    run, leaves, network, monkeypatch, options, backbones
):
    monkeypatch.setattr(audited, "MOST_PHOTOS", 11)

    answer = run(leaves, *options)

    assert answer.exit_code == 0
    assert network == backbones
    assert ("run with --features" in answer.output) == (not backbones)


def test_the_reason_for_not_using_a_network_is_printed(run, leaves, network, monkeypatch):
    def feature_evidence(data, *, backbone, verbose):
        raise SplitError(2, leaves={"b": 1})

    module = sys.modules["transferleaf.training.evidence"]
    monkeypatch.setattr(module, "feature_evidence", feature_evidence)

    answer = run(leaves)

    assert answer.exit_code == 0
    told = " ".join(answer.output.split())
    assert "accuracy on other backgrounds: each of 2 parts needs a leaf of every class" in told


def test_help_and_an_audit_without_features_do_not_import_tensorflow(leaves):
    code = (
        "import sys, transferleaf.cli as cli\n"
        f"for words in (['audit', '--help'], ['audit', {str(leaves)!r}, '--no-features']):\n"
        "    cli.app(words, standalone_mode=False)\n"
        "print({'tensorflow', 'keras', 'keras_cv'} & set(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.splitlines()[-1] == "set()"
