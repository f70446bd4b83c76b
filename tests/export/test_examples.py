"""The examples that use exported files without transferleaf."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PIL import Image

from tests.export.conftest import SUFFIXES
from transferleaf.drawing import draw_leaves

EACH_FORMAT = pytest.mark.parametrize("form", list(SUFFIXES))
_EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def leaf(tmp_path):
    """A photo of another size than that of the network."""
    drawn = draw_leaves(tmp_path / "d", classes=["Bean___Rust"], photos_per_class=1, image_size=32)
    Image.open(next(drawn.glob("*/*.jpg"))).resize((40, 30)).save(tmp_path / "leaf.png")
    return tmp_path / "leaf.png"


@pytest.fixture
def run_example(leaf, monkeypatch, capsys):
    """Runs the example of a format on an exported file and the photo. Returns its output."""

    def run(form, path):
        if form == "litert":
            pytest.importorskip("ai_edge_litert", reason='pip install "transferleaf[litert]"')
        script = _EXAMPLES / f"exported_{form}.py"
        monkeypatch.setattr("sys.argv", [str(script), str(path), str(leaf)])
        runpy.run_path(str(script), run_name="__main__")
        return capsys.readouterr().out

    return run


@EACH_FORMAT
def test_an_example_names_the_class_that_the_classifier_names(
    exported, clf, form, leaf, run_example
):
    wanted = clf.predict_photos(leaf)[0]

    told = run_example(form, exported(form)[0])

    assert told == f"{leaf}: {wanted.label} {wanted.probability:.1%} (uncalibrated)\n"


@EACH_FORMAT
def test_an_example_gives_the_verdict_of_a_calibrated_classifier(
    exported_calibrated, calibrated, form, leaf, run_example
):
    wanted = calibrated.predict_photos(leaf)[0]

    told = run_example(form, exported_calibrated(form))

    assert told == f"{leaf}: {wanted.label} {wanted.probability:.1%} ({wanted.verdict})\n"
