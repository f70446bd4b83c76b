"""The examples that use exported files without transferleaf."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PIL import Image

from tests.export.conftest import SUFFIXES
from transferleaf.datasets.synthetic import draw_leaves

_EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("form", list(SUFFIXES))
def test_an_example_names_the_class_that_the_classifier_names(
    exported, clf, form, tmp_path, monkeypatch, capsys
):
    if form == "litert":
        pytest.importorskip("ai_edge_litert", reason='pip install "transferleaf[litert]"')
    path, _ = exported(form)
    drawn = draw_leaves(tmp_path / "d", classes=["Bean___Rust"], photos_per_class=1, image_size=32)
    leaf = tmp_path / "leaf.png"  # of another shape than the network's
    Image.open(next(drawn.glob("*/*.jpg"))).resize((40, 30)).save(leaf)
    script = _EXAMPLES / f"exported_{form}.py"
    monkeypatch.setattr("sys.argv", [str(script), str(path), str(leaf)])

    runpy.run_path(str(script), run_name="__main__")

    wanted = clf.predict_photos(leaf)[0]
    assert capsys.readouterr().out == f"{leaf}: {wanted.label} {wanted.probability:.1%}\n"
