from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.examples.loading import example
from transferleaf.datasets import draw_leaves

pytestmark = pytest.mark.slow

TINY = ["--image-size", "32", "--photos", "12"]


@pytest.fixture(scope="module")
def leaves(tmp_path_factory) -> Path:
    classes = ["Apple___Rust", "Apple___healthy"]
    folder = tmp_path_factory.mktemp("leaves")
    return draw_leaves(folder, classes=classes, photos_per_class=12, image_size=32)


@pytest.fixture
def printed(monkeypatch, capsys):
    """Return the output of the example ``NAME``, in a terminal that is wide enough."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(name: str, *argv: object) -> str:
        example(name).main([str(word) for word in argv])
        return capsys.readouterr().out

    return run


def test_quickstart_answers_and_leaves_a_report_a_model_and_an_explanation(printed, tmp_path):
    said = printed("quickstart", "--output", tmp_path, *TINY)

    assert "Verified: all " in said
    assert re.search(r"leaf\d+_photo\d\.jpg +│ \w+___\w+ +│ \w+___\w+ +│ [01]\.\d{3}", said)
    assert re.search(r"[\d.]+% of \d+ photos of other leaves right", said)
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"leaves", "report.html", "leaf.keras", "why.png"}


def test_own_loop_moves_all_weights_that_train_and_no_other(printed, leaves):
    said = printed("own_loop", leaves, "--image-size", 32, "--stages", 1, "--epochs", 1)

    assert re.search(r"Frozen: \d{3} weights and statistics, none moved\.", said)
    trained = re.search(r"Trained: (\d+) weights of the backbone, (\d+) moved\.", said)
    assert trained is not None
    assert trained[1] == trained[2] != "0"


def test_own_loop_names_weights_that_changed_in_any_bit():
    own_loop = example("own_loop")
    weights = [np.zeros(2, "float32"), np.ones(2, "float32")]
    before = own_loop.copied(weights)
    weights[1][0] = np.nextafter(np.float32(1), np.float32(2))

    [changed] = own_loop.changed(weights, before)

    assert changed is weights[1]


def test_field_photos_are_evaluated_with_the_class_names_of_the_lab(printed, tmp_path):
    said = printed("field_photos", "--output", tmp_path, *TINY)

    assert re.search(r"│ rust on apple leaves +│ Apple___Rust +│ same words", said)
    assert re.search(r"│ grape leaf spot +│ +│ none", said)
    assert re.search(r"│ photos judged +│ \d+ +│ 48 +│", said)
    assert re.search(r"│ of classes it never saw +│ 0 +│ 12 +│", said)
    assert "grape leaf spot" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_unknown_photos_are_counted_by_their_verdicts_and_drawn(printed, tmp_path):
    said = printed("unknown_photos", "--output", tmp_path, *TINY)

    assert re.search(r"│ known leaves, not trained on +│.*% kept", said)
    for kind in ("other crops", "digits", "noise"):
        assert re.search(rf"│ {kind} +│ +\d+ +│.*% caught", said)
    with Image.open(tmp_path / "verdicts.png") as picture:
        assert picture.width > 1000


def test_tune_policies_ranks_policies_and_tests_the_best(printed, leaves, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_tuner", keras_tuner_stand_in())
    monkeypatch.setitem(sys.modules, "tensorboard", ModuleType("tensorboard"))
    small = ["--image-size", "32", "--trials", "2", "--epochs", "1"]

    said = printed("tune_policies", leaves, "--output", tmp_path, *small)

    assert re.search(r"│ 0 +│ last +│ +│ \d\.\d{4}", said)
    assert re.search(r"│ 1 +│ all +│ 1\.0e-04 +│ \d\.\d{4}", said)
    assert re.search(r"The best one has [\d.]+% of \d+ test photos right\.", said)


def test_tune_policies_reports_the_missing_package(printed, leaves, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_tuner", None)

    with pytest.raises(SystemExit, match="pip install keras-tuner tensorboard"):
        printed("tune_policies", leaves)


class Choices(dict):
    """KerasTuner's hyperparameters that the example uses, with chosen values."""

    @property
    def values(self):
        return self

    def _chosen(self, name, *_choices, **_options):
        return self[name]

    Int = Float = Choice = _chosen


def keras_tuner_stand_in() -> ModuleType:
    """A tuner that tries two policies, as KerasTuner is not a dependency."""
    two = [
        Choices(stages=0, head_stages="last"),
        Choices(stages=1, head_stages="all", learning_rate=1e-4),
    ]

    class RandomSearch:
        def __init__(self, build, *, objective, max_trials, **_options):
            assert max_trials == len(two)
            self.build, self.objective = build, objective
            self.tried: list[SimpleNamespace] = []
            self.oracle = SimpleNamespace(get_best_trials=lambda number: self.tried[:number])

        def search(self, *data, **options):
            for choices in two:
                model = self.build(choices)
                score = min(model.fit(*data, **options).history[self.objective])
                self.tried.append(
                    SimpleNamespace(hyperparameters=choices, score=score, model=model)
                )
            self.tried.sort(key=lambda trial: trial.score)

        def get_best_models(self, number):
            return [trial.model for trial in self.tried[:number]]

    module = ModuleType("keras_tuner")
    module.RandomSearch = RandomSearch
    return module
