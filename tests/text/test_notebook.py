"""Display in notebooks: short reprs, tables, grids of photos and curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from tests.reports.made import made_report
from transferleaf.datasets.labels import parse_label
from transferleaf.datasets.photos.photo_grid import some_of_each_class
from transferleaf.errors import ConfigError
from transferleaf.predictions import Predictions, describe_prediction, no_prediction
from transferleaf.text.notebook import html_of


def predicted(path, probabilities):
    """A sure prediction of one of two classes."""
    labels = (parse_label("Bean___healthy"), parse_label("Bean___rust"))
    return describe_prediction(path, np.array(probabilities), labels, top_k=1, verdict="sure")


@pytest.fixture
def data(tmp_path):
    """Three photos of healthy beans and two of rusty ones."""
    for name, photos in (("Bean___healthy", 3), ("Bean___rust", 2)):
        (tmp_path / name).mkdir()
        for number in range(photos):
            Image.new("RGB", (8, 8), (10 * number, 200, 0)).save(
                tmp_path / name / f"leaf{number}_photo1.png"
            )
    return tl.LeafDataset.from_folder(tmp_path)


def test_html_is_the_table_of_the_terminal_with_its_names_escaped():
    assert "&lt;b&gt;" in html_of("<b>")


def test_a_data_set_and_its_split_are_tables(data):
    assert "Bean___rust" in data._repr_html_()
    assert "train" in data.split(0.5, 0.5, seed=0)._repr_html_()


def test_a_photo_of_a_data_set_has_its_label(data):
    photo = data[-1]

    assert (photo.class_name, photo.label, photo.name) == (
        "Bean___rust",
        1,
        "Bean___rust/leaf1_photo1.png",
    )
    assert photo.read().shape == (8, 8, 3)
    assert photo._repr_png_().startswith(b"\x89PNG")


def test_photos_are_taken_as_from_a_list(data):
    assert [photo.name for photo in data] == list(data.names)
    assert data[1:3] == data.subset([1, 2])
    assert data[[0, 4]] == data.subset([0, 4])
    with pytest.raises(IndexError):
        data[5]


def test_a_grid_shows_each_class_in_turn(data):
    shown = some_of_each_class(data, 4, seed=0)

    assert data.labels[shown].tolist() == [0, 0, 1, 1]
    titles = [axes.get_title() for axes in data.show(4).axes]
    assert titles == ["Bean___healthy"] * 2 + ["Bean___rust"] * 2


def test_a_grid_says_which_photo_cannot_be_read(data):
    data.paths[0].write_bytes(b"no photo")

    texts = [text.get_text() for axes in data.show(5).axes for text in axes.texts]

    assert texts == ["cannot be read"]


def test_a_grid_has_at_least_one_photo(data):
    with pytest.raises(ConfigError) as caught:
        data.show(0)

    assert str(caught.value) == "photos=0 must be a whole number of at least 1."


def test_a_report_is_a_line_and_a_table_of_figures():
    report = made_report()

    assert repr(report) == "Report('Beans', lab: accuracy 0.750 (0.500 to 1.000) on 4 photos)"
    assert (report.accuracy, report.macro_f1) == (0.75, 0.733)
    assert "75.0% (50.0% to 100%)" in report._repr_html_()
    assert len(report._repr_html_()) < 5000


def test_a_report_becomes_a_pandas_table():
    pytest.importorskip("pandas", reason='pip install "transferleaf[notebook]"')

    table = made_report().to_pandas()

    assert table.loc["Bean___rust", "support"] == 2
    assert {"f1", "f1_low", "f1_high"} <= set(table.columns)


def test_predictions_are_a_list_and_a_table(tmp_path):
    found = Predictions([no_prediction(tmp_path / "notes.jpg", "the file is empty.")])

    assert repr(found[0]).endswith("notes.jpg', error='the file is empty.')")
    assert repr(found) == "Predictions(1 photo, 1 without a prediction)"
    assert "the file is empty." in found._repr_html_()
    assert found == list(found)


def test_a_prediction_alone_is_a_table_whose_path_is_not_cut():
    path = Path("a-folder") / f"{'long-' * 30}name.jpg"
    found = predicted(path, [0.99996, 0.00004])

    html = found._repr_html_()

    assert str(path) in html
    for shown in ("Bean___healthy", "99.9%", "sure"):
        assert shown in html


def test_many_predictions_are_a_short_repr_and_a_short_table():
    found = Predictions(predicted(Path(f"{n}.jpg"), [0.9, 0.1]) for n in range(2_000))

    assert repr(found) == "Predictions(2,000 photos, 2,000 sure)"
    assert "and 1,950 more photos" in found._repr_html_()


def test_a_slice_of_predictions_is_displayed_like_all():
    found = Predictions(predicted(Path(f"{n}.jpg"), [0.9, 0.1]) for n in range(3))

    assert repr(found[:2]) == "Predictions(2 photos, 2 sure)"
    assert found[2].path == Path("2.jpg")


def test_training_curves_have_an_axis_for_each_quantity():
    history = {
        "accuracy": [0.5, 0.9],
        "val_accuracy": [0.4, 0.8],
        "loss": [1.0, 0.5],
        "val_loss": [1.1, 0.7],
    }

    figure = tl.plot_history(history)

    assert [axes.get_ylabel() for axes in figure.axes] == ["accuracy", "loss"]
    assert [len(axes.lines) for axes in figure.axes] == [2, 2]


@pytest.mark.parametrize("nothing", [{}, {"loss": []}, None], ids=["empty", "no epochs", "None"])
def test_an_empty_history_is_refused(nothing):
    with pytest.raises(ConfigError, match="be the result of fit"):
        tl.plot_history(nothing)


def test_completion_offers_the_modules_as_well():
    assert {"datasets", "freezing", "TransferClassifier", "open_leaves"} <= set(dir(tl))
